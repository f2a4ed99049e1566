from __future__ import annotations

import contextlib
import json
import math
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given, settings, strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from forgesim.errors import InputError
from forgesim.manifest.types import (
    Bool,
    Const,
    Content,
    Enum,
    Fields,
    Id,
    Int,
    ListOf,
    Maybe,
    Number,
    Setting,
    Time,
    Type,
    World,
    bits,
    has_content,
    mismatch,
    parse_type,
    text_mismatch,
    time_forms,
)

NOW = 1_767_603_600_000
READ = 1_700_000_000_123
WORLD = World(
    ids={
        "page": frozenset({"101", "102", "103"}),
        "space": frozenset({"10", "DOCS"}),
        "sprint": frozenset({"7"}),
        "account": frozenset(),
    },
    now_ms=NOW,
    times=frozenset({READ}),
    settings=frozenset({"weekly", "Größe 5"}),
)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("int 0..5", Int(0, 5)),
        ("int  -5 .. -1", Int(-5, -1)),
        ("number 0..100 step 0.01", Number(Decimal(0), Decimal(100), Decimal("0.01"))),
        ("number -1.5..1.5 step 0.5", Number(Decimal("-1.5"), Decimal("1.5"), Decimal("0.5"))),
        ("bool", Bool()),
        ("enum a|b c|d", Enum(("a", "b c", "d"))),
        ([1, "1", True, None, 1.0], Enum((1, "1", True, None, 1.0))),
        ("const POST", Const("POST")),
        ("const 3", Const(3)),
        ("const 3.0", Const(3.0)),
        ("const null", Const(None)),
        ('const "3"', Const("3")),
        ("const /capture/", Const("/capture/")),
        ("const NaN", Const("NaN")),
        ("const 1e999", Const("1e999")),
        ("const [1]", Const("[1]")),
        ("id page", Id("page")),
        ("time", Time()),
        ("setting 40", Setting(40)),
        ("content", Content()),
        ("list 7 of int 0..100", ListOf(7, Int(0, 100))),
        ("list 2 of list 3 of bool", ListOf(2, ListOf(3, Bool()))),
        ({"list": 2, "of": {"a": "bool"}}, ListOf(2, Fields({"a": Bool()}))),
        ({"list": "bool"}, Fields({"list": Bool()})),
        ("bool?", Maybe(Bool())),
        ("list 2 of bool ?", Maybe(ListOf(2, Bool()))),
        ({"a": "bool?", "b": {"c": "time"}}, Fields({"a": Maybe(Bool()), "b": Fields({"c": Time()})})),
    ],
)
def test_a_type_is_read_from_its_words(raw: object, expected: Type) -> None:
    found = parse_type(raw)
    assert found == expected
    assert repr(found) == repr(expected), "1, 1.0 and true are three constants"


@pytest.mark.parametrize(
    ("raw", "what"),
    [
        ("int 5..0", "the range is empty"),
        ("int 0-5", "write int A..B"),
        ("integer 0..5", "did you mean int A..B"),
        ("number 0..1", "write number A..B step S"),
        ("number 0..1 step 0", "the step must be over 0"),
        ("number 0..999999999999 step 0.000000000001", "take a larger step"),
        ("number 0.1..0.2 step 1", "no multiple of 1"),
        ("enum a||b", "between two bars is empty"),
        ("enum a|a", "'a' is given twice"),
        ([1, 1], "1 is given twice"),
        ([], "a choice of nothing"),
        ([["a"]], "a choice holds scalars only"),
        ("id person", "write id page|space"),
        ("setting 0", "write setting N"),
        ("list of bool", "write list N of T"),
        ("list 1 of " * 20 + "bool", "lists go 8 deep"),
        ("bool??", "two question marks"),
        ("str", "a type is one of"),
        ("", "a type is one of"),
        (3, "for this very value write: const 3"),
        (None, "write: const null"),
        ({"list": -1, "of": "bool"}, "-1 is not a number of items"),
    ],
)
def test_a_bad_type_says_what_to_write(raw: object, what: str) -> None:
    with pytest.raises(InputError, match=r".") as caught:
        parse_type(raw)
    assert what in str(caught.value)


