"""Advice stands beside what broke a claim, where nothing names the content; by itself it breaks nothing."""

from __future__ import annotations

import base64
from itertools import cycle
from typing import Any

NAME = "logs_hold_no_content"


def xored(text: str) -> str:
    return base64.b64encode(bytes(a ^ b for a, b in zip(text.encode(), cycle(b"\x13\x57\x9b\xdf")))).decode()


def test_a_text_under_a_repeated_key_breaks_nothing(honest: Any, page_text: str) -> None:
    honest.log(xored(page_text))
    assert honest.broken() == {}


def test_where_twins_differ_it_says_what_that_may_be(honest: Any, page_text: str) -> None:
    honest.log(xored(page_text), line="src/index.py:66")
    honest.trial("logged", pair=7, b="y")
    differs, advised = honest.broken()[NAME].evidence
    assert "on a site of the same form with other words" in differs.why
    assert advised.why.startswith("log: perhaps the body of page/101")
    assert "xor with a key of 4 bytes" in advised.why
    assert advised.at == "src/index.py:66"


def test_what_is_known_needs_no_advice(honest: Any, page_text: str) -> None:
    honest.log(xored(page_text))
    honest.log(page_text)
    assert not any("perhaps" in item.why for item in honest.broken()[NAME].evidence)
