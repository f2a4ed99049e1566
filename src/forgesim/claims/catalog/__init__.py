"""The claims, one module each, in the order in which reports show them."""

from __future__ import annotations

from forgesim.claims.catalog import (
    ai_stays_on_platform,
    asks_least_scopes,
    encrypted_in_transit,
    keeps_no_personal_data,
    logs_hold_no_content,
    only_reads_content,
    reaches_only_declared,
    reads_only_its_purpose,
    reads_only_when_asked,
    rendering_keeps_nothing,
    sends_only_declared,
    shows_only_what_viewer_may,
    stays_in_region,
    stores_only_aggregates,
    tenants_are_apart,
    uninstall_forgets,
)
from forgesim.claims.kit import Claim

__all__ = ["CATALOG", "CATALOG_VERSION"]

CATALOG_VERSION = "2"

CATALOG: tuple[Claim, ...] = (
    only_reads_content.CLAIM,
    asks_least_scopes.CLAIM,
    reads_only_when_asked.CLAIM,
    reads_only_its_purpose.CLAIM,
    shows_only_what_viewer_may.CLAIM,
    stores_only_aggregates.CLAIM,
    keeps_no_personal_data.CLAIM,
    reaches_only_declared.CLAIM,
    sends_only_declared.CLAIM,
    encrypted_in_transit.CLAIM,
    ai_stays_on_platform.CLAIM,
    logs_hold_no_content.CLAIM,
    rendering_keeps_nothing.CLAIM,
    stays_in_region.CLAIM,
    tenants_are_apart.CLAIM,
    uninstall_forgets.CLAIM,
)
