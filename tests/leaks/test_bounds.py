"""Whatever a value is, looking through it ends, stays within bounds and says the same twice."""

from __future__ import annotations

import base64
import gzip
import json
import lzma
import time

import pytest
from hypothesis import given, settings, strategies as st

from forgesim.leaks.decode import MAX_SIZE, MAX_VIEWS, views
from forgesim.leaks.index import ContentIndex
from forgesim.leaks.joins import MAX_JOINED, joins
from forgesim.leaks.packed import MAX_UNPACKED
from forgesim.leaks.scanner import Piece, Scanner
from forgesim.ledger.records import ScanIndex

SECONDS = 20
"""Of the processor's time: far over what any of these takes, far under what quadratic work would."""


def nested(times: int) -> bytes:
    packed = bytes(30 << 20)
    for _ in range(times):
        packed = gzip.compress(packed)
    return packed


HOSTILE = {
    "a gzip bomb": base64.b64encode(nested(1)).decode(),
    "a bomb in a bomb": base64.b64encode(nested(2)).decode(),
    "an xz bomb": base64.b64encode(lzma.compress(bytes(30 << 20))).decode(),
    "brackets": "[" * 100_000,
    "a deep list": "[" * 900 + "1" + "]" * 900,
    "one letter": "a" * 500_000,
    "a cycle": "abcdefghijkl" * 20_000,
    "one digit": "7" * 200_000,
    "many tokens": " ".join(base64.b64encode(b"%08d and more" % n).decode() for n in range(5_000)),
    "many numbers": json.dumps(list(range(60_000))),
    "many flags": json.dumps([n % 3 == 0 for n in range(60_000)]),
    "many names": json.dumps({f"k{n}": n for n in range(20_000)}),
    "backslashes": "\\" * 300_000,
    "percents": "%25" * 100_000,
    "angles": "<" * 200_000,
    "ampersands": "&" * 200_000,
    "dots and dashes": ".-" * 100_000,
    "dots": "http://" + "a." * 100_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_value_is_looked_through_in_bounds(text: str, scanner: Scanner) -> None:
    began = time.process_time()
    seen = list(views(text))
    assert len(seen) <= MAX_VIEWS
    assert sum(len(view.text) for view in seen) <= MAX_SIZE + MAX_UNPACKED
    assert scanner.scan([Piece(text)]) == []
    assert time.process_time() - began < SECONDS


@pytest.mark.parametrize("content", ["repeated ramps abcdefgh " * 4_000, "a" * 50_000, "the plan " * 9_000])
def test_content_that_repeats_itself_costs_no_square(content: str) -> None:
    scanner = Scanner(ContentIndex(ScanIndex((("page", "1", "body", content),))), public=[content])
    began = time.process_time()
    scanner.scan([Piece(content), Piece(content[::-1]), Piece(content[5:] + content)])
    assert time.process_time() - began < SECONDS


def test_a_leak_behind_a_thousand_tokens_is_found(scanner: Scanner, sentence: str) -> None:
    decoys = [base64.b64encode(b"nothing but filler %05d" % n).decode() for n in range(1_000)]
    text = " ".join([*decoys, base64.b64encode(sentence.encode()).decode()])
    assert [finding.ref for finding in scanner.scan([Piece(text)])][:1] == ["page/1"]


LEAF = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40)
VALUE = st.recursive(LEAF, lambda of: st.lists(of) | st.dictionaries(st.text(max_size=12), of), max_leaves=30)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(VALUE, st.text(max_size=12)), max_size=8))
def test_any_pieces_give_nothing_that_is_not_there_and_the_same_twice(values: list[tuple[object, str]]) -> None:
    index = ContentIndex(ScanIndex((("page", "1", "body", "Nothing of the kind is in here, and nobody wrote it."),)))
    pieces = [Piece(json.dumps(value), seq, key) for seq, (value, key) in enumerate(values)]
    assert all(len(join) <= MAX_JOINED for join in joins(pieces))
    assert Scanner(index).scan(pieces) == Scanner(index).scan(pieces) == []


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=600) | st.text(max_size=300))
def test_views_of_anything_are_bounded_and_none_comes_twice(value: bytes | str) -> None:
    text = value if isinstance(value, str) else base64.b64encode(value).decode()
    seen = list(views(text))
    assert len(seen) <= MAX_VIEWS
    assert len({view.text for view in seen if view.text and not view.data}) == len(
        [v for v in seen if v.text and not v.data]
    )


@settings(max_examples=40, deadline=None)
@given(st.permutations(range(256)), st.integers(0, 40))
def test_no_substitution_hides_a_text(signs: list[int], start: int) -> None:
    text = "Whoever reads this on the seventh floor should bring the grey umbrella to the harbour before nine."
    own = Scanner(ContentIndex(ScanIndex((("page", "1", "body", text),))))
    written = json.dumps([signs[ord(char)] for char in text[start : start + 56]])
    assert [finding.ref for finding in own.scan([Piece(written)])] == ["page/1"]
