"""SyncUp's page as a person uses it, in Chromium: before the app itself, and before one that fails."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from xpress_browser import AUDIT, needs_browser, used  # type: ignore[import-not-found]

from forgesim.testing.kit import Forge

APP = Path(__file__).parents[1]
pytestmark = [pytest.mark.slow, needs_browser]

READY = """
await until(() => document.readyState === "complete");
await until(() => $("status").textContent === "" && (!$("report").hidden || lines("problems").length > 0));
const rows = (id) => [...$(id).rows].map((row) => [...row.cells].map((cell) => cell.textContent));
const shown = () => ({ title: $("title").textContent, problems: lines("problems"), hidden: {
  report: $("report").hidden, forecast: $("forecast").hidden, velocity: $("velocity").hidden } });
"""


def looked_at(folder: Path, script: str, bridge: Any, *, dark: bool = False) -> Any:
    return used(folder, "app", READY + script, bridge,
                static=APP / "static", dark=dark)  # fmt: skip


def before(app: Any, kind: str = "scrum", *, failing: Mapping[str, Any]) -> Any:
    """A bridge to the app; what ``failing`` names answers as it says."""

    def bridge(verb: str, given: Any) -> Any:
        if verb == "getContext":
            return {"extension": {"board": {"id": "1", "type": kind}}}
        if given["functionKey"] in failing:
            answer = failing[given["functionKey"]]
            if "raises" in answer:
                raise RuntimeError(answer["raises"])
            return answer
        return app.invoke(given["functionKey"], given.get("payload"), user="alice")

    return bridge


def test_the_page_and_the_app_understand_each_other(forge: Forge, tmp_path: Path) -> None:
    app = forge.install(APP, forge.site("demo", seed=1))
    script = """
    await until(() => !$("velocity").hidden && !$("forecast").hidden);
    return { ...shown(), finish: rows("finish").map(([first]) => first), past: rows("past").length,
             chance: $("chance").textContent, bars: $("futures").querySelectorAll("rect").length };
    """
    told = looked_at(tmp_path, script, before(app, failing={}))
    report = app.invoke("sprintReport", {"boardId": "1"}, user="alice")
    assert (told["title"], told["problems"]) == (report["name"], [])
    assert told["finish"] == ["confidence", "50 %", "85 %", "95 %"]
    assert told["past"] == 1 + 6
    forecast = app.invoke("forecast", {"boardId": "1"}, user="alice")
    assert told["bars"] == len(forecast["futures"])
    assert told["chance"].startswith(f"{forecast['name']}: {forecast['left']:g} points left")


def test_what_fails_is_said_and_the_rest_stays(forge: Forge, tmp_path: Path) -> None:
    app = forge.install(APP, forge.site("demo", seed=1))
    failing = {"velocity": {"raises": "It was killed"}, "settings": {"problem": "Forge storage is busy."}}
    script = 'await until(() => lines("problems").length === 2); return shown();'
    told = looked_at(tmp_path, script, before(app, failing=failing))
    assert told["problems"] == [
        "SyncUp did not answer: It was killed. Nothing is lost; try again.", "Forge storage is busy.",
    ]  # fmt: skip
    assert (told["hidden"]["report"], told["hidden"]["forecast"]) == (False, False)


def test_of_sprints_that_run_the_chosen_one_is_forecast(tmp_path: Path) -> None:
    states = {"7": "active", "6": "active", "5": "closed"}
    asked = []

    def bridge(verb: str, given: Any) -> Any:
        if verb == "getContext":
            return {"extension": {"board": {"id": "1", "type": "scrum"}}}
        payload = given.get("payload") or {}
        if given["functionKey"] == "forecast":
            asked.append(payload.get("sprintId"))
        if given["functionKey"] != "sprintReport":
            return {"problem": None}
        sprints = [{"sprint": int(each), "name": each, "state": state} for each, state in states.items()]
        return {"board": 1, "sprint": 7, "name": payload.get("sprintId", "7"), "sprints": sprints, "problem": None}

    script = """
    const pick = async (id) => { $("sprints").value = id; $("sprints").dispatchEvent(new Event("change"));
      await until(() => $("title").textContent === id && $("status").textContent === ""); };
    await pick("6"); await pick("5"); return shown();
    """
    assert looked_at(tmp_path, script, bridge)["problems"] == []
    assert asked == [None, "6", None]


UNUSUAL = {"sign": "in progress", "value": 40, "usual": 6, "low": -1, "high": 13}


def test_a_kanban_board_shows_what_is_unusual_about_its_week(forge: Forge, tmp_path: Path) -> None:
    app = forge.install(APP, forge.site("demo", seed=1))
    flow = {**app.invoke("flow", {"boardId": "1"}, user="alice"), "unusual": [UNUSUAL]}
    script = """
    await until(() => !$("forecast").hidden && !$("retrospective").hidden);
    $("ask").click();
    await until(() => lines("questions").length > 0);
    return { ...shown(), unusual: rows("unusual"), facts: lines("flow"), futures: $("futures-shown").hidden };
    """
    told = looked_at(tmp_path, script, before(app, "kanban", failing={"flow": flow}))
    assert (told["title"], told["problems"]) == ("The last 28 days", [])
    assert told["unusual"] == [
        ["", "the last seven days", "usual", "from", "to"], ["in progress", "40", "6", "-1", "13"],
    ]  # fmt: skip
    assert told["facts"][:2] == ["Done, and new", f"{flow['completed']} issues done for good, {flow['came']} came"]
    assert told["futures"] is True


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("kind", ["scrum", "kanban"])
def test_the_page_hinders_nobody(forge: Forge, kind: str, dark: bool, tmp_path: Path) -> None:
    app = forge.install(APP, forge.site("demo", seed=1))
    flow = {**app.invoke("flow", {"boardId": "1"}, user="alice"), "unusual": [UNUSUAL]}
    open_all = 'document.querySelectorAll("details").forEach((each) => { each.open = true; });'
    bridge = before(app, kind, failing={"flow": flow, "settings": {"problem": "Forge storage is busy."}})
    come = 'await until(() => !$("forecast").hidden && lines("problems").length > 0);'
    script = f"{come} {open_all} {AUDIT}"
    assert looked_at(tmp_path, script, bridge, dark=dark) == {"told": [], "dark": dark}
