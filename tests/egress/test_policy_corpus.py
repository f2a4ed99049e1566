"""The policy against the web platform's own URL tests, which it must read as they say.

The file is test input and not ours to ship: ``FORGESIM_URLTESTDATA`` names one, or Debian's package librust-url-dev
has put one in its place.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import NamedTuple

import pytest

from forgesim.egress.policy import Policy, joined
from forgesim.manifest.model import EgressEntry

DEBIAN = Path("/usr/share/cargo/registry")
HTTP = re.compile(r"\A([\x00-\x20]*)http(?=:)", re.IGNORECASE)
HTTPS = re.compile(r"\A[\x00-\x20]*https:", re.IGNORECASE)


class Case(NamedTuple):
    """A text, what it is joined to, and the host and one form that the corpus says it has; None where it says that
    the text is no URL."""

    text: str
    base: str | None
    host: str | None
    href: str | None


def corpus_file() -> Path | None:
    if named := os.environ.get("FORGESIM_URLTESTDATA"):
        return Path(named)
    return max(DEBIAN.glob("url-*/tests/urltestdata.json"), default=None)


@pytest.fixture(scope="module")
def corpus() -> list[Case]:
    """Every entry as it stands, and where it speaks of http alone, again with https: both are special schemes, which
    differ in their port."""
    path = corpus_file()
    if path is None:
        pytest.skip("no urltestdata.json: install Debian's librust-url-dev, or name one in FORGESIM_URLTESTDATA")
    entries = [entry for entry in json.loads(path.read_text("utf-8", "surrogatepass")) if isinstance(entry, dict)]
    found = []
    for entry in entries:
        base = None if entry.get("base") in (None, "about:blank") else entry["base"]
        found.append(Case(entry["input"], base, entry.get("hostname"), entry.get("href")))
        both = [entry["input"], base or ""]
        if any(map(HTTP.match, both)) and not any(map(HTTPS.match, both)):
            text, over = (HTTP.sub(r"\1https", part) for part in both)
            found.append(Case(text, over or None, entry.get("hostname"), None))
    return found


def url_of(case: Case) -> str:
    return case.text if case.base is None else joined(case.base, case.text)


def policy(*addresses: str) -> Policy:
    return Policy([EgressEntry(kind="fetch.backend", address=address) for address in addresses], analytics=True)


def test_what_the_corpus_says_is_no_url_is_refused_as_none(corpus: list[Case]) -> None:
    failures = [case for case in corpus if case.host is None]
    rules = {(case.text, case.base): policy("*").decide(url_of(case))[0].rule for case in failures}
    assert {case: rule for case, rule in rules.items() if rule != "bad-url"} == {}
    assert len(failures) > 200


@pytest.mark.parametrize("listed", ["*", "the host"])
def test_a_url_of_the_corpus_that_passes_leads_to_the_host_that_it_says(corpus: list[Case], listed: str) -> None:
    passed = 0
    for case in corpus:
        if not case.host:
            continue
        target = policy("*" if listed == "*" else case.host).decide(url_of(case))[1]
        if target is not None:
            passed += 1
            assert target.host == case.host.removesuffix("."), case
    assert passed > 50


def test_a_redirect_is_joined_as_the_corpus_says(corpus: list[Case]) -> None:
    """Editions of the standard differ on whether a path keeps its ^."""
    cases = [case for case in corpus if case.base and case.href]
    for case in cases:
        assert case.base is not None
        assert case.href is not None
        href = joined(case.base, case.text)
        assert href.replace("^", "%5E") == case.href.replace("^", "%5E"), case
    assert len(cases) > 150
