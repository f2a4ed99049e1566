"""What is stored is of the declared, finite types: aggregates, never raw content."""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Iterator

from forgesim.claims.advice import advice
from forgesim.claims.case import Case
from forgesim.claims.conclude import Findings, Ground, conclude, not_applicable, pairs_bound, trials_of
from forgesim.claims.content import content_evidence, line_of, twin_doubts, twin_evidence
from forgesim.claims.declared import row_problem, write_problem
from forgesim.claims.kit import Claim, Evidence, Strength, Verdict
from forgesim.claims.measures import measured_doubts, measured_evidence, measured_says, used_bits, volume_says
from forgesim.claims.queued import DELAY_BITS, JOB_BITS, RETRY_BITS
from forgesim.claims.rows import took_effect
from forgesim.claims.wire import Write, body_text, canonical, writes_of
from forgesim.leaks.capacity import key_bits, order_bits, shown_bits, value_bits
from forgesim.leaks.scanner import Piece
from forgesim.ledger.read import Crossing
from forgesim.manifest.model import Store
from forgesim.manifest.types import World

__all__ = ["CLAIM"]

NAME = "stores_only_aggregates"
TYPED = frozenset({"kvs", "secret", "entity", "property", "queue"})
TTL_BITS = math.log2(365 * 86_400_000)
"""A time to live has milliseconds, up to a year (limits of the platform's store)."""

STORAGE = TYPED | {"object"}


def judge(case: Case) -> Verdict:
    """Broken by a write or a row outside the declared stores, by content found in one, or by differing twins."""
    crossings = [crossing for crossing in case.on(*STORAGE) if _stores(crossing)]
    writes = [write for crossing in crossings if crossing.decided.channel in TYPED for write in writes_of(crossing)]
    undeclared = [evidence for write in writes if (evidence := _undeclared(case, write)) is not None]
    odd = {evidence.seq for evidence in undeclared}
    scanned = [crossing for crossing in crossings if not case.fast or crossing.decided.seq in odd]
    content = list(_content(case, scanned, writes))
    broken = [
        *content,
        *undeclared,
        *_at_rest(case),
        *twin_evidence(case, "stored", "stores"),
        *measured_evidence(case, "stored"),
    ]
    broken += [] if content else advice(case, STORAGE, broken)
    exercised = [crossing for crossing in crossings if took_effect(crossing)]
    if not broken and _cannot_store(case):
        return not_applicable(NAME, case, "the app declares no storage, and its scopes give it none")
    found = Findings(
        broken=broken,
        says_broken=_says_broken(broken, case),
        ground=Ground(strength=Strength.BOUNDED, says=_says(case, exercised), crossings=len(exercised)),
        unexercised="the app stored nothing",
        channels=STORAGE,
        doubts=[*twin_doubts(case, "stored"), *measured_doubts(case, "stored"), *_unscanned(case, exercised)],
        needs_bodies=True,
    )
    return conclude(NAME, case, found)


def _stores(crossing: Crossing) -> bool:
    return crossing.decided.writes and crossing.decided.verb.lower() != "delete"


def _cannot_store(case: Case) -> bool:
    scopes = case.manifest.scopes
    return not case.trust.stores and not any(s.startswith(("storage:", "write:", "manage:")) for s in scopes)


def _undeclared(case: Case, write: Write) -> Evidence | None:
    asked = write.crossing.decided
    problem = write_problem(write, case.trust.stores, case.world(write.crossing))
    if problem is None:
        return None
    held = "" if asked.decision.allow else "; the platform refused it"
    return Evidence(asked.seq, f"stores in {write.place} what trust.yml does not declare: {problem}{held}", asked.line)


def _at_rest(case: Case) -> Iterator[Evidence]:
    """Rows that were there at the end of a run, whoever put them there; those that a single run found there, kept
    from earlier runs, were judged with them."""
    written = {
        (crossing.decided.run, write.place, write.key, canonical(write.value))
        for crossing in case.on(*TYPED)
        for write in writes_of(crossing)
    }
    keys = {written_row[:3] for written_row in written}
    for inventory in case.ledger.inventories:
        run = case.ledger.runs.get(inventory.run)
        rows = [row for row in inventory.rows if row.body.digest is None]
        if run is None or not rows:
            continue
        world = None
        for row in rows:
            text = body_text(row.body)
            if (inventory.run, row.store, row.key, _canonical_text(text)) in written:
                continue
            if run.cause == "run" and (inventory.run, row.store, row.key) not in keys:
                continue
            world = world or case.run_world(run)
            problem = row_problem(row, text, case.trust.stores, world)
            if problem is not None:
                why = f"a row of {row.store} at the end of a run is not what trust.yml declares: {problem}"
                yield Evidence(0, why)


def _canonical_text(text: str) -> str:
    try:
        return canonical(json.loads(text))
    except (ValueError, RecursionError):
        return text


