"""Writes plain JSON values as YAML 1.2 for people: blocks, few quotes, texts of several lines as they are.

What is large is written as JSON, which is YAML too: a reader of YAML takes minutes for what one of JSON takes in at
once.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from forgesim.manifest.tree import LARGEST, LONGEST

__all__ = ["file_text"]

_PLAIN = re.compile(r"[A-Za-z$][A-Za-z0-9_$./@]*(?:[ -][A-Za-z0-9_$./@]+)*")
_WORDS = frozenset(("null", "true", "false", "yes", "no", "on", "off", "y", "n"))
_BLOCK = re.compile(r"(?!\s)(?:[^\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff])*")
_UNPRINTABLE = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")


def file_text(plain: dict[str, Any], *, as_json: bool) -> str:
    """The text of a file; YAML where it is small enough to be read as such and ``as_json`` does not ask for JSON."""
    if not as_json and _size(plain) < LARGEST:
        text = "".join(f"{line}\n" for line in _map(plain, ""))
        if len(text) <= LONGEST:
            return text
    return json.dumps(plain, ensure_ascii=False, indent=1) + "\n"


def _size(value: Any) -> int:
    size, layer = 0, [value]
    while layer:
        size += len(layer)
        layer = [
            inner
            for item in layer
            if isinstance(item, dict | list)
            for inner in (item.values() if isinstance(item, dict) else item)
        ]
    return 2 * size  # keys count too


def _map(value: dict[str, Any], pad: str) -> Iterator[str]:
    for key, item in value.items():
        yield from _entry(f"{pad}{_scalar(key)}:", item, pad)


def _entry(head: str, item: Any, pad: str) -> Iterator[str]:
    if isinstance(item, dict) and item:
        yield head
        yield from _map(item, f"{pad}  ")
    elif isinstance(item, list) and any(isinstance(each, dict) for each in item):
        yield head
        for each in item:
            yield from _item(each, f"{pad}  ")
    elif isinstance(item, str) and "\n" in item and _BLOCK.fullmatch(item) and not item.endswith("\n\n"):
        text = item.removesuffix("\n")
        yield f"{head} |" if text != item else f"{head} |-"
        yield from (f"{pad}  {line}" if line else "" for line in text.split("\n"))
    else:
        yield f"{head} {_flow(item)}"


def _item(value: Any, pad: str) -> Iterator[str]:
    """A list's item; the first key of a map stands beside the dash."""
    if not isinstance(value, dict) or not value:
        yield f"{pad}- {_flow(value)}"
        return
    lines = _map(value, f"{pad}  ")
    first = next(lines)
    yield f"{pad}- {first[len(pad) + 2 :]}"
    yield from lines


def _flow(value: Any) -> str:
    if isinstance(value, str):
        return _scalar(value)
    text = json.dumps(value, ensure_ascii=False)
    return _UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _scalar(text: str) -> str:
    if len(text) < 200 and _PLAIN.fullmatch(text) and text.lower() not in _WORDS:
        return text
    return _UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(text, ensure_ascii=False))
