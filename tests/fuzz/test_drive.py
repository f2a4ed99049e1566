"""How a campaign is driven: from a seed, within its time, out of a corpus, to small findings."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from time import CLOCK_MONOTONIC, clock_gettime
from types import MappingProxyType

import pytest
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from forgesim.errors import InputError
from forgesim.fuzz.campaign import Case, Cut, Finding, pytest_text
from forgesim.fuzz.drive import Tally, drive


class Numbers:
    """A campaign over numbers; what ``judge`` says of one is its finding."""

    name = "numbers"
    cuts: Mapping[str, Cut] = MappingProxyType({})
    fixed = 0

    def __init__(
        self, judge: Callable[[int], str | None], *, shrink_s: float = 10.0, simpler: tuple[Case, ...] = ()
    ) -> None:
        self.shrink_s = shrink_s
        self.easier = simpler
        self.tried = 0
        self.allowed = 0
        self.seen: list[list[int]] = []
        self._judge = judge

    def cases(self) -> SearchStrategy[Case]:
        return st.lists(st.builds(lambda n: {"n": n}, st.integers(0, 10**6)), min_size=1, max_size=8)

    def attempt(self, case: Case) -> Finding | None:
        self.seen.append([step["n"] for step in case])
        kinds = [kind for step in case if (kind := self._judge(step["n"]))]
        return Finding(kinds[0], f"{case}") if kinds else None

    def simpler(self, case: Case) -> tuple[Case, ...]:  # noqa: ARG002
        return self.easier

    def as_pytest(self, case: Case, finding: Finding) -> str:
        return pytest_text(Path("apps/pulse"), self.name, case, finding)

    def close(self) -> None:
        """Nothing is held."""


def run(campaign: Numbers, corpus: Path, *, seed: int = 0, most: int = 300, seconds: float = 60) -> Tally:
    return drive(campaign, seed=seed, seconds=seconds, corpus=corpus, most=most)


def test_a_seed_tries_the_same_cases_again_and_another_does_not(tmp_path: Path) -> None:
    once, again, other = (Numbers(lambda _: None) for _ in range(3))
    run(once, tmp_path / "a", seed=3, most=450)
    run(again, tmp_path / "b", seed=3, most=450)
    run(other, tmp_path / "c", seed=4, most=450)
    assert once.seen == again.seen
    assert once.seen != other.seen
    assert len(once.seen) == 450


def test_each_promise_that_breaks_is_found_and_made_small(tmp_path: Path) -> None:
    campaign = Numbers(lambda n: "big" if n > 600_000 else "odd" if n % 2 and n > 1000 else None)

    tally = run(campaign, tmp_path, most=1500)

    assert {found.kind: found.case for found in tally.findings} == {"big": [{"n": 600_001}], "odd": [{"n": 1001}]}
    assert all(found.reproduced for found in tally.findings)


def test_what_was_found_is_tried_first_the_next_time(tmp_path: Path) -> None:
    run(Numbers(lambda n: "big" if n > 600_000 else None), tmp_path)
    later = Numbers(lambda n: "big" if n > 600_000 else None)

    run(later, tmp_path, seed=99)

    assert later.seen[0] == [600_001]


def test_what_is_mended_leaves_the_corpus(tmp_path: Path) -> None:
    run(Numbers(lambda n: "big" if n > 600_000 else None), tmp_path)
    mended = Numbers(lambda _: None)
    assert run(mended, tmp_path).findings == ()
    after = Numbers(lambda _: None)

    run(after, tmp_path, seed=7)

    assert mended.seen[0] == [600_001] != after.seen[0]


def test_a_file_that_is_no_case_is_bad_input(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text('{"kind": 1}')
    with pytest.raises(InputError, match="no case"):
        run(Numbers(lambda _: None), tmp_path)
    (tmp_path / "x.json").write_text('{"kind": "big", "case": [{"m": 1}]}')
    with pytest.raises(InputError, match="this case cannot be tried: KeyError"):
        run(Numbers(lambda _: None), tmp_path)


def test_a_case_is_kept_as_soon_as_it_is_found(tmp_path: Path) -> None:
    def dies(n: int) -> str | None:
        if any(tmp_path.iterdir()):
            raise KeyboardInterrupt
        return "big" if n > 10 else None

    with pytest.raises(KeyboardInterrupt):
        run(Numbers(dies), tmp_path)
    assert len(list(tmp_path.glob("*.json"))) == 1


def test_a_finding_that_does_not_come_again_says_so(tmp_path: Path) -> None:
    once = iter(["seen"])

    tally = run(Numbers(lambda n: next(once, None) if n > 1000 else None), tmp_path)

    assert [(found.kind, found.reproduced) for found in tally.findings] == [("seen", False)]


def test_time_ends_it(tmp_path: Path) -> None:
    began = clock_gettime(CLOCK_MONOTONIC)
    tally = drive(Numbers(lambda _: None), seed=0, seconds=0.5, corpus=tmp_path)
    assert tally.ended == "time"
    assert 0.5 <= clock_gettime(CLOCK_MONOTONIC) - began < 5


def test_making_small_ends_too(tmp_path: Path) -> None:
    def slow(n: int) -> str | None:
        threading.Event().wait(0.05)
        return "big" if n > 10 else None

    began = clock_gettime(CLOCK_MONOTONIC)
    tally = drive(Numbers(slow, shrink_s=2.0), seed=0, seconds=3.0, corpus=tmp_path)

    assert len(tally.findings) == 1
    assert clock_gettime(CLOCK_MONOTONIC) - began < 3.0 + 2 * 2.0 + 5


def test_a_simpler_case_that_is_as_bad_is_taken(tmp_path: Path) -> None:
    campaign = Numbers(
        lambda n: "big" if n > 600_000 else None, simpler=([{"n": 5}], [{"n": 999_999}], [{"n": 700_000}])
    )
    assert [found.case for found in run(campaign, tmp_path).findings] == [[{"n": 999_999}]]


def test_what_there_is_no_place_for_breaks_nothing_and_leaves_the_corpus(tmp_path: Path) -> None:
    def refuses(n: int) -> str | None:
        raise InputError(f"there is no {n} any more")

    run(Numbers(lambda n: "big" if n > 600_000 else None), tmp_path)

    assert run(Numbers(refuses), tmp_path, most=20).findings == ()
    assert list(tmp_path.glob("*.json")) == []


def signalled(number: signal.Signals) -> Callable[[int], str | None]:
    """Sends this process a signal in the middle of things, once it has found something."""
    left = iter([False] * 40 + [True])

    def judge(n: int) -> str | None:
        if next(left, False):
            os.kill(os.getpid(), number)
        return "odd" if n % 2 else None

    return judge


def test_an_interruption_ends_it_with_what_there_is(tmp_path: Path) -> None:
    tally = run(Numbers(signalled(signal.SIGINT)), tmp_path, most=10_000)
    assert tally.ended == "interrupted"
    assert [found.kind for found in tally.findings] == ["odd"]


def test_sigterm_does_what_it_did_before(tmp_path: Path) -> None:
    before = signal.signal(signal.SIGTERM, lambda *_: (_ for _ in ()).throw(SystemExit(143)))
    try:
        with pytest.raises(SystemExit, match="143"):
            run(Numbers(signalled(signal.SIGTERM)), tmp_path, most=10_000)
    finally:
        signal.signal(signal.SIGTERM, before)


def test_a_text_that_could_break_out_of_the_printed_test_does_not() -> None:
    case: Case = [{"url": "'''\n\"\"\"\\ \u202e\nimport os"}]
    text = pytest_text(Path("app"), "egress", case, Finding("a\nb", "c\r\nimport os"))
    names: dict[str, object] = {}
    exec(compile(text, "test.py", "exec"), names)
    assert names["CASE"] == case
    assert sorted(name for name in names if not name.startswith("__")) == ["CASE", "test_egress_a_b"]
