"""A request without the content that trust.yml lets it hold: what twin runs are compared by."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from forgesim.manifest.model import Send
from forgesim.manifest.types import Content, Fields, ListOf, Maybe, Type, has_content

__all__ = ["without_content"]

CONTENT = "(content)"


def without_content(body: str, sends: Iterable[Send]) -> str:
    """The JSON body of a request with every field masked that its ``sends`` entry declares as content.

    The entry is the first whose fields are the body's; a body that is none of them is compared as it is.
    """
    declared = [send.body for send in sends if send.body is not None and has_content(send.body)]
    if not declared:
        return body
    try:
        value = msgspec.json.decode(body)
    except (msgspec.MsgspecError, RecursionError):
        return body
    found = next((of for of in declared if _has_its_fields(value, of)), None)
    return body if found is None else msgspec.json.encode(_masked(value, found)).decode()


def _has_its_fields(value: Any, of: Type) -> bool:
    return not isinstance(of, Fields) or (isinstance(value, dict) and value.keys() <= of.fields.keys())


def _masked(value: Any, of: Type) -> Any:
    match of:
        case Content():
            return CONTENT if isinstance(value, str) else value
        case Maybe():
            return None if value is None else _masked(value, of.of)
        case ListOf() if isinstance(value, list):
            return [_masked(item, of.of) for item in value]
        case Fields() if isinstance(value, dict):
            return {name: _masked(part, of.fields[name]) if name in of.fields else part for name, part in value.items()}
        case _:
            return value
