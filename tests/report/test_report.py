"""What the reports print: the public JSON objects, the text, and results by their shape."""

from __future__ import annotations

import base64
import io
import json
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

from forgesim.claims.kit import Evidence, Outcome, Strength, Verdict
from forgesim.ledger.read import Ledger
from forgesim.ledger.records import Coverage, Header
from forgesim.manifest.claim_names import CLAIM_NAMES
from forgesim.report.carried import DISCLAIMERS
from forgesim.report.json import proof_object, run_object
from forgesim.report.shape import clean, shaped, sparkline
from forgesim.report.text import proof_report, run_report, site_report
from forgesim.runtime.running import Call

HOLDS = Verdict(
    claim="only_reads_content",
    claimed=True,
    outcome=Outcome.HOLDS,
    strength=Strength.ENFORCED,
    crossings=37,
    says="refused by the platform",
)
BROKEN = Verdict(
    claim="stores_only_aggregates",
    claimed=False,
    outcome=Outcome.BROKEN,
    crossings=2,
    says="the app stores more than aggregates",
    evidence=(Evidence(12, "stores [bold]text[/bold]", "src/index.py:41"), Evidence(0, "as a whole")),
)
VERDICTS = (HOLDS, BROKEN)
COUNTS = {"read": 9, "write": 1, "egress": 1, "refused": 0}


@pytest.fixture
def ledger() -> Ledger:
    header = Header(
        forgesim="0.1.0",
        catalog="1",
        created="2026-01-05T09:00:00Z",
        app="pulse",
        app_version="1.2.0",
        app_digest="abcdef0123456789ffff",
        manifest={},
        trust_digest="t",
        sandbox="full+ns",
        confined=True,
        bodies=True,
        units=("src/index.py:1:0 def a", "src/index.py:2:4 if"),
        excluded=("requests",),
    )
    return Ledger(header, coverage=Coverage(hit=(0,), notes=(NOTE,)))


NOTE = ("src/index.py:2", "whether data leaves depends on a hash")


def test_notes_are_shown_as_notes_and_change_no_verdict(ledger: Ledger) -> None:
    text = printed(proof_report, ledger, VERDICTS)
    assert "no verdict rests on these notes" in text
    assert "src/index.py:2  whether data leaves depends on a hash" in text


def ran(result: Any = None, *, ok: bool = True) -> Any:
    outcome: Any = SimpleNamespace(
        ok=ok, result=result, type="" if ok else "KeyError", message="" if ok else "'x'", at=None if ok else "a.py:3"
    )
    header = SimpleNamespace(
        app="pulse", app_version="1", app_digest="d" * 64, created="2026-01-05T09:00:00Z", undeployable=()
    )
    return SimpleNamespace(
        app=SimpleNamespace(name="pulse", manifest=SimpleNamespace(undeployable=())),
        scenario=None,
        calls=(call := Call(function="scanSpace", user="alice", outcome=outcome, expected=ok),),
        last=call,
        ledger=SimpleNamespace(header=header),
    )


def printed(report: Any, *arguments: Any) -> str:
    out = io.StringIO()
    report(*arguments, console=Console(file=out, width=120, highlight=False))
    return out.getvalue()


def shown(value: Any) -> str:
    out = io.StringIO()
    Console(file=out, width=120, highlight=False).print(shaped(value))
    return out.getvalue()


def test_a_proof_as_json_has_the_public_shape(ledger: Ledger) -> None:
    assert json.loads(json.dumps(proof_object(ledger, VERDICTS))) == {
        "app": "pulse",
        "version": "1.2.0",
        "catalog": "1",
        "covers": "backend",
        "confined": True,
        "sandbox": "full+ns",
        "coverage": {"units": 2, "missed": ["src/index.py:2:4 if"], "excluded": ["requests"]},
        "notes": [{"at": "src/index.py:2", "says": "whether data leaves depends on a hash"}],
        "verdicts": [
            {
                "claim": "only_reads_content",
                "claimed": True,
                "outcome": "HOLDS",
                "strength": "enforced",
                "crossings": 37,
                "says": "refused by the platform",
                "evidence": [],
            },
            {
                "claim": "stores_only_aggregates",
                "claimed": False,
                "outcome": "BROKEN",
                "strength": None,
                "crossings": 2,
                "says": "the app stores more than aggregates",
                "evidence": [
                    {"seq": 12, "why": "stores [bold]text[/bold]", "at": "src/index.py:41"},
                    {"seq": 0, "why": "as a whole", "at": None},
                ],
            },
        ],
    }


