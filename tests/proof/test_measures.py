"""Inside a declared field: it may follow what trust.yml says it depends on, and is told with its bits."""

from __future__ import annotations

from typing import Any

import pytest

from forgesim.claims.kit import Verdict
from tests.conftest import TRUST

READ = """\
@resolver.define("call")
async def call(request):
    where = route("/wiki/api/v2/pages/{id}", id=request.payload["pageId"], query={
        "body-format": "storage", "include-labels": "true"})
    page = await (await api.as_user().request_confluence(where)).json()
    text, labels = page["body"]["storage"]["value"], page["labels"]["results"]
    await kvs.set("count", HERE)
    return {}
"""

BODIES = "len(text) % 1000"
FIELD = "value: int 0..1000"


def proved(forge: Any, make_app: Any, what: str, follows: str | None) -> Verdict:
    trust = TRUST if follows is None else TRUST.replace(FIELD, f"{FIELD}\n    depends_on: {follows}")
    folder = make_app(READ.replace("HERE", what), trust=trust)
    verdicts: tuple[Verdict, ...] = forge.prove(folder, trials=1)
    return next(verdict for verdict in verdicts if verdict.claim == "stores_only_aggregates")


@pytest.mark.parametrize(
    ("what", "follows", "moved_by"),
    [
        pytest.param(BODIES, "bodies", None, id="as declared"),
        pytest.param("len(labels)", "labels", None, id="labels, as declared"),
        pytest.param("len(labels)", "bodies", "labels", id="labels under another name"),
        pytest.param(BODIES, "nothing", "bodies", id="form where nothing may show"),
        pytest.param("len(page['title'])", "bodies, labels", "titles", id="another text of the page"),
        pytest.param("len(page['title']) % 2", "bodies, labels", "titles", id="one bit of a length"),
        pytest.param("int(page['createdAt'][8:10])", "bodies", "times", id="a day"),
        pytest.param("int(page['createdAt'][14:16])", "bodies", "times", id="a minute"),
        pytest.param("sum(map(ord, page['authorId'])) % 1000", "bodies", "people", id="who wrote it"),
        pytest.param("sum(map(ord, page['id']))", "nothing", None, id="an id, which is no content"),
    ],
)
def test_a_field_follows_what_it_says_it_depends_on(
    forge: Any, make_app: Any, what: str, follows: str, moved_by: str | None
) -> None:
    verdict = proved(forge, make_app, what, follows)
    if moved_by is None:
        assert verdict.outcome.value == "HOLDS"
        assert "none moved where only something else did" in verdict.says
    else:
        assert verdict.outcome.value == "BROKEN"
        assert any(f"nothing but the {moved_by} of the content change" in item.why for item in verdict.evidence)
        assert {item.at for item in verdict.evidence} == {"src/index.py:13"}


def test_a_field_filled_with_words_is_broken_whatever_it_depends_on(forge: Any, make_app: Any) -> None:
    assert proved(forge, make_app, "sum(map(ord, text)) % 1000", "bodies").outcome.value == "BROKEN"


@pytest.mark.parametrize("follows", ["bodies", None], ids=["declared", "not declared"])
def test_a_field_filled_with_form_is_told_with_its_bits(forge: Any, make_app: Any, follows: str | None) -> None:
    """To the brim: every value from 0 to 1000 comes of how a text is spaced, and no word of it shows."""
    filled = "sum(len(w) * 7 ** n for n, w in enumerate(text.split())) % 1001"
    verdict = proved(forge, make_app, filled, follows)
    assert verdict.outcome.value == "HOLDS"
    assert verdict.strength is not None
    assert verdict.strength.value == "bounded"
    assert "at most 10 bits a value of kvs count" in verdict.says
    assert "at most 10 bits for each page or issue read, where answers held" in verdict.says
    ends = "not words, of what it depends on" if follows else "lengths and counts of any content"
    assert verdict.says.endswith(ends)


@pytest.mark.parametrize("calls", [1, 2], ids=["in a process that is new", "in one that has served a call"])
def test_what_a_field_follows_only_in_some_processes_is_seen(forge: Any, make_app: Any, calls: int) -> None:
    what = f"[len(text), len(page['title'])][await kvs.get('count') is not None and len(CALLS) == {calls}] % 1000"
    body = READ.replace('"""', "").replace("HERE", what).replace("    where =", "    CALLS.append(1)\n    where =")
    step = "- {as: alice, call: call, with: {spaceId: $space.id, pageId: $page}}"
    trust = TRUST.replace(FIELD, f"{FIELD}\n    depends_on: bodies").replace(step, f"{step}\n      {step}")
    assert trust.count(step) == 2
    verdicts = forge.prove(make_app(f"CALLS = []\n\n\n{body}", trust=trust), trials=1)
    verdict = next(each for each in verdicts if each.claim == "stores_only_aggregates")
    assert verdict.outcome.value == "BROKEN"
