"""Words of the audit hook, which are the guest's."""

from __future__ import annotations

from tests.escape.witnesses.platform import ReportFlood

WITNESS = ReportFlood


def attack(count: int) -> None:
    import os

    from forgesim.seam import Violation, pack

    data = pack(Violation("open", "x", None)) * 500
    for _ in range(count // 500):
        left = data
        while left:
            left = left[os.write(3, left) :]
