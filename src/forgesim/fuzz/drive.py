"""Drives a campaign with Hypothesis: cases from a seed until time is up, what broke made small, a corpus that lasts."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from time import CLOCK_MONOTONIC, clock_gettime
from typing import Literal, Protocol

import msgspec

from forgesim.errors import InputError, Problem
from forgesim.fuzz.campaign import Campaign, Case, Finding
from forgesim.fuzz.corpus import Corpus
from forgesim.fuzz.signals import Signals
from forgesim.fuzz.trim import trim
from forgesim.ids import derive

__all__ = ["Found", "Tally", "Watch", "drive", "need_hypothesis"]

_ROUND = 200
"""Cases of a round. Each round has a seed of its own, and ends with the first promise that breaks."""

Ended = Literal["time", "cases", "interrupted"]


class Watch(Protocol):
    """Is told of progress: seconds of the campaign that have passed."""

    def phase(self, name: str, total: int) -> None: ...

    def step(self) -> None: ...


class Found(msgspec.Struct, frozen=True):
    """A finding with the smallest case that shows it, and the test to keep. ``reproduced``: tried once more, it came
    again."""

    kind: str
    says: str
    case: Case
    reproduced: bool
    pytest: str


class Tally(msgspec.Struct, frozen=True):
    """What a campaign did. ``tried`` and ``allowed`` are as its ``Campaign`` says; ``cases`` may hold several each."""

    campaign: str
    cases: int
    tried: int
    allowed: int
    seconds: float
    ended: Ended
    findings: tuple[Found, ...]


class _HoleError(AssertionError):
    """What Hypothesis is told when a promise breaks; a class of its own for each kind, which it keeps apart."""


class _OverError(BaseException):
    """Time is up. No Exception: Hypothesis lets it through at once."""


def need_hypothesis() -> None:
    """Raises InputError where Hypothesis is not installed."""
    try:
        import hypothesis  # noqa: F401
    except ImportError:
        raise InputError(
            Problem(what="fuzz needs Hypothesis, which is not installed", hint='pip install "forgesim[fuzz]"')
        ) from None


def drive(
    campaign: Campaign,
    *,
    seed: int,
    seconds: float,
    corpus: Path,
    most: int | None = None,
    watch: Watch | None = None,
) -> Tally:
    """Try cases for ``seconds`` of real time, or ``most`` of them; SIGINT ends it early, with what there is.

    The corpus is a folder that runs and workers may share. Cases that broke a promise before are tried first. The same
    seed, with the same corpus, tries the same cases.
    """
    return _Drive(campaign, seed, seconds, corpus, most, watch).run()


class _Drive:
    def __init__(
        self, campaign: Campaign, seed: int, seconds: float, corpus: Path, most: int | None, watch: Watch | None
    ) -> None:
        self._campaign = campaign
        self._seed = seed
        self._seconds = seconds
        self._corpus = Corpus(corpus)
        self._most = most
        self._watch = watch
        self._began = clock_gettime(CLOCK_MONOTONIC)
        self._told = 0
        self._cases = 0
        self._holes: dict[str, type[_HoleError]] = {}
        self._smallest: dict[str, tuple[Case, Finding]] = {}
        self._known: set[str] = set()
        self._shrink_until: float | None = None
        self._signals = Signals()

    def run(self) -> Tally:
        if self._watch is not None:
            self._watch.phase(self._campaign.name, max(1, round(self._seconds)))
        ended = self._rounds()
        found = tuple(self._found(kind, trims=ended != "interrupted") for kind in self._smallest)
        return Tally(
            campaign=self._campaign.name,
            cases=self._cases,
            tried=self._campaign.tried,
            allowed=self._campaign.allowed,
            seconds=round(self._elapsed(), 3),
            ended=ended,
            findings=found,
        )

    def _rounds(self) -> Ended:
        number = 0
        try:
            with self._signals:
                self._try_kept()
                while not self._is_over():
                    self._shrink_until = None
                    self._round(number)
                    self._known |= self._smallest.keys()
                    number += 1
        except KeyboardInterrupt:
            return "interrupted"
        if self._signals.seen is not None:
            return "interrupted"
        return "time" if self._elapsed() >= self._seconds else "cases"

    def _try_kept(self) -> None:
        """What broke a promise before comes first, and leaves the corpus where it breaks none now."""
        for path, kept in self._corpus.kept():
            try:
                finding = self._campaign.attempt(kept.case)
            except InputError:
                finding = None  # of a scenario or a page that there is no more
            except (LookupError, TypeError, ValueError, AttributeError) as error:
                what = f"this case cannot be tried: {type(error).__name__}: {error}"
                raise InputError(Problem(what=what, file=str(path), hint="delete it")) from None
            self._cases += 1
            if finding is None:
                self._corpus.drop(path)
            else:
                self._smallest.setdefault(finding.kind, (kept.case, finding))
        self._known |= self._smallest.keys()

    def _is_over(self) -> bool:
        at_most = self._most is not None and self._cases >= self._most
        return self._signals.seen is not None or at_most or self._elapsed() >= self._seconds

    def _round(self, number: int) -> None:
        """One run of Hypothesis. Its failures are ours already: what it raises at the end is only that there were
        some."""
        from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings

        @seed(derive("fuzz", self._seed, number))
        @settings(
            max_examples=_ROUND,
            phases=(Phase.generate, Phase.shrink),
            database=None,
            deadline=None,
            derandomize=False,
            print_blob=False,
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
            verbosity=Verbosity.quiet,
        )
        @given(self._campaign.cases())
        def cases_keep_every_promise(case: Case) -> None:
            self._try(case)

        try:
            cases_keep_every_promise()
        except _OverError:
            return
        except Exception:
            if not self._smallest.keys() - self._known:
                raise

    def _try(self, case: Case) -> None:
        self._look_at_the_time()
        finding = self._attempt(case)
        self._cases += 1
        if finding is None or finding.kind in self._known:
            return
        if self._shrink_until is None:
            self._shrink_until = self._elapsed() + self._campaign.shrink_s
        best = self._smallest.get(finding.kind)
        if best is None or _size(case) < _size(best[0]):
            self._smallest[finding.kind] = json.loads(json.dumps(case)), finding
        if best is None:
            self._corpus.keep(finding.kind, case)
        hole = self._holes.setdefault(finding.kind, type("HoleError", (_HoleError,), {}))
        raise hole(finding.says)

    def _attempt(self, case: Case) -> Finding | None:
        """What a case broke; one that there is no place for breaks nothing."""
        try:
            return self._campaign.attempt(case)
        except InputError:
            return None

    def _look_at_the_time(self) -> None:
        elapsed = self._elapsed()
        while self._watch is not None and self._told < min(int(elapsed), round(self._seconds)):
            self._told += 1
            self._watch.step()
        shrinks = self._shrink_until is not None and self._signals.seen is None and elapsed < self._shrink_until
        if not shrinks and (self._shrink_until is not None or self._is_over()):
            raise _OverError

    def _found(self, kind: str, *, trims: bool) -> Found:
        """A finding, cut down and tried once more."""
        campaign, until = self._campaign, self._elapsed() + self._campaign.shrink_s

        def is_bad(case: Case) -> bool:
            if self._elapsed() >= until:
                raise _OverError
            finding = self._attempt(case)
            if finding is None or finding.kind != kind:
                return False
            self._smallest[kind] = json.loads(json.dumps(case)), finding
            return True

        with suppress(_OverError, KeyboardInterrupt):
            if trims:
                any(map(is_bad, campaign.simpler(self._smallest[kind][0])))
                trim(json.loads(json.dumps(self._smallest[kind][0])), is_bad, campaign.cuts, fixed=campaign.fixed)
        case, finding = self._smallest[kind]
        self._corpus.keep(kind, case)
        again = self._attempt(case)
        return Found(
            kind=kind,
            says=finding.says,
            case=case,
            reproduced=again is not None and again.kind == kind,
            pytest=campaign.as_pytest(case, finding),
        )

    def _elapsed(self) -> float:
        return clock_gettime(CLOCK_MONOTONIC) - self._began


def _size(case: Case) -> tuple[int, int, str]:
    """By which cases are small: steps, then length, then what Hypothesis draws first."""
    text = json.dumps(case)
    return len(case), len(text), text
