"""The process that a JavaScript app runs in: virtual time, seeded chance, what it says, how it ends. No packages."""

from __future__ import annotations

import re
from typing import Any

import pytest
from tests.node.conftest import MakeApp

from forgesim.errors import AppError
from forgesim.manifest.load import load_app
from forgesim.sandbox.host import Sandbox
from forgesim.sandbox.image import build_image
from forgesim.testing.kit import Forge, InstalledApp

pytestmark = pytest.mark.node


@pytest.fixture
def bare(forge: Forge, js_app: MakeApp) -> InstalledApp:
    return forge.install(js_app("bare"), forge.site("demo", seed=1))


def _ask(app: InstalledApp, question: str) -> Any:
    return app.invoke("ask", {"question": question})


def test_half_a_minute_passes_at_once_and_every_clock_agrees(bare: InstalledApp) -> None:
    told = _ask(bare, "time")

    passed = 30_000 + 1000 + 1500
    assert told == {
        "date": "2026-01-05T09:00:32.500Z",
        "shown": "05/01/2026",
        "passed": passed,
        "counted": passed,
        "nanos": str(passed * 1_000_000),
    }


def test_timers_run_in_nodes_own_order(bare: InstalledApp) -> None:
    assert _ask(bare, "order") == ["tick", "immediate", "first", "its promise", "second", "later"]


def test_real_work_beside_the_loop_is_waited_for(bare: InstalledApp) -> None:
    told = _ask(bare, "real_work")

    assert (told["read"], len(told["key"])) == (True, 16)
    assert _ask(bare, "webassembly") == 5


def test_an_app_cannot_keep_its_process_from_resting(bare: InstalledApp) -> None:
    assert _ask(bare, "replaces_emit") == "rested"


def test_chance_is_the_seeds(forge: Forge, bare: InstalledApp) -> None:
    again = forge.install(bare.app.path, forge.site("demo", seed=1), warm=True)
    first, second = _ask(bare, "chance"), _ask(bare, "chance")

    assert [_ask(again, "chance"), _ask(again, "chance")] == [first, second]
    assert all(part != other for part, other in zip(first, second, strict=True))  # another invocation, another seed
    assert 0 <= first[0] < 1
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", first[1])


def test_what_it_says_is_in_the_ledger_line_by_line(bare: InstalledApp) -> None:
    _ask(bare, "says")

    logs = [c.decided for c in bare.ledger.crossings if c.decided.channel == "log"]
    said = [(each.verb, each.body.text if each.body else None) for each in logs]
    assert said == [
        ("debug", "d 1"),
        ("info", "{ a: [ 1 ] }"),
        ("warn", "w"),
        ("error", "e"),
        ("stdout", "out"),
        ("stdout", "rest"),
    ]


def test_the_machine_does_not_show(bare: InstalledApp) -> None:
    pid, host, processors, names, folder = _ask(bare, "machine")

    assert (pid, host, processors) == (2, "forge", 2)
    assert set(names) <= {"TZ"}
    assert folder == str(bare.app.path)


@pytest.mark.parametrize(
    ("question", "error"),
    [
        ("throws", r"RangeError: too far"),
        ("throws_later", r"TypeError: from a timer"),
        ("rejects_unseen", r"Error: nobody waits"),
        ("circle", r"TypeError: .*circular"),
        ("never", r"Timeout: Function timed out. Limit of 55 seconds exceeded"),
        ("exits", r"Killed: ended with status 3"),
        ("eats_memory", r"Killed: killed by SIG(ABRT|TRAP|SEGV|ILL)"),
    ],
)
def test_how_an_invocation_fails(bare: InstalledApp, question: str, error: str) -> None:
    with pytest.raises(AppError, match=error):
        _ask(bare, question)


def test_a_frame_of_its_own_making_has_no_authority(bare: InstalledApp) -> None:
    bare.invoke("ask", {"question": "forges", "token": "0" * 32})

    denied = [c.decided.decision for c in bare.ledger.crossings if not c.decided.decision.allow]
    assert [decision.rule for decision in denied] == ["token"]


