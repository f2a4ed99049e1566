"""The text of a site file as plain values, with the place of each where it is known; and the problems found in it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

import msgspec

from forgesim.errors import InputError, Problem
from forgesim.manifest.tree import LONGEST, Node, parse_yaml
from forgesim.site.limits import MAX_DUMP_BYTES, MAX_JSON_LEVELS, MAX_JSON_VALUES, MAX_NUMBER_DIGITS, MAX_PROBLEMS
from forgesim.strict import depth

__all__ = ["Path", "Source", "read_json", "read_source"]

Path = tuple[str | int, ...]
"""How to get to a value from the top: keys of maps, places in lists."""

_WIDE = re.compile(rb"\d{%d}" % (MAX_NUMBER_DIGITS + 1))
_TEXTS = re.compile(rb'"(?:[^"\\]|\\.)*+"', re.DOTALL)


@dataclass(slots=True)
class Source:
    """``data`` is plain JSON; ``tree`` has the places of its values, where the file is small enough for them."""

    file: str
    data: Any
    tree: Node | None = None
    problems: list[Problem] = field(default_factory=list)
    unread: set[Path] = field(default_factory=set)
    """Maps of which a key has been told of, so that they may lack what it was to say."""

    def tell(self, path: Path, what: str, hint: str | None = None, *, key: str | None = None) -> None:
        """Note a problem of the value at ``path``, or of a key in the map there."""
        if key is not None:
            self.unread.add(path)
        line = column = None
        if self.tree is not None:
            node = self.tree.at(path)
            line, column = node.keys.get(key, (None, None)) if key is not None else (node.line, node.column)
        else:
            place = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).lstrip(".")
            what = f"{place}: {what}" if place else what
        self.problems.append(Problem(what=what, file=self.file, line=line, column=column, hint=hint or None))

    def check(self) -> None:
        """Raises InputError with every problem so far, in the order of the file."""
        if not self.problems:
            return
        told = sorted(self.problems, key=lambda each: (each.line or 0, each.column or 0))
        rest = len(told) - MAX_PROBLEMS
        more = [Problem(what=f"{rest} more problems", file=self.file)] if rest > 0 else []
        raise InputError(*told[:MAX_PROBLEMS], *more)


def read_source(raw: bytes, file: str) -> Source:
    """Read YAML, or JSON at any size. Raises InputError with one problem where there is nothing to read on with."""
    if raw.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{":
        try:
            return Source(file, read_json(raw, file))
        except InputError:
            if len(raw) > LONGEST:
                raise
    tree, problems = parse_yaml(raw, file)
    data = tree.data()
    if (why := _unwritable(data)) is not None:
        raise InputError(*problems, Problem(what=why, file=file))
    return Source(file, data, tree, problems)


def read_json(raw: bytes, file: str) -> Any:
    """The value of strict JSON: UTF-8, no key twice, finite numbers of a sane length, not too deep.

    Raises InputError with the line.
    """

    def fault(what: str, line: int | None = None) -> InputError:
        return InputError(Problem(what=what, file=file, line=line))

    if len(raw) > MAX_DUMP_BYTES:
        raise fault(f"{len(raw):,} bytes are more than {MAX_DUMP_BYTES:,}")
    if len(raw) > MAX_JSON_VALUES and raw.count(b",") > MAX_JSON_VALUES:
        raise fault(f"more than {MAX_JSON_VALUES:,} values")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise fault("not UTF-8 text", raw[: error.start].count(b"\n") + 1) from None
    if _WIDE.search(raw) and (found := _WIDE.search(_TEXTS.sub(b"", raw))) is not None:
        raise fault(f"a number of more than {MAX_NUMBER_DIGITS} digits ({found[0][:12].decode()}…)")
    try:
        value = json.loads(text, object_pairs_hook=_once, parse_constant=_no_number, parse_float=_finite)
    except json.JSONDecodeError as error:
        raise fault(f"not valid JSON: {error.msg}", error.lineno) from None
    except RecursionError:
        raise fault(f"nested more than {MAX_JSON_LEVELS} deep") from None
    except ValueError as error:
        raise fault(f"not valid JSON: {error}") from None
    if text.count("{") + text.count("[") > MAX_JSON_LEVELS and depth(value) > MAX_JSON_LEVELS:
        raise fault(f"nested more than {MAX_JSON_LEVELS} deep")
    if (why := _unwritable(value)) is not None:
        raise fault(why)
    return value


def _unwritable(value: Any) -> str | None:
    """Why a value that was read could not be written again, if so: half a character, a number beyond all use."""
    try:
        msgspec.json.encode(value)
    except UnicodeEncodeError:
        return "a text has half of a surrogate pair"
    except (OverflowError, ValueError):
        return "a whole number of more than 64 bits"
    return None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        twice = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        raise ValueError(f"the key {twice[:60]!r} is there twice in one object")
    return found


def _no_number(text: str) -> Any:
    raise ValueError(f"{text} is no JSON number")


def _finite(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise ValueError(f"{text[:20]} is no finite number")
    return value
