"""What this machine can enforce, as data: every wall tried, with the reason where it does not stand."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass

from forgesim.sandbox.tiers import GuestProgram, Tier, best_tier, start, unsupported

__all__ = ["DoctorReport", "Wall", "report"]

_WHAT = {
    "limits": "memory, open files and file sizes are limited",
    "capabilities": "every capability can be dropped",
    "no_new_privs": "nothing that is executed gains a privilege",
    "landlock": "only the interpreter's and the app's files can be read, none written",
    "seccomp": "system calls are refused unless they are on the allow-list",
    "witness": "each refused system call is shown to the host",
    "namespaces": "a private root, an empty network and own pids",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wall:
    """One wall: its name, what it does, whether it stands, and why not."""

    name: str
    what: str
    ok: bool
    why: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DoctorReport:
    """``tier`` is what a sandbox gets here. ``landlock_abi`` is 0 where the kernel has no Landlock."""

    tier: Tier
    walls: tuple[Wall, ...]
    kernel: str
    machine: str
    python: str
    landlock_abi: int

    @property
    def can_confine(self) -> bool:
        return self.tier != "none"


def report() -> DoctorReport:
    """Try the walls in a zygote of their own, which takes a twentieth of a second or so."""
    if (reason := unsupported()) is not None:
        return _report("none", dict.fromkeys(_WHAT, reason), 0)
    started = start(GuestProgram(), namespaces=True, probe=True)
    started.zygote.close()
    return _report(best_tier(started.walls), dict(started.walls), started.landlock_abi)


def _report(tier: Tier, why: dict[str, str | None], landlock_abi: int) -> DoctorReport:
    machine = os.uname()
    walls = [
        Wall(name=name, what=what, ok=why.get(name, "not tried") is None, why=why.get(name, "not tried"))
        for name, what in _WHAT.items()
    ]
    return DoctorReport(
        tier=tier,
        walls=tuple(walls),
        kernel=f"{machine.sysname} {machine.release}",
        machine=machine.machine,
        python=f"{platform.python_implementation()} {platform.python_version()}",
        landlock_abi=landlock_abi,
    )
