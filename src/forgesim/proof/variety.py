"""Ways that no single condition asks for: other people, payloads, context, content, times, numbers of calls, models."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from forgesim.counted import counted
from forgesim.manifest.model import App, Scenario
from forgesim.proof.alter import altered_steps
from forgesim.proof.callers import guess
from forgesim.proof.way import Way
from forgesim.site.access import readable_refs
from forgesim.site.facts import known_ids
from forgesim.site.model import Site
from forgesim.site.variables import expand
from forgesim.source.guards import Map
from forgesim.source.keys import comparisons, payload_keys
from forgesim.source.program import Program
from forgesim.source.solve import Pool, Want, WantKind, wants_of

__all__ = ["DISCUSSED", "blind", "fixed", "varied"]

MOST_BLIND = 3
"""Comparisons outside of conditions that are made true once each: no coverage tells whether they ever were."""
SAMPLED = 40
"""Ids of one kind that are tried in turn."""
DAY_MS = 86_400_000
TIMES_MS = (14 * 3_600_000, 18 * 3_600_000, 5 * DAY_MS, 26 * DAY_MS, 54 * DAY_MS, 180 * DAY_MS, 355 * DAY_MS)
"""From a site's start on: two nights, a weekend, the end of a month and of February, summer, the turn of a year."""
LOCALES = ("de-DE", "ja-JP", "fr-FR")
ZONES = ("Asia/Tokyo", "America/New_York")
CALLS = (2, 3, 5, 10)
SIZES = (("within", 0), ("restricted", 1), ("other", 250), ("other", 5))
"""``within``: pages of the spaces, and issues of the sprints, that a scenario names."""
FACTLESS, EMPTY = Want("empty", ("facts",)), Want("empty")
"""What a scenario names has no owner, priority, labels and so on, but its texts; or nothing but a title."""
FULL = Want("filled")
"""Every field has a value, due dates and messages too, which few things have."""
PLACELESS = (Want("empty", ("parent",)), Want("empty", ("sprint",)))
"""It lies nowhere: a walk that begins at the parent or sprint no longer finds it, so these are no part of the above."""
ODD: tuple[Any, ...] = ([], "a", 7)
"""Payloads that are no map."""
DISCUSSED, LONG = Want("size", ("comment",), 3), Want("size", ("body",), 40_000)
"""Comments on all that a scenario names; a page of some twenty sheets."""
MOST_STARTS = 6
"""Calls that are sampled and repeated by themselves."""


def fixed(app: App, whole: Scenario, site: Site) -> list[Way]:
    """A short set for every app, also one whose scenarios run all of its code: an administrator, where the scenarios
    have none; who sees least, in another language and zone, with a hostile model where there is one; all calls twice in
    one process, on a long page with comments; every field empty that may be, first those alone that hold no texts, so
    that what waits for a missing owner or priority has texts at hand."""
    least = _people(site)[0]
    abroad = (Want("locale", (), LOCALES[0]), Want("zone", (), ZONES[0]))
    speaks = any("llm" in module.type for module in app.manifest.modules)
    admins = {user.handle for user in site.users.values() if user.admin and user.active}
    asked = {str(step.data.get("as", "alice")) for step in whole.steps if step.kind == "call"}
    unseen = [] if asked & admins else sorted(admins)[:1]
    return [
        *(Way(whole, wants=(Want("person", (), admin), DISCUSSED)) for admin in unseen),
        Way(whole, wants=(Want("person", (), least), *abroad), model="adversarial" if speaks else None),
        Way(whole, wants=(Want("calls", ("counter",), 2), DISCUSSED, LONG), warm=True),
        *(Way(whole, wants=(empty,)) for empty in (FACTLESS, EMPTY)),
    ]


def _people(site: Site) -> list[str]:
    """Active people: who sees least, who sees most, then the others; alice, who mostly calls anyway, goes last."""
    people = [user for user in site.users.values() if user.active and user.kind == "atlassian"]
    ranked = sorted(people, key=lambda user: (user.handle == "alice", len(readable_refs(site, user.account_id))))
    handles = [user.handle for user in ranked]
    return list(dict.fromkeys([*handles[:1], *handles[-2:-1], *handles]))


