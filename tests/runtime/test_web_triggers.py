"""Web triggers: who calls gets what the app answers, or 500; the app can ask for its URLs."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import MANIFEST, TRUST

SOURCE = """\
from forgesim.sdk import web_trigger


@resolver.define("urls")
async def urls(request):
    first = await web_trigger.get_url("hook")
    again = await web_trigger.get_url("hook")
    forced = await web_trigger.get_url("hook", force_create=True)
    await web_trigger.delete_url(first)
    return {"urls": [first, again, forced], "left": await web_trigger.query_urls("hook")}


@resolver.define("none")
async def none(request):
    await web_trigger.get_url("nothing")


async def on_request(request, context):
    await kvs.set("request", request)
    return ANSWER
"""
MODULES = """\
  webtrigger:
    - key: hook
      function: respond
      RESPONSE
  function:
    - key: respond
      handler: index.on_request
"""
STATIC = "response: {type: static, outputs: [{key: fine, statusCode: 200, contentType: text/plain, body: Fine}]}"


@pytest.fixture
def run(make_house: Any) -> Any:
    """Plays a step on an app whose web trigger answers so."""

    def play(answer: str, *, response: str = "", step: str = "{webtrigger: hook, with: {method: POST}}") -> Any:
        manifest = MANIFEST.replace("  function:\n", MODULES.replace("RESPONSE", response))
        steps = TRUST.split("      - {as:")[0] + f"      - {step}\n"
        source = SOURCE.replace("ANSWER", answer)
        house = make_house(source=source, manifest=manifest, trust=steps.replace("  call: ", "  urls: "))
        return house.play()[0].outcome, house

    return play


def by_app(result: dict[str, Any]) -> dict[str, Any]:
    """An answer without what the platform adds to it."""
    headers = {name: values for name, values in result["headers"].items() if not name.startswith("X-Ratelimit-")}
    rest = {name: value for name, value in result.items() if name != "headers"}
    return rest | ({"headers": headers} if headers else {})


def test_who_calls_gets_the_answer_and_the_ledger_has_it(run: Any) -> None:
    outcome, house = run("{'statusCode': 200, 'headers': {'content-type': ['text/plain']}, 'body': 'Hello'}")
    assert by_app(outcome.result) == {"statusCode": 200, "headers": {"content-type": ["text/plain"]}, "body": "Hello"}
    [crossing] = [each.decided for each in house.ledger.crossings if each.decided.channel == "webtrigger"]
    assert (crossing.verb, crossing.target, crossing.decision.allow) == ("respond", "hook", True)


def test_every_answer_tells_how_the_rates_stand_and_no_app_says_otherwise(run: Any) -> None:
    outcome, house = run("{'statusCode': 204, 'headers': {'X-Ratelimit-Remaining': ['1000000']}}")
    minute_ends = (house.stage.clock.now_ms // 60_000 + 1) * 60
    assert outcome.result["headers"] == {
        "X-Ratelimit-Limit": ["7000"], "X-Ratelimit-Remaining": ["6999"], "X-Ratelimit-Reset": [str(minute_ends)],
    }  # fmt: skip


def test_the_request_has_the_form_that_forge_documents(run: Any) -> None:
    _, house = run("{'statusCode': 204}")
    asked = next(each.open.input for each in house.ledger.invocations.values() if each.open.cause == "webtrigger")
    url = house.stage.services.webtriggers.url("hook")
    path = "/" + url.split("/", 3)[3]
    assert asked == {"method": "POST", "headers": {}, "path": path, "userPath": "", "queryParameters": {}}


@pytest.mark.parametrize(
    "answer",
    ["None", "'text'", "{'body': 'x'}", "{'statusCode': '200'}", "{'statusCode': True}", "{'statusCode': 99}",
     "{'statusCode': 200, 'body': 1}", "{'statusCode': 200, 'headers': {'a': 'b'}}", "1 / 0"],
)  # fmt: skip
def test_what_is_no_answer_is_a_500_to_who_calls(run: Any, answer: str) -> None:
    outcome, _ = run(answer)
    assert (outcome.ok, by_app(outcome.result)) == (False, {"statusCode": 500})


def test_a_static_trigger_answers_what_the_manifest_says_and_nothing_else(run: Any) -> None:
    outcome, _ = run("{'outputKey': 'fine', 'body': 'mine'}", response=STATIC)
    assert by_app(outcome.result) == {"statusCode": 200, "contentType": "text/plain", "body": "Fine"}


def test_a_static_trigger_has_no_other_outputs(run: Any) -> None:
    outcome, _ = run("{'outputKey': 'other'}", response=STATIC)
    assert by_app(outcome.result) == {"statusCode": 500}


def test_a_url_is_the_same_each_time_until_another_one_is_forced(run: Any) -> None:
    outcome, _ = run("None", step="{call: urls}")
    first, again, forced = outcome.result["urls"]
    assert first == again != forced
    assert first.startswith("https://")
    assert ".hello.atlassian-dev.net/x1/" in first
    assert outcome.result["left"] == [{"moduleKey": "hook", "url": forced}]


def test_a_trigger_that_is_not_there_has_no_url(run: Any) -> None:
    outcome, _ = run("None", step="{call: none}")
    assert (outcome.ok, outcome.message) == (False, "failed to get web trigger URL")
