"""Which files an app's workers see, and how many zygotes a sandbox keeps."""

from __future__ import annotations

import sysconfig
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from forgesim.sandbox.host import MAX_ZYGOTES, Sandbox, WitnessEvent
from forgesim.sandbox.places import places
from forgesim.sandbox.spawner import Zygote

if TYPE_CHECKING:
    from tests.sandbox.conftest import Guest, Image, MakeGuest

IMPORT = "import importlib\nanswer = importlib.import_module(given).__name__"


def zygotes_of(sandbox: Sandbox) -> list[Zygote]:
    return [nursery.zygote for nursery in sandbox._nurseries.values()]


def test_installed_packages_are_there_for_apps_that_ask_for_them(image: Image, make_guest: MakeGuest) -> None:
    with Sandbox(explain=False) as sandbox:
        assert make_guest(sandbox).run(IMPORT, "pluggy")["type"] == "ModuleNotFoundError"
        asking = replace(image, dependencies=True, digest="asking")
        assert make_guest(sandbox, asking).run(IMPORT, "pluggy") == "pluggy"


@pytest.mark.parametrize(
    "module", ["pydoc_data.topics", "wsgiref.util", "xml.dom.pulldom", "dateutil.rrule", "forgesim.sdk.resolver"]
)
def test_the_standard_library_and_the_sdk_are_there_in_full(guest: Guest, module: str) -> None:
    assert guest.run(IMPORT, module) == module


@pytest.mark.parametrize("module", ["forgesim.ledger.write", "forgesim.site.model", "forgesim.sandbox.host"])
def test_the_platforms_own_code_is_not(guest: Guest, module: str) -> None:
    assert find_spec(module), "the host has it"
    answer = guest.run(IMPORT, module)
    assert answer["type"] in ("ModuleNotFoundError", "PermissionError")


def test_time_zones_are_there(guest: Guest) -> None:
    assert guest.run("import zoneinfo\nanswer = str(zoneinfo.ZoneInfo(given))", "Asia/Tokyo") == "Asia/Tokyo"


def test_what_apps_commonly_do_is_refused_nothing(guest: Guest) -> None:
    code = """
import asyncio, concurrent.futures, gc, os, platform, random, select, selectors, signal, socket, sqlite3, ssl, threading
sqlite3.connect(":memory:").execute("create table t (x)")
list(concurrent.futures.ThreadPoolExecutor(4).map(str, range(9)))
threading.Thread(target=gc.collect).start()
asyncio.new_event_loop().close()
for ask in (os.cpu_count, os.getcwd, os.getlogin, os.times, os.getpgrp, platform.platform, socket.gethostname,
            socket.socketpair, os.pipe, select.epoll, selectors.DefaultSelector, ssl.create_default_context):
    try: ask()
    except OSError: pass
signal.signal(signal.SIGTERM, signal.SIG_DFL)
random.SystemRandom().random()
open(os.devnull).read()
"""
    assert guest.run(code) is None
    assert not [event for event in guest.events if isinstance(event, WitnessEvent)]


def test_an_app_may_read_its_own_folder_and_no_installed_package(tmp_path: Path) -> None:
    allowed = places(str(tmp_path), dependencies=False)
    assert str(tmp_path) in allowed.read
    assert sysconfig.get_path("purelib") not in allowed.read
    assert not [path for path in allowed.read if path.endswith(("site-packages", "dist-packages"))]
    assert sysconfig.get_path("purelib") in places(str(tmp_path), dependencies=True).read


def test_each_image_has_a_zygote_and_old_ones_make_room(image: Image, make_guest: MakeGuest) -> None:
    with Sandbox() as sandbox:
        first = make_guest(sandbox)
        for number in range(MAX_ZYGOTES + 1):
            make_guest(sandbox, replace(image, digest=f"image {number}")).worker.close()
            assert len(zygotes_of(sandbox)) <= MAX_ZYGOTES
        assert first.run("answer = 1") == 1, "a zygote with a worker is kept"


def test_workers_of_one_image_come_from_one_zygote(image: Image, make_guest: MakeGuest) -> None:
    with Sandbox() as sandbox:
        make_guest(sandbox)
        make_guest(sandbox, replace(image))
        assert len(zygotes_of(sandbox)) == 1
