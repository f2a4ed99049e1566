"""Content that is put where it waits for a later run of the app."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from textwrap import indent
from typing import Any

import pytest
from tests.attacks.conftest import MANIFEST, TRUST

from forgesim.claims.judge import broken
from forgesim.claims.kit import Verdict
from forgesim.errors import AppError
from forgesim.manifest.load import load_app

MODULES = """\
  consumer:
    - {key: worker, queue: work, function: consume}
  function:
    - {key: consume, handler: index.consume}
"""
STORES = """\
  - in: queue
    key: "work"
    value: {page: id page}
  - in: queue
    key: "page:{page}"
    value: int 1..9
  - in: queue
    key: "work:retry"
    value: {step: int 0..9}
  - in: kvs
    key: "count"
"""
BODY = """\
IMPORTS

queue = Queue("work")


async def read(page_id, who):
    answer = await who.request_confluence(
        route("/wiki/api/v2/pages/{id}", id=page_id, query={"body-format": "storage"})
    )
    page = await answer.json() if answer.ok else {}
    return page.get("title", "")


@resolver.define("call")
async def call(request):
    page_id = request.payload["pageId"]
    title = await read(page_id, api.as_user())
PUSH
    return {}


async def consume(event, context):
CONSUME
    await kvs.set("count", 1)
"""
RAW = """\
import json
from forgesim.sdk.fetch import Init, forge_fetch

async def raw(**more):
    push = {"queueName": "work", "jobId": "00000000-0000-4000-8000-000000000000", "payload": [{"body": {"page": "1"}}]}
    path = "/webhook/queue/publish/a/b/c/d"
    descriptor = {"type": "fpp", "provider": "app", "remote": "stargate"}
    await forge_fetch(descriptor, path, Init("POST", [], json.dumps(push | more).encode()))
"""
HONEST = """\
await queue.push(
    {"body": {"page": page_id}, "delayInSeconds": 5, "concurrency": {"key": f"page:{page_id}", "limit": 1}}
)
"""

Seen = dict[str, Verdict]


@pytest.fixture
def app(make_app: Any) -> Callable[..., Path]:
    """The folder of an app that pushes so, and consumes so."""

    def make(push: str, consume: str = "pass") -> Path:
        used = push + consume
        names = ["Queue", *(name for name in ("InvocationError", "app_events") if name in used)]
        imports = f"from forgesim.sdk import {', '.join(names)}\n" + (RAW if "raw(" in used else "")
        body = BODY.replace("IMPORTS", imports).replace("PUSH", indent(push, "    "))
        folder: Path = make_app(
            body.replace("CONSUME", indent(consume, "    ")),
            manifest=MANIFEST.replace("  function:\n", MODULES),
            trust=TRUST.replace('  - in: kvs\n    key: "count"\n', STORES),
        )
        return folder

    return make


@pytest.fixture
def seen(forge: Any, app: Any) -> Callable[..., Seen]:
    """The claims that one call breaks."""

    def call(*parts: str) -> Seen:
        folder = app(*parts)
        installed = forge.install(folder, forge.site("proof"))
        with suppress(AppError):
            installed.invoke("call", {"pageId": "$page"})
        return {verdict.claim: verdict for verdict in broken(installed.ledger, load_app(folder).trust)}

    return call


@pytest.fixture
def proven(forge: Any, app: Any) -> Callable[..., Seen]:
    """The verdicts of a proof."""

    def prove(*parts: str) -> Seen:
        return {verdict.claim: verdict for verdict in forge.prove(app(*parts), trials=1, plays=0)}

    return prove


LEAKS = {
    "in an event": "await queue.push({'body': {'page': page_id, 'title': title}})",
    "as a name in an event": "await queue.push({'body': {title: 1}})",
    "in a concurrency key": "await queue.push({'body': {'page': page_id}, 'concurrency': {'key': title, 'limit': 1}})",
    "in a fraction of a delay": "await queue.push({'body': {'page': page_id}, 'delayInSeconds': len(title) / 7})",
    "beside a body": "await raw(payload=[{'body': {'page': page_id}, 'note': title}])",
    "beside the events": "await raw(note=title)",
    "as the id of a job": "await raw(jobId=title)",
    "in the time of a push": "await raw(time=title)",
    "in a push that is refused": "await raw(payload=[{'body': title}])",
    "in a push to no queue": "await raw(queueName=title)",
    "in an app event": "await app_events.publish({'key': title})",
}


@pytest.mark.parametrize("push", LEAKS.values(), ids=LEAKS.keys())
def test_a_title_does_not_wait_in_a_queue_unseen(seen: Any, push: str) -> None:
    assert "stores_only_aggregates" in seen(push)


RETRIES = {
    "its data": "retry_data={'title': title}",
    "a fraction of its time": "retry_after=1 + len(title) / 7",
    "its reason": "retry_reason=title",
}


@pytest.mark.parametrize("given", RETRIES.values(), ids=RETRIES.keys())
def test_a_title_does_not_wait_for_a_retry_unseen(seen: Any, given: str) -> None:
    read = "title = await read(event['body']['page'], api.as_app())"
    consume = f"{read}\nif 'retryContext' not in event:\n    return InvocationError({given})"
    assert "stores_only_aggregates" in seen(HONEST, consume)


@pytest.mark.parametrize(("delay_s", "is_late"), [(600, False), (900, True)])
def test_a_job_may_read_for_who_asked_but_not_long_afterwards(seen: Any, delay_s: int, is_late: bool) -> None:
    push = f"await queue.push({{'body': {{'page': page_id}}, 'delayInSeconds': {delay_s}}})"
    found = seen(push, "await read(event['body']['page'], api.as_app())")
    assert ("reads_only_when_asked" in found) is is_late


def test_an_account_id_in_an_event_is_personal_data(seen: Any) -> None:
    push = "await queue.push({'body': {'page': page_id, 'who': request.context.account_id}})"
    assert "keeps_no_personal_data" in seen(push)


CHOICES = {
    "a delay": "await queue.push({'body': {'page': page_id}, 'delayInSeconds': ord(title[0]) % 90})",
    "a concurrency limit": "await queue.push({'body': {'page': page_id}, "
    "'concurrency': {'key': f'page:{page_id}', 'limit': 1 + ord(title[0]) % 9}})",
    "how many events there are": "await queue.push([{'body': {'page': page_id}}] * (1 + ord(title[0]) % 9))",
    "what is cancelled": "await queue.push({'body': {'page': page_id}})\n"
    "try:\n    await queue.cancel(title)\nexcept Exception:\n    pass",
}


@pytest.mark.parametrize("push", CHOICES.values(), ids=CHOICES.keys())
def test_a_title_does_not_choose(proven: Any, push: str) -> None:
    assert proven(push)["stores_only_aggregates"].outcome.value == "BROKEN"


def test_an_honest_queue_holds(proven: Any) -> None:
    consume = "if 'retryContext' not in event:\n    return InvocationError(retry_after=30, retry_data={'step': 1})"
    verdicts = proven(HONEST, consume)
    verdict = verdicts["stores_only_aggregates"]
    assert verdict.outcome.value == "HOLDS", verdict
    for said in ("122 bits more in the id of each push's job", "10 bits more in an event's delay", "each retry"):
        assert said in verdict.says
    for claim in ("keeps_no_personal_data", "reads_only_when_asked", "uninstall_forgets", "tenants_are_apart"):
        assert verdicts[claim].outcome.value in ("HOLDS", "NOT_APPLICABLE"), verdicts[claim]
