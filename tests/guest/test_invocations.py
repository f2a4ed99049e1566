"""A handler is called, answers, fails; never silently."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from forgesim.seam import Idle, Violation

if TYPE_CHECKING:
    from tests.guest.conftest import MakeGuest

RESOLVER = """
    from forgesim.sdk import Resolver
    resolver = Resolver()

    @resolver.define("second")
    def second(request):
        return {"payload": request.payload, "who": request.context.account_id}

    @resolver.define("first")
    async def first(request):
        return 1

    handler = resolver.handler
    def plain(event, context):
        return [event, context.install_context]
    def one(event): return event
    def none(): return "none"
"""


def test_ready_names_the_resolver_keys_in_their_order(make_guest: MakeGuest) -> None:
    functions = {"r": "index.handler", "p": "index.plain", "g": "index.ghost", "m": "ghosts/a.run"}
    guest = make_guest(RESOLVER, functions)
    assert guest.ready.functions == {"r": ["second", "first"], "p": None}
    assert {key: error["type"] for key, error in guest.ready.errors.items()} == dict.fromkeys("gm", "HandlerNotFound")


def test_a_resolver_is_called_with_body_and_context(make_guest: MakeGuest) -> None:
    body = {"call": {"functionKey": "second", "payload": {"a": 1}}, "context": {"accountId": "mallory"}}
    outcome = make_guest(RESOLVER).run("main", body, {"principal": {"accountId": "alice"}})
    assert outcome.result == {"payload": {"a": 1}, "who": "alice"}


@pytest.mark.parametrize(("name", "result"), [("plain", [5, "x"]), ("one", 5), ("none", "none")])
def test_a_plain_function_may_take_fewer_arguments(make_guest: MakeGuest, name: str, result: object) -> None:
    guest = make_guest(RESOLVER, {"main": f"index.{name}"})
    assert guest.run("main", 5, {"installContext": "x"}).result == result


FAILURES = [
    pytest.param("raise ValueError('no')", "ValueError", "no", id="raises"),
    pytest.param("import sys; sys.exit(3)", "SystemExit", "3", id="exits"),
    pytest.param("raise KeyboardInterrupt", "KeyboardInterrupt", "", id="interrupts"),
    pytest.param("handler(event, context)", "RecursionError", None, id="recurses"),
    pytest.param("return object()", "TypeError", None, id="answers what is no JSON"),
    pytest.param("loop = []; loop.append(loop); return loop", "RecursionError", None, id="answers a circle"),
    pytest.param("return '\\ud800'", "UnicodeEncodeError", None, id="answers half a character"),
    pytest.param("return 'x' * (8 << 20)", "ValueError", None, id="answers too much"),
    pytest.param("raise Rude()", "Rude", None, id="raises what cannot be told"),
    pytest.param("import asyncio; raise asyncio.CancelledError", "CancelledError", "", id="cancels itself"),
    pytest.param("raise MemoryError", "MemoryError", "", id="runs out of memory"),
]


@pytest.mark.parametrize(("statement", "kind", "message"), FAILURES)
def test_whatever_a_handler_does_ends_in_an_error_frame(
    make_guest: MakeGuest, statement: str, kind: str, message: str | None
) -> None:
    source = (
        f"class Rude(Exception):\n    def __str__(self): raise OSError\ndef handler(event, context):\n    {statement}\n"
    )
    guest = make_guest(source)
    error = guest.run().error
    assert error["type"] == kind
    assert message is None or error["message"] == message
    assert guest.run().error["type"] == kind, "and the worker serves on"


def test_an_error_says_where_in_the_app(make_guest: MakeGuest) -> None:
    error = make_guest({
        "src/index.py": "from lib.deep import dig\nasync def handler(event, context):\n    return dig()\n",
        "src/lib/deep.py": "import json\ndef dig():\n    return json.loads('{')\n",
    }).run().error  # fmt: skip
    assert error["at"] == "src/lib/deep.py:3"
    assert error["stack"] == ["src/index.py:3 in handler", "src/lib/deep.py:3 in dig"]


def test_an_exit_in_a_task_ends_the_invocation_only(make_guest: MakeGuest) -> None:
    guest = make_guest("""
        import asyncio, sys
        async def leave(): sys.exit(7)
        async def handler(event, context):
            if event: return event
            asyncio.create_task(leave())
            await asyncio.sleep(60)
    """)
    assert (guest.run().error["type"], guest.run("main", 1).result) == ("SystemExit", 1)


@pytest.mark.parametrize(
    ("source", "kind", "at"),
    [
        pytest.param("x = 1\nraise ValueError('no')\n", "ValueError", "src/index.py:2", id="raises"),
        pytest.param("import sys\nsys.exit()\n", "SystemExit", "src/index.py:2", id="exits"),
        pytest.param("import nowhere\n", "ModuleNotFoundError", "src/index.py:1", id="imports what is not there"),
    ],
)
def test_a_failing_import_is_told_and_asked_for_again(make_guest: MakeGuest, source: str, kind: str, at: str) -> None:
    guest = make_guest(source)
    assert (guest.ready.functions, guest.ready.errors["main"]["type"], guest.ready.errors["main"]["at"]) == (
        {},
        kind,
        at,
    )
    assert guest.run().error["type"] == kind


def test_a_request_at_import_is_refused(make_guest: MakeGuest) -> None:
    guest = make_guest("""
        import asyncio
        from forgesim.sdk import kvs
        asyncio.run(kvs.get("k"))
    """)
    assert guest.ready.errors["main"]["message"] == (
        "the platform answers within an invocation only, not while the app is imported"
    )


def test_modules_know_their_files_and_packages(make_guest: MakeGuest) -> None:
    outcome = make_guest({
        "src/index.py": """
            import importlib.resources, inspect
            import lib.inner.deep as deep
            import pack
            def handler(event, context):
                text = importlib.resources.files(pack).joinpath("data.txt").read_text()
                return [deep.__name__, pack.__file__.endswith("src/pack/__init__.py"), text, inspect.getsource(deep.f)]
        """,
        "src/lib/inner/deep.py": "def f(): return 1\n",
        "src/pack/__init__.py": "",
        "src/pack/data.txt": "data",
    }).run()  # fmt: skip
    assert outcome.result == ["lib.inner.deep", True, "data", "def f(): return 1\n"]


def test_tasks_left_behind_go_on_in_the_next_invocation_with_their_own_token(make_guest: MakeGuest) -> None:
    guest = make_guest("""
        import asyncio
        from forgesim.sdk import kvs
        late = []
        async def linger():
            await asyncio.sleep(1)
            late.append(await kvs.get("k"))
        async def handler(event, context):
            if event == "start":
                asyncio.create_task(linger())
                return late
            await asyncio.sleep(2)
            return late
    """)
    first = guest.run("main", "start")
    assert (first.result, first.idles) == ([], [])
    guest.now += 60_000
    second = guest.run("main", "wait")
    assert second.result == [None]
    assert [call.inv for call in second.calls] == ["i-1"]


LEFT = [
    ("asyncio.create_task(asyncio.sleep(9))", "the task sleep"),
    ("asyncio.get_running_loop().call_later(9, print)", "a timer"),
    ("threading.Thread(target=threading.Event().wait, daemon=True).start()", "a thread"),
    ("forge_fetch({'type': 'kvs'}, '/api/v1/get')", "a request without its answer"),
]


@pytest.mark.parametrize(("expression", "what"), LEFT, ids=[what for _, what in LEFT])
def test_work_that_outlives_its_result_is_told(make_guest: MakeGuest, expression: str, what: str) -> None:
    outcome = make_guest(f"""
        import asyncio, threading
        from forgesim.sdk.fetch import forge_fetch
        async def handler(event, context):
            {expression}
            return 1
    """).run()
    violations = [frame for frame, _ in outcome.frames if isinstance(frame, Violation)]
    assert [(frame.event, frame.what.partition(" outlives")[0]) for frame in violations] == [("unfinished", what)]
    assert outcome.result == 1


def test_a_task_that_nobody_awaits_asks_before_the_result_is_out(make_guest: MakeGuest) -> None:
    outcome = make_guest("""
        import asyncio
        from forgesim.sdk import kvs
        async def handler(event, context):
            asyncio.create_task(kvs.set("k", 1))
            return 1
    """).run()
    assert [call.path for call in outcome.calls] == ["/api/v1/set"]
    assert outcome.result == 1


def test_an_abandoned_invocation_says_nothing_in_the_next(make_guest: MakeGuest) -> None:
    guest = make_guest("""
        import asyncio
        async def handler(event, context):
            if event: return event
            await asyncio.Event().wait()
    """)
    guest.start()
    frame, _ = guest.next()
    assert frame == Idle(None)
    assert guest.run("main", "next").result == "next"


def test_the_guest_ends_with_its_host(make_guest: MakeGuest) -> None:
    guest = make_guest("def handler(): return 1")
    guest.seam.shutdown(1)
    with pytest.raises(EOFError):
        guest.next()
