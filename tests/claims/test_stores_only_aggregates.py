"""stores_only_aggregates"""

from __future__ import annotations

import base64
import json
from typing import Any

import msgspec
import pytest

NAME = "stores_only_aggregates"
GOOD = {"score": 83.25, "pages": 12}


def why(book: Any) -> str:
    return " | ".join(item.why for item in book.broken()[NAME].evidence)


@pytest.mark.parametrize("refused", [None, "scope"])
def test_page_text_in_a_value_breaks_it_alone_and_names_the_page(honest: Any, page_text: str, refused: Any) -> None:
    honest.store("space:DOCS:score", {**GOOD, "text": page_text}, line="src/index.py:88", refused=refused)
    assert list(honest.broken()) == [NAME]
    assert "stores the body of page/101" in why(honest)
    assert "has a field that is not declared: 'text'" in why(honest)
    assert {item.at for item in honest.broken()[NAME].evidence} == {"src/index.py:88"}


def test_base64_over_several_keys_is_put_together(honest: Any, page_text: str) -> None:
    text = base64.b64encode(page_text[:90].encode()).decode()
    for number in range(0, len(text), 11):
        honest.store(f"part:{number // 11}", text[number : number + 11])
    assert list(honest.broken()) == [NAME]
    assert "base64, put together from" in why(honest)


@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [
        ("space:DOCS:score", {"score": 101, "pages": 1}, "101 is over 100"),
        ("space:DOCS:score", {"score": 83.257, "pages": 1}, "not a multiple"),
        ("space:DOCS:score", {"score": 1}, "pages: is missing"),
        ("space:NOPE:score", GOOD, "no space"),
        ("other:1", 1, "none of the declared forms"),
        ("seen:101", {"at": 1234567890123}, "neither now nor a time that was read"),
    ],
)
def test_what_is_not_declared_breaks_it_with_the_reason(honest: Any, key: str, value: object, reason: str) -> None:
    honest.store(key, value)
    assert list(honest.broken()) == [NAME]
    assert reason in why(honest)


def test_virtual_now_and_times_that_were_read_may_be_stored(honest: Any) -> None:
    honest.read(answer=json.dumps({"createdAt": "2025-11-30T08:15:00.000Z"}))
    honest.store("seen:101", {"at": "2025-11-30T08:15:00.000Z"})
    honest.store("seen:102", {"at": honest.at + 10})
    assert honest.broken() == {}


@pytest.mark.parametrize("channel", ["llm", "egress"])
def test_a_time_that_the_app_had_echoed_is_not_one_that_was_read(honest: Any, channel: str) -> None:
    honest.cross(channel, "POST", "https://us.i.posthog.com/x", answer='"2019-03-04T05:06:07Z"')
    honest.store("seen:101", {"at": "2019-03-04T05:06:07Z"})
    verdict = honest.verdicts()[NAME]
    assert any("neither now nor a time that was read" in item.why for item in verdict.evidence)


def test_the_cursor_of_a_result_is_no_word_of_the_users(honest: Any) -> None:
    """Else an app hands itself a page's text as the next call's payload, and stores that as a setting."""
    honest.trust_text = honest.trust_text.replace("{score: number 0..100 step 0.01, pages: int 0..1000}", "setting 500")
    opened = honest.ledger.invocations[honest.inv].open
    words = {"cursor": "kept by the app", "name": "given by the user"}
    honest.ledger.invocations[honest.inv].open = msgspec.structs.replace(opened, input=words)
    honest.store("space:DOCS:score", words["name"])
    last = honest.store("space:DOCS:score", words["cursor"])
    said = {item.seq: item.why for item in honest.verdicts()[NAME].evidence}
    assert "is not what the user entered" in said[last]
    assert last - 1 not in said


def test_a_time_that_only_a_later_answer_showed_is_not_one_that_was_read(honest: Any) -> None:
    honest.store("seen:101", {"at": "2025-11-30T08:15:00.000Z"})
    honest.read(answer=json.dumps({"createdAt": "2025-11-30T08:15:00.000Z"}))
    assert list(honest.broken()) == [NAME]


@pytest.mark.parametrize(
    ("op", "body"),
    [
        ("/api/v1/batch/set", [{"key": "space:DOCS:score", "value": GOOD}, {"key": "x", "value": 1}]),
        ("/api/v1/transaction", {"set": [{"key": "x", "value": 1}], "delete": [{"key": "y"}]}),
        ("/api/v1/entity/set", {"key": "x", "entityName": "notes", "value": {}}),
        ("/api/v1/secret/set", {"key": "token", "value": "hunter2"}),
    ],
    ids=["batch", "transaction", "entity", "secret"],
)
def test_every_way_to_write_is_read(honest: Any, op: str, body: object) -> None:
    channel = "entity" if "entity" in op else "secret" if "secret" in op else "kvs"
    honest.cross(channel, "set", "x", op=op, op_class="storage", writes=True, body=body)
    assert list(honest.broken()) == [NAME]


