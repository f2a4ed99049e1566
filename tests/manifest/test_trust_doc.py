"""docs/trust.md has every word that trust.yml may hold, and its example is one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from forgesim.claims.declared import FREE_HEADERS
from forgesim.manifest.depends import ASPECTS, NOTHING
from forgesim.manifest.load import trust_from_text
from forgesim.manifest.trust_data import (
    ANSWER_FIELDS,
    AUDIENCES,
    PLACES,
    READ_KINDS,
    SEND_FIELDS,
    STORE_FIELDS,
    SUBPROCESSOR_FIELDS,
)
from forgesim.manifest.trust_file import LOGS, TRUST_FIELDS
from forgesim.manifest.trust_scenarios import FAILURES, SERVICES, STEP_FIELDS
from forgesim.manifest.values import ID_KINDS
from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "trust.md").read_text()
WORDS = set(re.findall(r"[\w-]+", PAGE))


KNOWN: dict[str, Iterable[str]] = {
    "trust.yml": TRUST_FIELDS,
    "a subprocessor": SUBPROCESSOR_FIELDS,
    "a store": (*STORE_FIELDS, *PLACES, *AUDIENCES),
    "a request": (*SEND_FIELDS, *FREE_HEADERS),
    "an answer": ANSWER_FIELDS,
    "logs": LOGS,
    "reads": READ_KINDS,
    "what a field follows": (*ASPECTS, NOTHING),
    "ids": ID_KINDS,
    "failures": (*SERVICES, *map(str, FAILURES)),
    "steps": [word for kind, fields in STEP_FIELDS.items() for word in (kind, *fields)],
}


@pytest.mark.parametrize("known", KNOWN.values(), ids=KNOWN.keys())
def test_every_word_is_on_the_page(known: Iterable[str]) -> None:
    assert set(known) <= WORDS


def test_the_example_is_without_a_problem() -> None:
    example = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)[0]
    trust = trust_from_text(example, Path("trust.yml"))
    assert [scenario.name for scenario in trust.scenarios] == [
        "Alice and Bob look at a page, then the weekly sweep runs"
    ]
