"""What a worker needs of an app: code objects and the names of its functions."""

from __future__ import annotations

import marshal
import os
import re
import warnings
from collections.abc import Iterable, Mapping
from contextlib import suppress
from types import CodeType
from typing import Any, NamedTuple

from forgesim.guest.coverage import Hits, bind

__all__ = ["GuestImage", "image_of"]

_PATIENCE_S = 2.0
"""Processor time for patterns, of the zygote's; its app compiles the rest itself."""


class GuestImage(NamedTuple):
    """``modules``: dotted name → (path relative to the app folder, is a package, code).

    ``functions``: manifest function key → handler such as ``index.handler``. ``hits``: what the code sets as it runs,
    of no unit where it is not rewritten; each worker has its own copy of it. ``root``: the app folder.
    ``variables``: what it finds in its environment.
    """

    modules: Mapping[str, tuple[str, bool, CodeType]]
    functions: Mapping[str, str]
    hits: Hits
    root: str
    variables: Mapping[str, str]


def image_of(
    *,
    modules: Mapping[str, tuple[str, bool, bytes]],
    functions: Mapping[str, str],
    units: int,
    root: str,
    variables: Mapping[str, str],
    patterns: Iterable[tuple[str | bytes, int]] = (),
) -> GuestImage:
    """The image of what the host compiled: of each module a marshalled ``(marker, code)``. Nothing of it runs here, in
    the zygote: workers are spared the unpacking, a third of their start; and, as ``re`` keeps what it has compiled, the
    compiling of ``patterns``."""
    _compile(patterns)
    hits = Hits(units)
    codes = {name: (path, package, _code(payload, hits)) for name, (path, package, payload) in modules.items()}
    return GuestImage(codes, functions, hits, root, variables)


def _compile(patterns: Iterable[tuple[str | bytes, int]]) -> None:
    """Those that compile without a word: whatever the others have to say, they say to the app."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        until = os.times().user + _PATIENCE_S
        for pattern, flags in patterns:
            if os.times().user > until:
                break
            with suppress(Exception):
                re.compile(pattern, flags)


def _code(payload: bytes, hits: Hits) -> CodeType:
    loaded: tuple[Any, CodeType] = marshal.loads(payload)  # noqa: S302 -- compiled by the host
    marker, code = loaded
    return code if marker is None else bind(code, marker, hits)
