"""What ``prove`` does: scenarios, ablation, failures, probes, viewers, tenants, removals, twins, and the verdicts."""

from __future__ import annotations
