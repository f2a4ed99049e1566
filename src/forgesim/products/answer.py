"""What a product answers, with what the answer shows."""

from __future__ import annotations

from typing import Any

import msgspec

from forgesim.products.clock import Holds
from forgesim.seam import Answer

__all__ = ["Happened", "ProductAnswer"]


class Happened(msgspec.Struct, frozen=True):
    """An event as the product tells triggers of it: its name, and what it says."""

    name: str
    payload: dict[str, Any]


class ProductAnswer(msgspec.Struct, frozen=True):
    """``reads``: refs (``space/ID page/ID comment/ID attachment/ID user/ACCOUNT``) of what the answer shows.

    ``unsupported`` names what forgesim does not emulate; the answer is then a 501. ``happened``: the events that the
    call brought about, in order. ``holds``: for how long the answer stands while the site stays as it is.
    """

    answer: Answer
    reads: tuple[str, ...] = ()
    unsupported: str | None = None
    happened: tuple[Happened, ...] = ()
    holds: Holds = "moment"
