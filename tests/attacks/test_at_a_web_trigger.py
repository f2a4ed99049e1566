"""Content in what a web trigger answers to whoever holds its URL, and in events that nobody asked for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.attacks.conftest import MANIFEST, TRUST

from forgesim.claims.judge import broken
from forgesim.claims.kit import Verdict
from forgesim.manifest.load import load_app
from forgesim.runtime.running import run

MODULES = """\
  webtrigger:
    - {key: hook, function: respond}
    - {key: fixed, function: choose, response: {type: static, outputs: [OUTPUTS]}}
  function:
    - {key: respond, handler: index.respond}
    - {key: choose, handler: index.choose}
"""
OUTPUTS = ", ".join(f"{{key: o{n}, statusCode: 200, contentType: text/plain, body: '{n}'}}" for n in range(9))
ANSWERS = """\
answers:
  hook:
    status: enum 200|503
    headers: {x-count: int 0..9?}
    body: {pages: int 0..1000}
logs: metadata
"""
BODY = """\
import json

from forgesim.sdk import web_trigger


async def read():
    answer = await api.as_app().request_confluence(route("/wiki/api/v2/pages", query={"limit": "1"}))
    pages = (await answer.json()).get("results", []) if answer.ok else []
    return pages[0]["title"] if pages else "nothing"


@resolver.define("call")
async def call(request):
    await kvs.set("count", 1)
    return {}


async def respond(request, context):
    title = await read()
    DO
    return ANSWER


async def choose(request, context):
    title = await read()
    return CHOICE
"""
HONEST = "{'statusCode': 200, 'headers': {'content-type': ['application/json']}, 'body': json.dumps({'pages': 1})}"
Seen = dict[str, Verdict]


@pytest.fixture
def app(make_app: Any) -> Callable[..., Path]:
    """The folder of an app that answers so, and chooses an output of the manifest so."""

    def make(
        answer: str,
        choice: str = "{'outputKey': 'o1'}",
        answers: str = ANSWERS,
        do: str = "await web_trigger.query_urls()",
    ) -> Path:
        steps = "      - {webtrigger: hook}\n      - {webtrigger: fixed}\n"
        folder: Path = make_app(
            BODY.replace("DO", do).replace("ANSWER", answer).replace("CHOICE", choice),
            manifest=MANIFEST.replace("  function:\n", MODULES.replace("OUTPUTS", OUTPUTS)),
            trust=TRUST.replace("logs: metadata\n", answers).replace("reads:\n", "reads:\n  respond: pages\n") + steps,
        )
        return folder

    return make


@pytest.fixture
def seen(forge: Any, app: Any) -> Callable[..., Seen]:
    """The claims that the scenario breaks."""

    def play(*parts: str) -> Seen:
        ran = run(
            load_app(app(*parts)), sandbox=forge._open_sandbox, site=forge.site("proof"), function=None, catalog="1"
        )
        return {verdict.claim: verdict for verdict in broken(ran.ledger, ran.app.trust)}

    return play


LEAKS = {
    "as the body": "{'statusCode': 200, 'body': title}",
    "in a field of the body": "{'statusCode': 200, 'body': json.dumps({'pages': 1, 'title': title})}",
    "in a header": "{'statusCode': 200, 'headers': {'x-title': [title]}}",
    "in the status": "{'statusCode': 204}",
    "as the status text": "{'statusCode': 200, 'statusText': title}",
    "in an answer that is refused": "{'statusCode': 'x', 'body': title}",
    "instead of an answer": "title",
}


@pytest.mark.parametrize("answer", LEAKS.values(), ids=LEAKS.keys())
def test_nothing_but_what_is_declared_leaves_by_a_web_trigger(seen: Any, answer: str) -> None:
    assert "sends_only_declared" in seen(answer)


def test_a_static_trigger_has_its_outputs_and_nothing_else(seen: Any) -> None:
    assert "sends_only_declared" in seen(HONEST, "{'outputKey': title}")


def test_who_reads_a_page_to_a_web_trigger_shows_it_to_anybody(seen: Any) -> None:
    assert {"shows_only_what_viewer_may", "reads_only_when_asked"} <= seen("{'statusCode': 200, 'body': title}").keys()


def test_an_answer_that_is_declared_breaks_nothing_of_what_is_sent(seen: Any) -> None:
    assert {"sends_only_declared", "reaches_only_declared"}.isdisjoint(seen(HONEST))


def test_a_web_trigger_that_trust_yml_does_not_name_is_a_way_out(seen: Any) -> None:
    found = seen("{'statusCode': 204}", "{'outputKey': 'o1'}", "logs: metadata\n")
    assert {"sends_only_declared", "reaches_only_declared"} <= found.keys()


def test_a_person_in_an_answer_is_personal_data(seen: Any, forge: Any) -> None:
    name = next(user.name for user in forge.site("proof").users.values() if user.handle == "alice")
    assert "keeps_no_personal_data" in seen(f"{{'statusCode': 200, 'body': {name!r}}}")


CHOICES = {
    "a declared number": ("{'statusCode': 200, 'body': json.dumps({'pages': ord(title[0])})}", "{'outputKey': 'o1'}"),
    "a status": ("{'statusCode': 200 if ord(title[0]) % 2 else 503}", "{'outputKey': 'o1'}"),
    "an output": (HONEST, "{'outputKey': f'o{ord(title[0]) % 9}'}"),
}


@pytest.mark.parametrize(("answer", "choice"), CHOICES.values(), ids=CHOICES.keys())
def test_a_title_does_not_choose_what_is_declared(forge: Any, app: Any, answer: str, choice: str) -> None:
    verdicts = {verdict.claim: verdict for verdict in forge.prove(app(answer, choice), trials=1, plays=0)}
    assert verdicts["sends_only_declared"].outcome.value == "BROKEN"


def test_a_title_does_not_rest_in_how_many_urls_there_are(forge: Any, app: Any) -> None:
    do = "for _ in range(ord(title[0]) % 7): await web_trigger.get_url('hook', force_create=True)"
    folder = app(HONEST, "{'outputKey': 'o1'}", ANSWERS, do)
    verdicts = {verdict.claim: verdict for verdict in forge.prove(folder, trials=1, plays=0)}
    assert verdicts["stores_only_aggregates"].outcome.value == "BROKEN"
