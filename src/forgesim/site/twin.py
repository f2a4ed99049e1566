"""Twin sites: the same ids, structure, dates, labels and order of titles; every word of content another
one."""

from __future__ import annotations

from collections.abc import Callable

from forgesim.site.model import Site
from forgesim.site.reword import reword
from forgesim.site.swap import Swap

__all__ = ["twin"]


def twin(site: Site, seed: int) -> Site:
    """The twin of ``site`` that ``seed`` picks.

    Each word becomes another of the same form (see ``words.py``), the same one wherever it stands, and no
    two words become one, so an honest measure of form agrees on both sites and content does not. Markers
    (``words.MARKERS``), ids, handles, keys, labels, times, rights, views and links are the same; the order
    of page titles is too. ``unmapped`` of the result has the words that could not change.
    """
    wording = _Twin(site, seed)
    result = reword(site, wording)
    result.unmapped = sorted(wording.swap.unmapped)
    return result


class _Twin:
    """One swap for everything."""

    def __init__(self, site: Site, seed: int) -> None:
        titles = sorted({page.title for page in site.pages.values()})
        self.swap = Swap(seed, titles=titles, avoid=map(str.lower, site.canaries))
        self.salt = f"twin/{seed}"

    def word(self, word: str) -> str:
        return self.swap[word]

    def title(self, title: str) -> str:
        return self.swap.text(title)

    def prose(self, unit: str) -> Callable[[str], str]:  # noqa: ARG002
        return self.swap.__getitem__
