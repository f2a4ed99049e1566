"""Rendering services, one honest and the others deliberately broken: what they keep of a request shows."""

from __future__ import annotations

from pathlib import Path

import pytest

from forgesim.claims.kit import Outcome, Verdict
from forgesim.testing.kit import Forge

HOST = "r1.execute-api.us-east-1.amazonaws.com"
NAME = "rendering_keeps_nothing"

MANIFEST = f"""\
app:
  id: ari:cloud:ecosystem::app/5d4f7a0e-1111-4222-8333-444455556677
  runtime: {{name: nodejs22.x}}
modules:
  confluence:spacePage:
    - {{key: page, title: Bare, route: bare, resource: main, resolver: {{function: resolver}}}}
  function:
    - {{key: resolver, handler: index.handler}}
resources:
  - {{key: main, path: static}}
permissions:
  scopes: [read:page:confluence]
  external: {{fetch: {{backend: [{{address: "https://{HOST}"}}]}}}}
"""

TRUST = f"""\
app: bare
vendor: forgesim reference app
modelled_on: nothing
purpose: a test
subprocessors:
  - name: Renderer
    hosts: [{HOST}]
    purpose: Rendering
    location: United States
    retention: none
    receives: page
    service: {{kind: aws-lambda, handler: service.render, region: us-east-1}}
reads:
  call: pages of payload.pageId
sends:
  page: {{method: const POST, path: const /render, body: {{body: content}}}}
logs: metadata
claims: all
sentences: []
scenarios:
  - name: alice calls
    site: demo
    steps:
      - {{as: alice, call: call, with: {{pageId: $page}}}}
"""

APP = f"""\
@resolver.define("call")
async def call(request):
    where = route("/wiki/api/v2/pages/{{id}}", id=request.payload["pageId"], query={{"body-format": "storage"}})
    answer = await api.as_user().request_confluence(where)
    page = await answer.json()
    text = page.get("body", {{}}).get("storage", {{}}).get("value", "")
    rendered = await api.fetch("https://{HOST}/render", method="POST", json={{"body": text}})
    return {{"status": rendered.status}}
"""

SERVICE = """\
import functools
import json

LAST = []


{more}


def render(event, context):
    text = json.loads(event["body"])["body"]
    {line}
    return {{"statusCode": 200, "body": str(len(text)){answer}}}
"""

CACHED = "@functools.lru_cache\ndef measure(text):\n    return len(text)"
KEPT = {
    "the last request in a variable": ("", "LAST[:] = [text]", "", "service.LAST"),
    "an lru_cache": (CACHED, "measure(text)", "", "service.measure"),
    "inside a library's module": ("", "functools.seen = {1: (text.encode(),)}", "", "functools.seen"),
    "an answer that counts": ("", "LAST.append(1)", " + str(len(LAST))", "answers otherwise"),
}


def prove(forge: Forge, make_app: object, more: str = "", line: str = "pass", answer: str = "") -> Verdict:
    """The verdict on rendering, after a look at the others: none of them is broken."""
    app: Path = make_app(APP, manifest=MANIFEST, trust=TRUST)  # type: ignore[operator]
    (app / "service").mkdir()
    (app / "service" / "__init__.py").write_text(SERVICE.format(more=more, line=line, answer=answer))
    verdicts = {verdict.claim: verdict for verdict in forge.prove(app, trials=1, plays=0)}
    assert {name for name, verdict in verdicts.items() if verdict.outcome is Outcome.BROKEN} <= {NAME}
    return verdicts[NAME]


@pytest.mark.slow
@pytest.mark.parametrize(("more", "line", "answer", "named"), KEPT.values(), ids=KEPT.keys())
def test_a_service_that_keeps_something_is_broken_and_what_it_keeps_is_named(
    forge: Forge, make_app: object, more: str, line: str, answer: str, named: str
) -> None:
    verdict = prove(forge, make_app, more, line, answer)
    assert verdict.outcome is Outcome.BROKEN
    assert any(named in item.why for item in verdict.evidence), verdict.evidence


@pytest.mark.slow
def test_a_service_that_writes_a_temporary_file_is_broken(forge: Forge, make_app: object) -> None:
    verdict = prove(forge, make_app, line='open("/tmp/last.txt", "w").write(text)')
    assert verdict.outcome is Outcome.BROKEN
    assert any("tries to write a file" in item.why for item in verdict.evidence), verdict.evidence


@pytest.mark.slow
def test_a_service_that_forgets_holds(forge: Forge, make_app: object) -> None:
    verdict = prove(forge, make_app, line="print('rendered', len(text))")
    assert verdict.outcome is Outcome.HOLDS, verdict
