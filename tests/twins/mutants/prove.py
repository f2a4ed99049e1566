"""Proves cases, some at a time; a result is kept by the digests of the app, of forgesim and of how it was proved."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from tests.twins.mutants.cases import Case, cases
from tests.twins.mutants.plant import write

from forgesim.claims.kit import Verdict
from forgesim.testing.kit import Forge

__all__ = ["SCORES", "kept_result", "prove_case", "prove_cases", "score"]

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


def _digest(case: Case, trials: int) -> str:
    found = hashlib.sha256(f"{_forgesim_digest()} {trials}".encode())
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


def prove_case(case: Case, forge: Forge, trials: int) -> Result:
    """One proof: outcome of each claim, and what was said of those that a judge had to look at."""
    with tempfile.TemporaryDirectory(prefix="twin-") as folder:
        verdicts = forge.prove(write(case.files(), Path(folder) / "app"), trials=trials)
    outcomes = {verdict.claim: verdict.outcome.value for verdict in verdicts}
    worth = {v.claim: _told(v) for v in verdicts if v.claim in case.claims or v.outcome.value not in QUIET}
    return {"key": case.key, "name": case.name, "score": score(case, outcomes), "outcomes": outcomes, "says": worth}


QUIET = ("HOLDS", "NOT_APPLICABLE")


def _one(key: str, trials: int) -> Result:
    case = _by_key()[key]
    forge = Forge(base=ROOT)
    try:
        return prove_case(case, forge, trials)
    except Exception as error:  # noqa: BLE001 -- a case that cannot be proved is a row of the table, not its end
        return {"key": key, "name": case.name, "score": "ERROR", "outcomes": {}, "says": {"": repr(error)[:300]}}
    finally:
        forge.close()


@cache
def _by_key() -> dict[str, Case]:
    from tests.twins.strangers_list import strangers

    return {case.key: case for case in (*cases(), *strangers())}


def kept_result(case: Case, *, trials: int, cache_in: Path) -> Result:
    """What the cache has of a case as it is today; ``not run`` where it has nothing."""
    kept = _place(case, trials, cache_in)
    if kept.exists():
        result: Result = json.loads(kept.read_text())
        return result
    return {"key": case.key, "name": case.name, "score": "not run", "outcomes": {}, "says": {}}


def _place(case: Case, trials: int, cache_in: Path) -> Path:
    return cache_in / f"{case.key}-{_digest(case, trials)}.json"


def prove_cases(wanted: Sequence[Case], *, jobs: int, trials: int, cache_in: Path | None) -> Iterator[Result]:
    """The results, as they come. What the cache has is not proved again."""
    todo = []
    for case in wanted:
        kept = _place(case, trials, cache_in) if cache_in else None
        if kept and kept.exists():
            yield json.loads(kept.read_text())
        else:
            todo.append((case, kept))
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        running = {pool.submit(_one, case.key, trials): kept for case, kept in todo}
        for done in as_completed(running):
            result, kept = done.result(), running[done]
            if kept:
                kept.parent.mkdir(parents=True, exist_ok=True)
                kept.with_suffix(".part").write_text(json.dumps(result, ensure_ascii=False, indent=1))
                kept.with_suffix(".part").rename(kept)
            yield result
