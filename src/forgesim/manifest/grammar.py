"""The words in which trust.yml writes a type: ``int 0..5``, ``list 7 of id page``, ``enum a|b?``, a map, a
sequence."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from decimal import Decimal
from typing import TypeAlias

from forgesim.manifest.values import (
    ID_KINDS,
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
    Scalar,
    Setting,
    Time,
    Type,
)  # fmt: skip

__all__ = ["FORMS", "Path", "Tell", "read_type"]

Path: TypeAlias = tuple[str | int, ...]
Tell: TypeAlias = Callable[[Path, str, str | None], None]
"""Called with where (keys from the top), what is wrong, and what to do."""

FORMS = (
    "int A..B, number A..B step S, bool, enum a|b, const X, id page, time, setting N, content, "
    "list N of T, T?, a map of fields, a sequence of scalars"
)
_INT = r"-?\d{1,30}"
_DECIMAL = r"-?\d{1,12}(?:\.\d{1,12})?"
_INT_FORM = re.compile(rf"int\s+({_INT})\s*\.\.\s*({_INT})", re.ASCII)
_NUMBER_FORM = re.compile(
    rf"number\s+({_DECIMAL})\s*\.\.\s*({_DECIMAL})\s+step\s+(\d{{1,12}}(?:\.\d{{1,12}})?)", re.ASCII
)
_LIST_FORM = re.compile(r"list\s+(\d{1,6})\s+of\s+(\S.*)", re.ASCII | re.DOTALL)
_SETTING_FORM = re.compile(r"setting\s+(\d{1,6})", re.ASCII)
_USAGE = {
    "int": "int A..B, for example int 0..100",
    "number": "number A..B step S, for example number 0..100 step 0.01",
    "bool": "bool",
    "enum": "enum a|b|c, or a YAML sequence of scalars",
    "const": "const X",
    "id": f"id {'|'.join(ID_KINDS)}",
    "time": "time",
    "setting": "setting N, for example setting 40",
    "content": "content",
    "list": "list N of T, for example list 7 of int 0..100",
}
DEEPEST_LIST = 8
_WORDS: dict[str, Type] = {"bool": Bool(), "time": Time(), "content": Content()}
_NO_TYPE = Const(None)
"""Stands where a problem was told, so that the reading goes on and finds the others."""


def read_type(raw: object, tell: Tell, path: Path = ()) -> Type:
    """The type that a YAML value writes. Every problem goes to ``tell``; then the value returned means
    nothing."""
    match raw:
        case str():
            return _read_text(raw.strip(), tell, path)
        case list():
            return _read_choice(raw, tell, path)
        case dict() if raw.keys() == {"list", "of"}:
            return _read_list(raw, tell, path)
        case dict():
            return Fields({name: read_type(of, tell, (*path, name)) for name, of in raw.items()})
        case _:
            tell(
                path,
                f"{json.dumps(raw)} is not a type",
                f"for this very value write: const {json.dumps(raw)}",
            )
            return _NO_TYPE


def _read_choice(raw: list[object], tell: Tell, path: Path) -> Type:
    values: list[Scalar] = []
    for i, value in enumerate(raw):
        if isinstance(value, list | dict):
            tell((*path, i), "a choice holds scalars only", "a list is written {list: N, of: T}")
        elif any(value.__class__ is seen.__class__ and value == seen for seen in values):
            tell((*path, i), f"{json.dumps(value)} is given twice", "leave one out")
        elif value is None or isinstance(value, str | int | float):
            values.append(value)
    if not raw:
        tell(path, "a choice of nothing", "give at least one value, or leave the field out")
    return Enum(tuple(values))


def _read_list(raw: dict[str, object], tell: Tell, path: Path) -> Type:
    size = raw["list"]
    if not isinstance(size, int) or isinstance(size, bool) or not 0 <= size < 10**6:
        tell((*path, "list"), f"{json.dumps(size)} is not a number of items", "for example {list: 7, of: bool}")
        size = 0
    return ListOf(size, read_type(raw["of"], tell, (*path, "of")))


def _read_text(text: str, tell: Tell, path: Path) -> Type:
    if text.endswith("?"):
        if text[:-1].rstrip().endswith("?"):
            tell(path, f"{text!r} has two question marks", "one is enough")
        return Maybe(_read_text(text.rstrip("? "), tell, path))
    word, _, rest = text.partition(" ")
    found = _read_form(word, rest.strip(), text, tell, path)
    if isinstance(found, str):
        tell(path, f"{text!r} is not a type", found)
        return _NO_TYPE
    return found


def _read_form(  # noqa: PLR0911 - a row for each form
    word: str, rest: str, text: str, tell: Tell, path: Path
) -> Type | str:
    """The type, or what to write instead."""
    match word:
        case "bool" | "time" | "content" if not rest:
            return _WORDS[word]
        case "int" if form := _INT_FORM.fullmatch(text):
            lo, hi = int(form[1]), int(form[2])
            return Int(lo, hi) if lo <= hi else f"the range is empty: {lo} is over {hi}"
        case "number" if form := _NUMBER_FORM.fullmatch(text):
            return _number(*map(Decimal, form.groups()))
        case "const" | "enum" if rest:
            return Const(_scalar(rest)) if word == "const" else _enum(rest)
        case "id" if rest in ID_KINDS:
            return Id(ID_KINDS[ID_KINDS.index(rest)])
        case "setting" if (form := _SETTING_FORM.fullmatch(text)) and int(form[1]):
            return Setting(int(form[1]))
        case "list" if form := _LIST_FORM.fullmatch(text):
            if text.count("list ") > DEEPEST_LIST:
                return f"lists go {DEEPEST_LIST} deep"
            return ListOf(int(form[1]), _read_text(form[2].strip(), tell, path))
    return _hint(word)


def _hint(word: str) -> str:
    if word in _USAGE:
        return f"write {_USAGE[word]}"
    from difflib import get_close_matches

    close = get_close_matches(word, _USAGE, n=1)
    return f"did you mean {_USAGE[close[0]]}?" if close else f"a type is one of: {FORMS}"


def _number(lo: Decimal, hi: Decimal, step: Decimal) -> Number | str:
    if step == 0:
        return "the step must be over 0"
    if lo > hi:
        return f"the range is empty: {lo} is over {hi}"
    if max(abs(lo), abs(hi)) / step >= 2**50:
        return "a double cannot tell steps that small apart: take a larger step"
    number = Number(lo, hi, step)
    return number if number.multiples() else f"no multiple of {step} lies in the range"


def _scalar(text: str) -> Scalar:
    """A JSON scalar where the text parses as one, else the text itself."""
    try:
        value = json.loads(text, parse_constant=lambda name: name)
    except (ValueError, RecursionError):
        return text
    if isinstance(value, float) and not math.isfinite(value):
        return text
    return value if value is None or isinstance(value, str | int | float) else text


def _enum(rest: str) -> Enum | str:
    values = [value.strip() for value in rest.split("|")]
    if "" in values:
        return "a value between two bars is empty"
    twice = next((value for i, value in enumerate(values) if value in values[:i]), None)
    return f"{twice!r} is given twice" if twice is not None else Enum(tuple(values))
