"""However an app ends, the host goes on, says how, and keeps no process."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path
from time import CLOCK_MONOTONIC, clock_gettime
from typing import Any
from weakref import ref

import pytest

from forgesim.errors import InputError, InternalError
from forgesim.manifest.load import load_app
from forgesim.products.confluence.service import Confluence
from forgesim.runtime.running import run
from forgesim.runtime.stage import Ask
from forgesim.site.generate import demo

ENDINGS = {
    "returns": ("return {'a': 1}", "ok", ""),
    "raises": ("raise ValueError('no')", "error", "ValueError"),
    "leaves": ("raise SystemExit(3)", "error", "SystemExit"),
    "kills itself": ("import os\nos._exit(3)", "killed", "Killed"),
    "kills itself mid-call": (
        "import asyncio, os\nasyncio.create_task(kvs.get('k'))\nawait asyncio.sleep(0)\nos._exit(3)",
        "killed", "Killed",
    ),
    "never comes back": ("while True:\n    pass", "killed", "Killed"),
    "eats its memory": ("bytearray(1 << 42)", "error", "MemoryError"),
    "returns no JSON": ("return object()", "error", "TypeError"),
    "returns too much": ("return 'x' * (5 << 20)", "error", "result-too-large"),
}  # fmt: skip


@pytest.mark.parametrize(("body", "ending", "kind"), ENDINGS.values(), ids=ENDINGS.keys())
def test_an_invocation_ends_as_it_should_and_the_next_one_works(
    make_house: Any, body: str, ending: str, kind: str
) -> None:
    body = f"if request.payload.get('ok'):\n    return 'fine'\n{body}"
    house = make_house(body, real_seconds=1.0)
    begun = clock_gettime(CLOCK_MONOTONIC)
    outcome = house.call()
    assert clock_gettime(CLOCK_MONOTONIC) - begun < 8
    assert (outcome.ending, outcome.type) == (ending, kind), outcome
    assert house.call(payload={"ok": True}).result == "fine"
    closes = [each.close.outcome for each in house.ledger.invocations.values() if each.close]
    assert closes == ["ok", ending, "ok"], "loading, the call, the next call"


IMPORTS = {
    "loops": "while True:\n    pass\n",
    "exits": "import os\nos._exit(1)\n",
    "crashes": "import ctypes\nctypes.string_at(0)\n",
}


@pytest.mark.parametrize("source", IMPORTS.values(), ids=IMPORTS.keys())
def test_an_app_that_does_not_live_through_its_import_fails_every_call_the_same_and_at_once(
    make_house: Any, source: str
) -> None:
    house = make_house(source=source, real_seconds=1.0)
    begun = clock_gettime(CLOCK_MONOTONIC)
    outcomes = [house.call("anything"), house.call("resolver/other"), *house.stage.together([house.ask("x")] * 3)]
    assert clock_gettime(CLOCK_MONOTONIC) - begun < 6, "the import is tried once"
    assert {(outcome.ending, outcome.type) for outcome in outcomes} == {("killed", "Killed")}
    assert [each.close.outcome for each in house.ledger.invocations.values() if each.close] == ["killed"] * 6


def test_an_app_that_raises_at_import_fails_with_that(make_house: Any) -> None:
    outcome = make_house(source='raise LookupError("no configuration")\n').call("scan")
    assert (outcome.ending, outcome.type, outcome.at) == ("error", "LookupError", "src/index.py:7")


def test_no_process_stays_behind(make_house: Any, sandbox: Any) -> None:
    house = make_house("if request.payload['n'] % 7 == 0:\n    raise ValueError\nreturn 1")
    for _ in range(20):  # whoever asks again gets a mother of workers, in a while
        house.call(payload={"n": 1})
    before, files = len(processes()), open_files()
    for number in range(50):
        house.call(payload={"n": number})
    assert open_files() <= files
    until = clock_gettime(CLOCK_MONOTONIC) + 5  # a killed process takes its time to go
    while len(processes()) > before and clock_gettime(CLOCK_MONOTONIC) < until:
        pass
    assert len(processes()) <= before


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def processes() -> set[str]:
    """This process's descendants that live."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if fields[0] != "Z":
            parents[stat.parent.name] = fields[1]
    found: set[str] = set()
    ours = {str(Path("/proc/self").resolve().name)}
    while ours:
        ours = {pid for pid, parent in parents.items() if parent in ours} - found
        found |= ours
    return found


def test_workers_of_a_call_that_is_no_call_are_not_started(make_house: Any) -> None:
    house = make_house()
    house.call()
    before = processes()
    with pytest.raises(InputError, match="did you mean 'call'"):
        house.stage.together([house.ask("call"), house.ask("cal")])
    assert processes() <= before


class Broken:
    """A service with a bug."""

    def catch_up(self) -> None:
        """Nothing waits."""

    def perform(self, *_: object, **__: object) -> object:
        raise LookupError("a bug of ours")


def test_a_bug_of_ours_is_told_as_ours_and_leaves_the_crossing_on_record(make_house: Any) -> None:
    house = make_house('await kvs.get("k")\nreturn 1')
    house.stage.services.kvs = Broken()
    outcome = house.call()
    assert outcome.is_bug
    assert "LookupError: a bug of ours at " in outcome.message
    assert [(c.decided.verb, c.answered) for c in house.ledger.crossings] == [("get", None)]


def test_an_app_cannot_pass_its_error_off_as_a_bug_of_ours(make_house: Any) -> None:
    assert not make_house("raise type('InternalError', (Exception,), {})('no')").call().is_bug


@pytest.mark.parametrize("broken", ["function", "scenario"])
def test_storage_is_closed_when_a_run_is_refused(make_app: Any, sandbox: Any, tmp_path: Path, broken: str) -> None:
    app = load_app(make_app("@resolver.define('other')\nasync def other(request):\n    return 1\n"))
    state = tmp_path / "state"
    for _ in range(2):  # the second would find the folder locked
        with pytest.raises(InputError, match="no function"):
            run(app, sandbox=lambda: sandbox, site=demo(1), function="call" if broken == "function" else None,
                state=state, catalog="1")  # fmt: skip


def test_a_run_with_a_bug_of_ours_is_no_failure_of_the_app(make_app: Any, sandbox: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(Confluence, "perform", Broken().perform)
    app = load_app(make_app("@resolver.define('call')\nasync def call(request):\n"
                            "    await api.as_user().request_confluence(route('/wiki/api/v2/pages'))\n"))  # fmt: skip
    with pytest.raises(InternalError, match="a bug of ours"):
        run(app, sandbox=lambda: sandbox, site=demo(1), function="call", catalog="1")


@pytest.fixture
def uncollected() -> Iterator[None]:
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("uncollected")
def test_a_stage_that_has_ended_is_gone_and_does_not_wait_for_the_collector(make_house: Any) -> None:
    with make_house().simulator.stage(demo(1), cause="run", label="x") as stage:
        stage.invoke(Ask(name="call", payload={}, user=stage.account("alice")))
        held = ref(stage)
    del stage
    assert held() is None, "a proof has thousands, each with a site"
