"""A text that a regular expression matches, by reading the pattern; none of the app's patterns is ever run."""

from __future__ import annotations

__all__ = ["sample"]

_CLASSES = {"d": "7", "w": "a", "s": " ", "D": "a", "W": "-", "S": "a", "b": "", "B": "", "A": "", "Z": "", "n": "\n",
            "t": "\t"}  # fmt: skip


def sample(pattern: str) -> str:
    """The shortest simple text that the pattern takes: first alternatives, first members of classes, least counts.
    Lookarounds and back references are left out, so that it may be wrong for those."""
    text, _ = _sequence(pattern[:500], 0)
    return text


def _sequence(pattern: str, at: int) -> tuple[str, int]:
    out: list[str] = []
    skipping = False
    while at < len(pattern) and pattern[at] != ")":
        if pattern[at] == "|":
            skipping, at = True, at + 1
            continue
        piece, at = _piece(pattern, at)
        least, at = _least(pattern, at)
        if not skipping:
            out.append(piece * least)
    return "".join(out), at


def _piece(pattern: str, at: int) -> tuple[str, int]:
    char = pattern[at]
    if char == "\\" and at + 1 < len(pattern):
        following = pattern[at + 1]
        return _CLASSES.get(following, "" if following.isdigit() else following), at + 2
    if char == "[":
        end = pattern.find("]", at + 2)
        inner = pattern[at + 1 : end if end > 0 else len(pattern)]
        return ("~" if inner.startswith("^") else _piece(inner, 0)[0]), (end if end > 0 else len(pattern)) + 1
    if char == "(":
        start = at + 1
        if pattern.startswith("?", start):
            if pattern.startswith(("?=", "?!", "?<=", "?<!"), start):
                return "", _sequence(pattern, start + 2)[1] + 1
            named = pattern.find(">", start) if pattern.startswith("?P<", start) else pattern.find(":", start)
            start = (named if named > 0 else start) + 1
        text, end = _sequence(pattern, start)
        return text, end + 1
    return ("" if char in "^$" else "a" if char == "." else char), at + 1


def _least(pattern: str, at: int) -> tuple[int, int]:
    if at >= len(pattern):
        return 1, at
    least, end = 1, at
    if pattern[at] in "*?":
        least, end = 0, at + 1
    elif pattern[at] == "+":
        end = at + 1
    elif pattern[at] == "{" and (close := pattern.find("}", at)) > 0:
        first = pattern[at + 1 : close].partition(",")[0]
        if first.isdigit():
            least, end = min(int(first), 200), close + 1
    return least, end + (end > at and end < len(pattern) and pattern[end] == "?")
