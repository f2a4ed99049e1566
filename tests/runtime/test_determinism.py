"""A run is a function of app, site, seed and clock: its ledger too, byte by byte."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from forgesim.errors import InputError
from forgesim.runtime.handlers import Handlers
from forgesim.site.access import APP_ACCOUNT, readable_refs
from forgesim.site.scale import generate

BUSY = """\
import asyncio, random, uuid

@resolver.define("call")
async def call(request):
    who = request.payload["who"]
    print("starting", who)
    if who.startswith("quick"):
        return {"who": who}
    async def one(n):
        await asyncio.sleep(random.random())
        await kvs.set(f"k:{who}:{n}", str(uuid.uuid4()))
    await asyncio.gather(*map(one, range(4)), api.as_user().request_confluence(route("/wiki/api/v2/pages")))
    try:
        open("/etc/" + who)
    except OSError:
        pass
    return {"who": who}
"""


def lines(make_house: Any, name: str, *, seed: int = 3) -> list[bytes]:
    house = make_house(source=BUSY, name=name, seed=seed)
    asks = [house.ask(payload={"who": who}) for who in ("quick1", "slow1", "quick2", "slow2")]
    for _ in range(3):
        assert all(outcome.ok for outcome in house.stage.together(asks))
    house.stage.finish()
    return [line.split(b'",', 1)[1] for line in house.pen.stream()][1:]


def test_two_runs_of_overlapping_calls_have_the_same_ledger(make_house: Any) -> None:
    first = lines(make_house, "a")
    assert lines(make_house, "b") == first
    assert b'"layer":"audit"' in b"".join(first)


def test_another_seed_has_another_order(make_house: Any) -> None:
    assert lines(make_house, "a") != lines(make_house, "b", seed=4)


def test_rows_of_a_state_folder_are_there_in_the_next_run(make_house: Any, tmp_path: Path) -> None:
    body = 'before = await kvs.get("n")\nawait kvs.set("n", (before or 0) + 1)\nreturn before'
    state = tmp_path / "state"
    results = []
    for name in ("a", "b", "c"):
        house = make_house(body, name=name, state=state)
        results.append(house.call().result)
        house.stage.finish()
    assert results == [None, 1, 2]
    other = make_house(body, name="d")
    assert other.call().result is None, "without a folder nothing stays"


def test_a_state_folder_serves_one_run_at_a_time(make_house: Any, tmp_path: Path) -> None:
    make_house(name="a", state=tmp_path / "state")
    with pytest.raises(InputError, match="in use by another run"):
        make_house(name="b", state=tmp_path / "state")


def test_ids_access_and_texts_of_a_site_are_written_once(make_house: Any) -> None:
    house = make_house()
    site = house.stage.installation.site
    with ExitStack() as stack:
        stack.enter_context(house.simulator.stage(site, cause="run", label="again"))
        site.pages[site.variables["page"]].title = "Another"
        stack.enter_context(house.simulator.stage(site, cause="run", label="changed"))
    runs = list(house.ledger.runs.values())
    assert [bool(run.ids and run.access and run.parents and run.index) for run in runs] == [True, False, True]
    assert [run.site_digest == runs[0].site_digest for run in runs] == [True, True, False]


def test_on_a_large_site_the_rights_of_those_who_call_are_written_and_on_a_small_one_everybodys(
    make_house: Any,
) -> None:
    house, runs = make_house(), []
    for people in (12, 900):
        site = generate(pages=300, issues=0, people=people, seed=1)
        alice = next(user.account_id for user in site.users.values() if user.handle == "alice")
        with house.simulator.stage(site, cause="run", label=f"{people} people", people=[alice]) as stage:
            number = stage.number
        runs.append(house.ledger.runs[number])
    small, large = (set(run.access) for run in runs)
    assert len(small) == 13
    assert large == {alice, APP_ACCOUNT}
    assert set(runs[1].access[alice]) == readable_refs(site, alice)


HANDLERS = Handlers(
    functions={"resolver": ["scan", "check"], "admin": ["check", "clear"], "daily": None, "broken": None}, errors={}
)
FOUND = {
    "scan": ("resolver", "scan"),
    "resolver/check": ("resolver", "check"),
    "admin/check": ("admin", "check"),
    "daily": ("daily", None),
    "admin": ("admin", None),
}
LOST = {
    "check": "several functions define 'check'.*resolver/check or admin/check",
    "scann": "no function 'scann'.*did you mean 'scan'.*there are: scan, check, check, clear, daily, broken",
    "resolver/clear": "no function 'resolver/clear'",
    "": "no function ''",
}


@pytest.mark.parametrize(("name", "found"), FOUND.items())
def test_a_name_finds_its_handler(name: str, found: tuple[str, str | None]) -> None:
    assert HANDLERS.find(name) == found


@pytest.mark.parametrize(("name", "says"), LOST.items())
def test_a_name_that_is_wrong_is_told_with_the_right_ones(name: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        HANDLERS.find(name)


def test_a_function_that_failed_to_load_may_define_any_name() -> None:
    failed = {"type": "ValueError", "message": "no", "at": None}
    handlers = Handlers(functions={"resolver": None, "daily": None}, errors={"resolver": failed})
    assert handlers.find("scan") == ("resolver", "scan")
    assert handlers.find("resolver/scan") == ("resolver", "scan")
    assert handlers.find("daily") == ("daily", None)
