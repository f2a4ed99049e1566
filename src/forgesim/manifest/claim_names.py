"""The claims that trust.yml may name. The catalog has one module for each of them."""

from __future__ import annotations

__all__ = ["CLAIM_NAMES"]

CLAIM_NAMES: tuple[str, ...] = (
    "only_reads_content",
    "asks_least_scopes",
    "reads_only_when_asked",
    "reads_only_its_purpose",
    "shows_only_what_viewer_may",
    "stores_only_aggregates",
    "keeps_no_personal_data",
    "reaches_only_declared",
    "sends_only_declared",
    "encrypted_in_transit",
    "ai_stays_on_platform",
    "logs_hold_no_content",
    "rendering_keeps_nothing",
    "stays_in_region",
    "tenants_are_apart",
    "uninstall_forgets",
)
