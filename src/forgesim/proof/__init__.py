"""What ``prove`` does: scenarios, failures, probes, twin trials, and then the verdicts."""

from __future__ import annotations
