"""Every unit of its own, counted as run by the bytes in its own process."""

from __future__ import annotations

from tests.escape.witnesses.platform import ClaimedUnits

WITNESS = ClaimedUnits
OPEN = (
    ("full+ns", "full"),
    "Coverage is counted inside the guest, whose own process it is; a proof that rests on it says so.",
)


def attack() -> None:
    import gc

    gc.unfreeze()
    for thing in gc.get_objects():
        if type(thing).__name__ == "SeamTransport":
            hits = thing._hits
            for number in range(len(hits)):
                hits[number] = 1
