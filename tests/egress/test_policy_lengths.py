"""Long URLs: a host costs time by the square of its length, so what stands before the path is bounded."""

from __future__ import annotations

import time

import pytest

from forgesim.egress.policy import Policy, joined
from forgesim.manifest.model import EgressEntry

EVERYTHING = Policy([EgressEntry(kind="fetch.backend", address="*")], analytics=True)

MANY_LETTERS = "".join(chr(0x4E00 + n) for n in range(20_000))
LONG = {
    "a name of many letters": f"https://{MANY_LETTERS}.allowed.com/",
    "the same behind slashes and blanks": f"https:/\t/\n\\{MANY_LETTERS}.allowed.com/",
    "the same without slashes": f"https:{MANY_LETTERS}.allowed.com",
    "a user": "https://" + "u" * 100_000 + "@a.allowed.com/",
    "a port": "https://a.allowed.com:" + "0" * 100_000 + "443/",
    "what IDNA ignores": "https://" + "\u00ad" * 100_000 + "a.allowed.com/",
    "a scheme": "s" * 100_000 + "://a.allowed.com/",
}


@pytest.mark.parametrize("url", LONG.values(), ids=LONG.keys())
def test_what_is_too_long_before_its_path_is_not_even_parsed(url: str) -> None:
    began = time.process_time()
    decisions = [EVERYTHING.decide(text)[0] for text in (url, joined("https://a.allowed.com/", url))]
    assert {(each.rule, len(each.reason) < 300) for each in decisions} == {("bad-url", True)}
    assert time.process_time() - began < 0.05


@pytest.mark.parametrize("tail", ["/" + "a" * 1_000_000, "?" + "é" * 300_000, "#" + "/" * 500_000, "/.." * 200_000])
def test_what_comes_after_the_host_may_be_long(tail: str) -> None:
    assert EVERYTHING.decide("https://a.allowed.com" + tail)[0].rule == "declared"


def test_the_longest_name_passes_in_its_longest_spelling() -> None:
    name = ("a" * 61 + ".") * 4 + "com"
    wide = "".join(chr(ord(char) + 0xFEE0) for char in name)
    url = "https://" + "".join(f"%{byte:02X}" for byte in wide.encode()) + ":443/"
    decision, target = EVERYTHING.decide(url)
    assert (decision.rule, target and target.host, len(url) > 2_200) == ("declared", name, True)
