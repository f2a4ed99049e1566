from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from forgesim.manifest.depends import ASPECTS
from forgesim.site.access import readable_refs
from forgesim.site.aspects import varied
from forgesim.site.facts import digest, known_ids
from forgesim.site.generate import proof
from forgesim.site.model import Site

NEW = ("comment", "attachment")


def standing(site: Site) -> dict[str, tuple[str, ...]]:
    return {kind: ids for kind, ids in known_ids(site).items() if kind not in NEW}


@pytest.mark.parametrize("aspect", ASPECTS)
def test_an_aspect_changes_the_site_and_neither_ids_nor_rights(aspect: str) -> None:
    site = proof(3)
    other = varied(site, aspect)
    assert digest(other) != digest(site)
    assert standing(other) == standing(site)
    for account in site.users:
        ours, theirs = ({r for r in readable_refs(s, account) if not r.startswith(NEW)} for s in (site, other))
        assert ours == theirs


def test_each_aspect_leaves_what_the_others_name() -> None:
    site = proof(3)
    shown: dict[str, Callable[[Site], list[object]]] = {
        "titles": lambda s: [*(page.title for page in s.pages.values()), *(i.summary for i in s.issues.values())],
        "labels": lambda s: [[label.name for label in page.labels] for page in s.pages.values()],
        "comments": lambda s: [len(page.comments) for page in s.pages.values()],
        "attachments": lambda s: [len(page.attachments) for page in s.pages.values()],
        "people": lambda s: [(page.author, page.owner) for page in s.pages.values()],
        "times": lambda s: [page.updated_at for page in s.pages.values()],
        "points": lambda s: [issue.points for issue in s.issues.values()],
        "bodies": lambda s: [len(page.body) // 40 for page in s.pages.values()],
    }
    for aspect in ASPECTS:
        other = varied(site, aspect)
        moved = {name for name, show in shown.items() if show(other) != show(site)}
        assert moved - {"bodies"} == {aspect} - {"bodies"}, aspect


@pytest.mark.parametrize("by", range(2, 14))
def test_no_remainder_hides_a_change(by: int) -> None:
    """Who stores a length, a count or a minute modulo a small number stores another one too."""
    site = proof(3)
    page = next(iter(site.pages.values()))
    estimated = next(issue for issue in site.issues.values() if issue.points is not None)

    def left(aspect: str, measure: Callable[[Site], int]) -> tuple[int, int]:
        return measure(site) % by, measure(varied(site, aspect)) % by

    measures: list[tuple[str, Callable[[Site], int]]] = [
        ("titles", lambda s: len(s.pages[page.id].title)),
        ("bodies", lambda s: len(s.pages[page.id].body)),
        ("comments", lambda s: len(s.pages[page.id].comments)),
        ("labels", lambda s: len(s.pages[page.id].labels)),
        ("attachments", lambda s: len(s.pages[page.id].attachments)),
        ("points", lambda s: int(s.issues[estimated.id].points or 0)),
    ]
    for aspect, measure in measures:
        before, after = left(aspect, measure)
        assert before != after, aspect


def test_no_part_of_a_time_stays() -> None:
    site = proof(3)
    other = varied(site, "times")
    for page in list(site.pages.values())[:10]:
        ours, theirs = (datetime.fromtimestamp(s.pages[page.id].updated_at / 1000, UTC) for s in (site, other))
        for part in ("year", "month", "day", "hour", "minute", "second"):
            assert getattr(ours, part) != getattr(theirs, part), part
        assert ours.weekday() != theirs.weekday()
