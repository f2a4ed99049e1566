"""A ledger without bodies has no word of the site in it, whatever an app does to put one there."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from forgesim.decision import allow, deny
from forgesim.ledger.pens import open_pens
from forgesim.ledger.read import Ledger, read
from forgesim.ledger.records import (
    Answered,
    Body,
    Close,
    Decided,
    Header,
    Inventory,
    Open,
    Record,
    Run,
    ScanIndex,
    Step,
    StoredRow,
    Trial,
    Witness,
)
from forgesim.ledger.write import body_of

WORD = "Aubergine"
RAW = body_of(WORD.encode())
HEADER = Header(
    forgesim="0", catalog="1", created="x", app="bare", app_version="1", app_digest="d", manifest={},
    trust_digest="t", sandbox="full", confined=True, bodies=True,
)  # fmt: skip
RUN = Run(
    run=1, cause="run", label="x", seed=0, clock=0, site="s", site_digest="sd", installation="i", region="US",
    scopes=(), egress=("https://a.example", "*.b.example"), ids={"page": ("7",), "account": ("712020:alice",)},
    index=ScanIndex((("page", "7", "title", WORD),)),
)  # fmt: skip


def opened(**fields: Any) -> Open:
    return Open(**{
        "run": 1, "inv": "i", "root": "i", "function": "f", "cause": "user", "at": 0, "deadline": 9, **fields
    })  # fmt: skip


def asked(seq: int, channel: str, target: str, **fields: Any) -> Decided:
    given = {"run": 1, "inv": "i", "seq": seq, "at": 0, "channel": channel, "target": target, "body": RAW, "verb": "x"}
    return Decided(**{**given, "decision": allow("declared", "https://a.example"), **fields})


HOSTILE: list[Record] = [
    opened(
        input={"pageId": "7", "text": WORD, "cursor": {WORD: 1}},
        context={"extension": {"content": {"id": "7"}, "selectedText": WORD}},
    ),
    opened(inv="j", input={WORD + " is no name": 1}),
    asked(1, "kvs", WORD, verb="set", op="/api/v1/set", line=f"src/{WORD} x.py:3"),
    asked(2, "egress", f"https://a.example/{WORD}?{WORD}", verb=WORD.upper(), headers=((WORD, WORD),)),
    asked(3, "egress", f"https://{WORD}.b.example/", decision=allow("declared", "*.b.example")),
    asked(4, "egress", f"https://{WORD}.example/", decision=deny("undeclared", f"{WORD}.example is not declared")),
    asked(5, "platform", f"/{WORD}", op=WORD, decision=deny("not-emulated", WORD)),
    asked(6, "confluence", f"/wiki/api/v2/pages?title={WORD}", op="GET /wiki/api/v2/pages", account=WORD),
    asked(7, "log", "", verb=WORD, line="src/index.py:3"),
    Answered(run=1, inv="i", seq=6, at=0, status=200, headers=(("link", WORD),), body=RAW, unsupported=WORD),
    Witness(run=1, inv="i", seq=8, at=0, layer="audit", call=WORD, target=f"write {WORD}", line=WORD),
    Close(inv="i", at=1, outcome="error", type=f"{WORD}Error", message=WORD, line=WORD),
    Step(run=1, scenario="s", line=1, name="f", outcome="error", met=False, message=WORD),
    Inventory(run=1, region="US", rows=(StoredRow("kvs", WORD, Body(9, text=WORD)),)),
    Trial(
        run=0, pair=0, seed=1, scenario="s", channel="stored", a="aa", again="aa", b="bb", crossings=1,
        first={"seq": 0, "line": "src/index.py:3", "a": WORD, "b": WORD},
    ),
]  # fmt: skip


def kept(tmp_path: Path, records: Sequence[Record], salt: str | None = "salt") -> tuple[str, Ledger]:
    path = tmp_path / "x.jsonl"
    with open_pens(path, salt=salt) as pens:
        for record in (HEADER, RUN, *records):
            pens.write(record)
        pens.finish()
    return path.read_text(), read(path)


def test_no_word_of_the_content_survives_in_any_record(tmp_path: Path) -> None:
    text, ledger = kept(tmp_path, HOSTILE)
    assert WORD.lower() not in text.lower()
    assert len(ledger.crossings) == 7
    assert not ledger.header.bodies


@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_each_of_those_records_would_have_told_it(tmp_path: Path, number: int) -> None:
    record = HOSTILE[number]
    before = [HOSTILE[0], HOSTILE[7]] if isinstance(record, Answered | Close) else []
    assert kept(tmp_path, [*before, record], salt=None)[0].lower().count(WORD.lower()) > 1


def test_where_a_call_was_made_from_keeps_the_ids(tmp_path: Path) -> None:
    _, ledger = kept(tmp_path, HOSTILE[:1])
    context = ledger.invocations["i"].open.context
    assert context["extension"]["content"] == {"id": "7"}
    assert context["extension"]["selectedText"].startswith("redacted-")


def test_a_remotes_host_survives(tmp_path: Path) -> None:
    called = asked(2, "egress", f"https://a.example/v1/{WORD}", decision=allow("remote", "https://a.example/v1"))
    _, ledger = kept(tmp_path, [HOSTILE[0], called])
    (crossing,) = ledger.crossings
    assert crossing.decided.target.startswith("https://a.example/redacted-")


def test_what_a_judge_needs_survives(tmp_path: Path) -> None:
    _, ledger = kept(tmp_path, HOSTILE)
    by_seq = {crossing.decided.seq: crossing for crossing in ledger.crossings}
    hosts = {seq: by_seq[seq].decided.target.split("/")[2] for seq in (2, 3, 4)}
    assert hosts[2] == "a.example"
    assert hosts[3].endswith(".b.example")
    assert hosts[4].endswith(".invalid")
    assert by_seq[4].decided.decision == deny("undeclared", "")
    assert by_seq[6].decided.op == "GET /wiki/api/v2/pages"
    assert by_seq[7].decided.line == "src/index.py:3"
    assert ledger.invocations["i"].open.input["pageId"] == "7"
    assert ledger.witnesses[0].target is not None
    assert ledger.witnesses[0].target.startswith("write ")
    assert ledger.trials[0].a == ledger.trials[0].again != ledger.trials[0].b
    assert all(crossing.decided.body is not None and crossing.decided.body.digest for crossing in ledger.crossings)


def test_equal_texts_have_equal_digests_and_another_salt_has_others(tmp_path: Path) -> None:
    twice = [asked(1, "kvs", WORD), asked(2, "kvs", WORD), asked(3, "kvs", "other")]
    _, ledger = kept(tmp_path, twice)
    targets = [crossing.decided.target for crossing in ledger.crossings]
    assert targets[0] == targets[1] != targets[2]
    _, other = kept(tmp_path, twice, salt="pepper")
    assert other.crossings[0].decided.target != targets[0]


def test_the_ledger_that_is_judged_has_everything(tmp_path: Path) -> None:
    with open_pens(tmp_path / "x.jsonl", salt="salt") as pens:
        for record in (HEADER, RUN, *HOSTILE):
            pens.write(record)
        pens.finish()
        assert WORD in b"".join(pens.stream()).decode()
