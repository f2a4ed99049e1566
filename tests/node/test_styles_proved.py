"""Small JavaScript apps under ``prove``: what the platform refuses holds, what the app does is found out, and code that
no play reaches is named by its place in the source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest
from tests.node.conftest import MakeApp

from forgesim.claims.kit import Outcome, Strength
from forgesim.testing.kit import Forge

pytestmark = [pytest.mark.node, pytest.mark.slow]

RESOLVER = {"@forge/resolver": "@forge/resolver", "@esbuild": "@esbuild"}
NEVER_RAN = "app code that never ran: => (src/index.js:27:104 =>)"
"""What ``notifier`` does where its request fails: no play of two gets there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """``broken``: claim → a part of what the first piece of evidence says. ``unproven``: claims that nobody knows of;
    those in neither and not in ``holds`` do not apply."""

    holds: set[str]
    unproven: set[str] = field(default_factory=set)
    broken: Mapping[str, str] = field(default_factory=dict)
    packages: Mapping[str, str] | None = None


OF_CODE = {
    "shows_only_what_viewer_may", "keeps_no_personal_data", "logs_hold_no_content", "stays_in_region",
    "tenants_are_apart",
}  # fmt: skip
EXPECTED = {
    "poll": Expected(
        holds=OF_CODE
        | {"only_reads_content", "asks_least_scopes", "reads_only_when_asked", "reaches_only_declared"}
        | {"reads_only_its_purpose", "stores_only_aggregates", "uninstall_forgets"},
    ),
    # A property of an issue is not the app's storage: it stays there once the app is gone.
    "checklist": Expected(
        holds=OF_CODE
        | {"only_reads_content", "asks_least_scopes", "reads_only_when_asked", "reaches_only_declared"}
        | {"reads_only_its_purpose", "stores_only_aggregates"},
        broken={"uninstall_forgets": "the property checklist of issue/"},
    ),
    # It stores whatever it is given: all its code runs, and `mood` decides nothing. Hostile payloads show it.
    "diary": Expected(
        holds=OF_CODE | {"only_reads_content", "asks_least_scopes", "reaches_only_declared", "uninstall_forgets"},
        unproven={"reads_only_when_asked"},
        broken={"stores_only_aggregates": "stores in kvs what trust.yml does not declare: value.mood: "},
        packages={**RESOLVER, "@forge/api": "forge-api-3"},
    ),
    # Writes an issue, hears of it, and tells a chat its text; once it asks for a host that nobody declared.
    "notifier": Expected(
        holds={"asks_least_scopes", "encrypted_in_transit"},
        unproven=OF_CODE | {"reads_only_its_purpose", "stores_only_aggregates", "rendering_keeps_nothing"},
        broken={
            "only_reads_content": "asks for PUT /rest/api/3/issue/{issueIdOrKey} as user",
            "reads_only_when_asked": "it goes back to an event",
            "reaches_only_declared": "asks for the host elsewhere.example.com, which trust.yml does not name",
            "sends_only_declared": "sends the summary of issue/",
            "uninstall_forgets": "of a new installation is another one",
        },
        packages={**RESOLVER, "@forge/api": "forge-api-4"},
    ),
}


@pytest.mark.parametrize("name", EXPECTED)
def test_what_a_proof_says_of_a_javascript_app(forge: Forge, js_app: MakeApp, name: str) -> None:
    expected = EXPECTED[name]
    verdicts = {each.claim: each for each in forge.prove(js_app(name, expected.packages), trials=2, plays=9)}

    by_outcome = {
        outcome: {claim for claim, verdict in verdicts.items() if verdict.outcome is outcome} for outcome in Outcome
    }
    assert by_outcome[Outcome.HOLDS] == expected.holds
    assert by_outcome[Outcome.UNPROVEN] == expected.unproven
    assert by_outcome[Outcome.BROKEN] == expected.broken.keys()
    assert by_outcome[Outcome.ERROR] == set()
    assert verdicts["asks_least_scopes"].strength is Strength.ENFORCED
    for claim, why in expected.broken.items():
        assert why in verdicts[claim].evidence[0].why, claim
    for claim in expected.unproven - {"reads_only_when_asked"}:
        assert NEVER_RAN in [each.why for each in verdicts[claim].evidence], claim