LEFT = {
    "leaves_a_request": [],
    "leaves_a_timer": ["unfinished: a timer outlives the result of the function"],
    "leaves_two": ["late: external https://example.org/b is asked for after the result"],
    "leaves_an_error": ["unfinished: RangeError, which nothing catches, outlives the result of the function"],
    "leaves_the_process": ["late: its process does not come to rest after the result"],
}


@pytest.mark.parametrize(("question", "told"), LEFT.items())
def test_what_outlives_the_result_is_told(forge: Forge, js_app: MakeApp, question: str, told: list[str]) -> None:
    """An answer that starts nothing is the end of its request; of what it does start, no call knows."""
    app = forge.install(js_app("bare"), forge.site("demo", seed=1), warm=True)
    assert _ask(app, question) == "done"

    assert [f"{witness.call}: {witness.target}" for witness in app.ledger.witnesses] == told
    assert _ask(app, "replaces_emit") == "rested"


BEATS = """
let beats = 0;
setInterval(() => { beats += 1; }, 60_000);
exports.beats = async () => { await new Promise((resolve) => setTimeout(resolve, 1)); return beats; };
"""


def test_a_timer_set_at_load_fires_in_a_later_call_of_its_process_and_is_told(forge: Forge, js_app: MakeApp) -> None:
    folder = js_app("bare")
    source = folder / "src" / "index.js"
    line = source.read_text().count("\n") + 3
    source.write_text(f"{source.read_text()}{BEATS}exports.ask = ({{ question }}) => exports[question]();\n")
    app = forge.install(folder, forge.site("demo", seed=1), warm=True)

    assert _ask(app, "beats") == 0
    app.wait(150_000)
    assert _ask(app, "beats") == 1, "time stood still for the process, and the timer was due once"

    told = {(witness.call, witness.target, witness.line, witness.refused) for witness in app.ledger.witnesses}
    what = "a timer that was set while the app was loaded outlives the result of the function"
    assert told == {("unfinished", what, f"src/index.js:{line}", False)}


@pytest.mark.parametrize(
    ("question", "target"),
    [
        ("fetches", "https://example.org/x?y=1"),
        ("requests", "https://example.org:8443/x"),
        ("clear_text", "http://example.org/"),
    ],
)
def test_every_client_asks_the_platform(bare: InstalledApp, question: str, target: str) -> None:
    assert _ask(bare, question) == "BLOCKED_EGRESS"

    asked = [c.decided for c in bare.ledger.crossings if c.decided.channel == "egress"]
    assert [(each.target, each.decision.allow) for each in asked] == [(target, False)]


def test_a_signal_ends_a_request_in_virtual_time(bare: InstalledApp) -> None:
    assert _ask(bare, "aborts") == "TimeoutError"


def test_a_warm_process_keeps_its_modules_and_each_handler_file_has_its_own(forge: Forge, js_app: MakeApp) -> None:
    app = forge.install(js_app("bare"), forge.site("demo", seed=1), warm=True)

    seen = [_ask(app, "seen"), _ask(app, "seen"), app.invoke("other")]

    assert seen == [{"seen": 1}, {"seen": 2}, {"seen": 1}]


def test_a_spare_loads_nothing_before_it_is_asked_for(js_app: MakeApp) -> None:
    image = build_image(load_app(js_app("bare")), coverage=False)
    with Sandbox() as sandbox:
        workers = [sandbox.spawn(image), sandbox.spawn(image)]
        ready: list[int] = []
        while len(ready) < 2:
            ready += [event.worker.id for event in sandbox.wait()]
        silence = sandbox.wait(1.0)
        spare = sandbox.spawn(image)
        (said,) = sandbox.wait()

    assert sorted(ready) == [worker.id for worker in workers]
    assert silence == []
    assert (said.worker.id, spare.id) == (3, 3)