def test_all_problems_of_a_type_come_at_once_with_their_paths() -> None:
    with pytest.raises(InputError) as caught:
        parse_type({"a": "int", "b": {"c": "bol"}, "d": "bool"})
    assert [problem.what for problem in caught.value.problems] == [
        "a: 'int' is not a type",
        "b.c: 'bol' is not a type",
    ]


@pytest.mark.parametrize(
    ("raw", "value", "reason"),
    [
        ("int 0..100", 101, "value: 101 is over 100"),
        ("int 0..100", -1, "value: -1 is under 0"),
        ("int 0..1", True, "value: true is not an integer"),
        ("int 0..1", 1.0, "value: 1.0 is not an integer"),
        ("int 0..1", "1", "value: '1' is not an integer"),
        ("number 0..1 step 0.1", 0.15, "value: 0.15 is not a multiple of 0.1"),
        ("number 0..1 step 0.1", math.nextafter(0.1, 1), "value: 0.10000000000000002 is not a multiple"),
        ("number 0..1 step 0.1", math.nan, "value: nan is not a number"),
        ("number 0..1 step 0.1", -0.0, "value: -0.0 is not a multiple of 0.1"),
        ("number 0..1 step 0.1", False, "value: false is not a number"),
        ("number 0..1 step 0.4", 1, "value: 1 is not a multiple of 0.4"),
        ("bool", 0, "value: 0 is neither true nor false"),
        ("enum a|b", "c", "value: 'c' is not one of a|b"),
        ([1], True, "value: true is not one of 1"),
        ("const 1", 1.0, "value: 1.0 is not 1"),
        ("id page", "104", "value: '104' is no page of this site"),
        ("id page", 101, "value: 101 is no page of this site"),
        ("id issue", "DOCS-1", "value: 'DOCS-1' is no issue of this site"),
        ("time", NOW + 1, "value: 1767603600001 is neither now nor a time that was read"),
        ("time", "2026-01-05T10:00:00+01:00", "value: a text of 25 characters is neither now nor a time"),
        ("time", "2026-01-05T09:00:00.0000000Z", "value: a text of 28 characters is neither now nor a time"),
        ("setting 6", "weeky", "value: 'weeky' is not what the user entered"),
        ("setting 5", "weekly", "value: 6 characters are more than 5"),
        ("list 2 of bool", [True, False, True], "value: 3 items are more than 2"),
        ("list 2 of bool", [True, 1], "value[1]: 1 is neither true nor false"),
        ("list 2 of bool", "ab", "value: 'ab' is not a list"),
        ({"a": "bool"}, {}, "value.a: is missing"),
        ({"a": "bool"}, {"a": True, "b": 1}, "value: has a field that is not declared: 'b'"),
        ({"a": {"b": "int 0..1"}}, {"a": {"b": 2}}, "value.a.b: 2 is over 1"),
        ({"a": "bool"}, [], "value: a list of 0 items is not a map"),
        ("bool?", 1, "value: 1 is neither true nor false"),
        ("const x", "The whole text of a page that nobody wants quoted", "value: a text of 49 characters"),
    ],
)
def test_a_value_that_differs_is_named_with_its_place_and_reason(raw: object, value: object, reason: str) -> None:
    found = mismatch(parse_type(raw), value, WORLD)
    assert found is not None
    assert found.startswith(reason)


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("number 0..100 step 0.01", 83.25),
        ("number 0..100 step 0.01", 83),
        ("number 0..1 step 0.1", 3 * 0.1),
        ("number 0..1 step 0.1", 0.3),
        ("id space", "DOCS"),
        ("id sprint", 7),
        ("id sprint?", "7"),
        ("time", "2026-01-05T09:00:00Z"),
        ("time", "2026-01-05T09:00:00.000+00:00"),
        ("time", NOW),
        ("time", "2023-11-14T22:13:20.123000+00:00"),
        ("setting 7", "Größe 5"),
        ("content", {"anything": [None, "at all"]}),
        ({"a": "bool?"}, {}),
        ({"a": "bool?"}, {"a": None}),
    ],
)
def test_a_value_of_the_type_passes(raw: object, value: object) -> None:
    assert mismatch(parse_type(raw), value, WORLD) is None


