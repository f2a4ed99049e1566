from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.guest.conftest import MakeGuest

SOURCE = """\
import asyncio
from forgesim.sdk import kvs
async def handler(event, context):
    if event:
        await kvs.get("k")
        return [x for x in event if x > 1]
    return event and 1
"""


def test_units_are_shipped_with_the_first_frame_after_they_are_hit(make_guest: MakeGuest) -> None:
    guest = make_guest(SOURCE, coverage=True)
    imported = [guest.units[unit] for unit in guest.ready.cov]
    assert imported == ["src/index.py:1:0", "src/index.py:2:0", "src/index.py:3:0"]
    outcome = guest.run("main", [1])
    assert [guest.units[unit] for unit in outcome.calls[0].cov] == ["src/index.py:4:4 if", "src/index.py:5:8"]
    assert {guest.units[unit] for unit in outcome.covered} == {
        "src/index.py:4:4 if",
        "src/index.py:5:8",
        "src/index.py:6:8",
    }


def test_what_has_been_shipped_is_not_shipped_again(make_guest: MakeGuest) -> None:
    guest = make_guest(SOURCE, coverage=True)
    first, second, third = guest.run("main", [1]), guest.run("main", [1]), guest.run("main", [2])
    assert (len(first.covered), second.covered) == (3, set())
    assert {guest.units[unit].partition(" ")[2] for unit in third.covered} == {"comprehension", "comprehension if"}


def test_the_app_sees_nothing_of_the_probes(make_guest: MakeGuest) -> None:
    outcome = make_guest(
        "def handler(event, context):\n"
        "    names = [n for n in globals() if not n.startswith('__')]\n"
        "    return [names, sorted(locals()), hash(handler.__code__) != 0]\n",
        coverage=True,
    ).run()
    assert outcome.result == [["handler"], ["context", "event", "names"], True]
