"""What ``prove`` does: scenarios, ablation, failures, probes, viewers, tenants, removals, twin trials, and then the verdicts."""

from __future__ import annotations
