"""Advice: what may be content is told with its line, and breaks nothing."""

from __future__ import annotations

import base64
from itertools import cycle
from typing import Any

from forgesim.claims.advice import advice
from forgesim.claims.case import Case


def xored(text: str) -> str:
    return base64.b64encode(bytes(a ^ b for a, b in zip(text.encode(), cycle(b"\x13\x57\x9b\xdf")))).decode()


def test_a_text_under_a_repeated_key_is_advised_with_its_line(honest: Any, page_text: str) -> None:
    honest.log(xored(page_text), line="src/index.py:66")
    (advised,) = advice(Case(honest.ledger, honest.trust()))
    assert "perhaps the body of page/101" in advised.why
    assert "xor with a key of 4 bytes" in advised.why
    assert advised.at == "src/index.py:66"
    assert honest.broken() == {}


def test_an_honest_ledger_gets_no_advice(honest: Any) -> None:
    assert advice(Case(honest.ledger, honest.trust())) == []
