"""Laws: entities and transactions are a dictionary with indexes over it, whatever is asked in whatever order; and no
body brings storage down."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

import msgspec
from hypothesis import given, settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from tests.platform.storage import EMPLOYEE, ENTITIES, NOW, Storage

from forgesim.platform.kvs.conditions import above
from forgesim.platform.kvs.rules import PATHS
from forgesim.platform.kvs.service import Kvs, Regions

LAG = 500
KEYS = st.sampled_from(["a", "b", "c", "d", "e"])
TEAMS = st.sampled_from(["red", "blue", "r\u0000d", "\U0010ffff"])
RATES = st.sampled_from([0, 0.5, -1, 2.0, 9.99e125, -1e-130])
VALUES = st.fixed_dictionaries(
    {},
    optional={
        "name": st.text(min_size=1, max_size=2).filter(lambda text: bool(text.strip())),
        "team": TEAMS,
        "age": st.integers(-2, 2),
        "rate": RATES,
        "away": st.booleans(),
        "note": st.none() | st.lists(st.text(max_size=2), max_size=2),
    },
)
BEFORE = {"LESS_THAN", "LESS_THAN_EQUAL_TO"}
ORDERED = ["EQUAL_TO", "GREATER_THAN", "GREATER_THAN_EQUAL_TO", *sorted(BEFORE)]


class Held(NamedTuple):
    value: dict[str, Any]
    expires: float


def compares(condition: str, left: Any, right: Any) -> bool:
    """The same question asked of Python."""
    answers = {
        "EQUAL_TO": left == right,
        "GREATER_THAN": left > right,
        "GREATER_THAN_EQUAL_TO": left >= right,
        "LESS_THAN": left < right,
        "LESS_THAN_EQUAL_TO": left <= right,
    }
    return bool(answers[condition])


class EntityModel(RuleBasedStateMachine):
    """Sets, deletes, batches, transactions, queries, moves and waits on the real store and on dictionaries: ``held`` is
    what was written, ``past`` what was held at each instant, of which queries see the one that lies a lag back."""

    def __init__(self) -> None:
        super().__init__()
        self.regions = Regions(None)
        self.held: dict[str, Held] = {}
        self.plain: dict[str, Any] = {}
        self.past: list[tuple[int, dict[str, Held]]] = []
        self.region = "US"
        self.lag = 0

    @initialize(lag=st.sampled_from([0, LAG]))
    def begin(self, lag: int) -> None:
        self.lag = lag
        self.store = Storage(Kvs(self.regions, query_lag_ms=lag))

    def ask(self, path: str, body: object) -> tuple[int, Any]:
        answer = self.store.kvs.perform(
            "one", self.region, f"/api/v1/{path}", msgspec.json.encode(body), self.store.now, entities=ENTITIES
        )
        return answer.status, msgspec.json.decode(answer.body) if answer.body else None

    def live(self, held: dict[str, Held]) -> dict[str, dict[str, Any]]:
        return {key: row.value for key, row in held.items() if row.expires > self.store.now}

    def seen(self) -> dict[str, dict[str, Any]]:
        """What a query sees: rows as they were written a lag ago, of which those that have expired are gone."""
        settled = [held for at, held in self.past if at <= self.store.now - self.lag]
        return self.live(settled[-1] if settled else {})

    def note(self) -> None:
        self.past.append((self.store.now, dict(self.held)))

    def hold(self, key: str, value: dict[str, Any], ttl: int | None = None) -> None:
        self.held[key] = Held(value, self.store.now + ttl * 1000 if ttl else float("inf"))

    @rule(key=KEYS, value=VALUES, ttl=st.none() | st.integers(1, 3), keep=st.booleans())
    def put(self, key: str, value: dict[str, Any], ttl: int | None, keep: bool) -> None:
        options: dict[str, Any] = {"keyPolicy": "FAIL_IF_EXISTS"} if keep else {}
        if ttl:
            options["ttl"] = {"value": ttl, "unit": "SECONDS"}
        body = {"entityName": "employee", "key": key, "value": value, "options": options}
        clash = keep and key in self.live(self.held)
        assert self.ask("entity/set", body)[0] == (409 if clash else 204)
        if not clash:
            self.hold(key, value, ttl)
            self.note()

    @rule(key=KEYS)
    def get(self, key: str) -> None:
        live = self.live(self.held)
        status, told = self.ask("entity/get", {"entityName": "employee", "key": key})
        assert (status, told.get("value")) == ((200, live[key]) if key in live else (404, None))

    @rule(keys=st.lists(KEYS, min_size=1, unique=True))
    def delete_some(self, keys: list[str]) -> None:
        live = self.live(self.held)
        _, told = self.ask("batch/delete", [{"key": key, "entityName": "employee"} for key in keys])
        assert [item["key"] for item in told["successfulKeys"]] == [key for key in keys if key in live]
        for key in keys:
            self.held.pop(key, None)
        self.note()

    @rule(
        puts=st.dictionaries(KEYS, VALUES, max_size=3),
        drops=st.sets(KEYS, max_size=2),
        checked=st.none() | KEYS,
        wanted=st.sampled_from(["EXISTS", "NOT_EXISTS"]),
        plain=st.integers(),
    )
    def transact(
        self, puts: dict[str, dict[str, Any]], drops: set[str], checked: str | None, wanted: str, plain: int
    ) -> None:
        drops, live = drops - set(puts), self.live(self.held)
        check = checked if checked not in {*puts, *drops} else None
        conditions = {"and": [{"property": "age", "condition": wanted, "values": [True]}]}
        asked: dict[str, list[Any]] = {
            "set": [{"key": "plain", "value": plain},
                    *({"key": k, "entityName": "employee", "value": v} for k, v in puts.items())],
            "delete": [{"key": key, "entityName": "employee"} for key in drops],
            "check": [{"key": check, "entityName": "employee", "conditions": conditions}] if check else [],
        }  # fmt: skip
        holds = check is None or (check in live and ("age" in live[check]) is (wanted == "EXISTS"))
        status, error = self.ask("transaction", asked)
        assert (status, error and error["code"]) == ((204, None) if holds else (400, "CONDITIONAL_CHECK_FAILED"))
        if holds:
            self.plain["plain"] = plain
            for key, value in puts.items():
                self.hold(key, value)
            for key in drops:
                self.held.pop(key, None)
            self.note()
        assert self.ask("get", {"key": "plain"})[1].get("value") == self.plain.get("plain")

    @rule(
        team=TEAMS, condition=st.none() | st.sampled_from(ORDERED), age=st.integers(-2, 2), down=st.booleans(),
        limit=st.integers(1, 3),
    )  # fmt: skip
    def query_a_partition(self, team: str, condition: str | None, age: int, down: bool, limit: int) -> None:
        found = [
            (value["age"], key)
            for key, value in self.seen().items()
            if value.get("team") == team and "age" in value
            if condition is None or compares(condition, value["age"], age)
        ]
        asked: dict[str, Any] = {"indexName": "by-team-age", "partition": [team], "limit": limit}
        if condition is not None:
            asked["range"] = {"condition": condition, "values": [age]}
        assert self.pages(asked, down) == [key for _, key in sorted(found, reverse=down)]

    @rule(condition=st.sampled_from(ORDERED), name=st.text(max_size=2).filter(str.strip), down=st.booleans())
    def query_by_name(self, condition: str, name: str, down: bool) -> None:
        found = [
            (value["name"], key)
            for key, value in self.seen().items()
            if "name" in value and compares(condition, value["name"], name)
        ]
        asked = {"indexName": "name", "range": {"condition": condition, "values": [name]}}
        assert self.pages(asked, down) == [key for _, key in sorted(found, reverse=down)]

    @rule(prefix=st.text(min_size=1, max_size=1).filter(str.strip) | st.just("\U0010ffff"))
    def query_by_the_beginning(self, prefix: str) -> None:
        found = [(value["name"], key) for key, value in self.seen().items() if value.get("name", "").startswith(prefix)]
        asked = {"indexName": "name", "range": {"condition": "BEGINS_WITH", "values": [prefix]}}
        assert self.pages(asked, down=False) == [key for _, key in sorted(found)]

    @rule(condition=st.sampled_from(ORDERED), rate=RATES, any_of=st.booleans(), limit=st.integers(1, 3))
    def filter_all(self, condition: str, rate: float, any_of: bool, limit: int) -> None:
        filters = [{"property": "rate", "condition": condition, "values": [rate]},
                   {"property": "away", "condition": "NOT_EQUAL_TO", "values": [True]}]  # fmt: skip
        join = any if any_of else all
        found = sorted(
            key
            for key, value in self.seen().items()
            if join(["rate" in value and compares(condition, value["rate"], rate), value.get("away") is not True])
        )
        asked = {"indexName": "by-key", "limit": limit, "filters": {"or" if any_of else "and": filters}}
        assert self.pages(asked, down=False) == found

    def pages(self, asked: dict[str, Any], down: bool) -> list[str]:
        asked = {"entityName": "employee", **asked, "sort": "DESC" if down else "ASC"}
        found: list[str] = []
        for _ in range(20):
            status, page = self.ask("entity/query", asked)
            assert status == 200, page
            assert len(page["data"]) <= asked.get("limit", 10)
            found += [row["key"] for row in page["data"]]
            if "cursor" not in page:
                return found
            asked["cursor"] = page["cursor"]
        raise AssertionError("the pages do not end")

    @rule(to=st.sampled_from(["US", "EU"]))
    def move(self, to: str) -> None:
        """What is moved is seen by queries at once: a move takes longer than the lag."""
        self.store.kvs.move("one", self.region, to)
        if to != self.region:
            self.past = [(0, dict(self.held))]
        self.region = to

    @rule(ms=st.sampled_from([1, LAG - 1, LAG, 1_000, 3_000]))
    def wait(self, ms: int) -> None:
        self.store.now += ms

    @invariant()
    def rows_at_rest_are_in_one_region_and_are_what_was_written(self) -> None:
        if not hasattr(self, "store"):
            return
        here = {key: json.loads(text) for name, key, text in self.store.kvs.rows("one", self.region)
                if name == "entity employee"}  # fmt: skip
        live = self.live(self.held)
        assert {key: here.get(key) for key in live} == live
        assert set(here) <= set(self.held)
        assert self.store.kvs.rows("one", "EU" if self.region == "US" else "US") == []

    def teardown(self) -> None:
        self.regions.close()


TestEntityModel = EntityModel.TestCase

# --- malformed -----------------------------------------------------------------------------------------------------

WORDS = st.sampled_from([
    "employee", "nobody", "by-key", "by-team-age", "a", "name", "age", "note", "EQUAL_TO", "EXISTS", "BETWEEN", "and",
    "or", "ASC", "DESC", "\ud800", "\x00", "NaN", "", "CREATED_AT", "SECONDS", "FAIL_IF_EXISTS", "PREVIOUS",
])  # fmt: skip
NAMES = st.sampled_from([
    "key", "value", "entityName", "indexName", "partition", "range", "filters", "conditions", "condition", "values",
    "property", "and", "or", "set", "delete", "check", "options", "ttl", "unit", "limit", "cursor", "after", "sort",
    "where", "keyPolicy", "returnValue", "returnMetadataFields", "metadataFields", "age", "name",
])  # fmt: skip
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | WORDS | st.text(max_size=5)
ANYTHING = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4), max_leaves=12
)
BROKEN = st.sampled_from([
    b"", b"{", b"[", b"null", b"[]", b"{}", b"[[]]", b"\xff\xfe", b'{"key":"a","key":"b"}', b'{"value":NaN}',
    b"[" * 100_000, b'{"a":' * 50_000, b'{"key":"\\ud800"}', b'{"limit":1e999}', b"9" * 5_000,
    b'{"set":[{"key":"a","key":"b"}]}', b'{"entityName":"employee","key":"a","value":{"age":' + b"9" * 400 + b"}}",
    b'{"entityName":"employee","key":"a","value":{"rate":' + b"9" * 4_000 + b"}}", b'"' + b"x" * 5_000_000 + b'"',
])  # fmt: skip


def shaped(named: dict[str, Any], more: Any) -> Any:
    """An entity's call that is right but for one thing."""
    return {"entityName": "employee", "key": "a", "value": {"age": 1}, "indexName": "by-team-age",
            "partition": ["red"], **named, **({} if not isinstance(more, dict) else more)}  # fmt: skip


