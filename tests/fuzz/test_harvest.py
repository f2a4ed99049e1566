"""What a source compares with, asks for and expects is tried."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from forgesim.fuzz.harvest import expected, keys, words
from forgesim.manifest.load import load_app

FOUND = {
    "an equation": ('if x == "vip": pass', "vip"),
    "a membership": ('if x in ("red", "vip"): pass', "vip"),
    "the beginning of a text": ('x.startswith("vip-")', "vip-"),
    "a table": ('T = {"vip": 1}', "vip"),
    "a case": ('match x:\n    case "vip": pass', "vip"),
    "any other text": ('y = "vip"', "vip"),
}


@pytest.mark.parametrize(("source", "word"), FOUND.values(), ids=FOUND)
def test_texts_to_plant(source: str, word: str, make_app: Callable[..., Path]) -> None:
    assert word in words(load_app(make_app(f"x = 'abc'\n{source}\n")))


def test_what_is_compared_comes_first_and_what_is_told_not_at_all(make_app: Callable[..., Path]) -> None:
    body = '"""A docstring."""\n' + "".join(f'y{n} = "text {n}"\n' for n in range(90)) + 'z = y1 == "vip"\n'
    found = words(load_app(make_app(body)))
    assert found[0] == "vip"
    assert len(found) == 40
    assert not any("docstring" in word for word in found)


def test_keys_and_what_is_expected_under_them(make_app: Callable[..., Path]) -> None:
    app = load_app(
        make_app('p = {}\nq = p["a"]\nr = p.get("b") == "vip"\ns = "c" in p\nt = p["n"] > 12\nu = x = "d"\n')
    )
    assert {"a", "b", "c", "n"} <= set(keys(app))
    assert "d" not in keys(app)
    assert expected(app) == {"b": ("vip",), "n": (12, 13, 11)}


def test_a_source_that_is_none_gives_nothing(make_app: Callable[..., Path]) -> None:
    assert keys(load_app(make_app("def (\n"))) == ()
