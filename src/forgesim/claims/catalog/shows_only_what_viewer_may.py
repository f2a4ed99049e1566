"""Nobody is shown by the app what they may not see in the product."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from forgesim.claims.case import Case
from forgesim.claims.conclude import TWINS, Findings, Ground, conclude, not_applicable, pairs_bound, trials_of
from forgesim.claims.content import shows_something
from forgesim.claims.kit import Claim, Evidence, Strength, Verdict
from forgesim.claims.reading import attempt_of
from forgesim.claims.rows import STORES, Row, kept_of, rows_read, took_effect
from forgesim.claims.wire import body_text
from forgesim.counted import counted
from forgesim.leaks.index import GRAM, MIN_RUN, ContentIndex
from forgesim.leaks.normalise import normalise
from forgesim.leaks.scanner import EXCERPT, Finding, Piece, Scanner
from forgesim.ledger.read import Crossing
from forgesim.ledger.records import Run, ScanIndex, Trial
from forgesim.manifest.model import Store

__all__ = ["CLAIM", "LEAST", "SHOWN"]

NAME = "shows_only_what_viewer_may"

SHOWN = "shown"
"""Trial channel: what a viewer was shown in one call, and what on a site that differs in what they may not read."""

LEAST = 5
"""Pages or issues that stand behind a stored number before it may be shown to somebody who may not read them all."""

ROWS = (*sorted(STORES), "confluence", "jira")
RESULTS = ("result", "error")
NOBODY = ""
"""Who calls a web trigger: there is nothing that they may read."""
LONGEST = 20_000
"""Characters of one text in a result that are searched; what is longer is a file."""

NEWS = 24
"""Of the twelve-character pieces of a run, how many at least must stand in nothing that the viewer may read."""

VISIBLE = frozenset({"user", "site"})
"""Kinds of texts that everybody of a site may read, or that no ref has."""

_PLACEHOLDER = re.compile(r"\\{([^{}]*)\\}")


def judge(case: Case) -> Verdict:
    """Broken by content that the viewer may not read in a result or an error, by a result that depends on it, and by a
    row that is read for somebody whom its audience leaves out."""
    if _shows_nothing(case):
        return not_applicable(NAME, case, "the app can neither read content nor store anything: it has nothing to show")
    trials = trials_of(case, SHOWN)
    broken = [*_content(case), *_outsiders(case), *map(_depends, filter(_differs, trials))]
    found = Findings(
        broken=broken,
        says_broken="the app shows somebody what they may not see",
        ground=Ground(strength=Strength.TESTED, says=_says(trials), crossings=_exercised(case, trials)),
        unexercised=_unexercised(case, trials),
        channels=frozenset({*ROWS, "property"}),
        doubts=_unscanned(case),
        needs_bodies=True,
        trials=TWINS | {SHOWN},
    )
    return conclude(NAME, case, found)


def _shows_nothing(case: Case) -> bool:
    scopes = case.manifest.scopes
    reaches = any(scope.startswith(("read:", "write:", "manage:", "storage:", "search:")) for scope in scopes)
    return not reaches and not case.trust.stores


# --- content --------------------------------------------------------------------------------------------------------


def _content(case: Case) -> Iterator[Evidence]:
    """Texts of what the viewer may not read, in what they were shown."""
    hidden = case.once(_Hidden)
    for crossing in case.on("webtrigger"):
        asked = crossing.decided
        for finding in hidden.found(asked.run, NOBODY, Piece(_words(body_text(asked.body)), asked.seq)):
            where = asked.line or _last_line(case, crossing)
            yield Evidence(asked.seq, f"the web trigger shows whoever calls {finding.says()}", where)
    for crossing in case.on(*RESULTS):
        root = case.root(crossing)
        if root is None or root.open.cause != "user" or root.open.principal is None:
            continue
        asked = crossing.decided
        for finding in hidden.found(asked.run, root.open.principal, Piece(_words(body_text(asked.body)), asked.seq)):
            what = "an error tells" if asked.channel == "error" else "the result shows"
            where = asked.line or _last_line(case, crossing)
            yield Evidence(asked.seq, f"{what} a viewer {finding.says()}, which they may not read", where)


def _last_line(case: Case, crossing: Crossing) -> str | None:
    """Where the app last did anything before it ended: results have no line of their own."""
    before = (
        each.decided.line
        for each in reversed(case.ledger.crossings)
        if each.decided.inv == crossing.decided.inv and each.decided.line is not None
    )
    return next(before, None)


class _Hidden:
    """Scanners of what somebody may not read; texts that they may read elsewhere too are no secret."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self._public = list(case.own_words())
        self._access = {run.site_digest: run.access for run in case.ledger.runs.values() if run.access}
        self._texts = {run.site_digest: run.index for run in case.ledger.runs.values() if run.index is not None}
        self._scanners: dict[tuple[str, str], tuple[Scanner, str] | None] = {}

    def found(self, run: int, viewer: str, piece: Piece) -> Iterator[Finding]:
        """What stands in the piece that the viewer may not read. Runs that are mostly made of what they may read
        elsewhere, as phrases are that many pages have, reveal nothing."""
        known = self._case.ledger.runs.get(run)
        key = (known.site_digest if known is not None else "", viewer)
        if key not in self._scanners:
            self._scanners[key] = self._build(*key)
        built = self._scanners[key]
        if built is not None:
            scanner, public = built
            yield from (each for each in scanner.scan([piece]) if _is_telling(each, public))

    def _build(self, site: str, viewer: str) -> tuple[Scanner, str] | None:
        access, index = self._access.get(site), self._texts.get(site)
        if access is None or index is None:
            return None
        may = frozenset(access.get(viewer, ()))
        secret, plain = [], list(self._public)
        for text in index.texts:
            open_to = text[0] in VISIBLE or f"{text[0]}/{text[1]}" in may
            plain.append(text[3]) if open_to else secret.append(text)
        if not secret:
            return None
        return Scanner(ContentIndex(ScanIndex(tuple(secret))), public=plain), "\0".join(map(normalise, plain))


