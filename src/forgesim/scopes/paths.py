"""Product paths made canonical: what a route is looked up by, and what the scopes are checked against.

The host never trusts the client's own checks. It reads the path as a URL client and a server between them
would, so that no spelling of a path means one operation to the gate and another to what is behind it: tabs
and line ends vanish, ``\\`` is ``/``, needless percent-escapes are undone, dot segments are resolved. A path
that would leave the API it starts in, or hides a separator, is refused rather than guessed at.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qsl

__all__ = ["OVERRIDE_HEADERS", "api_root", "normalise"]

OVERRIDE_HEADERS = frozenset({"x-http-method-override", "x-http-method", "x-method-override"})
"""Request headers, lower case, by which some servers take another method than the one that was decided on."""

_ROOTS = (
    "/wiki/api/v2",
    "/wiki/rest/api",
    "/rest/api/2",
    "/rest/api/3",
    "/rest/api/latest",
    "/rest/api",
    "/rest/agile/1.0",
    "/rest/agile/latest",
    "/rest/software/1.0",
    "/rest/servicedeskapi",
)
_IGNORED = str.maketrans("", "", "\t\n\r")
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_MAX_LENGTH = 8192


def normalise(path_with_query: str) -> tuple[str, list[tuple[str, str]]]:
    """The canonical path and the decoded query pairs, in order; a fragment is dropped.

    Raises ValueError with the reason where the path is no plain absolute path: a host in front, an encoded
    slash or control character, a broken escape, or dot segments that lead out of the API that it starts in.
    """
    if len(path_with_query) > _MAX_LENGTH:
        raise ValueError(f"the path is longer than {_MAX_LENGTH} characters")
    text = path_with_query.translate(_IGNORED).partition("#")[0]
    raw, _, query = text.partition("?")
    path = raw.replace("\\", "/")
    if not path.startswith("/"):
        raise ValueError("the path does not start with /")
    if path.startswith("//"):
        raise ValueError("the path names a host")
    return _resolved(_unescaped(path)), parse_qsl(query, keep_blank_values=True, max_num_fields=1000)


def api_root(path: str) -> str:
    """The API that a canonical path belongs to, such as ``/wiki/api/v2``; else its first segment."""
    for root in _ROOTS:
        if path == root or path.startswith(f"{root}/"):
            return root
    return "/" + path[1:].partition("/")[0]


def _unescaped(path: str) -> str:
    """The path without needless escapes; those of other characters stay, in upper case."""
    for character in path:
        if character < " " or character == "\x7f":
            raise ValueError(f"the path holds the control character {character!r}")
    if "%" not in path:
        return path
    if _BAD_ESCAPE.search(path):
        raise ValueError("the path holds a broken percent-escape")
    return _ESCAPE.sub(_plain, path)


def _plain(escape: re.Match[str]) -> str:
    code = int(escape[1], 16)
    character = chr(code)
    if character in "/\\":
        raise ValueError(f"the path holds an encoded separator ({escape[0]})")
    if code < 0x20 or code == 0x7F:
        raise ValueError(f"the path holds an encoded control character ({escape[0]})")
    return character if character in _UNRESERVED else escape[0].upper()


def _resolved(path: str) -> str:
    """The path without dot segments. They may not lead out of the API that the path starts in."""
    segments = path[1:].split("/")
    if not any(segment.startswith(".") for segment in segments):
        return path
    kept: list[str] = []
    for segment in segments:
        name = segment.partition(";")[0]
        if name in (".", "..") and name != segment:
            raise ValueError("the path hides a dot segment behind ';'")
        if segment == "..":
            if not kept:
                raise ValueError("the path leads above the root")
            kept.pop()
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in (".", ".."):
        kept.append("")
    result = "/" + "/".join(kept)
    if api_root(result) != api_root(_before_dots(segments)):
        raise ValueError(f"the path leaves {api_root(_before_dots(segments))}")
    return result


def _before_dots(segments: list[str]) -> str:
    """What stands before the first dot segment: the part that the app meant as the prefix."""
    first = next((at for at, segment in enumerate(segments) if segment in (".", "..")), len(segments))
    return "/" + "/".join(segments[:first])
