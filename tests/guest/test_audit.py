"""The audit hook says what the app tried, and is quiet about the interpreter's own doings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from forgesim.seam import Violation

if TYPE_CHECKING:
    from tests.guest.conftest import MakeGuest

TRIED = [
    ("socket.create_connection(('192.0.2.1', 443))", "look up the host '192.0.2.1', port 443"),
    ("socket.socket()", "open a socket (AF_INET)"),
    ("socket.socketpair()[0].connect('/x')", "connect to '/x'"),
    ("urllib.request.urlopen('http://192.0.2.1/x')", "GET http://192.0.2.1/x"),
    ("http.client.HTTPConnection('a.example').request('GET', '/')", "connect to a.example:80 by HTTP"),
    ("subprocess.run(['id'])", "run the program 'id' ['id']"),
    ("os.system('id')", "run the shell command b'id'"),
    ("os.fork()", "fork"),
    ("os.kill(1, 0)", "send signal 0 to process 1"),
    ("open('/etc/passwd')", "read '/etc/passwd'"),
    ("pathlib.Path('/etc/passwd').read_text()", "read '/etc/passwd'"),
    ("open('notes.txt', 'w')", "write to 'notes.txt'"),
    ("os.listdir('/etc')", "list '/etc'"),
    ("os.remove('/tmp/x')", "delete '/tmp/x'"),
    ("ctypes.CDLL('libc.so.6')", "load the native library 'libc.so.6'"),
    ("ctypes.pythonapi.getpid", "reach the native function 'getpid'"),
    ("sqlite3.connect('x.db')", "open the database 'x.db'"),
]
HEAD = "import ctypes, http.client, os, pathlib, socket, sqlite3, subprocess, urllib.request\n"


@pytest.mark.parametrize(("expression", "what"), TRIED, ids=[expression for expression, _ in TRIED])
def test_an_attempt_is_named_with_its_line_and_refused(make_guest: MakeGuest, expression: str, what: str) -> None:
    outcome = make_guest(f"{HEAD}def handler():\n    {expression}\n", audit=True).run()
    violations = [frame for frame, _ in outcome.frames if isinstance(frame, Violation)]
    assert [(v.what, v.line) for v in violations] == [(what, "src/index.py:3")]
    assert "through the Forge API only" in outcome.error["message"]


def test_a_thread_of_the_app_is_no_hiding_place(make_guest: MakeGuest) -> None:
    outcome = make_guest(
        "import asyncio, socket\n"
        "async def handler():\n"
        "    await asyncio.get_running_loop().getaddrinfo('a.example', 443)\n",
        audit=True,
    ).run()
    assert [frame.what for frame, _ in outcome.frames if isinstance(frame, Violation)] == [
        "look up the host 'a.example', port 443"
    ]


IMPORTS = """\
import asyncio, collections, importlib, locale, mimetypes, platform
import socket, sqlite3, traceback, uuid, warnings, zoneinfo
"""
HARMLESS = [
    "mimetypes.guess_type('a.xyz')",
    "platform.platform()",
    "traceback.format_stack()",
    "warnings.warn('w')",
    "importlib.import_module('pydoc')",
    "sqlite3.connect(':memory:').execute('select 1').fetchall()",
    "socket.socketpair()",
    "collections.namedtuple('P', 'x y')(1, 2)",
    "locale.getlocale()",
    "open(__file__).read()",
    "zoneinfo.ZoneInfo('Asia/Tokyo')",
    "uuid.uuid1()",
    "asyncio.new_event_loop().close()",
]


@pytest.mark.parametrize("expression", HARMLESS)
def test_what_reaches_nothing_outside_is_let_pass(make_guest: MakeGuest, expression: str) -> None:
    outcome = make_guest(f"{IMPORTS}def handler():\n    {expression}\n    return 1\n", audit=True).run()
    assert (outcome.result, [f for f, _ in outcome.frames if isinstance(f, Violation)]) == (1, [])


def test_reports_have_an_end(make_guest: MakeGuest) -> None:
    outcome = make_guest(
        "import socket\n"
        "def handler():\n"
        "    for _ in range(1000):\n"
        "        try: socket.socket()\n"
        "        except PermissionError: pass\n",
        audit=True,
    ).run()
    assert sum(isinstance(frame, Violation) for frame, _ in outcome.frames) == 200


HIDDEN = [
    ("eval('1 + 1')", "runs code that it makes at run time"),
    ("getattr(print.__self__, 'ex' + 'ec')('1')", "runs code that it makes at run time"),
    ("list(map(vars(builtins)['ev' + 'al'], ['1']))", "runs code that it makes at run time"),
    ("timeit.timeit('1', number=1)", "runs code that it makes at run time"),
    ("types.FunctionType(marshal.loads(b''), {})", "loads code at run time"),
    ("pickle.loads(b'cbuiltins\\nlen\\n.')", "unpickles builtins.len"),
    ("handler.__code__.co_consts", "looks into __code__"),
    ("sys._getframe().f_code", "looks at its callers"),
    ("gc.get_objects()", "looks through the memory"),
    ("sys.settrace(None)", "traces itself"),
]


@pytest.mark.parametrize(("expression", "what"), HIDDEN, ids=[expression for expression, _ in HIDDEN])
def test_what_coverage_cannot_follow_is_told(make_guest: MakeGuest, expression: str, what: str) -> None:
    outcome = make_guest(
        "import builtins, gc, marshal, pickle, sys, timeit, types\n"
        f"def handler():\n    try:\n        {expression}\n    except EOFError:\n        pass\n    return 1\n",
        audit=True,
    ).run()
    assert outcome.result == 1
    told = [(frame.what, frame.line) for frame, _ in outcome.frames if isinstance(frame, Violation)]
    assert (what, "src/index.py:4") in told


@pytest.mark.parametrize(
    ("expression", "told"),
    [
        ("typing.get_type_hints(plain)", []),
        ("typing.get_type_hints(hidden)", ["runs code that it makes at run time"]),
        ("dataclasses.make_dataclass('P', ['x'])(1)", []),
        ("own.exec_module(types.ModuleType('m'))", ["runs code by a loader of its own"]),
        ("importlib.import_module('wave')", []),
    ],
)
def test_what_the_library_runs_for_the_app_is_told_where_it_hides_something(
    make_guest: MakeGuest, expression: str, told: list[str]
) -> None:
    outcome = make_guest(
        "import dataclasses, importlib, importlib.abc, types, typing\n"
        "def plain(x: 'dict[str, int | None]'): ...\n"
        "def hidden(x: 'int if len([]) else print()'): ...\n"
        "class Own(importlib.abc.InspectLoader):\n"
        "    def get_source(self, name): return 'x = 1'\n"
        "own = Own()\n"
        f"def handler():\n    {expression}\n    return 1\n",
        audit=True,
    ).run()
    assert outcome.result == 1
    assert [frame.what for frame, _ in outcome.frames if isinstance(frame, Violation)] == told


def test_code_beside_the_app_is_told_when_it_runs(make_guest: MakeGuest) -> None:
    outcome = make_guest(
        {
            "src/index.py": "import os, sys\n"
            "sys.path.insert(0, os.path.dirname(os.path.dirname(__file__)) + '/static')\n"
            "def handler():\n    import beside\n    return beside.x\n",
            "static/beside.py": "x = 1\n",
        },
        audit=True,
    ).run()
    assert outcome.result == 1
    assert "runs /static/beside.py, which is no part of its code" in [
        frame.what for frame, _ in outcome.frames if isinstance(frame, Violation)
    ]
