"""Every attack gets through without walls, and gets nothing out behind them; the host lives, the next call works."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.escape.arena import Arena
from tests.escape.battery import CONFINED, Battery, Case, cases

CASES = cases()


@pytest.fixture(scope="session")
def battery() -> Iterator[Battery]:
    with Battery() as opened:
        yield opened


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_what_gets_through_without_walls_gets_nothing_out_behind_them(battery: Battery, case: Case) -> None:
    if (why := case.unmet()) is not None:
        pytest.skip(why)
    control = battery.control(case)
    assert control.harm, f"the control shows nothing: {control.outcome}"
    for tier, explain in CONFINED:
        if isinstance(seen := battery.confined(case, tier, explain=explain), str):
            continue  # this machine has no such tier; without any, the runs above would have failed
        assert case.expects(seen, tier, explain=explain), (tier, explain, seen)


def read_a_file(path: str) -> str:
    with open(path) as file:
        return file.read()


def test_the_walls_leave_an_app_its_own_files(battery: Battery) -> None:
    arena = battery.arena("full", explain=True)
    assert isinstance(arena, Arena)
    own = arena.image.root / "src" / "index.py"
    assert arena.run(read_a_file, str(own)).result == own.read_text()


def test_there_are_as_many_attacks_as_promised_and_few_are_known_to_succeed() -> None:
    assert len(CASES) >= 150
    assert all(case.why_open for case in CASES if case.open_in)
    assert sum(bool(case.open_in) for case in CASES) <= 5
