"""What the pages under ``static`` make of a scan's rows, run by Node; and that all their scripts are well-formed."""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

SCRIPTS = sorted((Path(__file__).parents[1] / "static").glob("*/*.js"))
ROWS = Path(__file__).parents[1] / "static" / "space" / "rows.js"
SIGNALS = ("freshness", "ownership", "readability", "structure", "links", "labels", "attachments", "comments")


@pytest.fixture
def node() -> str:
    """Skips where there is no Node."""
    return shutil.which("node") or pytest.skip("there is no node on PATH")


def made(node: str, expression: str, rows: list[dict[str, Any]]) -> Any:
    program = f"require({json.dumps(str(ROWS))}); const rows = {json.dumps(rows)};"
    program += f"console.log(JSON.stringify({expression}))"
    ran = subprocess.run([node, "-e", program], capture_output=True, text=True, check=True)
    return json.loads(ran.stdout)


def row(title: str, sketch: tuple[int, ...] = (), **changes: Any) -> dict[str, Any]:
    shown = {"id": "1", "title": title, "score": 83.25, "grade": "B", "broken": 0, "unresolved": 0, "overdue": False}
    return shown | dict.fromkeys(SIGNALS, 50) | {"sketch": list(sketch)} | changes


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_script_is_well_formed(node: str, script: Path) -> None:
    assert subprocess.run([node, "--check", str(script)], check=False).returncode == 0


TITLES = [
    "Plain", "a, b", 'say "no"', "two\nlines", "it's", "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1",
    "日本語 ✓", "مرحبا",
]  # fmt: skip


@pytest.mark.parametrize("title", TITLES)
def test_a_title_comes_back_from_the_file_and_is_no_formula(node: str, title: str) -> None:
    text = made(node, "pulseRows.csv(rows)", [row(title)])
    heads, cells = csv.reader(io.StringIO(text, newline=""))
    assert heads[:4] == ["id", "title", "score", "grade"]
    assert cells[1].removeprefix("'") == title
    assert not cells[1].lstrip().startswith(("=", "+", "-", "@"))
    assert cells[2:4] == ["83.25", "B"]


def test_what_was_not_judged_is_an_empty_cell(node: str) -> None:
    text = made(node, "pulseRows.csv(rows)", [row("A", readability=None)])
    assert next(csv.DictReader(io.StringIO(text)))["readability"] == ""


def test_pages_with_most_numbers_in_common_are_nearly_the_same(node: str) -> None:
    one, most, few = range(8), (0, 1, 2, 3, 4, 5, 90, 91), (0, 1, 2, 3, 92, 93, 94, 95)
    rows = [row("One", tuple(one)), row("Few", few), row("Most", most), row("Stub"), row("Stub")]
    assert made(node, "pulseRows.alike(rows).map((pair) => pair.map(({title}) => title))", rows) == [["One", "Most"]]


def test_what_a_template_has_in_common_says_nothing(node: str) -> None:
    assert made(node, "pulseRows.alike(rows)", [row("A", tuple(range(8)))] * 41) == []


BROWSER = Path(__file__).parent / "browser.js"
SPACE = [ROWS, ROWS.with_name("pulse.js")]
PAGE = [ROWS.parents[1] / "page" / "pulse.js"]
DONE = {
    "cursor": None,
    "score": 70,
    "grade": "C",
    "pages": 60,
    "grades": {"A": 0, "F": 100},
    "overdue": 1,
    "orphans": 2,
    "broken": 3,
    "unresolved": 4,
}
STEP = {"cursor": {"ids": "1"}, "scanned": 50, "pages": 60, "rows": [row("=1", tuple(range(8)))]}
REFUSED = {"cursor": None, "resume": {"ids": "1"}, "problem": "Confluence is busy; try again in a minute."}


def browse(node: str, scripts: list[Path], answers: dict[str, Any], clicks: list[str], kind: str = "page") -> Any:
    """What a page asks for and shows when these are clicked; ``browser.js`` says what it knows of a browser."""
    given = json.dumps({"answers": answers, "clicks": clicks, "content": {"id": "2", "type": kind}})
    command = [node, str(BROWSER), *map(str, scripts)]
    ran = subprocess.run(command, input=given, capture_output=True, text=True, check=True)
    return json.loads(ran.stdout)


