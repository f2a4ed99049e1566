"""The sites that the scenarios of an app name."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from forgesim.site.facts import clone
from forgesim.site.generate import proof
from forgesim.site.model import Site
from forgesim.site.open import GENERATED, open_site

__all__ = ["Sites"]

KEPT = 3
"""Generated sites that a process keeps: lots play on the explored one time and again, and proofs on the same ones."""


@lru_cache(maxsize=KEPT)
def _proof(seed: int, *, jira: bool) -> Site:
    return proof(seed, jira=jira)


class Sites:
    """The sites that scenarios name, built once per seed and cloned per run; ``demo`` becomes ``proof``."""

    def __init__(self, base: Path, seed: int, *, jira: bool) -> None:
        self._base = base
        self._jira = jira
        self._seed = seed
        self._built: dict[tuple[str, int], Site] = {}

    def build(self, name: str, seed: int) -> Site:
        if name in GENERATED:
            return clone(_proof(seed, jira=self._jira))
        return open_site(name, seed=seed, base=self._base, jira=self._jira)

    def __call__(self, name: str) -> Site:
        key = (name, self._seed)
        if key not in self._built:
            self._built[key] = self.build(name, self._seed)
        return clone(self._built[key])
