"""Leaky twins of a bare app, deliberately broken: what one person, customer or installation leaves for the next."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from forgesim.claims.kit import Outcome, Verdict
from forgesim.testing.kit import Forge

MakeApp = Callable[..., Path]

VIEWER, TENANT, REMOVAL = "shows_only_what_viewer_may", "tenants_are_apart", "uninstall_forgets"
LOGS = "logs_hold_no_content"
"""Error texts are read as logs are; they have no line of their own."""

MANIFEST = """\
app:
  id: ari:cloud:ecosystem::app/5d4f7a0e-1111-4222-8333-444455556699
  runtime: {name: nodejs22.x}
modules:
  confluence:spacePage:
    - {key: page, title: Bare, route: bare, resource: main, resolver: {function: resolver}}
  function:
    - {key: resolver, handler: index.handler}
resources:
  - {key: main, path: static}
permissions:
  scopes: ["read:page:confluence", "storage:app"]
"""

TRUST = """\
app: bare
vendor: forgesim reference app
modelled_on: nothing
purpose: a test
subprocessors: []
reads:
  call: spaces, pages
stores:
  - in: kvs
    key: "count"
    audience: AUDIENCE
    value: int 0..100000
sends: {}
logs: metadata
claims: all
sentences: []
scenarios:
  - name: alice calls
    site: demo
    steps:
      - {as: alice, call: call, with: {spaceId: $space.id, pageId: $page}}
"""

APP = """\
SEEN = {}


@resolver.define("call")
async def call(request):
    user, cloud, page_id = request.context.account_id, request.context.cloud_id, request.payload["pageId"]
    before = await kvs.get("count")
    answer = await api.as_user().request_confluence(
        route("/wiki/api/v2/pages/{id}", id=page_id, query={"body-format": "storage"})
    )
    page = await answer.json() if answer.ok else {}
    title = page.get("title", "")
    EARLY
    listed = await api.as_user().request_confluence(
        route("/wiki/api/v2/spaces/{id}/pages", id=request.payload["spaceId"], query={"limit": "250"})
    )
    pages = (await listed.json())["results"] if listed.ok else []
    shown = {"title": title}
    HERE
    return shown
"""

TWINS = {
    "a cache of titles by page": ("shown['title'] = SEEN.setdefault((cloud, page_id), title) or title", {VIEWER}),
    "it tells the title in an error": (
        "SEEN.setdefault((cloud, page_id), title)\nassert title, f'cannot show {SEEN[cloud, page_id]}'", {VIEWER, LOGS},
    ),
    "what somebody saw once, they see for ever": (
        "shown['title'] = SEEN.setdefault((cloud, user, page_id), title) or title", {VIEWER},
    ),
    "the first customer's address serves all": (
        "shown['site'] = SEEN.setdefault('site', cloud)", {TENANT},
    ),
    "a default argument that remembers": (
        "def first(given, kept=[]):\n    kept.append(given)\n    return kept[0]\nSEEN.setdefault('first', first)\n"
        "log.info('same site' if SEEN['first'](cloud) == cloud else 'other site')", {TENANT},
    ),
    "a count of calls that an installation leaves to the next": (
        "SEEN[cloud] = SEEN.get(cloud, 0) + 1\nshown['calls'] = SEEN[cloud]", {REMOVAL},
    ),
    "the app reads as itself for whoever asks": (
        "own = await api.as_app().request_confluence(route('/wiki/api/v2/pages/{id}', id=page_id))\n"
        "shown['title'] = (await own.json()).get('title', '') if own.ok else ''", {VIEWER},
    ),
    "the app counts as itself for whoever asks": (
        "own = await api.as_app().request_confluence(route('/wiki/api/v2/pages', query={'limit': '250'}))\n"
        "shown['pages'] = len((await own.json())['results'])", {VIEWER},
    ),
    "a counter for everybody": ("SEEN['calls'] = SEEN.get('calls', 0) + 1\nshown['calls'] = SEEN['calls']",
                                {TENANT, REMOVAL}),
}  # fmt: skip

HONEST = {
    "what the app reads as itself, for who may read it too": (
        "own = await api.as_app().request_confluence(route('/wiki/api/v2/pages/{id}', id=page_id))\n"
        "shown['title'] = (await own.json()).get('title', '') if page else ''\nawait kvs.set('count', len(pages))"
    ),
    "nothing kept": "await kvs.set('count', len(pages))",
    "an aggregate over many pages": "shown['count'] = before\nif len(pages) >= 5: await kvs.set('count', len(pages))",
    "a cache by site, viewer and version": (
        "key = (cloud, user, page.get('version', {}).get('number'), page_id)\nSEEN.setdefault(key, title)\n"
        "shown['title'] = SEEN[key] if page else ''\nawait kvs.set('count', len(pages))"
    ),
    "the time, after what takes longer where there is more": (
        "from datetime import datetime\nif page: await kvs.set('count', len(pages))\nshown['at'] = str(datetime.now())"
    ),
}


def proved(
    forge: Forge, make_app: MakeApp, what: str, *, early: str = "pass", audience: str = "space-viewers"
) -> dict[str, Verdict]:
    body = APP.replace("EARLY", early).replace("HERE", what.replace("\n", "\n    "))
    app = make_app(body, manifest=MANIFEST, trust=TRUST.replace("AUDIENCE", audience))
    return {verdict.claim: verdict for verdict in forge.prove(app, trials=1)}


def broken(verdicts: dict[str, Verdict]) -> set[str]:
    return {name for name, verdict in verdicts.items() if verdict.outcome is Outcome.BROKEN}


@pytest.mark.slow
@pytest.mark.parametrize(("what", "claims"), TWINS.values(), ids=TWINS.keys())
def test_what_is_left_for_the_next_breaks_the_claim_that_is_about_them(
    forge: Forge, make_app: MakeApp, what: str, claims: set[str]
) -> None:
    verdicts = proved(forge, make_app, what)
    assert broken(verdicts) == claims
    assert all(
        (item.at or "").startswith("src/index.py") for name in claims - {LOGS} for item in verdicts[name].evidence
    )


@pytest.mark.slow
def test_a_number_of_one_page_that_everybody_is_shown_is_broken(forge: Forge, make_app: MakeApp) -> None:
    early = "await kvs.set('count', len(str(page.get('body', ''))))"
    verdicts = proved(forge, make_app, "shown['count'] = before", early=early)
    assert broken(verdicts) == {VIEWER}
    assert "the stored row count stands on 1 page or issue, of at least 5" in verdicts[VIEWER].evidence[0].why


@pytest.mark.slow
def test_a_row_for_one_viewer_that_another_reads_is_broken(forge: Forge, make_app: MakeApp) -> None:
    verdicts = proved(forge, make_app, HONEST["nothing kept"], audience="same-viewer")
    assert broken(verdicts) == {VIEWER}
    assert "another viewer than the one it was made for" in verdicts[VIEWER].evidence[0].why


@pytest.mark.slow
@pytest.mark.parametrize("what", HONEST.values(), ids=HONEST.keys())
def test_honest_variants_hold(forge: Forge, make_app: MakeApp, what: str) -> None:
    verdicts = proved(forge, make_app, what)
    assert broken(verdicts) == set()
    assert [verdicts[name].outcome.value for name in (VIEWER, TENANT, REMOVAL)] == ["HOLDS"] * 3, verdicts


FAILS = """

