"""A vendor's service runs behind walls of its own: warm or fresh, on the virtual clock, with nothing to write to."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from forgesim.egress.subprocessors.aws import Ended
from forgesim.errors import InputError
from forgesim.manifest.load import load_app
from forgesim.runtime.runner import ServiceRunner

NOW = 1_767_603_600_000
MANIFEST = """\
app: {id: ari:cloud:ecosystem::app/5f0d7c1e-3c1b-4b4e-9a53-0f2f6f6a1d09, runtime: {name: nodejs22.x}}
permissions: {scopes: []}
modules:
  function: [{key: main, handler: index.handler}]
  scheduledTrigger: [{key: daily, function: main, interval: day}]
"""
TRUST = """\
app: tiny
vendor: a test
modelled_on: nothing
purpose: a test
"""
SERVICE = """
import datetime, os, random, socket, time

seen = []

def render(event, context):
    do = event["do"]
    if do == "remember":
        seen.append(event["text"])
        return list(seen)
    if do == "place":
        return [os.environ["AWS_REGION"], context.aws_request_id, context.function_name]
    if do == "clock":
        before = time.time()
        time.sleep(2)
        now = datetime.datetime.now(datetime.UTC).isoformat()
        return [now, time.time() - before, context.get_remaining_time_in_millis()]
    if do == "chance":
        return random.random()
    if do == "write":
        for path in ("/tmp/x", "x", os.path.dirname(__file__) + "/x"):
            try:
                open(path, "w")
            except OSError as error:
                print("refused", type(error).__name__)
        return "done"
    if do == "call":
        try:
            socket.create_connection(("192.0.2.1", 443))
        except OSError:
            return "refused"
    if do == "sleep":
        time.sleep(60)
    if do == "exit":
        os._exit(3)
    raise ValueError("no such thing: " + do)
"""


@pytest.fixture
def runner(tmp_path: Path) -> Iterator[ServiceRunner]:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "index.py").write_text("def handler(event, context): ...\n")
    (tmp_path / "manifest.yml").write_text(MANIFEST)
    (tmp_path / "trust.yml").write_text(TRUST)
    (tmp_path / "service.py").write_text(SERVICE)
    service = ServiceRunner(load_app(tmp_path), tier="full")
    yield service
    service.close()


def run(runner: ServiceRunner, request_id: str = "r1", **event: Any) -> Ended:
    return runner.run(
        event, handler="service.render", region="us-east-1", request_id=request_id, now_ms=NOW, timeout_ms=30_000
    )


def result(ended: Ended) -> Any:
    return json.loads(ended.result)


def test_a_warm_service_may_remember_and_a_fresh_one_cannot(runner: ServiceRunner) -> None:
    assert [result(run(runner, do="remember", text=text)) for text in "ab"] == [["a"], ["a", "b"]]
    runner.mode = "fresh"
    assert [result(run(runner, do="remember", text=text)) for text in "cd"] == [["c"], ["d"]]


def test_it_finds_its_region_and_a_lambda_context(runner: ServiceRunner) -> None:
    assert result(run(runner, "r7", do="place")) == ["us-east-1", "r7", "service-render"]


def test_it_lives_on_the_virtual_clock(runner: ServiceRunner) -> None:
    ended = run(runner, do="clock")
    assert (result(ended), ended.took_ms) == (["2026-01-05T09:00:02+00:00", 2.0, 28_000], 2000)


def test_the_same_request_has_the_same_chance(runner: ServiceRunner) -> None:
    first, again, other = (run(runner, id_, do="chance").result for id_ in ("r1", "r1", "r2"))
    assert first == again != other


def test_nothing_can_be_written_and_what_it_prints_is_kept(runner: ServiceRunner) -> None:
    ended = run(runner, do="write")
    logged = [event.what for event in ended.events if event.kind == "log"]
    assert logged == ["refused PermissionError"] * 3


def test_it_reaches_nobody_and_the_attempt_is_told(runner: ServiceRunner) -> None:
    ended = run(runner, do="call")
    tried = [event for event in ended.events if event.kind != "log"]
    assert result(ended) == "refused"
    assert any("192.0.2.1" in (event.target or "") for event in tried)
    assert tried[0].line is not None
    assert tried[0].line.startswith("service.py:")


def test_a_handler_that_raises_leaves_its_words_in_the_log(runner: ServiceRunner) -> None:
    ended = run(runner, do="dance")
    assert ended.ending == "error"
    assert ended.events[-1].what.startswith("[ERROR] ValueError: no such thing: dance\n  service.py:")


@pytest.mark.parametrize(("do", "ending", "took_ms"), [("sleep", "timeout", 30_000), ("exit", "killed", 0)])
def test_one_that_does_not_answer_is_replaced(runner: ServiceRunner, do: str, ending: str, took_ms: int) -> None:
    ended = run(runner, do=do)
    assert (ended.ending, ended.took_ms) == (ending, took_ms)
    assert result(run(runner, do="remember", text="again")) == ["again"]


def test_a_requirement_that_is_not_installed_is_named(runner: ServiceRunner, tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("# renderer\nno-such-distribution>=1\n")
    with pytest.raises(InputError, match="the service needs no-such-distribution, which is not installed"):
        run(runner, do="place")


def test_a_handler_without_a_module_is_the_users_mistake(runner: ServiceRunner) -> None:
    with pytest.raises(InputError, match="there is no module 'nowhere'"):
        runner.run({}, handler="nowhere.render", region="us-east-1", request_id="r", now_ms=NOW, timeout_ms=1000)
