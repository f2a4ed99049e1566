"""prlimit of itself."""

from __future__ import annotations

from tests.escape.witnesses.worker import OwnLimits

WITNESS = OwnLimits


def attack() -> None:
    import resource

    hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
    resource.setrlimit(resource.RLIMIT_CORE, (1, 1))
    globals()["kept"] = hard