def _is_telling(finding: Finding, public: str) -> bool:
    """A whole short field, or a run of which enough stands in nothing that may be read."""
    normal = normalise(finding.excerpt)
    if finding.size <= EXCERPT and len(normal) < finding.size:
        return True  # a field as it is written, with its blanks
    news = sum(normal[at : at + GRAM] not in public for at in range(len(normal) - GRAM + 1))
    return news >= NEWS or finding.size < MIN_RUN


def _words(text: str) -> str:
    """A result without its files: a long row of characters is compared in trials, and not read."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return text[:LONGEST]
    return json.dumps(_without_files(value), ensure_ascii=False)


def _without_files(value: Any) -> Any:
    match value:
        case str():
            return value if len(value) <= LONGEST else ""
        case dict():
            return {name: _without_files(part) for name, part in value.items()}
        case list():
            return [_without_files(part) for part in value]
        case _:
            return value


# --- rows -----------------------------------------------------------------------------------------------------------


def _outsiders(case: Case) -> Iterator[Evidence]:
    """Rows that are read while the app works for somebody whom the declared audience leaves out."""
    writers: dict[tuple[int, str, str], str | None] = {}
    for crossing in case.on(*ROWS, "property"):
        root = case.root(crossing)
        if root is None:
            continue
        asked, viewer = crossing.decided, root.open.principal
        if root.open.cause in ("user", "webtrigger"):
            run = case.ledger.runs.get(asked.run)
            for row in rows_read(crossing) if run is not None else ():
                wrote = writers.get((asked.run, row.place, row.key))
                why = _left_out(case, run, row, viewer, wrote) if run is not None else None
                if why is not None:
                    yield Evidence(asked.seq, f"reads the row {row.key} of {row.place} for {why}", asked.line)
        if asked.writes:
            writers.update(((asked.run, w.place, w.key), viewer) for w in kept_of(crossing))


def _left_out(case: Case, run: Run, row: Row, viewer: str | None, wrote: str | None) -> str | None:
    """Why the viewer is not of the row's audience; null where they are, or the row is none that is declared."""
    store = next((each for each in case.trust.stores if each.place == row.place and each.key.fits(row.key)), None)
    if store is None:
        return None
    if viewer is None:
        return f"whoever calls a web trigger, though it is for {store.audience}"
    match store.audience:
        case "same-viewer":
            return "another viewer than the one it was made for" if wrote not in (None, viewer) else None
        case "admins":
            return "somebody who is no admin" if run.admins and viewer not in run.admins else None
        case _:
            access = next((r.access for r in case.ledger.runs.values() if r.access and
                           r.site_digest == run.site_digest), None)  # fmt: skip
            if access is None:
                return None
            closed = [top for top in _tops(store, row.key, case.parents(run)) if top not in access.get(viewer, ())]
            return f"somebody who may not see {closed[0]}" if closed else None


def _tops(store: Store, key: str, parents: Mapping[str, str]) -> Iterator[str]:
    """The spaces and projects that a key is about."""
    for pattern, text in zip(store.key.text.split(":"), key.split(":"), strict=False):
        form = _PLACEHOLDER.sub("(.+)", re.escape(pattern))
        matched = re.fullmatch(form, text)
        kinds = _PLACEHOLDER.findall(re.escape(pattern))
        for kind, value in zip(kinds, matched.groups() if matched else (), strict=False):
            ref, seen = f"{kind}/{value}", set[str]()
            while ref in parents and ref not in seen:
                seen.add(ref)
                ref = parents[ref]
            if ref.startswith(("space/", "project/")):
                yield ref


