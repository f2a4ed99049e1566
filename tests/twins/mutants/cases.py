"""Everything that the table proves: leaky twins, leaks that are out of scope, and honest variants."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache

from tests.twins.mutants.bases import BASES
from tests.twins.mutants.design import leaky_twins, twins_out
from tests.twins.mutants.honest import honest_variants
from tests.twins.mutants.plant import files_of, planted
from tests.twins.mutants.scope import OUT
from tests.twins.mutants.twin import Twin

__all__ = ["GROUPS", "Case", "cases", "list_digest"]

GROUPS = {
    "leaky": "leaks beyond what is declared",
    "within": "leaks of words inside declared values, keys and writes",
    "form": "leaks of form inside declared numbers",
    "out": "out of scope",
    "honest": "honest variants",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """``claims``: those of which one or more have to be BROKEN; none for honest variants. ``pieces``: by kind."""

    name: str
    group: str
    make: Callable[[], dict[str, str]]
    claims: frozenset[str] = frozenset()
    pieces: Mapping[str, str] = field(default_factory=dict)
    why: str = ""

    @property
    def key(self) -> str:
        """Twelve hex digits that stand for the group and the name."""
        return hashlib.sha256(f"{self.group} {self.name}".encode()).hexdigest()[:12]

    def files(self) -> dict[str, str]:
        return self.make()


def _of(twin: Twin) -> Case:
    kinds = ("base", "source", "encoding", "sink", "trigger", "shape")
    pieces = {kind: getattr(twin, kind) for kind in kinds}
    return Case(
        name=twin.name, group=twin.group, make=lambda: planted(twin), claims=twin.claims, pieces=pieces,
        why=OUT[twin.out] if twin.out else "",
    )  # fmt: skip


@cache
def cases() -> tuple[Case, ...]:
    """All of them, in an order that does not change."""
    honest = [
        Case(name=variant.name, group="honest", make=variant.files, pieces={"base": variant.base})
        for variant in honest_variants()
    ]
    return (*map(_of, leaky_twins()), *map(_of, twins_out()), *honest)


@cache
def list_digest() -> str:
    """Of the names of all cases and of what each changes in its base: what docs/twins.md was made of."""
    found = hashlib.sha256()
    plain = {name: {*"\n".join(files_of(base).values()).splitlines()} for name, base in BASES.items()}
    for case in cases():
        lines = "\n".join(text for _, text in sorted(case.files().items())).splitlines()
        new = [line for line in lines if line not in plain[case.pieces["base"]]]
        found.update("\n".join((case.key, *new)).encode())
    return found.hexdigest()[:16]
