"""What two viewers ask for: the scenarios' calls, for what the other alone may read, and otherwise as they stand."""

from __future__ import annotations

from forgesim.manifest.model import Scenario, Step
from forgesim.proof.couples import couples_of
from forgesim.site.generate import demo


def test_an_attack_changes_ids_and_nothing_else() -> None:
    """A number stays a number: no browser would send a text in its place."""
    site = demo(1)
    given = {"pageId": "$page", "board": 1, "depth": 77_777, "deep": True, "words": ["two", 3]}
    step = Step(kind="call", data={"as": "alice", "call": "scan", "with": given})

    attacks = [wish.payload for couple in couples_of(site, [Scenario(name="n", site="demo", steps=(step,))])
               for wish in couple.attacks]  # fmt: skip

    assert attacks
    assert all({**attack, "pageId": "$page", "board": 1} == given for attack in attacks)
    assert {type(attack[name]) for attack in attacks for name in ("board", "depth")} == {int}
    assert {attack["board"] for attack in attacks} - {1}
    assert {site.pages[attack["pageId"]].id for attack in attacks} - {site.variables["page"]}
