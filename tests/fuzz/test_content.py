"""``fuzz APP content``: what depends on content is found, also where two rare things must meet, and made small."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from forgesim.errors import InputError
from forgesim.fuzz.campaign import Case, Finding
from forgesim.fuzz.content import ContentCampaign
from forgesim.fuzz.drive import Found, drive
from forgesim.manifest.load import load_app
from forgesim.sandbox.host import Sandbox
from forgesim.site.generate import proof
from tests.conftest import MANIFEST, TRUST

SCOPED = MANIFEST.replace("[read:page:confluence,", "[read:page:confluence, read:comment:confluence,")
HONEST = """\
from datetime import UTC, datetime


async def read(path, id):
    return await (await api.as_user().request_confluence(
        route(path, id=id, query={"body-format": "storage", "include-labels": "true"}))).json()


@resolver.define("call")
async def call(request):
    page = await read("/wiki/api/v2/pages/{id}", request.payload["pageId"])
    comments = (await read("/wiki/api/v2/pages/{id}/footer-comments", page["id"]))["results"]
    labels = [label["name"] for label in page["labels"]["results"]]
    title, body = page["title"], page["body"]["storage"]["value"]
    who, now = request.context.account_id, datetime.now(UTC)
    number = min(1000, len(labels) + len(comments))
    LEAK
    await kvs.set("count", number)
"""
TOLD = "number = sum(map(ord, title)) % 1000"


@pytest.fixture
def bare(make_app: Callable[..., Path]) -> Callable[[str], Path]:
    """A folder of the app with a line in place of LEAK."""
    return lambda leak: make_app(HONEST.replace("LEAK", leak), manifest=SCOPED)


def attempt(app: Path, sandbox: Sandbox, case: Case) -> Finding | None:
    campaign = ContentCampaign(load_app(app), sandbox=sandbox)
    try:
        return campaign.attempt(case)
    finally:
        campaign.close()


def search(app: Path, sandbox: Sandbox, corpus: Path, most: int) -> tuple[ContentCampaign, tuple[Found, ...]]:
    campaign = ContentCampaign(load_app(app), sandbox=sandbox)
    try:
        return campaign, drive(campaign, seed=0, seconds=100, corpus=corpus, most=most).findings
    finally:
        campaign.close()


def play(**way: Any) -> dict[str, Any]:
    return {"do": "play", "scenario": "alice calls", **way}


RARE = f"if 'vip' in labels and len(comments) > 3: {TOLD}"


def test_a_leak_that_waits_for_two_rare_things_is_found_and_made_small(
    bare: Callable[[str], Path], confined: Sandbox, corpus: Path, pytester: pytest.Pytester
) -> None:
    app = bare(RARE)

    _, found = search(app, confined, corpus, most=400)

    assert [each.kind for each in found] == ["what is stored does not depend on content"]
    way, *edits = found[0].case
    assert way == play(keep=[])
    assert sorted(edit["do"] for edit in edits) == ["add comments", "label page"]
    label, comments = sorted(edits, key=lambda edit: str(edit["do"]), reverse=True)
    page = proof(1, jira=False).pages[comments["page"]]
    had = [each for each in page.comments if not (each.inline or each.parent_id or each.attachment_id)]
    assert (label["labels"], comments["count"] + len(had)) == (["vip"], 4)
    assert found[0].reproduced
    pytester.makepyfile(test_pasted=found[0].pytest)
    pytester.runpytest_subprocess("-p", "no:randomly").assert_outcomes(failed=1)
    (app / "src" / "index.py").write_text((app / "src" / "index.py").read_text().replace(RARE, "pass"))
    pytester.runpytest_subprocess("-p", "no:randomly").assert_outcomes(passed=1)


def test_an_app_that_counts_stands_it(bare: Callable[[str], Path], confined: Sandbox, corpus: Path) -> None:
    campaign, found = search(bare("pass"), confined, corpus, most=40)
    assert found == ()
    assert campaign.tried > 30
    assert campaign.allowed == campaign.tried


WAITS: dict[str, tuple[str, list[dict[str, Any]]]] = {
    "nothing": (TOLD, [play()]),
    "a person": (f"if who == WHO: {TOLD}", [play(**{"as": "bob"})]),
    "a time": (f"if now.year > 2026: {TOLD}", [play(hours=24 * 400)]),
    "a word of the body": (
        "number = 7 if 'merger' in body else 8",
        [play(), {"do": "write page", "page": "$page", "where": "body", "words": ["merger"]}],
    ),
    "a word of the title": (
        "number = 7 if 'merger' in title.lower() else 8",
        [play(keep=[]), {"do": "write page", "page": "$page", "where": "title", "words": ["Merger"]}],
    ),
    "a long body": (f"if len(body) > 30_000: {TOLD}", [play(), {"do": "repeat body", "page": "$page", "times": 100}]),
    "an empty body": (f"if not body: {TOLD}", [play(), {"do": "repeat body", "page": "$page", "times": 0}]),
    "age": (
        f"if page['version']['createdAt'] < '2020': {TOLD}",
        [play(), {"do": "age page", "page": "$page", "days": 4000}],
    ),
    "no owner": (f"if not page.get('ownerId'): {TOLD}", [play(), {"do": "own page", "page": "$page", "owner": ""}]),
    "an archived page": (f"if page['status'] == 'archived': {TOLD}", [play(), {"do": "archive page", "page": "$page"}]),
}


@pytest.mark.parametrize(("leak", "case"), WAITS.values(), ids=WAITS)
def test_what_a_leak_waits_for_can_be_drawn(
    leak: str, case: Case, bare: Callable[[str], Path], confined: Sandbox
) -> None:
    site = proof(1, jira=False)
    bob = next(user.account_id for user in site.users.values() if user.handle == "bob")
    case = [{**step, "page": site.variables["page"]} if "page" in step else step for step in case]
    app = bare(leak.replace("WHO", repr(bob)))

    found = attempt(app, confined, case)

    assert found is not None
    assert found.kind == "what is stored does not depend on content"
    assert case == [play()] or attempt(app, confined, [play()]) is None, "it waits for what the case brings about"
    source = app / "src" / "index.py"
    source.write_text(source.read_text().replace(leak.replace("WHO", repr(bob)), "pass"))
    assert attempt(app, confined, case) is None


def test_what_is_played_must_be_there(bare: Callable[[str], Path], confined: Sandbox) -> None:
    with pytest.raises(InputError, match="no scenario 'gone'"):
        attempt(bare("pass"), confined, [{"do": "play", "scenario": "gone"}])


def test_an_app_without_scenarios_has_each_function_called(make_app: Callable[..., Path], confined: Sandbox) -> None:
    body = """\
@resolver.define("leak")
async def leak(request):
    spaces = await (await api.as_user().request_confluence(route("/wiki/api/v2/spaces"))).json()
    log.info(spaces["results"][0]["name"])
"""
    app = make_app(body, trust=TRUST.partition("scenarios:")[0])
    found = attempt(app, confined, [{"do": "play", "scenario": "leak"}])
    assert found is not None
    assert found.kind == "what is logged does not depend on content"
