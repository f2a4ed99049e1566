"""Time, waiting and idleness: the guest is idle only when nothing in it can run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from forgesim.clock import EPOCH_MS
from forgesim.seam import Fetch, Idle

if TYPE_CHECKING:
    from tests.guest.conftest import MakeGuest

HOUR = 3_600_000


def test_all_clocks_agree_while_an_app_waits(make_guest: MakeGuest) -> None:
    outcome = make_guest("""
        import asyncio, time
        from datetime import datetime, timezone
        clocks = [time.time, time.monotonic, time.perf_counter, lambda: time.time_ns() / 1e9,
                  lambda: time.clock_gettime(time.CLOCK_MONOTONIC), lambda: datetime.now(timezone.utc).timestamp(),
                  lambda: asyncio.get_running_loop().time()]
        async def handler(event, context):
            before = [clock() for clock in clocks]
            await asyncio.sleep(3600)
            time.sleep(1.5)
            try:
                await asyncio.wait_for(asyncio.Event().wait(), 25)
            except TimeoutError:
                pass
            return [round(clock() - start, 3) for clock, start in zip(clocks, before)]
    """).run()
    assert outcome.result == [3626.5] * 7
    assert outcome.idles == [EPOCH_MS + HOUR, EPOCH_MS + HOUR + 1500, EPOCH_MS + HOUR + 26_500]


def test_a_reply_moves_the_clock(make_guest: MakeGuest) -> None:
    outcome = make_guest("""
        import time
        from forgesim.sdk import kvs
        async def handler(event, context):
            before = time.time()
            await kvs.get("k")
            return round(time.time() - before, 3)
    """).run()
    assert outcome.result == 0.02


def test_requests_made_together_go_out_in_one_write_with_one_idle(make_guest: MakeGuest) -> None:
    guest = make_guest("""
        import asyncio
        from forgesim.sdk import kvs
        async def handler(event, context):
            return await asyncio.gather(*(kvs.get(f"k{i}") for i in range(3)))
    """)
    guest.start()
    kinds = [type(guest.next()[0]) for _ in range(4)]
    assert kinds == [Fetch, Fetch, Fetch, Idle]


def test_replies_meet_their_requests_and_lines_are_the_apps(make_guest: MakeGuest) -> None:
    outcome = make_guest(
        "import asyncio\n"
        "from forgesim.sdk import kvs\n"
        "async def handler(event, context):\n"
        "    first = await asyncio.gather(kvs.get('a'), kvs.get('b'))\n"
        "    return [*first, await asyncio.wait_for(kvs.get('c'), 5)]\n"
    ).run(answer=lambda fetch, body: (200, {"value": body["key"]}))
    assert outcome.result == ["a", "b", "c"]
    assert [call.line for call in outcome.calls] == ["src/index.py:4", "src/index.py:4", "src/index.py:5"]
    assert {call.token for call in outcome.calls} == {"token-1"}


def test_a_request_that_nobody_waits_for_any_more_is_answered_in_vain(make_guest: MakeGuest) -> None:
    outcome = make_guest("""
        import asyncio
        from forgesim.sdk import kvs
        async def handler(event, context):
            task = asyncio.create_task(kvs.get("a"))
            await asyncio.sleep(0)
            task.cancel()
            return await kvs.get("b")
    """).run(answer=lambda fetch, body: (200, {"value": body["key"]}))
    assert outcome.result == "b"


def test_a_wait_for_nothing_is_an_idle_without_end(make_guest: MakeGuest) -> None:
    guest = make_guest("""
        import asyncio
        async def handler(event, context):
            await asyncio.Event().wait()
    """)
    assert guest.run().idles == [None]


def test_a_wait_of_days_is_one_idle(make_guest: MakeGuest) -> None:
    outcome = make_guest("""
        import asyncio
        async def handler(event, context):
            await asyncio.sleep(3 * 86400)
    """).run()
    assert outcome.idles == [EPOCH_MS + 72 * HOUR]


def test_the_guest_is_not_idle_while_a_thread_works(make_guest: MakeGuest) -> None:
    outcome = make_guest("""
        import asyncio, threading, concurrent.futures
        done = []
        async def handler(event, context):
            first = await asyncio.to_thread(sum, range(2_000_000))
            threading.Thread(target=lambda: done.append(sum(range(2_000_000)))).start()
            with concurrent.futures.ThreadPoolExecutor() as pool:
                future = asyncio.wrap_future(pool.submit(sum, range(2_000_000)))
                await asyncio.sleep(1)
            return [first, done[0], future.done()]
    """).run()
    assert outcome.result == [1_999_999_000_000, 1_999_999_000_000, True]
    assert outcome.idles == [EPOCH_MS + 1000]


def test_threads_that_wait_for_the_loop_do_not_keep_it_from_resting(make_guest: MakeGuest) -> None:
    outcome = make_guest("""
        import asyncio
        from forgesim.sdk import kvs
        async def handler(event, context):
            loop = asyncio.get_running_loop()
            def ask(key):
                return asyncio.run_coroutine_threadsafe(kvs.get(key), loop).result()
            return await asyncio.gather(*(asyncio.to_thread(ask, key) for key in "abcdefgh"))
    """).run(answer=lambda fetch, body: (200, {"value": body["key"]}))
    assert outcome.result == list("abcdefgh")


def test_a_pool_thread_without_a_job_is_no_reason_to_wait(make_guest: MakeGuest) -> None:
    guest = make_guest("""
        import asyncio
        from forgesim.sdk import kvs
        async def handler(event, context):
            await asyncio.gather(asyncio.to_thread(int), asyncio.to_thread(int))
            return await kvs.get("a")
    """)
    assert [guest.run(answer=lambda fetch, body: (200, {"value": 1})).result for _ in range(20)] == [1] * 20


def test_timeouts_of_locks_end_by_the_real_clock(make_guest: MakeGuest) -> None:
    outcome = make_guest("""
        import queue, threading
        def handler(event, context):
            try:
                queue.Queue().get(timeout=0.01)
            except queue.Empty:
                return threading.Event().wait(0.01)
    """).run()
    assert outcome.result is False


def test_pipes_of_the_apps_own_wake_its_loop(make_guest: MakeGuest) -> None:
    outcome = make_guest("""
        import asyncio, os
        async def handler(event, context):
            loop, (r, w) = asyncio.get_running_loop(), os.pipe()
            got = loop.create_future()
            loop.add_reader(r, lambda: got.done() or got.set_result(os.read(r, 9).decode()))
            os.write(w, b"hello")
            return await got
    """).run()
    assert (outcome.result, outcome.idles) == ("hello", [])


def test_only_the_handlers_own_loop_reaches_the_platform(make_guest: MakeGuest) -> None:
    outcome = make_guest("""
        import asyncio
        from forgesim.sdk import kvs
        async def handler(event, context):
            return await asyncio.to_thread(asyncio.run, kvs.get("a"))
    """).run()
    assert outcome.error["type"] == "RuntimeError"
    assert "on the loop that runs the handler" in outcome.error["message"]
