"""Which scenario is played without which scope."""

from __future__ import annotations

from forgesim.manifest.model import Scenario
from forgesim.proof.ablate import shortest_uses
from forgesim.proof.explore import Place, Played, Way
from forgesim.scopes.needs import needs, operation_named, uses

PAGE, ISSUE = "GET /wiki/api/v2/pages/{id}", "GET /rest/api/3/issue/{issueIdOrKey}"
LONG, SHORT = (Scenario(name=name, site="demo", steps=()) for name in ("long", "short"))


def played(*places: tuple[str, str | None, Scenario]) -> Played:
    found = {Place(service, f"src/a.py:{n}", op, "GET", "f"): Way(s, True) for n, (service, op, s) in enumerate(places)}
    return Played(found, {}, {"long": 90, "short": 3})


def test_the_shortest_scenario_that_uses_a_scope_is_played_without_it() -> None:
    runs = played(("confluence", PAGE, LONG), ("confluence", PAGE, SHORT), ("kvs", "/api/v1/set", LONG))
    assert shortest_uses(runs, frozenset({"read:page:confluence", "storage:app"})) == {
        "read:page:confluence": SHORT,
        "storage:app": LONG,
    }


def test_a_scope_that_nothing_uses_is_not_tried() -> None:
    assert shortest_uses(played(("confluence", PAGE, LONG)), frozenset({"read:page:confluence", "write:page"})) == {
        "read:page:confluence": LONG
    }


def test_two_ways_to_hold_an_operation_use_both_and_need_neither() -> None:
    operation = operation_named(ISSUE)
    assert operation is not None
    (classic,), granular = operation.alternatives
    both = frozenset({classic, *granular})
    assert uses(operation, both) == both
    assert needs(operation, both) == frozenset()
    assert needs(operation, frozenset(granular)) == uses(operation, frozenset(granular)) == frozenset(granular)
    assert uses(operation, frozenset(granular[1:])) == frozenset()