@resolver.define("peek")
async def peek(request):
    own = await api.as_app().request_confluence(route("/wiki/api/v2/pages/{id}", id=request.payload["pageId"]))
    raise ValueError(f"E{sum(map(ord, (await own.json()).get('title', '')))}")
"""


@pytest.mark.slow
def test_what_a_call_says_that_is_to_fail_is_shown_too(forge: Forge, make_app: MakeApp) -> None:
    body = APP.replace("EARLY", "pass").replace("HERE", HONEST["nothing kept"])
    step = "      - {as: alice, call: peek, with: {pageId: $page}, expect: error}\n"
    trust = TRUST.replace("AUDIENCE", "space-viewers").replace("  call: spaces", "  peek: pages\n  call: spaces") + step
    app = make_app(f"{body}{FAILS}", manifest=MANIFEST, trust=trust)
    verdicts = {verdict.claim: verdict for verdict in forge.prove(app, trials=1)}
    assert verdicts[VIEWER].outcome is Outcome.BROKEN
    assert all("peek shows something else" in item.why for item in verdicts[VIEWER].evidence)


CACHED = """\
@resolver.define("call")
async def call(request):
    where = request.payload["spaceId"]
    kept = await kvs.get("newest")
    if kept is not None:
        return {"newest": kept}
    pages = route("/wiki/api/v2/spaces/{id}/pages", id=where, query={"limit": 250})
    found = await api.as_user().request_confluence(pages)
    newest = [page["id"] for page in (await found.json())["results"]] if found.ok else []
    await kvs.set("newest", newest, ttl={"value": 2, "unit": "HOURS"})
    return {"newest": newest}
"""


@pytest.mark.slow
def test_a_list_kept_for_two_hours_is_shown_to_whoever_comes_a_minute_later(forge: Forge, make_app: MakeApp) -> None:
    trust = TRUST.replace("AUDIENCE", "space-viewers").replace("value: int 0..100000", "value: list 250 of id page")
    app = make_app(CACHED, manifest=MANIFEST, trust=trust.replace('key: "count"', 'key: "newest"'))
    verdicts = {verdict.claim: verdict for verdict in forge.prove(app, trials=2)}
    assert verdicts[VIEWER].outcome is Outcome.BROKEN
