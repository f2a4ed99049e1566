"""Regular expressions that are written out in an app's source are compiled before its workers are forked."""

from __future__ import annotations

import ast
import re
from dataclasses import replace

import pytest
from tests.sandbox.conftest import Image, MakeGuest

from forgesim.sandbox.patterns import Pattern, patterns_of


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('re.compile("a+")', [("a+", 0)]),
        ('re.compile(rb"a+", re.S | re.IGNORECASE)', [(b"a+", re.DOTALL | re.IGNORECASE)]),
        ('re.compile("a+", flags=re.X)', [("a+", re.VERBOSE)]),
        ('re.sub("a+", "b", text, flags=re.M)', [("a+", re.MULTILINE)]),
        ('re.sub("a+", "b", text, 1)', [("a+", 0)]),
        ('re.compile("a"); re.compile("a"); re.compile("a", re.I)', [("a", 0), ("a", re.IGNORECASE)]),
        ('re.compile("a", re.DEBUG)', []),
        ('re.compile("a", flags)', []),
        ("re.compile(text)", []),
        ('re.escape("a+")', []),
        (f're.compile("{"a" * 501}")', []),
    ],
)
def test_what_is_written_out_is_found(source: str, found: list[Pattern]) -> None:
    assert [*patterns_of([ast.parse(source)])] == found


COMPILES = """
import re, warnings
with warnings.catch_warnings(record=True) as told:
    warnings.simplefilter("always")
    re._compiler.compile, kept = None, re._compiler.compile
    try:
        answer = re.compile(given).pattern
    except TypeError:
        answer = "compiled here"
    re._compiler.compile = kept
"""


@pytest.mark.parametrize(
    ("pattern", "answer"), [("a{3}b", "a{3}b"), ("[[a]b", "compiled here"), ("(", "compiled here")]
)
def test_a_worker_finds_it_compiled_and_hears_for_itself_what_is_wrong_with_one(
    make_guest: MakeGuest, image: Image, pattern: str, answer: str
) -> None:
    guest = make_guest(of=replace(image, digest="patterns", patterns=[("a{3}b", 0), ("[[a]b", 0), ("(", 0)]))
    assert guest.run(COMPILES, pattern) == answer
