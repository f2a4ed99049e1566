"""Whether an answer is the one expected: every difference in words. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import msgspec

from forgesim.conformance.case import Expect

__all__ = ["Seen", "differences", "expected_words", "seen_words", "unlike"]

_KINDS = ("integer", "number", "text", "time", "cursor", "list", "present", "absent")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)")
_KIND = re.compile(r'\{"\$is":"(\w+)"\}')
_LONGEST = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What ours did: an answer with its parsed body where that is JSON, whether the gateway let the request pass, or
    what the manifest reader said (``problem`` is null where it accepts)."""

    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    raw: bytes = b""
    allowed: bool | None = None
    deployed: bool | None = None
    problem: str | None = None

    @property
    def body(self) -> Any:
        try:
            return msgspec.json.decode(self.raw)
        except (msgspec.MsgspecError, ValueError, RecursionError):
            return None


def differences(expect: Expect, seen: Seen) -> list[str]:
    """What is not as expected; nothing where all is."""
    found: list[str] = []
    statuses = expect.status if isinstance(expect.status, list) else [expect.status]
    if expect.status is not None and seen.status not in statuses:
        found.append(f"status {seen.status}")
    for name in ("code", "message"):
        wanted = getattr(expect, name)
        told = _member(seen.body, name)
        if wanted is not None and told != wanted:
            found.append(f"{name} {told}")
    for name, wanted in expect.headers.items():
        if seen.headers.get(name.lower()) != wanted:
            found.append(f"{name}: {seen.headers.get(name.lower())}")
    if expect.empty is not None and (not seen.raw) != expect.empty:
        found.append(f"a body of {len(seen.raw)} bytes")
    if expect.body is not msgspec.UNSET:
        found += unlike(expect.body, seen.body, "body")
    found += _lines(expect.lines, seen.raw)
    if expect.allowed is not None and seen.allowed != expect.allowed:
        found.append("allowed" if seen.allowed else "refused")
    if expect.deploys is not None and seen.deployed != expect.deploys:
        found.append(f"refused: {seen.problem}" if seen.problem else "accepted")
    return found


def _member(body: Any, name: str) -> Any:
    return body.get(name) if isinstance(body, dict) else None


def _lines(wanted: list[Any], raw: bytes) -> Iterator[str]:
    if not wanted:
        return
    try:
        told = [msgspec.json.decode(line) for line in raw.splitlines() if line.strip()]
    except (msgspec.MsgspecError, ValueError, RecursionError):
        yield "a body that is no JSON lines"
        return
    rest = iter(told)
    for part in wanted:
        if not any(not list(unlike(part, line, "line")) for line in rest):
            yield f"no line with {_short(part)}"


def unlike(wanted: Any, told: Any, at: str) -> Iterator[str]:
    """What of a JSON value is not as wanted (see ``Expect.body``), with where it stands."""
    match wanted:
        case {"$is": str()} | {"$like": str()}:
            if not _fits(wanted, told):
                yield f"{at} {_short(told)}"
        case dict():
            yield from _unlike_object(wanted, told, at)
        case list():
            if not isinstance(told, list) or len(told) != len(wanted):
                yield f"{at} {_short(told)}"
                return
            for number, (inner, item) in enumerate(zip(wanted, told, strict=True)):
                yield from unlike(inner, item, f"{at}[{number}]")
        case _:
            if told != wanted or isinstance(told, bool) != isinstance(wanted, bool):
                yield f"{at} {_short(told)}"


def _unlike_object(wanted: dict[str, Any], told: Any, at: str) -> Iterator[str]:
    if not isinstance(told, dict):
        yield f"{at} {_short(told)}"
        return
    for name, inner in wanted.items():
        if name not in told and inner != {"$is": "absent"}:
            yield f"no {at}.{name}"
        else:
            yield from unlike(inner, told.get(name, _MISSING), f"{at}.{name}")


_MISSING = object()


def _fits(wanted: dict[str, str], told: Any) -> bool:
    """Whether a value is of the kind or the form that is wanted."""
    if "$like" in wanted:
        return isinstance(told, str) and re.fullmatch(wanted["$like"], told) is not None
    return _is_a(wanted["$is"], told)


def _is_a(kind: str, told: Any) -> bool:
    match kind:
        case "integer":
            return isinstance(told, int) and not isinstance(told, bool)
        case "number":
            return isinstance(told, int | float) and not isinstance(told, bool)
        case "text" | "cursor":
            return isinstance(told, str) and bool(told)
        case "time":
            return isinstance(told, str) and _TIME.fullmatch(told) is not None
        case "list":
            return isinstance(told, list)
        case "present":
            return told is not _MISSING
        case "absent":
            return told is _MISSING
        case _:
            raise ValueError(f"{kind!r} is none of {', '.join(_KINDS)}")


# --- in words ----------------------------------------------------------------------------------------------------


def expected_words(expect: Expect) -> str:
    """What is expected, in a few words."""
    statuses = expect.status if isinstance(expect.status, list) else [expect.status]
    words = [" or ".join(str(each) for each in statuses) if expect.status is not None else "", expect.code or ""]
    if expect.message is not None:
        words.append(f'"{expect.message}"')
    words += [f"{name}: {value}" for name, value in expect.headers.items()]
    if expect.empty is not None:
        words.append("no body" if expect.empty else "a body")
    if expect.body is not msgspec.UNSET:
        words.append(_short(expect.body))
    words += [_short(line) for line in expect.lines]
    if expect.allowed is not None:
        words.append("let through" if expect.allowed else "refused")
    if expect.deploys is not None:
        words.append("accepted" if expect.deploys else "refused")
    return " ".join(word for word in words if word)


def seen_words(expect: Expect, seen: Seen, unlike: list[str]) -> str:
    """What ours did, in the words of what was looked at."""
    words = [str(seen.status)] if seen.status is not None else []
    code = _member(seen.body, "code")
    if isinstance(code, str):
        words.append(code)
    if seen.headers.get("forge-proxy-error"):
        words.append(f"forge-proxy-error: {seen.headers['forge-proxy-error']}")
    if expect.allowed is not None and seen.allowed is not None:
        words.append("let through" if seen.allowed else "refused")
    if seen.deployed is not None:
        words.append("accepted" if seen.deployed else f"refused: {seen.problem}")
    told = " ".join(words)
    more = "; ".join(each for each in unlike if each not in told and not each.startswith(("status", "code")))
    return f"{told}; {more}" if more else told


def _short(value: Any) -> str:
    if value is _MISSING:
        return "missing"
    text = _KIND.sub(r"<\1>", msgspec.json.encode(value).decode())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