BODIES = (
    BROKEN
    | st.binary(max_size=60)
    | ANYTHING.map(lambda value: json.dumps(value).encode())
    | st.builds(shaped, st.dictionaries(NAMES, ANYTHING, max_size=2), ANYTHING).map(lambda v: json.dumps(v).encode())
    | st.lists(st.builds(shaped, st.dictionaries(NAMES, ANYTHING, max_size=2), st.none()), max_size=3).map(
        lambda v: json.dumps(v).encode()
    )
    | st.dictionaries(
        st.sampled_from(["set", "delete", "check"]),
        st.lists(st.builds(shaped, st.dictionaries(NAMES, ANYTHING, max_size=2), st.none()), max_size=3),
    ).map(lambda v: json.dumps(v).encode())
)


@settings(max_examples=400)
@given(path=st.sampled_from(sorted(PATHS)), body=BODIES, lag=st.sampled_from([0, LAG]))
def test_no_body_brings_storage_down(path: str, body: bytes, lag: int) -> None:
    with Regions(None) as regions:
        kvs = Kvs(regions, query_lag_ms=lag)
        answer = kvs.perform("one", "US", path, body, NOW, entities=ENTITIES)
        rows = kvs.rows("one", "US")
    assert answer.status in (200, 204, 400, 404, 409, 422)
    assert answer.status < 400 or set(msgspec.json.decode(answer.body)) == {"code", "message"}
    assert answer.status < 400 or rows == []
    if answer.status == 200:
        msgspec.json.decode(answer.body)


LETTERS = st.text(alphabet="ab\ud7ff\ue000\U0010fffe\U0010ffff", max_size=3)


@given(prefix=LETTERS.filter(bool), text=LETTERS)
def test_the_texts_that_begin_with_a_prefix_are_those_from_it_to_what_is_above(prefix: str, text: str) -> None:
    end = above(prefix)
    assert (prefix <= text and (end is None or text < end)) is text.startswith(prefix)


@given(value=VALUES | st.dictionaries(st.sampled_from(sorted(EMPLOYEE.attributes)), LEAVES))
def test_a_value_is_taken_whole_or_refused_and_comes_back_as_it_was(value: dict[str, Any]) -> None:
    with Regions(None) as regions:
        store = Storage(Kvs(regions))
        status, _ = store.ask("entity/set", {"entityName": "employee", "key": "a", "value": value})
        _, told = store.ask("entity/get", {"entityName": "employee", "key": "a"})
    assert told.get("value") == (value if status == 204 else None)
