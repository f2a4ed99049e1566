"""Renderers that keep a request where a search for its words does not find it."""

from __future__ import annotations

import pytest
from tests.twins.test_rendering_twins import prove

from forgesim.testing.kit import Forge

pytestmark = pytest.mark.slow

KEPT = [
    pytest.param("", "LAST[:] = [text.upper()]", "service.LAST", id="in capitals"),
    pytest.param("", "LAST[:] = [bytes(b ^ 1 for b in text.encode())]", "service.LAST", id="encoded"),
    pytest.param("", "LAST[:] = [int.from_bytes(text.encode())]", "service.LAST", id="as a number"),
    pytest.param("import array", "LAST[:] = [array.array('b', text.encode())]", "service.LAST", id="in an array"),
    pytest.param("class K(int):\n    pass", "k = K(); k.text = text; LAST.append(k)", "service.LAST", id="on a number"),
    pytest.param("", "globals()[text] = 1", "in a name", id="as a variable's name"),
    pytest.param("SEEN = {}", "SEEN[text] = 1", "service.SEEN", id="as a key"),
    pytest.param("SEEN = {}", "SEEN[text[::-1]] = 1", "service.SEEN", id="as a key, encoded"),
    pytest.param("class K:\n    pass\nk = K()", "setattr(k, text, 1)", "service.k", id="as an attribute's name"),
    pytest.param("", "LAST[:] = [type(text, (), {})]", "service.LAST", id="as a class's name"),
    pytest.param("", "LAST[:] = [type(text[::-1], (), {})]", "service.LAST", id="as a class's name, encoded"),
    pytest.param("import ctypes", "LAST[:] = [ctypes.create_string_buffer(flip)]", "service.LAST", id="in a C array"),
    pytest.param(
        "import mmap", "m = mmap.mmap(-1, 9999); m.write(flip[:999]); LAST.append(m)", "service.LAST", id="in a map"
    ),
    pytest.param("import hashlib", "LAST[:] = [hashlib.blake2b(flip)]", "service.LAST", id="in a hash"),
    pytest.param(
        "import zlib", "z = zlib.compressobj(); z.compress(flip); LAST[:] = [z]", "service.LAST", id="in a compressor"
    ),
    pytest.param(
        "import sqlite3\nDB = sqlite3.connect(':memory:')\nDB.execute('create table t(x)')",
        "DB.execute('insert into t values (?)', [flip])",
        "service.DB",
        id="in a database in memory",
    ),
    pytest.param(
        "import sqlite3\nDB = sqlite3.connect(':memory:')\nDB.execute('create temp table t(x)')",
        "DB.execute('insert into t values (?)', [flip])",
        "service.DB",
        id="in a temporary table",
    ),
    pytest.param("import atexit", "atexit.register(print, text)", "atexit", id="with atexit"),
    pytest.param("import gc\ngc.get_referents = lambda *_: []", "LAST[:] = [text]", "service.LAST", id="behind gc"),
    pytest.param("import os\nP = os.pipe()", "os.write(P[1], text.encode()[:999])", "unread data", id="in a pipe"),
    pytest.param("import sys", "sys.setrecursionlimit(999 + sum(map(ord, text)) % 500)", "settings", id="in a setting"),
]


@pytest.mark.parametrize(("more", "line", "named"), KEPT)
def test_what_a_renderer_keeps_in_another_form_is_seen_beside_its_twin(
    forge: Forge, make_app: object, more: str, line: str, named: str
) -> None:
    verdict = prove(forge, make_app, more, line.replace("flip", "text[::-1].encode()"))
    assert verdict.outcome.value == "BROKEN"
    assert any(named in item.why for item in verdict.evidence), verdict.evidence


@pytest.mark.parametrize("line", ["LAST[:] = [len(text)]", "sorted.__call__(text)"])
def test_what_twins_share_may_stay(forge: Forge, make_app: object, line: str) -> None:
    assert prove(forge, make_app, line=line).outcome.value == "HOLDS"


def test_a_renderer_that_only_fails_has_rendered_nothing(forge: Forge, make_app: object) -> None:
    verdict = prove(forge, make_app, line="raise ValueError('always')")
    assert verdict.outcome.value == "UNPROVEN"


def test_an_answer_that_is_no_answer_is_an_error_of_the_service(forge: Forge, make_app: object) -> None:
    assert prove(forge, make_app, line="return {'statusCode': 200, 'cookies': 5}").outcome.value == "UNPROVEN"