def _content(case: Case, crossings: list[Crossing], writes: list[Write]) -> Iterator[Evidence]:
    """The site's content in keys and values, one by one and put together over the writes of a run."""
    chosen = {crossing.decided.seq for crossing in crossings}
    pieces: dict[int, list[Piece]] = defaultdict(list)
    for write in writes:
        asked = write.crossing.decided
        if asked.seq in chosen:
            pieces[asked.run].append(Piece(write.text, asked.seq, write.key))
    for write in writes:
        asked = write.crossing.decided
        if asked.seq in chosen:
            pieces[asked.run].append(Piece(write.key, asked.seq))
    for crossing in crossings:
        if crossing.decided.channel not in TYPED:
            pieces[crossing.decided.run].append(Piece(body_text(crossing.decided.body), crossing.decided.seq))
    yield from content_evidence(case, pieces, line_of(crossings), "stores")


def _unscanned(case: Case, exercised: list[Crossing]) -> list[Evidence]:
    runs = {crossing.decided.run for crossing in exercised}
    if case.fast or all(case.scanner(run) is not None for run in runs):
        return []
    return [Evidence(0, "the ledger does not have the site's content: nothing to compare what is stored with")]


def _says_broken(broken: list[Evidence], case: Case) -> str:
    refused = {crossing.decided.seq for crossing in case.on(*STORAGE) if not crossing.decided.decision.allow}
    tried = all(evidence.seq in refused for evidence in broken)
    return "the app tries to store what trust.yml does not declare" if tried else "the app stores more than aggregates"


def _says(case: Case, exercised: list[Crossing]) -> str:
    """At most how many bits each store takes, and how many twin pairs agreed."""
    if case.fast or not exercised:
        return ""
    run = case.ledger.runs.get(exercised[0].decided.run)
    if run is None:
        return "every stored value is of its declared type"
    world = case.run_world(run)
    writes = [write for crossing in exercised if crossing.decided.channel in TYPED for write in writes_of(crossing)]
    bounds = [
        f"at most {shown_bits(value_bits(store, world))} a value of {store.place} {store.key.text} "
        f"({shown_bits(key_bits(store, world))} a key){_used(store, writes)}"
        for store in case.trust.stores
    ]
    trials = trials_of(case, "stored")
    told = [
        *bounds,
        *_more(case, exercised, world),
        volume_says(case, exercised, lambda crossing: _bits_of(case, crossing, world), "stored"),
        pairs_bound(trials) if trials else "",
        measured_says(case, "stored", [(store.value, store.depends_on, "") for store in case.trust.stores]),
    ]
    return "; ".join(filter(None, told))


def _used(store: Store, writes: list[Write]) -> str:
    values = [canonical(write.value) for write in writes if _is_of(store, write)]
    return f", {used_bits(values)}" if values else ""


def _is_of(store: Store, write: Write) -> bool:
    return store.place == write.place and store.key.fits(write.key)


def _bits_of(case: Case, crossing: Crossing, world: World) -> float:
    """At most what the rows of a write carry, keys included."""
    return math.fsum(
        value_bits(store, world) + key_bits(store, world)
        for write in writes_of(crossing)
        for store in case.trust.stores
        if _is_of(store, write)
    )


def _more(case: Case, exercised: list[Crossing], world: World) -> Iterator[str]:
    """What the order of fields and a row's life carry beside values and keys."""
    orders = max((order_bits(store.value) for store in case.trust.stores), default=0.0)
    if orders:
        yield f"at most {shown_bits(orders)} more in the order of fields"
    if any(store.place == "property" for store in case.trust.stores):
        holders = sum(len(world.ids.get(kind, ())) for kind in ("page", "space", "issue"))
        yield f"at most {shown_bits(math.log2(max(1, holders)))} more in where a property is put"
    if any('"ttl"' in body_text(crossing.decided.body) for crossing in exercised):
        yield f"at most {shown_bits(TTL_BITS)} more in a row's time to live"
    pushes = [crossing for crossing in exercised if crossing.decided.channel == "queue"]
    if pushes:
        yield f"at most {shown_bits(JOB_BITS)} more in the id of each push's job"
    if any('"delayInSeconds"' in body_text(crossing.decided.body) for crossing in pushes):
        yield f"at most {shown_bits(DELAY_BITS)} more in an event's delay"
    if any(crossing.decided.verb == "retry" for crossing in case.on("queue")):
        yield f"at most {shown_bits(RETRY_BITS)} more in the time and reason of each retry"


CLAIM = Claim(
    name=NAME,
    statement="What the app stores fits the declared aggregates, and no raw content was seen in it.",
    why="What is not stored cannot be stolen, subpoenaed or forgotten on a backup.",
    exercised_by="Successful writes to storage.",
    broken_by="A key or value outside the declared types, allowed or refused; content of the site in one, encoded or "
    "split over several; a key, value or order of writes that differs between twin sites; a field that follows "
    "an aspect of the content which its depends_on does not name.",
    limits="Within its bits a field may carry the form (not the words) of what its depends_on names, or of any content "
    "where it has none; timing is not judged; deletions, queries and conditions store nothing.",
    judge=judge,
)
