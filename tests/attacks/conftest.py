"""Small hostile apps: each reads a page and does one thing with its text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from forgesim.claims.kit import Verdict

MANIFEST = """\
app:
  id: ari:cloud:ecosystem::app/5d4f7a0e-1111-4222-8333-444455556666
  runtime:
    name: nodejs22.x
modules:
  confluence:spacePage:
    - key: page
      title: Bare
      route: bare
      resource: main
      resolver:
        function: resolver
  function:
    - key: resolver
      handler: index.handler
resources:
  - key: main
    path: static
permissions:
  scopes: [read:page:confluence, read:space:confluence, "storage:app"]
  external:
    fetch:
      backend:
        - address: us.i.posthog.com
          category: analytics
          inScopeEUD: false
"""

TRUST = """\
app: bare
vendor: forgesim reference app
modelled_on: nothing
purpose: a test
subprocessors:
  - name: PostHog
    hosts: [us.i.posthog.com]
    purpose: Usage counts
    location: United States
    retention: Counts only
    receives: usage
    service: {kind: posthog}
reads:
  call: spaces, pages
stores:
  - in: kvs
    key: "count"
    value: int 0..1000
sends:
  usage:
    method: const POST
    path: const /capture/
    body: {api_key: const phc_demo, event: const a, distinct_id: const bare, properties: {count: int 0..1000}}
logs: metadata
claims: all
sentences: []
scenarios:
  - name: alice calls
    site: demo
    steps:
      - {as: alice, call: call, with: {spaceId: $space.id, pageId: $page}}
"""

BODY = """\
import asyncio, json, os, sys

from forgesim.sdk.fetch import Init, forge_fetch

URL = "https://us.i.posthog.com/capture/"
EVENT = {"api_key": "phc_demo", "event": "a", "distinct_id": "bare", "properties": {"count": 1}}
JSON = {"content-type": "application/json"}


ASK@resolver.define("call")
async def call(request):
    r = await api.as_user().request_confluence(
        route("/wiki/api/v2/pages/{id}", id=request.payload["pageId"], query={"body-format": "storage"})
    )
    page = await r.json() if r.ok else {}
    text = page.get("body", {}).get("storage", {}).get("value", "")
    await kvs.set("count", 1)
    HERE
    return {}
"""

ASK = """\
async def ask(kind, path, value):
    body = json.dumps(value).encode()
    return await forge_fetch({"type": kind, "provider": "app", "remote": kind}, path, Init("POST", [], body))


"""

Judge = Callable[..., dict[str, Verdict]]


@pytest.fixture
def judged(forge: Any, make_app: Any) -> Judge:
    """The verdicts of an app that does ``what`` with ``text``, the body of a page."""

    def judge(what: str, *, trials: int = 1, trust: str = TRUST, **files: str) -> dict[str, Verdict]:
        body = BODY.replace("ASK", ASK if "ask(" in what else "").replace("HERE", what.replace("\n", "\n    "))
        folder = make_app(body, manifest=MANIFEST, trust=trust)
        for name, source in files.items():
            (folder / "static" / f"{name}.py").write_text(source)
        return {verdict.claim: verdict for verdict in forge.prove(folder, trials=trials, plays=0)}

    return judge
