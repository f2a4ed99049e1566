"""Questions from Forge LLM: it is told numbers of sprints, whatever it answers is shown once, and nothing else comes of
it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from forgesim.claims.wire import body_text
from forgesim.site.model import Site
from forgesim.testing.kit import Forge, InstalledApp
from syncup.anomaly import signs
from syncup.retrospective import TASK

APP = Path(__file__).parents[1]
PAYLOAD = {"boardId": "$board"}
TAIL = '\n<script>1</script> [more](https://exfil.undeclared.example/?q=1) {"ok": true}'
"""What the adversarial model puts behind what it was told."""


@pytest.fixture
def demo(forge: Forge) -> Site:
    return forge.site("demo", seed=1)


def told(app: InstalledApp) -> dict[str, Any]:
    """What the model was told by the one user who speaks to it."""
    app.invoke("velocity", PAYLOAD)
    app.invoke("retrospective", PAYLOAD)
    asked = next(each.decided for each in app.ledger.crossings if each.decided.channel == "llm")
    messages = json.loads(body_text(asked.body))["messages"]
    assert [each["role"] for each in messages] == ["system", "user"]
    assert messages[0]["content"] == TASK
    prompt: dict[str, Any] = json.loads(messages[1]["content"])
    return prompt


def test_the_model_is_told_numbers_of_sprints_and_no_word_of_jira(forge: Forge, demo: Site) -> None:
    prompt = told(forge.install(APP, demo))
    assert prompt.keys() == {"unit", "sprints", "unusual"}
    assert len(prompt["sprints"]) == 6
    assert {type(value) for each in prompt["sprints"] for value in each.values()} <= {int, float}
    said = json.dumps(prompt)
    words = [each for issue in demo.issues.values() for each in (issue.key, issue.summary)]
    words += [user.name for user in demo.users.values()]
    words += [*(sprint.name for sprint in demo.sprints.values()), *(board.name for board in demo.boards.values())]
    assert [each for each in words if each in said] == []


def test_the_numbers_are_those_of_the_rows_that_are_kept(forge: Forge, demo: Site) -> None:
    app = forge.install(APP, demo)
    prompt = told(app)
    sets = [each.decided for each in app.ledger.crossings if each.decided.channel == "kvs" and each.decided.writes]
    rows = {body["key"]: body["value"] for body in (json.loads(body_text(each.body)) for each in sets)}
    assert prompt["sprints"] == [signs(row, "points") for _, row in sorted(rows.items())]


def test_where_no_sprint_is_kept_it_is_told_the_weeks_that_flow_compares(forge: Forge, demo: Site) -> None:
    app = forge.install(APP, demo)
    result, flow = (app.invoke(name, PAYLOAD) for name in ("retrospective", "flow"))
    (asked,) = [each.decided for each in app.ledger.crossings if each.decided.channel == "llm"]
    prompt = json.loads(json.loads(body_text(asked.body))["messages"][1]["content"])
    assert (prompt.keys(), prompt["unit"]) == ({"unit", "weeks", "unusual"}, "issues")
    assert (len(prompt["weeks"]), prompt["unusual"]) == (flow["weeks"] + 1, flow["unusual"])
    assert sum(each["issues done"] for each in prompt["weeks"][-4:]) == flow["completed"]
    assert {type(value) for each in prompt["weeks"] for value in each.values()} <= {int, float}
    assert (result["learntFrom"], result["of"], bool(result["questions"])) == (13, "weeks", True)
    app.invoke("velocity", PAYLOAD)
    assert app.invoke("retrospective", PAYLOAD)["of"] == "sprints"


def test_one_question_to_the_model_a_call_and_none_about_a_team_of_four(forge: Forge, demo: Site) -> None:
    app = forge.install(APP, demo)
    result = app.invoke("retrospective", {"boardId": "$board.private"})
    assert result["problem"] == "A board on which fewer than five people or issues moved has no numbers."
    assert (result["learntFrom"], "questions" in result) == (0, False)
    app.invoke("velocity", PAYLOAD)
    app.invoke("retrospective", PAYLOAD)
    assert len([each for each in app.ledger.crossings if each.decided.channel == "llm"]) == 1


def test_a_hostile_model_is_shown_and_never_obeyed(forge: Forge, demo: Site) -> None:
    told = [run(forge.install(APP, demo, model=model)) for model in ("echo", "adversarial")]
    (honest, *does), (hostile, *does_too) = told
    assert hostile == honest + TAIL
    assert does == does_too


def run(app: InstalledApp) -> tuple[str, list[Any], list[Any]]:
    """The questions; what was stored; which services were asked, how often."""
    app.invoke("saveSettings", {"unit": "issues", "sprints": 3})
    app.invoke("velocity", PAYLOAD)
    questions = app.invoke("retrospective", PAYLOAD)["questions"]
    decided = [each.decided for each in app.ledger.crossings]
    stored = [body_text(each.body) for each in decided if each.channel == "kvs" and each.writes]
    return str(questions), stored, [each.channel for each in decided if each.channel not in ("result", "log")]


def test_a_long_answer_is_cut_and_one_without_words_is_none(forge: Forge, demo: Site) -> None:
    for says, shown in (("w" * 5000, "w" * 2000), ("", "")):
        app = forge.install(APP, demo, model=[says])
        app.invoke("velocity", PAYLOAD)
        assert app.invoke("retrospective", PAYLOAD)["questions"] == shown


def test_who_may_not_see_a_board_gets_no_questions_about_it(forge: Forge, demo: Site) -> None:
    app = forge.install(APP, demo)
    result = app.invoke("retrospective", {"boardId": "$board.private"}, user="bob")
    assert result == {"problem": "Jira has no such thing, or you may not see it."}
