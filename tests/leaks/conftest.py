"""A small site's content, indexed."""

from __future__ import annotations

import pytest

from forgesim.leaks.index import ContentIndex
from forgesim.leaks.scanner import Scanner
from forgesim.ledger.records import ScanIndex

SENTENCE = (
    "Quarterly relocation of the warehouse robots happens behind the blue fence because Marguerite "
    "insisted that nobody would ever look for seventeen forklifts over there."
)
TEXTS = (
    ("page", "1", "title", "Forklift relocation"),
    ("page", "1", "body", f"<p>Intro.</p><h2>Robots &amp; fences</h2><p>{SENTENCE}</p>"),
    ("page", "2", "title", "Overview"),
    ("page", "2", "body", "Short."),
    ("page", "3", "canary", "zorvex"),
    ("user", "712020:aa", "name", "Marguerite Ollivander"),
    ("user", "712020:aa", "email", "marguerite@corp.example"),
    ("page", "1", "label", "architecture-decision"),
)


@pytest.fixture
def sentence() -> str:
    return SENTENCE


@pytest.fixture
def index() -> ContentIndex:
    return ContentIndex(ScanIndex(TEXTS))


@pytest.fixture
def scanner(index: ContentIndex) -> Scanner:
    return Scanner(index)
