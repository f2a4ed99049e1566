"""Which walls this machine has, tried in the start of a zygote, and the tier that they add up to."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from forgesim.errors import CannotConfineError
from forgesim.sandbox.bpf import ARCHES
from forgesim.sandbox.control import Setup
from forgesim.sandbox.kernel import pidfd_getfd
from forgesim.sandbox.spawner import Zygote
from forgesim.sandbox.walls import MEMORY_BYTES

__all__ = [
    "GuestProgram",
    "Started",
    "Tier",
    "Walls",
    "best_tier",
    "missing",
    "require",
    "start",
    "unsupported",
]

Tier = Literal["full+ns", "full", "full-no-witness", "none"]
"""``full``: Landlock, seccomp, no capabilities, limits, each refused call witnessed; ``+ns``: a private root
too.
"""

Walls = Mapping[str, str | None]
"""Wall → null where it stands, else why it does not."""

_BARE = ("limits", "capabilities", "no_new_privs", "landlock", "seccomp")
_NEEDED: Mapping[Tier, tuple[str, ...]] = {
    "full+ns": (*_BARE, "witness", "namespaces"),
    "full": (*_BARE, "witness"),
    "full-no-witness": _BARE,
    "none": (),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestProgram:
    """The modules that a zygote runs: ``preload`` has ``preload()``, ``entry`` has ``serve()``; ``memory_bytes`` is
    what each worker may allocate.
    """

    preload: str = "forgesim.guest.preload"
    entry: str = "forgesim.guest.entry"
    memory_bytes: int = MEMORY_BYTES


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """A started zygote and what it found."""

    zygote: Zygote
    walls: Walls
    landlock_abi: int


def unsupported() -> str | None:
    """Why no wall can stand here at all, or null."""
    if sys.platform != "linux":
        return f"the walls are Linux's, this is {sys.platform}"
    machine = os.uname().machine
    return None if machine in ARCHES else f"no seccomp filter for {machine}"


def start(program: GuestProgram, *, namespaces: bool, probe: bool) -> Started:
    """Start a zygote and try the walls. Where namespaces cannot be had it is started again without them."""
    setup = Setup(probe, program.preload, program.entry, not sys.dont_write_bytecode)
    zygote = Zygote(setup, namespaces=namespaces)
    why = zygote.walls.tried.get("namespaces")
    if why is not None:
        zygote.close()
        zygote = Zygote(setup, namespaces=False)
    walls = {**zygote.walls.tried, **({"namespaces": why} if namespaces else {})}
    if probe and walls.get("witness") is None:
        walls["witness"] = _why_no_witness(zygote)
    return Started(zygote=zygote, walls=walls, landlock_abi=zygote.walls.landlock_abi)


def _why_no_witness(zygote: Zygote) -> str | None:
    """A witness needs the right to copy a worker's descriptor; container profiles may refuse that."""
    try:
        os.close(pidfd_getfd(zygote.pidfd, zygote.walls.control))
    except OSError as error:
        return error.strerror
    return None


def missing(walls: Walls, tier: Tier) -> tuple[str, ...]:
    """The walls that ``tier`` needs and that do not stand, each with the reason."""
    lacking = [(name, walls.get(name, "not tried")) for name in _NEEDED[tier]]
    return tuple(f"{name}: {why}" for name, why in lacking if why is not None)


def best_tier(walls: Walls) -> Tier:
    """The strongest tier whose walls all stand."""
    return next(tier for tier in _NEEDED if not missing(walls, tier))


def require(walls: Walls, tier: Tier | None) -> Tier:
    """``tier``, or the best confined one where null. Raises CannotConfineError with what it lacks."""
    best = best_tier(walls)
    if tier is None:
        if best == "none":
            raise CannotConfineError(*missing(walls, "full-no-witness"))
        return best
    if lacking := missing(walls, tier):
        raise CannotConfineError(*lacking)
    return tier