# --- trials ---------------------------------------------------------------------------------------------------------


def _differs(trial: Trial) -> bool:
    return trial.a == trial.again != trial.b


def _depends(trial: Trial) -> Evidence:
    told = trial.first or {}
    line = told.get("line")
    why = f"{trial.scenario}: {told.get('a') or 'a result depends on what its viewer may not read'}"
    return Evidence(0, why, line if isinstance(line, str) else None)


def _exercised(case: Case, trials: list[Trial]) -> int:
    """Results that were compared, where there was something to reveal: the app read for one viewer what another may
    not read, or was asked for it by that other one, or reads rows alone."""
    results = sum(trial.crossings for trial in trials) if shows_something(case) else 0
    reads = [crossing for crossing in case.on("confluence", "jira") if not crossing.decided.writes]
    if not any(scope.startswith("read:") for scope in case.manifest.scopes):
        return results if any(map(took_effect, case.on(*STORES))) else 0
    rights: dict[int, _Rights] = {}
    return results if any(_is_secret(case, crossing, rights) for crossing in reads) else 0


_Rights = tuple[frozenset[str], list[frozenset[str]]]
"""Refs that anybody of a run's site may read, and those that each of its viewers may."""


def _is_secret(case: Case, crossing: Crossing, rights: dict[int, _Rights]) -> bool:
    """Whether a read is of something that another viewer, or the one who asks, may not read. ``rights`` keeps those of
    the runs that were asked about."""
    run, root = case.ledger.runs.get(crossing.decided.run), case.root(crossing)
    if run is None or root is None or root.open.cause != "user":
        return False
    ref, _ = attempt_of(crossing)
    refs = {*(crossing.answered.reads if crossing.answered else ()), *([ref] if ref else [])}
    if run.run not in rights:
        rights[run.run] = _rights(case, run)
    known, others = rights[run.run]
    return any(not (refs & known) <= may for may in others)


def _rights(case: Case, run: Run) -> _Rights:
    access = next((r.access for r in case.ledger.runs.values() if r.access and r.site_digest == run.site_digest), {})
    viewers = {each.open.principal for each in case.ledger.invocations.values() if each.open.run == run.run}
    others = [frozenset(access.get(who, ())) for who in viewers if who is not None]
    return frozenset[str]().union(*access.values()), others


def _unexercised(case: Case, trials: list[Trial]) -> str:
    if not trials:
        return "no trial compared results that were shown to viewers with different rights"
    if not shows_something(case):
        return "the app showed nobody anything"
    return "the app read nothing that another viewer may not read, and nobody asked it to"


def _unscanned(case: Case) -> list[Evidence]:
    if any(run.access and run.index is not None and run.index.texts for run in case.ledger.runs.values()):
        return []
    return [Evidence(0, "the ledger does not have the site's content and rights: nothing to compare results with")]


def _says(trials: list[Trial]) -> str:
    if not trials:
        return ""
    over = [trial.over for trial in trials if trial.over]
    results = counted(sum(trial.crossings for trial in trials), "result")
    if over:
        how = (
            f"changed with what the viewer may not read only through stored numbers that stand on at least "
            f"{min(over):,} pages or issues ({LEAST} are enough); apart from those, "
        )
    else:
        how = "none changed with what its viewer may not read; "
    return f"{results} compared: {how}{pairs_bound(trials, 'pair of viewers', 'pairs of viewers')}"


CLAIM = Claim(
    name=NAME,
    statement="Nobody is shown by the app what they may not see in the product, but in aggregates over enough things.",
    why="An app that reads for one person and shows it to another opens what the product keeps closed.",
    exercised_by="Two viewers in one process: who sees more calls every function first, then who sees less, also for "
    "ids that only the first may read and in that one's name, again after losing a right, and while the products "
    "fail. Between the two, schedules run and events tell the app of what only the first may read; on sites that "
    "differ in what is hidden alone, and where the app's own account may see all of it.",
    broken_by="Content that the viewer may not read in a result or an error; a result that changes with it; a stored "
    f"number that depends on it and stands on fewer than {LEAST} pages or issues; a row read for somebody outside its "
    "declared audience.",
    limits="What stands behind a row are the pages and issues that were read in the call that wrote it. Two honest "
    "aggregates may differ by one page, and their difference tells it; how often things are shown is not counted. "
    "Calls are those of the scenarios: in payloads ids are changed, and members that no scenario gives hold the other "
    "viewer's account id; nothing else is tried. An id of which an event tells is no content. "
    "Files in results are compared, not searched.",
    judge=judge,
)
