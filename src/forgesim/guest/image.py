"""What a worker needs of an app: compiled modules and the names of its functions."""

from __future__ import annotations

import msgspec

__all__ = ["GuestImage"]


class GuestImage(msgspec.Struct, frozen=True):
    """``modules``: dotted name → (path relative to the app folder, is a package, marshalled ``(marker, code)``).

    ``functions``: manifest function key → handler such as ``index.handler``. ``units``: number of coverage units, 0
    where the code is not rewritten. ``root``: the app folder.
    """

    modules: dict[str, tuple[str, bool, bytes]]
    functions: dict[str, str]
    units: int
    root: str
