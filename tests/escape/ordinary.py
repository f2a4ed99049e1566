"""Runs a Python module as an ordinary user, on a machine where this process is root.

The interpreter may lie under a folder that others cannot enter. So the process first gets a view of the machine of
its own, in which such folders hold nothing but what Python and the tests are made of; then it gives up root for good.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from forgesim.sandbox.kernel import call
from forgesim.sandbox.namespaces import _mount

NOBODY = 65534
_NEW_NS, _BIND, _REC, _PRIVATE = 0x20000, 4096, 16384, 1 << 18


def become(module: str, *arguments: str) -> None:
    """Replace this process by ``python -m module arguments`` of the user 65534. Raises OSError where it may not."""
    needed = {Path(place).resolve() for place in (sys.prefix, sys.base_prefix, sys.executable, *sys.path, ".")}
    closed = {outer for place in needed for outer in place.parents if not outer.stat().st_mode & 0o001}
    if closed:
        call("unshare", _NEW_NS)
        _mount(None, "/", None, _REC | _PRIVATE)
    for folder in sorted(closed):
        if not any(outer in closed for outer in folder.parents):
            _open_up(folder, {place for place in needed if folder in place.parents})
    os.setgroups([])
    os.setgid(NOBODY)
    os.setuid(NOBODY)
    os.environ["HOME"] = "/"
    os.execv(sys.executable, [sys.executable, "-m", module, *arguments])


def _open_up(folder: Path, kept: set[Path]) -> None:
    """Cover a folder by one that everybody may enter, with what is kept of it in its old places."""
    outermost = [place for place in kept if not kept.intersection(place.parents) and place.exists()]
    handles = {place: os.open(place, os.O_PATH) for place in outermost}
    _mount("tmpfs", str(folder), "tmpfs", 0, "mode=755")
    for place, handle in handles.items():
        place.mkdir(parents=True) if Path(f"/proc/self/fd/{handle}").is_dir() else _touch(place)
        _mount(f"/proc/self/fd/{handle}", str(place), None, _BIND | _REC)
        os.close(handle)


def _touch(place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    place.touch()


if __name__ == "__main__":
    try:
        become(*sys.argv[1:])
    except OSError as error:
        sys.stdout.write(f"cannot: {error}\n")