@pytest.mark.parametrize(
    ("raw", "text", "fits"),
    [
        ("int 0..5", "3", True),
        ("int 0..5", "03", False),
        ("int 0..5", "6", False),
        ("number 0..1 step 0.5", "0.5", True),
        ("number 0..1 step 0.5", "5e-1", False),
        ("bool", "true", True),
        ("const 5", "5", True),
        ("const POST", "POST", True),
        ([1, True], "true", True),
        ([1, True], "2", False),
        ("time", str(NOW), True),
        ("id page", "101", True),
        ("bool?", "false", True),
    ],
)
def test_text_places_read_numbers_in_decimal(raw: object, text: str, fits: bool) -> None:
    assert (text_mismatch(parse_type(raw), text, WORLD) is None) is fits


@pytest.mark.parametrize(
    ("raw", "count"),
    [
        ("int 0..1023", 1024),
        ("bool", 2),
        ("const x", 1),
        ("enum a|b|c", 3),
        ("id page", 3),
        ("id sprint", 2),
        ("id issue", 1),
        ("setting 6", 1),
        ("setting 7", 2),
        ("bool?", 3),
        ({"a": "bool?"}, 4),
        ("list 3 of bool", 15),
        ("list 3 of const x", 4),
        ("list 3 of id issue", 1),
        ("number 0..1 step 0.5", 3 + 2),
        ("time", 7 + 5),
        ({"a": "bool", "b": "int 0..6"}, 14),
        ({"a": "bool", "b": "id issue"}, 1),
    ],
)
def test_bits_count_the_values(raw: object, count: int) -> None:
    assert bits(parse_type(raw), WORLD) == pytest.approx(math.log2(count))


def test_long_lists_have_finite_bits_and_content_has_none() -> None:
    assert bits(parse_type("list 100000 of int 0..255"), WORLD) == pytest.approx(800_000, rel=1e-4)
    assert bits(parse_type({"a": "list 2 of content", "b": "id issue"}), WORLD) == 0
    assert bits(parse_type({"a": "list 2 of content", "b": "bool"}), WORLD) == math.inf
    assert has_content(parse_type({"a": "list 2 of content?"}))
    assert not has_content(parse_type({"a": "list 2 of bool"}))


def _number(draw: DrawFn) -> Number:
    step = Decimal(draw(st.integers(1, 400))).scaleb(-draw(st.integers(0, 4)))
    low = draw(st.integers(-500, 500))
    return Number(step * low, step * (low + draw(st.integers(0, 500))), step)


@st.composite
def _leaves(draw: DrawFn) -> Type:
    low = draw(st.integers(-(10**6), 10**6))
    scalar = st.one_of(st.text(max_size=5), st.integers(-9, 9), st.booleans(), st.none())
    unlike = st.lists(scalar, min_size=1, max_size=4, unique_by=lambda value: (type(value), value))
    choices: list[Type] = [
        Int(low, low + draw(st.integers(0, 1000))),
        _number(draw),
        Bool(),
        Enum(tuple(draw(unlike))),
        Const(draw(scalar)),
        Id(draw(st.sampled_from(["page", "space", "sprint"]))),
        Time(),
        Setting(draw(st.integers(6, 9))),
    ]
    return draw(st.sampled_from(choices))


TYPES = st.recursive(
    _leaves(),
    lambda inner: st.one_of(
        st.builds(ListOf, st.integers(0, 3), inner),
        inner.filter(lambda of: not isinstance(of, Maybe)).map(Maybe),
        st.dictionaries(st.text(max_size=3), inner, max_size=3).map(Fields),
    ),
    max_leaves=5,
)


