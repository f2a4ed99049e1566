"""Leaky twins of a bare app, deliberately broken: what it comes by while nobody asks, keeps for when products fail, or
gives to whoever names somebody else, it shows the next viewer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from forgesim.claims.kit import Outcome, Verdict
from forgesim.testing.kit import Forge

MakeApp = Callable[..., Path]

VIEWER = "shows_only_what_viewer_may"
UPDATED = "avi:confluence:updated:page"

MANIFEST = f"""\
app:
  id: ari:cloud:ecosystem::app/5d4f7a0e-1111-4222-8333-444455556697
  runtime: {{name: nodejs22.x}}
modules:
  confluence:spacePage:
    - {{key: page, title: Bare, route: bare, resource: main, resolver: {{function: resolver}}}}
  trigger:
    - {{key: changed, function: heard, events: ["{UPDATED}"]}}
  scheduledTrigger:
    - {{key: daily, function: looked, interval: day}}
  function:
    - {{key: resolver, handler: index.handler}}
    - {{key: heard, handler: index.heard}}
    - {{key: looked, handler: index.looked}}
resources:
  - {{key: main, path: static}}
permissions:
  scopes: ["read:page:confluence", "read:confluence-content.summary", "storage:app"]
"""

TRUST = f"""\
app: bare
vendor: forgesim reference app
modelled_on: nothing
purpose: a test
subprocessors: []
reads: {{call: pages, heard: pages, looked: pages}}
stores:
  - {{in: kvs, key: count, value: int 0..100000}}
  - {{in: kvs, key: "of:{{page}}", value: int 0..100000}}
  - {{in: kvs, key: "mine:{{account}}", audience: same-viewer, value: int 0..9}}
sends: {{}}
logs: metadata
claims: [{VIEWER}]
sentences: []
scenarios:
  - name: a page is edited, and a day passes
    site: demo
    steps:
      - {{edit: $page, title: A new title}}
      - {{schedule: daily}}
      - {{as: alice, call: call, with: {{pageId: $page}}}}
      - {{as: bob, call: call, with: {{pageId: $page}}}}
"""

APP = """\
KEPT = {}


async def heard(event, context):
    HEARD


async def looked(event, context):
    LOOKED


@resolver.define("call")
async def call(request):
    user, page_id = request.context.account_id, request.payload["pageId"]
    answer = await api.as_user().request_confluence(route("/wiki/api/v2/pages/{id}", id=page_id))
    title = (await answer.json())["title"] if answer.ok else ""
    shown = {"title": title}
    CALLED
    return shown
"""

SHOWS = "shown['last'] = KEPT.get('last')"
AS_APP = "answer = await api.as_app().request_confluence(route('/wiki/api/v2/pages', query={'limit': '100'}))\n"

TWINS = {
    "the title of the last event": ("KEPT['last'] = event['content']['title']", "pass", SHOWS),
    "what a schedule has read": (
        "pass", f"{AS_APP}KEPT['last'] = sum(len(each['title']) for each in (await answer.json())['results'])", SHOWS,
    ),
    "a title that was read before the outage": (
        "pass", "pass",
        "if answer.ok: KEPT[page_id] = title\nif answer.status >= 500: shown['title'] = KEPT.get(page_id, '')",
    ),
    "a row of whoever is named": (
        "pass", "pass",
        "await kvs.set('mine:' + user.replace(':', '.'), 3)\n"
        "shown['mine'] = await kvs.get('mine:' + (request.payload.get('of') or user).replace(':', '.'))",
    ),
}  # fmt: skip

HONEST = {
    "how often something happens": (
        "await kvs.set('count', (await kvs.get('count') or 0) + 1)", "pass", "shown['count'] = await kvs.get('count')",
    ),
    "how often a page changes, for who may read it": (
        "key = f\"of:{event['content']['id']}\"\nawait kvs.set(key, (await kvs.get(key) or 0) + 1)", "pass",
        "shown['of'] = await kvs.get(f'of:{page_id}') if answer.ok else None",
    ),
    "the page of the last event, for who may read it": (
        "KEPT['last'] = event['content']['id']", "pass",
        "last = await api.as_user().request_confluence(route('/wiki/api/v2/pages/{id}', id=KEPT.get('last', '1')))\n"
        "shown['last'] = (await last.json())['title'] if last.ok else None",
    ),
    "what a schedule has counted": (
        "pass", f"{AS_APP}await kvs.set('count', len((await answer.json())['results']))",
        "shown['count'] = await kvs.get('count')",
    ),
    "what one has seen oneself, in an outage": (
        "pass", "pass",
        "if answer.ok: KEPT[user, page_id] = title\nelif answer.status < 500: KEPT.pop((user, page_id), None)\n"
        "shown['title'] = KEPT.get((user, page_id), '')",
    ),
}  # fmt: skip


def proved(forge: Forge, make_app: MakeApp, heard: str, looked: str, called: str) -> Verdict:
    body = APP
    for name, code in (("HEARD", heard), ("LOOKED", looked), ("CALLED", called)):
        body = body.replace(name, code.replace("\n", "\n    "))
    (verdict,) = [each for each in forge.prove(make_app(body, manifest=MANIFEST, trust=TRUST), trials=1)
                  if each.claim == VIEWER]  # fmt: skip
    return verdict


@pytest.mark.slow
@pytest.mark.parametrize(("heard", "looked", "called"), TWINS.values(), ids=TWINS.keys())
def test_what_the_next_viewer_is_shown_of_it_is_broken(
    forge: Forge, make_app: MakeApp, heard: str, looked: str, called: str
) -> None:
    assert proved(forge, make_app, heard, looked, called).outcome is Outcome.BROKEN


@pytest.mark.slow
@pytest.mark.parametrize(("heard", "looked", "called"), HONEST.values(), ids=HONEST.keys())
def test_honest_variants_are_not(forge: Forge, make_app: MakeApp, heard: str, looked: str, called: str) -> None:
    verdict = proved(forge, make_app, heard, looked, called)
    assert verdict.outcome is Outcome.HOLDS, verdict
