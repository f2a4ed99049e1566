"""What is true of every judging, whatever the ledger holds."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings, strategies as st

from forgesim.claims.judge import judge
from forgesim.claims.kit import Outcome
from forgesim.ledger.read import read
from forgesim.ledger.write import LedgerWriter

ACTS: dict[str, Callable[[Any], object]] = {
    "read": lambda book: book.read(),
    "store": lambda book: book.store("space:DOCS:score", {"score": 1, "pages": 1}),
    "send": lambda book: book.send(),
    "store too much": lambda book: book.store("space:DOCS:score", {"score": 101, "pages": 1}),
    "send elsewhere": lambda book: book.send(url="https://evil.example/"),
    "send too much": lambda book: book.send({"x": 1}),
    "write a page": lambda book: book.cross("confluence", "DELETE", "/x", op_class="content", writes=True),
    "read by itself": lambda book: (book.call("event", principal=None), book.read()),
    "open a socket": lambda book: book.witness("kernel", "socket", "AF_INET"),
    "miss a branch": lambda book: book.cover(0),
    "lose its walls": lambda book: setattr(book, "sandbox", "none"),
    "not repeat": lambda book: book.trial("stored", again="other"),
    "end by force": lambda book: setattr(
        book.ledger.invocations[book.inv],
        "close",
        msgspec.structs.replace(book.ledger.invocations[book.inv].close, outcome="killed"),
    ),
}
ONE_AS_MANY = re.compile(r"(?<![\d.,])1 (?!is\b|was\b|says\b|of\b)(?:\w+ )??\w+s\b")
BARE_THOUSANDS = re.compile(r"(?<![\w.,:-])\d{4,}(?![\w:-])")

acts = st.lists(st.sampled_from(sorted(ACTS)), max_size=5)


@pytest.mark.parametrize("heard", ["nothing", "what was made up", "the event"])
def test_what_rests_on_runs_is_open_until_each_event_that_a_trigger_waits_for_was_sent(honest: Any, heard: str) -> None:
    event, scopes = "avi:confluence:liked:page", ("read:confluence-content.summary",)
    before = {name for name, verdict in honest.verdicts().items() if verdict.outcome is Outcome.HOLDS}
    honest.await_(event)
    if heard != "nothing":
        honest.hear(event, scopes, guess=heard != "the event")
    holds = {name: verdict for name, verdict in honest.verdicts().items() if verdict.outcome is Outcome.HOLDS}
    if heard == "the event":
        assert set(holds) == before
    else:
        assert {verdict.strength.value for verdict in holds.values()} <= {"enforced", "inherited"}
        assert "only_reads_content" in holds


@settings(max_examples=40, deadline=None)
@given(before=acts, after=acts)
def test_nothing_that_comes_later_mends_a_claim(make_honest: Callable[[], Any], before: Any, after: Any) -> None:
    """From HOLDS a claim can only fall, and what is BROKEN stays BROKEN."""
    book = make_honest()
    for act in before:
        ACTS[act](book)
    first = book.verdicts()
    for act in after:
        ACTS[act](book)
    for name, verdict in book.verdicts().items():
        if first[name].outcome is Outcome.BROKEN:
            assert verdict.outcome is Outcome.BROKEN
        if verdict.outcome is Outcome.HOLDS and verdict.strength != "enforced":
            assert first[name].outcome is Outcome.HOLDS


@settings(max_examples=40, deadline=None)
@given(acts)
def test_a_single_run_is_broken_by_what_breaks_a_proof(make_honest: Callable[[], Any], done: Any) -> None:
    from forgesim.claims.judge import broken

    book = make_honest()
    for act in done:
        ACTS[act](book)
    whole = {name for name, verdict in book.verdicts().items() if verdict.outcome is Outcome.BROKEN}
    assert {verdict.claim for verdict in broken(book.ledger, book.trust())} == whole


def test_the_file_and_trust_yml_alone_give_the_same_verdicts(honest: Any, tmp_path: Path) -> None:
    honest.store("space:DOCS:score", {"score": 101, "pages": 1})
    verdicts = tuple(honest.verdicts().values())
    ledger, path = honest.ledger, tmp_path / "ledger.jsonl"
    pen = LedgerWriter(path)
    records = [ledger.header, *ledger.runs.values()]
    records += [invocation.open for invocation in ledger.invocations.values()]
    for crossing in ledger.crossings:
        records += [crossing.decided, *([crossing.answered] if crossing.answered else [])]
    records += [invocation.close for invocation in ledger.invocations.values()]
    records += [ledger.coverage, *ledger.inventories, *ledger.trials, *ledger.witnesses, *ledger.steps]
    records += [*ledger.removals, *ledger.profiles]
    for record in records:
        pen.write(record)
    pen.finish()
    pen.close()
    assert judge(read(path), honest.trust()) == verdicts


@pytest.mark.parametrize("crossings", [1, 2_400])
def test_verdicts_count_one_thing_as_one_and_set_thousands_apart(
    make_honest: Callable[[], Any], crossings: int
) -> None:
    book = make_honest()
    firsts = {trial.channel: trial for trial in reversed(book.ledger.trials)}
    book.ledger.trials = [msgspec.structs.replace(trial, crossings=crossings) for trial in firsts.values()]
    said = " | ".join(verdict.says for verdict in book.verdicts().values() if verdict.outcome is Outcome.HOLDS)
    assert "0 of 1 twin pair differed" in said
    assert f"{crossings:,} crossing" in said
    assert (ONE_AS_MANY.findall(said), BARE_THOUSANDS.findall(said)) == ([], [])
