"""A page's text in rows of a custom entity: every way there is judged, and a query's values are no rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.attacks.conftest import BODY, MANIFEST, TRUST

ENTITY = """\
  storage:
    entities:
      - name: scores
        attributes: {n: {type: integer}, label: {type: string}, more: {type: any}}
        indexes:
          - {name: by-label, range: [n], partition: [label]}
modules:
"""
STORE = """\
  - in: entity scores
    key: "score:{int 0..9}"
    value: {n: int 0..100, label: enum a|b, more: "bool?"}
sends:
"""
HONEST = "await kvs.entity('scores').set('score:1', {'n': 1, 'label': 'a'})"

Judged = Callable[[str], Any]


@pytest.fixture
def stored(forge: Any, make_app: Any) -> Judged:
    """The verdict on what an app stores that does ``what`` with ``text``, the body of a page; and its line."""

    def judge(what: str) -> Any:
        body = BODY.replace("ASK", "from forgesim.sdk import Filter, FilterConditions\n\n\n")
        lines = [HONEST, "await asyncio.sleep(1)", *what.split("\n")]
        body = body.replace("HERE", "\n    ".join(lines))
        folder = make_app(body, manifest=MANIFEST.replace("modules:\n", ENTITY), trust=TRUST.replace("sends:\n", STORE))
        return {v.claim: v for v in forge.prove(folder, trials=1, plays=0)}["stores_only_aggregates"]

    return judge


LEAKS = [
    pytest.param("await kvs.entity('scores').set('score:2', {'n': 1, 'label': text})", id="an attribute"),
    pytest.param("await kvs.entity('scores').set('score:2', {'n': 1, 'label': 'a', 'more': text})", id="of type any"),
    pytest.param("await kvs.entity('scores').set('score:2', {'n': 1, 'label': text[:800]})", id="an index's partition"),
    pytest.param("await kvs.batch_set([{'key': 'score:2', 'entityName': 'scores', 'value': {'n': 1, 'label': 'a', "
                 "'more': [text]}}])", id="a batch"),
    pytest.param("await kvs.transact().set('score:2', {'n': 1, 'label': 'a', 'more': text}, entity_name='scores')"
                 ".set('count', 2).execute()", id="a transaction"),
]  # fmt: skip


@pytest.mark.parametrize("what", LEAKS)
def test_a_page_text_in_an_entity_breaks_the_claim_at_the_apps_line(stored: Judged, what: str) -> None:
    verdict = stored(what)
    assert verdict.outcome.value == "BROKEN"
    told = [item for item in verdict.evidence if "the body of page" in item.why]
    assert told
    assert all((item.at or "").startswith("src/index.py:") for item in told)


def test_a_leak_when_an_entity_cannot_be_read_is_found(stored: Judged) -> None:
    what = """try:
    await kvs.entity('scores').get('score:1')
except Exception:
    await kvs.set('count', text)"""
    verdict = stored(what)
    assert verdict.outcome.value == "BROKEN"
    assert any("the body of page" in item.why for item in verdict.evidence)


def test_a_length_in_an_entity_shows_on_twin_sites(stored: Judged) -> None:
    verdict = stored("await kvs.entity('scores').set('score:2', {'n': sum(map(ord, text)) % 100, 'label': 'a'})")
    assert verdict.outcome.value == "BROKEN"


ASKED = [
    pytest.param("await kvs.entity('scores').query().index('by-label', partition=[text[:40]]).get_many()",
                 id="a partition"),
    pytest.param("await kvs.entity('scores').query().index('by-key').filters(Filter().and_('label', "
                 "FilterConditions.contains(text[:40]))).get_many()", id="a filter"),
    pytest.param("await kvs.batch_get([{'key': 'score:1', 'entityName': 'scores'}])", id="nothing: a read"),
]  # fmt: skip


@pytest.mark.parametrize("what", ASKED)
def test_what_a_query_asks_with_is_not_stored(stored: Judged, what: str) -> None:
    verdict = stored(what)
    assert verdict.outcome.value == "HOLDS"
