"""Proves cases, some at a time; a result is kept by the digests of the app, of forgesim and of how it was proved."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple

from tests.twins.mutants.cases import Case, cases
from tests.twins.mutants.plant import write

from forgesim.claims.kit import Verdict
from forgesim.testing.kit import Forge

__all__ = ["LADDER", "SCORES", "Effort", "kept_result", "prove_case", "prove_cases", "score"]

ROOT = Path(__file__).parents[3]
Result = dict[str, Any]

SCORES = ("caught", "elsewhere", "UNPROVEN", "ERROR", "missed", "HOLDS", "BROKEN", "not run")
"""What a case may come to; HOLDS and BROKEN are of honest variants alone."""

CAUGHT, ELSEWHERE, MISSED = "caught", "elsewhere", "missed"


@cache
def _forgesim_digest() -> str:
    found = hashlib.sha256()
    for path in sorted((ROOT / "src" / "forgesim").rglob("*")):
        if path.is_file() and path.suffix != ".pyc":
            found.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    return found.hexdigest()


class Effort(NamedTuple):
    """How hard a proof tries: pairs, and ways that exploration tries at most (null: as many as ``forgesim prove``)."""

    trials: int
    plays: int | None = None


LADDER: Mapping[str, tuple[Effort, ...]] = {
    "leaky": (Effort(0, 0), Effort(2), Effort(20)),
    "within": (Effort(2), Effort(20)),
    "honest": (Effort(3),),
    "form": (Effort(3),),
    "out": (Effort(3),),
}
"""By group: what is tried in turn until a leaky twin is caught. What breaks a claim with little effort is found by a
proof as people run it, too; what holds counts as missed only after all that such a proof does."""


def _digest(case: Case, efforts: Sequence[Effort]) -> str:
    found = hashlib.sha256(f"{_forgesim_digest()} {efforts}".encode())
    for name, text in sorted(case.files().items()):
        found.update(f"{name}\0{text}\0".encode())
    return found.hexdigest()[:16]


def score(case: Case, outcomes: dict[str, str]) -> str:
    """``caught`` where a claim that has to be BROKEN is; ``elsewhere`` where only others are; else the worst of what
    was said, ``missed`` for HOLDS. Of an honest case: ``HOLDS``, or the worst of what was said."""
    said = {outcomes[claim] for claim in case.claims if claim in outcomes}
    if "BROKEN" in said:
        return CAUGHT
    if case.claims and "BROKEN" in outcomes.values():
        return ELSEWHERE
    said = said or set(outcomes.values())
    worst = next((each for each in ("BROKEN", "ERROR", "UNPROVEN") if each in said), "HOLDS")
    return MISSED if worst == "HOLDS" and case.claims else worst


def _told(verdict: Verdict) -> str:
    item = next(iter(verdict.evidence), None)
    return f"{verdict.says}{f' · {item.at} {item.why}' if item else ''}"[:300]


def prove_case(case: Case, forge: Forge, *efforts: Effort) -> Result:
    """Proofs with these efforts, until one catches it: outcome of each claim in the last one, with its trials, and what
    was said of those that a judge had to look at."""
    result: Result = {}
    for effort in efforts:
        with tempfile.TemporaryDirectory(prefix="twin-") as folder:
            app = write(case.files(), Path(folder) / "app")
            verdicts = forge.prove(app, trials=effort.trials, plays=effort.plays)
        outcomes = {verdict.claim: verdict.outcome.value for verdict in verdicts}
        worth = {v.claim: _told(v) for v in verdicts if v.claim in case.claims or v.outcome.value not in QUIET}
        result = {"key": case.key, "name": case.name, "score": score(case, outcomes), "trials": effort.trials}
        result |= {"outcomes": outcomes, "says": worth}
        if result["score"] == CAUGHT:
            break
    return result


QUIET = ("HOLDS", "NOT_APPLICABLE")


def _one(key: str, efforts: Sequence[Effort]) -> Result:
    case = _by_key()[key]
    forge = Forge(base=ROOT)
    try:
        return prove_case(case, forge, *efforts)
    except Exception as error:  # noqa: BLE001 -- a case that cannot be proved is a row of the table, not its end
        return _no_result(case, "ERROR") | {"says": {"": repr(error)[:300]}}
    finally:
        forge.close()


def _no_result(case: Case, word: str) -> Result:
    return {"key": case.key, "name": case.name, "score": word, "trials": 0, "outcomes": {}, "says": {}}


@cache
def _by_key() -> dict[str, Case]:
    from tests.twins.strangers_list import strangers

    return {case.key: case for case in (*cases(), *strangers())}


def kept_result(case: Case, efforts: Sequence[Effort], cache_in: Path) -> Result:
    """What the cache has of a case as it is today; ``not run`` where it has nothing."""
    kept = _place(case, efforts, cache_in)
    if kept.exists():
        result: Result = json.loads(kept.read_text())
        return result
    return _no_result(case, "not run")


def _place(case: Case, efforts: Sequence[Effort], cache_in: Path) -> Path:
    return cache_in / f"{case.key}-{_digest(case, efforts)}.json"


def prove_cases(
    wanted: Sequence[tuple[Case, Sequence[Effort]]], *, jobs: int, cache_in: Path | None
) -> Iterator[Result]:
    """The results, as they come. What the cache has is not proved again."""
    todo = []
    for case, efforts in wanted:
        kept = _place(case, efforts, cache_in) if cache_in else None
        if kept and kept.exists():
            yield json.loads(kept.read_text())
        else:
            todo.append((case, efforts, kept))
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        running = {pool.submit(_one, case.key, efforts): kept for case, efforts, kept in todo}
        for done in as_completed(running):
            result, kept = done.result(), running[done]
            if kept:
                kept.parent.mkdir(parents=True, exist_ok=True)
                kept.with_suffix(".part").write_text(json.dumps(result, ensure_ascii=False, indent=1))
                kept.with_suffix(".part").rename(kept)
            yield result