def values_of(type_: Type) -> SearchStrategy[Any]:  # noqa: PLR0911 - a row for each type
    match type_:
        case Int(lo, hi):
            return st.integers(lo, hi)
        case Number(_, _, step):
            times = st.sampled_from(type_.multiples())
            nearest = times.map(lambda k: float(step * k) + 0.0)
            return st.one_of(nearest, times.map(lambda k: k * float(step) + 0.0), *_whole(type_))
        case Bool():
            return st.booleans()
        case Enum(values):
            return st.sampled_from(values)
        case Const(value):
            return st.just(value)
        case Id(kind):
            known = sorted(WORLD.ids[kind])
            return st.sampled_from(known + ([7] if kind == "sprint" else []))
        case Time():
            return st.sampled_from([NOW, READ, *time_forms(NOW), *time_forms(READ)])
        case Setting(size):
            return st.sampled_from(sorted(text for text in WORLD.settings if len(text) <= size))
        case ListOf(size, of):
            return st.lists(values_of(of), max_size=size)
        case Maybe(of):
            return st.one_of(st.none(), values_of(of))
        case Fields(fields):
            need = {name: values_of(of) for name, of in fields.items() if not isinstance(of, Maybe)}
            may = {name: values_of(of) for name, of in fields.items() if isinstance(of, Maybe)}
            return st.fixed_dictionaries(need, optional=may)
        case _:
            return st.text()


def _whole(type_: Number) -> list[SearchStrategy[int]]:
    multiples = (type_.step * k for k in type_.multiples())
    whole = [int(multiple) for multiple in multiples if multiple == int(multiple)]
    return [st.sampled_from(whole)] if whole else []


@settings(deadline=None, max_examples=200)
@given(st.data())
def test_a_value_made_from_a_type_never_mismatches(data: st.DataObject) -> None:
    type_ = data.draw(TYPES)
    assert mismatch(type_, data.draw(values_of(type_)), WORLD) is None


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_bits_are_never_fewer_than_the_values_seen_need(data: st.DataObject) -> None:
    type_ = data.draw(TYPES)
    seen = {json.dumps(data.draw(values_of(type_)), sort_keys=True) for _ in range(30)}
    assert 2 ** bits(type_, WORLD) >= len(seen) - 1e-6


@settings(deadline=None, max_examples=150)
@given(TYPES, st.data())
def test_a_scalar_out_of_range_is_found_wherever_it_stands(type_: Type, data: st.DataObject) -> None:
    value = data.draw(values_of(type_))
    places = list(_places(value))
    assume(places)
    path = data.draw(st.sampled_from(places))
    assert mismatch(type_, _with(value, path, "no value of any type here is this text"), WORLD) is not None


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    if isinstance(value, dict):
        return [place for name, child in value.items() for place in _places(child, (*path, name))]
    if isinstance(value, list):
        return [place for i, child in enumerate(value) for place in _places(child, (*path, i))]
    return [path]


def _with(value: Any, path: tuple[Any, ...], leaf: object) -> Any:
    if not path:
        return leaf
    changed = value.copy()
    changed[path[0]] = _with(value[path[0]], path[1:], leaf)
    return changed


@settings(deadline=None, max_examples=150)
@given(st.integers(1, 400), st.integers(0, 4), st.integers(1, 500), st.integers(1, 40))
def test_no_double_near_a_multiple_passes_but_the_two_that_arithmetic_gives(
    digits: int, scale: int, times: int, ulps: int
) -> None:
    step = Decimal(digits).scaleb(-scale)
    type_ = Number(Decimal(0), step * 1000, step)
    value = float(step * times)
    for _ in range(ulps):
        value = math.nextafter(value, math.inf)
    assume(value != times * float(step))
    assert mismatch(type_, value, WORLD) is not None


@settings(deadline=None, max_examples=200)
@given(st.recursive(st.text() | st.integers() | st.none(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)))
def test_reading_a_type_never_raises_anything_else(raw: object) -> None:
    with contextlib.suppress(InputError):
        assert bits(parse_type(raw), WORLD) >= 0
