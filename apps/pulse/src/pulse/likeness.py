"""How alike two pages are, told from a few numbers of each. Whoever scans compares them; they are kept nowhere."""

from __future__ import annotations

import re
import zlib
from heapq import nsmallest

__all__ = ["sketch"]

WORD = re.compile(r"[^\W_]+")
RUN = 4
"""Words that are looked at together."""

SIZE = 8
ENOUGH_WORDS = 25
"""A page with fewer words is like many others by chance."""


def sketch(text: str) -> list[int]:
    """The eight smallest of the check sums of all runs of four words: pages that share most of their text share most of
    these. Empty for a page with few words."""
    words = " ".join(WORD.findall(text.lower())).encode().split()
    runs = zip(*[words[at:] for at in range(RUN)], strict=False)
    return nsmallest(SIZE * (len(words) >= ENOUGH_WORDS), set(map(zlib.crc32, map(b" ".join, runs))))