def blind(where: Map, starts: Sequence[Scenario], pool: Pool) -> list[Way]:
    """Comparisons whose outcome goes into a value and steers no arm that coverage counts."""
    found: list[Way] = []
    for compared in comparisons(where):
        texts = [value for value in compared.values if isinstance(value, str) and len(value) > 1]
        if compared.decides or not texts or all(leaf.kind == "other" for leaf in compared.leaves):
            continue
        groups = wants_of([compared.goal], where.program, pool)
        for want in [group[0] for group in groups if group]:
            found += [Way(start, wants=(want,)) for start in starts[:1]]
    return found[:MOST_BLIND]


def varied(where: Map, starts: Sequence[Scenario], whole: Scenario, site: Site, pool: Pool) -> list[Way]:
    """Everything else that may bring an app to code that did not run yet, what the source names first."""
    named = [
        [want]
        for compared in comparisons(where)
        for wants in wants_of([compared.goal], where.program, pool)
        for want in wants[:2]
    ]
    people = [[Want("person", (), person)] for person in _people(site)]
    times = [[Want("time", (), site.clock_ms + later)] for later in TIMES_MS]
    sizes = [[Want("size", (kind,), count)] for kind, count in SIZES]
    abroad = [[Want("locale", (), locale)] for locale in LOCALES[1:]]
    abroad += [[Want("zone", (), zone)] for zone in ZONES[1:]]
    kinds: tuple[WantKind, ...] = ("content", "title")
    words = [[Want(kind, (), word)] for word in _words(where) for kind in kinds]
    ways = [_on(whole, wants) for wants in named]
    ways += [_sampled(start, site) for start in starts[:MOST_STARTS]]
    ways += [_on(whole, wants) for wants in (*people, *_payloads(where.program, starts, site), *times)]
    for start, count in itertools.product(starts[:MOST_STARTS], CALLS):
        ways.append(Way(start, wants=(Want("calls", ("counter",), count),), warm=True))
        ways.append(_on(start, [Want("calls", ("stored",), count)]))
    ways += [_on(whole, wants) for wants in (*sizes, *([blank] for blank in (FULL, *PLACELESS)), *abroad, *words)]
    return [*ways, *(Way(whole, model=model) for model in ("echo", "adversarial"))]


def _on(scenario: Scenario, wants: Sequence[Want]) -> Way:
    return Way(scenario, wants=tuple(wants))


def _payloads(program: Program, starts: Sequence[Scenario], site: Site) -> Iterator[list[Want]]:
    """Keys that the source asks for: those that no scenario gives all at once, and then each by itself."""
    for odd in ODD:
        yield [Want("payload", (), odd)]
    keys, given = payload_keys(program), _known_keys(starts)
    sorts: tuple[Any, ...] = (True, 1, "all", [], "")
    for sort in sorts:
        yield [Want("payload", path, sort) for path in keys if path[0] not in given]
    for path in keys:
        yield [Want("payload", path, True)]
        yield [Want("payload", path, guess(path[-1], site).lstrip("$"))]


def _known_keys(starts: Sequence[Scenario]) -> set[str]:
    payloads = [step.data.get("with") for start in starts for step in start.steps]
    return {key for payload in payloads if isinstance(payload, dict) for key in payload}


def _sampled(start: Scenario, site: Site) -> Way:
    """The call with many ids in turn, in place of the one that it names."""
    payload = expand(dict(start.steps[0].data).get("with") or {}, site)
    texts = [str(value) for value in payload.values()] if isinstance(payload, dict) else []
    ids = next((list(of) for of in known_ids(site).values() if any(text in of for text in texts)), [])
    steps = [step for ref in ids[:SAMPLED] for step in altered_steps(start.steps, site, [Want("id", (), ref)])]
    return Way(
        replace(start, name=f"{start.name}, for {counted(len(steps), 'id')}", steps=tuple(steps) or start.steps),
        sampled=True,
    )


def _words(where: Map) -> Iterator[str]:
    """Short texts that comparisons name."""
    found = dict.fromkeys(
        value
        for compared in comparisons(where)
        for value in compared.values
        if isinstance(value, str) and value.strip()
    )
    yield from list(found)[:12]