def test_a_run_as_json_has_the_public_shape() -> None:
    found = run_object(ran({"score": 83}), COUNTS, [])
    assert found == {
        "app": "pulse",
        "function": "scanSpace",
        "user": "alice",
        "result": {"score": 83},
        "error": None,
        "crossings": COUNTS,
        "broken": [],
    }
    assert run_object(ran(ok=False), COUNTS, [BROKEN])["error"] == {
        "type": "KeyError",
        "message": "'x'",
        "at": "a.py:3",
    }
    assert run_object(ran(), COUNTS, [BROKEN])["broken"][0]["claim"] == "stores_only_aggregates"


def test_a_proof_as_text_shows_verdicts_evidence_coverage_and_what_it_does_not_say(ledger: Ledger) -> None:
    text = printed(proof_report, ledger, VERDICTS)
    for part in ("pulse 1.2.0", "HOLDS", "enforced", "(stores_only_aggregates)", "BROKEN", "covers: backend"):
        assert part in text
    assert "src/index.py:41 #12  stores [bold]text[/bold]" in text
    assert "2 units, 1 never ran" in text
    assert "digest abcdef0123456789 · 2026-01-05T09:00:00Z" in text
    assert all(line in text for line in DISCLAIMERS)
    assert "\x1b" not in text


def test_a_proof_counts_its_verdicts_and_says_once_what_leaves_several_open(ledger: Ledger) -> None:
    same = Evidence(0, "app code that never ran: if (src/index.py:2:4 if)", "src/index.py:2")
    own = Evidence(3, "a doubt of its own", "src/index.py:3")
    found = [
        Verdict(claim="tenants_are_apart", claimed=True, outcome=Outcome.UNPROVEN, says="", evidence=(same,)),
        Verdict(claim="uninstall_forgets", claimed=True, outcome=Outcome.UNPROVEN, says="", evidence=(same, own)),
        *VERDICTS,
    ]
    text = printed(proof_report, ledger, found)
    assert "\n2 UNPROVEN · 1 HOLDS\n" in text  # what trust.yml does not claim is not counted
    assert text.count(same.why) == 1
    assert "uninstall_forgets\n  src/index.py:3 #3  a doubt of its own\n  1 line above is of this claim, too\n" in text


def test_on_a_narrow_screen_the_words_stand_below_their_claim(ledger: Ledger) -> None:
    out = io.StringIO()
    proof_report(ledger, VERDICTS, console=Console(file=out, width=60, highlight=False))
    lines = [line.rstrip() for line in out.getvalue().splitlines()]
    place = lines.index("only_reads_content  HOLDS · enforced")
    assert lines[place + 1] == "  refused by the platform"
    assert "(stores_only_aggregates)  BROKEN" in lines
    assert "in brackets: trust.yml does not make this claim" in lines


def test_a_run_of_several_calls_shows_each() -> None:
    found = ran({"score": 83})
    failed = Call(function="scanSpace", user=None, outcome=ran(ok=False).last.outcome, expected=True)
    found.scenario, found.calls = "Alice looks twice", (failed, found.last)
    text = printed(run_report, found, COUNTS, [], None)
    assert text.startswith("Alice looks twice · 2 calls\n")
    assert "pulse · scanSpace\nKeyError: 'x' at a.py:3 (as the scenario expects)\n" in text
    assert "pulse · scanSpace as alice\nscore  83\n" in text
    calls = run_object(found, COUNTS, [])["calls"]
    assert [(call["user"], call["error"] is None) for call in calls] == [(None, False), ("alice", True)]


