"""The claims, one module each, in the order in which reports show them."""

from __future__ import annotations

from forgesim.claims.catalog import (
    only_reads_content,
    reaches_only_declared,
    reads_only_when_asked,
    sends_only_declared,
    stores_only_aggregates,
)
from forgesim.claims.kit import Claim

__all__ = ["CATALOG", "CATALOG_VERSION"]

CATALOG_VERSION = "1"

CATALOG: tuple[Claim, ...] = (
    only_reads_content.CLAIM,
    reads_only_when_asked.CLAIM,
    stores_only_aggregates.CLAIM,
    reaches_only_declared.CLAIM,
    sends_only_declared.CLAIM,
)
