"""Showing a JSON value by its shape, whatever app it comes from; text from apps cannot steer the terminal."""

from __future__ import annotations

import base64
import binascii
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeGuard

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from forgesim.counted import counted

__all__ = ["MAX_ROWS", "clean", "file_in", "shaped", "sparkline"]

MAX_ROWS = 40
TEXT_WIDTH = 30
"""Characters that a text takes of a table at least; a number is never cut."""
MAX_CELL = 160
"""Characters of a text in a table or list that are shown."""

MAX_TEXT = 2000
"""The same of a text that has a name and lines of its own."""

FILE = frozenset({"fileName", "contentType", "data"})
BARS = "▁▂▃▄▅▆▇█"


def shaped(value: Any) -> RenderableType:
    """Lists of flat maps as tables, numbers as a sparkline, maps indented, files by name and size with what is said of
    them, scalars as text."""
    if (file := file_in(value)) is not None:
        name, kind, size = file
        line = Text(f"file {clean(name)} ({clean(kind)}, {counted(size, 'byte')})")
        beside = {key: part for key, part in value.items() if key not in FILE}
        return Group(line, _map(beside)) if beside else line
    match value:
        case dict() if value:
            return _map(value)
        case list() if _is_table(value):
            return _Rows(value)
        case list() if len(value) > 1 and all(map(_is_number, value)):
            return Text(f"{sparkline(value)}  {_scalar(min(value))} to {_scalar(max(value))}, {len(value):,} values")
        case list() if value:
            return _list(value)
        case _:
            return Text(_scalar(value))


def file_in(value: Any) -> tuple[str, str, int] | None:
    """Name, content type and size of a file in a result (``{fileName, contentType, data: base64}``)."""
    if not isinstance(value, dict) or not {"fileName", "data"} <= value.keys() or not isinstance(value["data"], str):
        return None
    try:
        size = len(base64.b64decode(value["data"], validate=True))
    except binascii.Error:
        return None
    return str(value["fileName"]), str(value.get("contentType", "unknown type")), size


def sparkline(numbers: Sequence[float]) -> str:
    """One bar a number, from the smallest to the largest; a level line where all are equal."""
    low, high = min(numbers), max(numbers)
    if high == low:
        return BARS[3] * len(numbers)
    return "".join(BARS[min(7, int(8 * (number - low) / (high - low)))] for number in numbers)


def clean(text: str) -> str:
    """Text that is safe on a terminal: control, format and surrogate characters become visible escapes."""
    if text.isprintable():
        return text
    return "".join(char if char in "\n\t" or not _is_control(char) else _escaped(char) for char in text)


def _is_control(char: str) -> bool:
    return unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp")


def _escaped(char: str) -> str:
    code = ord(char)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _is_number(value: Any) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_flat(value: Any) -> bool:
    return not isinstance(value, dict | list)


def _is_table(value: list[Any]) -> bool:
    return bool(value) and all(isinstance(row, dict) and row and all(map(_is_flat, row.values())) for row in value)


def _scalar(value: Any, most: int = MAX_CELL) -> str:
    match value:
        case None:
            return "–"
        case bool():
            return "yes" if value else "no"
        case float():
            return f"{value:g}" if abs(value) < 1e6 else repr(value)
        case str():
            text = clean(value)
            return text if len(text) <= most else f"{text[: most - 1]}…"
        case dict() | list():
            return "nothing"
        case _:
            return str(value)


class _Rows:
    """Rows that become a table of the width that is there when they are printed."""

    def __init__(self, rows: Sequence[Mapping[str, Any]]) -> None:
        self._rows = rows

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield _table(self._rows, options.max_width)


def _table(rows: Sequence[Mapping[str, Any]], width: int) -> RenderableType:
    """Rows as a table: numbers whole, texts cut to what is left, and columns that do not fit named below."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    shown: list[str] = []
    for name in names:
        values = [row.get(name) for row in rows[:MAX_ROWS] if row.get(name) is not None]
        numbers = all(map(_is_number, values))
        longest = max([len(name), *(len(_scalar(value)) for value in values)])
        needs = longest if numbers else min(longest, TEXT_WIDTH)
        width -= needs + 2
        if shown and width < 0:
            break
        shown.append(name)
        table.add_column(
            Text(clean(name)),
            justify="right" if numbers else "left",
            no_wrap=True,
            min_width=needs,
            overflow="ellipsis",
        )
    for row in rows[:MAX_ROWS]:
        table.add_row(*(Text(_scalar(row.get(name))) for name in shown))
    rest = []
    if len(rows) > MAX_ROWS:
        rest.append(Text(f"… and {len(rows) - MAX_ROWS:,} more", style="dim"))
    if hidden := names[len(shown) :]:
        rest.append(Text(f"not shown: {clean(', '.join(hidden))}", style="dim"))
    return Group(table, *rest) if rest else table


def _list(values: Sequence[Any]) -> RenderableType:
    lines: list[RenderableType] = [
        Text(f"• {_scalar(value)}") if _is_flat(value) else _indented(shaped(value)) for value in values[:MAX_ROWS]
    ]
    if len(values) > MAX_ROWS:
        lines.append(Text(f"… and {len(values) - MAX_ROWS:,} more", style="dim"))
    return Group(*lines)


def _map(value: Mapping[str, Any]) -> RenderableType:
    return Group(*_entries(value))


def _entries(value: Mapping[str, Any]) -> Iterable[RenderableType]:
    for name, part in value.items():
        label = Text(clean(str(name)), style="bold")
        if _is_flat(part) or not part:
            yield label + Text(f"  {_scalar(part, MAX_TEXT)}", style="not bold")
        elif isinstance(part, list) and all(map(_is_number, part)):
            yield label + Text("  ") + Text.assemble(str(shaped(part)))
        else:
            yield label
            yield _indented(shaped(part))


def _indented(part: RenderableType) -> Padding:
    return Padding(part, (0, 0, 0, 2), expand=False)
