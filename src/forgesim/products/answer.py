"""What a product answers, with what the answer shows."""

from __future__ import annotations

import msgspec

from forgesim.seam import Answer

__all__ = ["ProductAnswer"]


class ProductAnswer(msgspec.Struct, frozen=True):
    """``reads``: refs (``space/ID page/ID comment/ID attachment/ID user/ACCOUNT``) of what the answer shows.

    ``unsupported`` names what forgesim does not emulate; the answer is then a 501.
    """

    answer: Answer
    reads: tuple[str, ...] = ()
    unsupported: str | None = None
