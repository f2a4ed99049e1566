"""The claims that trust.yml may name. The catalog has one module for each of them."""

from __future__ import annotations

__all__ = ["CLAIM_NAMES"]

CLAIM_NAMES: tuple[str, ...] = (
    "only_reads_content",
    "reads_only_when_asked",
    "stores_only_aggregates",
    "reaches_only_declared",
    "sends_only_declared",
)
