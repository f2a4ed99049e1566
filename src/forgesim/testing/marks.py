"""``@pytest.mark.claim``: which claims of which app a test is about, and the proof that several tests may share.

What the mark says goes before the command line, and that before the ini file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from forgesim.claims.kit import Verdict
from forgesim.errors import InputError, Problem
from forgesim.manifest.claim_names import CLAIM_NAMES
from forgesim.manifest.load import find_app, load_app
from forgesim.manifest.model import App
from forgesim.manifest.reading import one_of
from forgesim.proof.prove import Proof, prove
from forgesim.sandbox.open import open_sandbox
from forgesim.testing.asserts import assert_holds

__all__ = ["Asked", "Mark", "Proofs", "asked_of", "check"]

FIELDS = ("app", "trials")


class Mark(Protocol):
    """A pytest mark."""

    @property
    def args(self) -> tuple[Any, ...]: ...

    @property
    def kwargs(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a test's marks ask: claims by name (none: all that trust.yml makes), the app, the number of twin pairs."""

    claims: tuple[str, ...]
    app: str
    trials: int


def asked_of(marks: Sequence[Mark], *, app: str | None, trials: int) -> Asked:
    """What the marks of a test ask together, the closest first; ``app`` and ``trials`` are those of options.

    Raises InputError for an unknown claim or field, and where no app is named.
    """
    names = tuple(dict.fromkeys(name for mark in marks for name in mark.args))
    for name in names:
        if name not in CLAIM_NAMES:
            hint = one_of(str(name), CLAIM_NAMES) or f"there are {', '.join(CLAIM_NAMES)}"
            raise InputError(Problem(what=f"@pytest.mark.claim: unknown claim {name!r}", hint=hint))
    for field in (field for mark in marks for field in mark.kwargs if field not in FIELDS):
        raise InputError(
            Problem(what=f"@pytest.mark.claim: unknown {field!r}", hint=f"it takes {' and '.join(FIELDS)}")
        )
    given = {field: mark.kwargs[field] for mark in reversed(marks) for field in mark.kwargs}
    chosen, pairs = given.get("app", app), given.get("trials", trials)
    if not chosen:
        hint = 'say app="apps/NAME" in the mark, --forgesim-app, or forgesim_app in the ini file'
        raise InputError(Problem(what="@pytest.mark.claim: no app is named", hint=hint))
    if not isinstance(pairs, int) or isinstance(pairs, bool) or pairs < 0:
        raise InputError(Problem(what=f"@pytest.mark.claim: trials={pairs!r} is no number of twin pairs"))
    return Asked(claims=names, app=str(chosen), trials=pairs)


class Proofs:
    """Proofs of a test session: the same app, files and all, is proved once with the same number of trials."""

    def __init__(self, base: Path, *, seed: int, allow_unconfined: bool) -> None:
        self._base = base
        self._seed = seed
        self._allow_unconfined = allow_unconfined
        self._made: dict[tuple[Path, str, int], tuple[Verdict, ...]] = {}

    def prove(self, asked: Asked, on_proof: Callable[[Proof], None]) -> tuple[Verdict, ...]:
        """The verdicts on an app, proved now where it was not yet; ``on_proof`` is told of a new proof."""
        app = load_app(find_app(asked.app, self._base))
        key = (app.path.resolve(), app.digest, asked.trials)
        if key not in self._made:
            proof = self._prove(app, asked.trials)
            on_proof(proof)
            self._made[key] = proof.verdicts
        return self._made[key]

    def _prove(self, app: App, trials: int) -> Proof:
        with open_sandbox(unconfined=self._allow_unconfined) as sandbox:
            return prove(app, sandbox=lambda: sandbox, trials=trials, seed=self._seed)


def check(asked: Asked, verdicts: Iterable[Verdict]) -> None:
    """Raises AssertionError with the reasons where a claim that is asked for does not hold."""
    found = list(verdicts)
    about = found if asked.claims else [verdict for verdict in found if verdict.claimed]
    try:
        assert_holds(about, *asked.claims)
    except AssertionError as error:
        how = f"forgesim prove {asked.app} --trials {asked.trials}"
        every = "" if asked.claims else "no claim is named, so that every one is asked for\n"
        raise AssertionError(f"{asked.app} does not keep its word:\n{error}\n{every}see all of it: {how}") from None
