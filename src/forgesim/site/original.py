"""A site that stays as it is, and is played on in copies."""

from __future__ import annotations

from functools import cached_property

from forgesim.site.facts import clone, digest
from forgesim.site.model import Site

__all__ = ["Original"]


class Original:
    """A copy of a site that nobody else has, so nothing can change it: its digest is that of each copy of it as long as
    nobody has had that copy in hand. What opens a stage on an original makes both itself."""

    def __init__(self, site: Site) -> None:
        self._site = clone(site)

    def copy(self) -> Site:
        """The site, to be changed."""
        return clone(self._site)

    @cached_property
    def digest(self) -> str:
        """The site's digest (``facts.digest``), which takes longer than a copy."""
        return digest(self._site)

    @property
    def synthetic(self) -> bool:
        """Whether the site was generated."""
        return self._site.synthetic
