"""Law: whatever is asked in whatever order, the store is a dict per namespace with expiry."""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec
from hypothesis import given, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from forgesim.platform.kvs.service import Kvs, Regions

NAMES = st.sampled_from(["one", "two"])
REGIONS = st.sampled_from(["US", "EU"])
STORES = st.sampled_from(["kvs", "secret"])
KEYS = st.text(alphabet="ab: -\u3000", min_size=1, max_size=3).filter(lambda key: bool(key.strip()))
JSON = st.recursive(
    st.booleans() | st.integers(-(2**63), 2**63) | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)


class Held(NamedTuple):
    value: Any
    expires: float


class DictModel(RuleBasedStateMachine):
    """Sets, gets, deletes, queries, moves and waits on the real store and on a dict."""

    def __init__(self) -> None:
        super().__init__()
        self.kvs = Kvs(Regions(None))
        self.now = 1_000
        self.region = {"one": "US", "two": "US"}
        self.held: dict[tuple[str, str, str], Held] = {}

    def perform(self, who: str, store: str, verb: str, body: dict[str, Any]) -> tuple[int, Any]:
        path = f"/api/v1/{'secret/' if store == 'secret' else ''}{verb}"
        answer = self.kvs.perform(who, self.region[who], path, msgspec.json.encode(body), self.now)
        return answer.status, msgspec.json.decode(answer.body) if answer.body else None

    def live(self, who: str, store: str) -> dict[str, Any]:
        return {
            key: held.value
            for (owner, kind, key), held in self.held.items()
            if (owner, kind) == (who, store) and held.expires > self.now
        }

    @rule(who=NAMES, store=STORES, key=KEYS, value=JSON, ttl=st.none() | st.integers(1, 5), keep=st.booleans())
    def set(self, who: str, store: str, key: str, value: Any, ttl: int | None, keep: bool) -> None:
        options: dict[str, Any] = {"keyPolicy": "FAIL_IF_EXISTS"} if keep else {}
        if ttl:
            options["ttl"] = {"value": ttl, "unit": "SECONDS"}
        status, _ = self.perform(who, store, "set", {"key": key, "value": value, "options": options})
        clash = keep and key in self.live(who, store)
        assert status == (409 if clash else 204)
        if not clash:
            self.held[who, store, key] = Held(value, self.now + ttl * 1000 if ttl else float("inf"))

    @rule(who=NAMES, store=STORES, key=KEYS)
    def get(self, who: str, store: str, key: str) -> None:
        status, data = self.perform(who, store, "get", {"key": key})
        live = self.live(who, store)
        assert (status, data.get("value")) == ((200, live[key]) if key in live else (404, None))

    @rule(who=NAMES, store=STORES, key=KEYS)
    def delete(self, who: str, store: str, key: str) -> None:
        expected = 204 if key in self.live(who, store) else 404
        assert self.perform(who, store, "delete", {"key": key})[0] == expected
        self.held.pop((who, store, key), None)

    @rule(who=NAMES, prefix=st.none() | KEYS, limit=st.integers(1, 3))
    def query_all_pages(self, who: str, prefix: str | None, limit: int) -> None:
        asked: dict[str, Any] = {"limit": limit}
        if prefix:
            asked["where"] = [{"property": "key", "condition": "BEGINS_WITH", "values": [prefix]}]
        rows: list[tuple[str, Any]] = []
        while True:
            status, page = self.perform(who, "kvs", "query", asked)
            assert status == 200
            assert len(page["data"]) <= limit
            rows += [(row["key"], row["value"]) for row in page["data"]]
            if "cursor" not in page:
                break
            asked["after"] = page["cursor"]
        live = self.live(who, "kvs")
        assert rows == [(key, live[key]) for key in sorted(live) if key.startswith(prefix or "")]

    @rule(who=NAMES, region=REGIONS)
    def move(self, who: str, region: str) -> None:
        self.kvs.move(who, self.region[who], region)
        self.region[who] = region

    @rule(seconds=st.integers(1, 4))
    def wait(self, seconds: int) -> None:
        self.now += seconds * 1000

    @invariant()
    def every_live_row_is_in_the_region_of_its_installation_and_nowhere_else(self) -> None:
        for who, region in self.region.items():
            here = {(store, key) for store, key, _ in self.kvs.rows(who, region)}
            assert {(kind, key) for kind in ("kvs", "secret") for key in self.live(who, kind)} <= here
            assert self.kvs.rows(who, "EU" if region == "US" else "US") == []

    def teardown(self) -> None:
        self.kvs.close()


TestDictModel = DictModel.TestCase

ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
)
MEMBERS = st.sampled_from(["key", "value", "options", "limit", "after", "where", "ttl", "keyPolicy"])
PATHS = st.sampled_from(["set", "get", "delete", "query", "secret/set"])


@given(path=PATHS, body=st.dictionaries(MEMBERS, ANY_JSON).map(msgspec.json.encode) | st.binary(max_size=60))
def test_no_body_brings_the_store_down(path: str, body: bytes) -> None:
    with Regions(None) as regions:
        answer = Kvs(regions).perform("one", "US", f"/api/v1/{path}", body, 0)
    assert answer.status in (200, 204, 400, 404)
    assert answer.status < 400 or set(msgspec.json.decode(answer.body)) == {"code", "message"}