def test_a_property_is_a_store_like_any_other(honest: Any) -> None:
    path = "/wiki/api/v2/pages/101/properties"
    honest.cross("property", "POST", path, op_class="app-data", writes=True, body={"key": "seen", "value": {"n": 1}})
    assert list(honest.broken()) == [NAME]
    honest.trust_text = honest.trust_text.replace(
        "sends:\n", "  - in: property\n    key: seen\n    value: {n: int 0..9}\nsends:\n", 1
    )
    assert honest.broken() == {}


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"version": {"number": 2, "message": "a text"}}, "its version carries more than a number"),
        ({"id": "1234567890"}, "its id is not that of the path"),
    ],
)
def test_a_property_has_no_room_beside_its_value(honest: Any, more: dict[str, Any], reason: str) -> None:
    honest.trust_text = honest.trust_text.replace(
        "sends:\n", "  - in: property\n    key: score\n    value: int 0..100\nsends:\n", 1
    )
    target = "/wiki/api/v2/pages/101/properties/7"
    body = {"key": "score", "value": 1}
    plain = honest.cross("property", "PUT", target, op_class="app-data", writes=True, body=body)
    odd = honest.cross("property", "PUT", target, op_class="app-data", writes=True, body=body | more)
    verdict = honest.verdicts()[NAME]
    assert [(item.seq, reason in item.why) for item in verdict.evidence] == [(odd, True)]
    assert plain < odd


def test_which_page_a_property_is_put_on_is_counted(honest: Any) -> None:
    honest.trust_text = honest.trust_text.replace(
        "sends:\n", "  - in: property\n    key: score\n    value: int 0..100\nsends:\n", 1
    )
    assert "at most 2 bits more in where a property is put" in honest.verdicts()[NAME].says


def test_a_field_written_twice_cannot_hide_a_value(honest: Any) -> None:
    body = '{"key": "space:DOCS:score", "value": {"score": 1, "pages": 1, "pages": 2}}'
    honest.cross("kvs", "set", "space:DOCS:score", op="/api/v1/set", writes=True, body=body)
    assert "written twice" in why(honest)


def test_a_deletion_stores_nothing(honest: Any) -> None:
    honest.cross("kvs", "delete", "whatever", op="/api/v1/delete", writes=True, body={"key": "whatever"})
    assert honest.broken() == {}


def test_a_row_at_rest_that_is_not_declared_breaks_it(honest: Any) -> None:
    honest.rest("notes", "hello")
    assert "at the end of a run" in why(honest)


def test_twins_that_store_differently_break_it_alone(honest: Any) -> None:
    honest.trial("stored", pair=9, b="y")
    assert list(honest.broken()) == [NAME]
    assert honest.broken()[NAME].evidence[0].at == "src/index.py:41"


def test_it_says_how_many_bits_and_how_many_pairs(honest: Any) -> None:
    says = honest.verdicts()[NAME].says
    assert "at most 25 bits a value of kvs space:{space}:score (1 bit a key)" in says
    assert "0 of 3 twin pairs differed: under 63.16 % at 95 %" in says


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda b: setattr(b.ledger, "trials", []), "no twin trial"),
        (lambda b: setattr(b.ledger, "runs", {n: _without_index(r) for n, r in b.ledger.runs.items()}), "content"),
    ],
    ids=["no trials", "no content index"],
)
def test_it_is_unproven_without_twins_or_content_to_compare_with(honest: Any, spoil: Any, reason: str) -> None:
    spoil(honest)
    verdict = honest.verdicts()[NAME]
    assert verdict.outcome.value == "UNPROVEN"
    assert reason in verdict.evidence[0].why


def _without_index(run: Any) -> Any:
    import msgspec

    return msgspec.structs.replace(run, index=None)


def test_it_does_not_apply_to_an_app_that_declares_and_may_store_nothing(honest: Any) -> None:
    text = honest.trust_text
    honest.trust_text = text[: text.index("stores:")] + "stores: []\n" + text[text.index("sends:") :]
    honest.manifest["permissions"]["scopes"] = ["read:page:confluence"]
    honest.ledger.crossings = [c for c in honest.ledger.crossings if c.decided.channel != "kvs"]
    assert honest.outcomes()[NAME] == "NOT_APPLICABLE"
    honest.store("x", 1, refused="scope")
    assert honest.outcomes()[NAME] == "BROKEN"


def test_a_difference_is_told_once_with_the_first_site_that_showed_it(honest: Any) -> None:
    honest.trial("stored", pair=7, b="y", site="page 101 is archived")
    honest.trial("stored", pair=8, b="y", site="page 102 is archived")
    told = [item.why for item in honest.broken()[NAME].evidence]
    assert len(told) == 1
    assert told[0].endswith("in 'scan'; first seen on a site that was changed at random: page 101 is archived")


def test_of_a_difference_on_a_plain_site_no_changes_are_told(honest: Any) -> None:
    honest.trial("stored", pair=1, b="y")
    honest.trial("stored", pair=7, b="y", site="page 101 is archived")
    assert [item.why.rpartition(", ")[2] for item in honest.broken()[NAME].evidence] == ["in 'scan'"]
