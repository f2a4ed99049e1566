"""What a vendor service's zygote does before it forks: as for an app, and the system libraries that wheels rely on."""

from __future__ import annotations

import contextlib
import ctypes

from forgesim.guest import preload as guest

__all__ = ["LIBRARIES", "preload"]

LIBRARIES = ("libgcc_s.so.1", "libstdc++.so.6", "libm.so.6", "libdl.so.2", "librt.so.1", "libpthread.so.0")
"""Libraries that a manylinux wheel may expect of the system (PEP 600). They lie outside what a confined worker may
read, so they are mapped before its walls stand; the wheel's own library is loaded inside them."""


def preload() -> None:
    """Call once, in a process with one thread, before forking."""
    for name in LIBRARIES:
        with contextlib.suppress(OSError):  # a system without it: the import that needs it fails and says so
            ctypes.CDLL(name)
    guest.preload()
