"""Content in log lines, written so that each line looks like metadata."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.attacks.conftest import Judge

WORDS = "words = ''.join(re.sub('<[^>]*>', '', text).split())"
CODES = "' '.join(str(ord(letter)) for letter in words[:6])"

LOGGED = [
    pytest.param(f"log.info('sizes ' + {CODES})\nlog.info('sizes ' + {CODES})", id="letters as a few numbers a line"),
    pytest.param("log.info(f'took {sum(map(ord, text))} ms')", id="a sum that depends on the words"),
    pytest.param("log.info(f'page {len(words)}')\nlog.info(words[0].upper() + ' grade')", id="one letter"),
    pytest.param("[log.info('.') for _ in range(sum(map(ord, words)) % 97)]", id="how many lines"),
    pytest.param("[[log.warn, log.info][ord(letter) % 2]('ok') for letter in words[:9]]", id="the level"),
]


@pytest.mark.parametrize("what", LOGGED)
def test_content_in_the_form_of_metadata_is_seen_on_twins(judged: Judge, what: str) -> None:
    code = f"import re\nfrom forgesim.sdk import log\n{WORDS}\n{what}"
    verdict = judged(code, trials=2)["logs_hold_no_content"]
    assert verdict.outcome.value == "BROKEN"


def test_counts_that_twins_share_are_metadata(judged: Judge) -> None:
    what = "from forgesim.sdk import log\nlog.info(f'{len(text)} letters, {text.count(chr(60))} tags')"
    assert judged(what)["logs_hold_no_content"].outcome.value == "HOLDS"


SPELLED = """\
import hashlib
from forgesim.sdk import log
def dot(bits):
    return go(bits)
def dash(bits):
    return go(bits)
def go(bits):
    if not bits:
        raise ValueError("no")
    return (dot if bits[0] == "1" else dash)(bits[1:])
log.info("x")
go(f"01{int(hashlib.sha256(text.encode()).hexdigest(), 16) % 2**24:024b}")"""


def test_the_lines_that_an_error_came_through_can_spell(judged: Judge) -> None:
    assert judged(SPELLED)["logs_hold_no_content"].outcome.value == "BROKEN"
