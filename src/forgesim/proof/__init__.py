"""What ``prove`` does: scenarios, ablation, failures, probes, warm requests, twin trials, and then the verdicts."""

from __future__ import annotations