def cursors(seen: Any) -> list[Any]:
    return [payload.get("cursor") for function, payload in seen["asked"] if function == "scanSpace"]


def test_a_scan_goes_on_after_a_failure_from_where_it_was(node: str) -> None:
    last = DONE | {"rows": [row("B", tuple(range(8)))]}
    broken = browse(node, SPACE, {"scanSpace": [STEP, REFUSED]}, ["scan"])
    assert (broken["shown"]["problem"], broken["shown"]["scan"]) == (REFUSED["problem"], "Go on with the scan")
    seen = browse(node, SPACE, {"scanSpace": [STEP, REFUSED, last]}, ["scan", "scan"])
    assert cursors(seen) == [None, STEP["cursor"], STEP["cursor"]]
    assert (seen["shown"]["score"], seen["shown"]["status"], seen["shown"]["problem"]) == ("C · 70.0", "Done.", "")
    assert seen["shown"]["alike"] == ["=1|B"]
    assert seen["shown"]["about"].endswith("3 broken links, 4 open comments.")
    assert "csv" not in seen["hidden"]


def test_a_scan_is_stopped_after_the_step_that_is_asked_for(node: str) -> None:
    seen = browse(node, SPACE, {"scanSpace": [STEP, STEP, DONE]}, ["scan", "stop"])
    assert cursors(seen) == [None]
    assert seen["shown"]["said"] == "50 of 60 pages"
    assert seen["shown"]["status"].startswith("Stopped.")
    assert {"stop", "progress"} <= {*seen["hidden"]}


def test_a_platform_that_does_not_answer_loses_nothing(node: str) -> None:
    seen = browse(node, SPACE, {"scanSpace": [STEP, {"error": "gone"}, DONE]}, ["scan", "scan"])
    assert cursors(seen) == [None, STEP["cursor"], STEP["cursor"]]


def test_what_the_model_says_is_text(node: str) -> None:
    checked = {"score": 83.25, "grade": "B", "overdue": True, "views": None, "freshness": 80, "fixes": [], "trend": []}
    explained = [{"problem": "Forge LLM is busy."}, {"explanation": "<img src=x>"}]
    seen = browse(node, PAGE, {"checkPage": [checked], "explainPage": explained}, ["explain", "explain"])
    assert (seen["shown"]["score"], seen["shown"]["explanation"]) == ("B · 83.3", "<img src=x>")
    assert seen["shown"]["status"] == "Overdue for review."
    assert "innerHTML" not in "".join(script.read_text() for script in SCRIPTS)


def test_a_scan_that_is_done_shows_its_day_and_a_page_that_needs_it_opens_beside(node: str) -> None:
    worst = [{"id": "7", "title": "<b>Old</b>", "score": 12.5, "grade": "F"}]
    answers = {
        "scanSpace": [DONE | {"rows": [], "worst": worst}],
        "spaceHealth": [{"review": 0}, {"trend": [{"date": "2026-01-05", "score": 70}]}],
    }
    seen = browse(node, SPACE, answers, ["scan", "worst/0"])
    assert seen["shown"]["worst"] == ["<b>Old</b>|F|12.5"]
    assert seen["shown"]["trend"][0].startswith("2026-01-05|70.0")
    assert seen["asked"][-1] == ["navigate", {"url": "/wiki/pages/viewpage.action?pageId=7", "type": "new-tab"}]


def test_a_space_without_pages_has_no_grade(node: str) -> None:
    empty = DONE | {"score": 0, "grade": "F", "pages": 0, "rows": [], "worst": []}
    shown = browse(node, SPACE, {"scanSpace": [empty]}, ["scan"])["shown"]
    assert (shown["score"], shown["about"]) == ("", "There is no page here that you may see.")


def test_the_byline_of_a_blog_post_says_that_pulse_judges_pages(node: str) -> None:
    seen = browse(node, PAGE, {}, [], kind="blogpost")
    assert (seen["asked"], seen["shown"]["status"]) == ([], "Pulse judges pages. This is a blog post.")


@pytest.mark.parametrize("scripts", [SPACE, PAGE], ids=["space", "page"])
def test_the_pages_are_light_or_dark_as_the_site_is(node: str, scripts: list[Path]) -> None:
    assert browse(node, scripts, {}, [])["mode"] == "dark"