def test_colour_is_for_terminals_that_want_it(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    def output() -> str:
        out = io.StringIO()
        proof_report(ledger, VERDICTS, console=Console(file=out, force_terminal=True, width=120))
        return out.getvalue()

    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b[" in output()
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[32m" not in output()
    assert "\x1b[1;31m" not in output()


def test_a_run_never_says_that_a_claim_holds() -> None:
    text = printed(run_report, ran({"score": 83}), COUNTS, [BROKEN], None)
    assert "HOLDS" not in text
    assert "stores_only_aggregates      BROKEN" in text
    assert text.count("not broken in this run") == len(CLAIM_NAMES) - 1
    assert "reads 9 · writes 1 · requests out 1 · refused 0" in text


def test_a_run_that_failed_says_why_and_where() -> None:
    assert "KeyError: 'x' at a.py:3" in printed(run_report, ran(ok=False), COUNTS, [], None)


@pytest.mark.parametrize(
    ("value", "parts"),
    [
        pytest.param(
            [{"page": "A", "score": 1.5}, {"page": "B"}], ["page  score", "A       1.5", "B         –"], id="table"
        ),
        pytest.param([1, 5, 3], ["▁█▅  1 to 5, 3 values"], id="numbers"),
        pytest.param({"a": {"b": [1, 2]}}, ["a", "  b", "▁█"], id="nested map"),
        pytest.param({"rows": [{"x": 1}], "n": 2}, ["rows", "  x", "n  2"], id="map with a table"),
        pytest.param(["x", True, None], ["• x", "• yes", "• –"], id="list of scalars"),
        pytest.param("plain", ["plain"], id="text"),
        pytest.param(None, ["–"], id="nothing"),
        pytest.param([], ["nothing"], id="empty list"),
        pytest.param(
            {"fileName": "a.pdf", "contentType": "application/pdf", "data": base64.b64encode(b"%PDF-").decode()},
            ["file a.pdf (application/pdf, 5 bytes)"],
            id="file",
        ),
        pytest.param(
            {"fileName": "a.txt", "data": "", "sheets": 3, "problem": "One page is missing."},
            ["file a.txt (unknown type, 0 bytes)", "sheets  3", "problem  One page is missing."],
            id="file with what is said of it",
        ),
    ],
)
def test_results_are_shown_by_their_shape(value: Any, parts: list[str]) -> None:
    text = shown(value)
    for part in parts:
        assert part in text


def test_a_text_with_a_name_is_shown_whole_and_one_in_a_list_begins() -> None:
    words = " ".join(f"word{number}" for number in range(100))
    assert shown({"explanation": words}).replace("\n", " ").split() == ["explanation", *words.split()]
    assert shown({"explanation": words * 9}).rstrip().endswith("…")
    assert len(shown([words]).replace("\n", "")) < 200


def test_long_tables_are_cut_and_say_so() -> None:
    assert "… and 60 more" in shown([{"n": n} for n in range(100)])
    assert "not shown: column-" in shown([{f"column-{n}": n for n in range(100)}])


@pytest.mark.parametrize(
    "value",
    ["\x1b]0;owned\x07", "a\u202eb", "\x9b31m", "[red]x[/red]", "\udc80"],
    ids=["escape", "bidi", "C1", "markup", "surrogate"],
)
def test_text_from_apps_cannot_steer_the_terminal(value: str) -> None:
    for shape in (value, [value], {value: value}, [{value: value}], {"fileName": value, "data": ""}):
        text = shown(shape)
        text.encode()
        assert clean(text) == text
        assert not any(char in text for char in "\x1b\x07\x9b\u202e")
    assert "[red]x[/red]" in shown("[red]x[/red]")


def test_a_sparkline_is_level_where_nothing_changes() -> None:
    assert sparkline([2, 2, 2]) == "▄▄▄"
    assert sparkline([0, 7]) == "▁█"


def test_a_site_is_shown_with_its_people_as_a_table() -> None:
    people = [{"handle": "alice", "sees": {"spaces": 3}}, {"handle": "bob", "sees": {"spaces": 1}}]
    text = printed(site_report, {"name": "demo", "people": people, "notes": []})
    assert "alice   spaces 3" in text
