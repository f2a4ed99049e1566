"""Nobody's name, mail or account id is kept, logged or handed on, but for ids that are declared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from forgesim.claims.case import ACCOUNT_ID, Case
from forgesim.claims.conclude import TWINS, Findings, Ground, conclude, not_applicable, pairs_bound, trials_of
from forgesim.claims.content import differing, trial_evidence, twin_doubts
from forgesim.claims.declared import request_problem, sends_to, write_problem
from forgesim.claims.kit import Claim, Evidence, Strength, Verdict
from forgesim.claims.reporting import Reported, reporting
from forgesim.claims.rows import took_effect
from forgesim.claims.wire import body_text, request_of, writes_of
from forgesim.counted import counted
from forgesim.leaks.scanner import Piece
from forgesim.ledger.read import Crossing
from forgesim.manifest.model import Send, Store
from forgesim.manifest.types import Fields, Id, ListOf, Maybe, Type, has_content

__all__ = ["CLAIM", "PEOPLE", "PERIOD_DAYS", "keeps_ids"]

NAME = "keeps_no_personal_data"
PEOPLE = "people"
"""Trial channel: ``a`` is what was stored, sent and logged, ``again`` the same once more, ``b`` what was where
everybody has another account id, those ids written back. What is not an id as it stands, and depends on one, differs.
"""

PERIOD_DAYS = 7
"""An app that keeps account ids reports them at least this often (Forge documentation, user privacy, August 2026)."""

TYPED = frozenset({"kvs", "secret", "entity", "property", "queue"})
STORAGE = TYPED | {"object"}
LOGS = frozenset({"log", "error"})
TOLD = LOGS | {"webtrigger"}
"""What nobody answers: being asked for is being done."""
OUT = frozenset({"egress", "webtrigger"})
VERBS = {"log": "logs", "error": "logs", "egress": "sends", "webtrigger": "answers with"}
TRIALS = (("stored", STORAGE), ("sent", OUT), ("logged", LOGS))
PROSE = frozenset({"body", "data", "description", "captions", "comment", "selection"})
"""Fields of content that may speak of people: whoever leaks them is judged for that."""


@dataclass(frozen=True, slots=True)
class Part:
    """A text that left, and whether account ids in it are declared."""

    text: str
    ids_declared: bool = False


def judge(case: Case) -> Verdict:
    """Broken by what identifies a person in a stored key or value, a log line or a request, also hashed."""
    crossings = [crossing for crossing in case.on(*STORAGE, *LOGS, *OUT) if _leaves(crossing)]
    cycle = list(reporting(case)) if any(map(keeps_ids, case.trust.stores)) else []
    broken = [*_found(case, crossings), *_telling(case), *(each.evidence for each in cycle if each.is_broken)]
    if not broken and not crossings and _keeps_nothing(case):
        return not_applicable(NAME, case, "the app stores, sends and logs nothing: manifest and trust.yml leave no way")
    exercised = [crossing for crossing in crossings if crossing.decided.channel in TOLD or took_effect(crossing)]
    found = Findings(
        broken=broken,
        says_broken=_says_broken(broken, cycle),
        ground=_ground(case, exercised),
        unexercised="the app stored, logged and sent nothing",
        channels=STORAGE | LOGS | OUT,
        doubts=[
            *(each.evidence for each in cycle if not each.is_broken),
            *_twins(case, exercised),
            *_unscanned(case, exercised),
        ],
        needs_bodies=True,
        trials=TWINS | {PEOPLE},
    )
    return conclude(NAME, case, found)


def _leaves(crossing: Crossing) -> bool:
    asked = crossing.decided
    return asked.channel in LOGS | OUT or (asked.writes and asked.verb.lower() != "delete")


def _keeps_nothing(case: Case) -> bool:
    trust, manifest = case.trust, case.manifest
    stores = any(scope.startswith(("storage:", "write:", "manage:")) for scope in manifest.scopes)
    return (
        not (trust.stores or trust.sends or trust.answers or manifest.addresses() or stores) and trust.logs == "nothing"
    )


# --- looking --------------------------------------------------------------------------------------------------------


def _found(case: Case, crossings: list[Crossing]) -> Iterator[Evidence]:
    for crossing in crossings:
        asked = crossing.decided
        people = case.people(asked.run)
        if people is None:
            continue
        verb = VERBS.get(asked.channel, "stores")
        for part in _parts(case, crossing):
            for finding in people.scan([Piece(part.text, asked.seq)]) if part.text else ():
                if finding.field == ACCOUNT_ID and (not finding.decoding) and part.ids_declared:
                    continue
                if _is_prose(case, asked.run, part.text):
                    break
                who = "an account id" if finding.field == ACCOUNT_ID else f"the {finding.field}"
                how = f", {finding.decoding}" if finding.decoding else ""
                yield Evidence(asked.seq, f"{verb} {who} of a person ({finding.ref}{how})", asked.line)


def _telling(case: Case) -> Iterator[Evidence]:
    """Trials in which other account ids made the app keep something else."""
    yield from trial_evidence(trials_of(case, PEOPLE), "keeps something else where people have other account ids")


def _is_prose(case: Case, run: int, text: str) -> bool:
    """Whether a text is a piece of the site's own prose, in which people happen to be named."""
    scanner = case.scanner(run)
    if scanner is None:
        return False
    found = scanner.scan([Piece(text)])
    return any(finding.field in PROSE and not finding.ref.startswith("user/") for finding in found)


def _parts(case: Case, crossing: Crossing) -> Iterator[Part]:
    """What a crossing carries, piece by piece; the declared content of a request is left out."""
    asked = crossing.decided
    if asked.channel in TYPED:
        for write in writes_of(crossing):
            store = next((s for s in case.trust.stores if s.place == write.place and s.key.fits(write.key)), None)
            declared = store is not None and keeps_ids(store) and not write_problem(
                write, case.trust.stores, case.world(crossing))  # fmt: skip
            yield Part(write.text, declared)
            yield Part(write.key, declared)
    elif asked.channel == "egress":
        yield from _request_parts(case, crossing)
    else:
        yield Part(body_text(asked.body))
        yield Part(asked.verb)


def _request_parts(case: Case, crossing: Crossing) -> Iterator[Part]:
    request = request_of(crossing)
    send = next((s for s in sends_to(case.trust, request.host)
                 if request_problem(request, s, case.world(crossing)) is None), None)  # fmt: skip
    declared = send is not None and any(_has_account(part) for part in _typed(send))
    for text, type_ in (
        (request.body, send.body if send else None),
        (request.url, send.query if send else None),
        *((value, send.headers if send else None) for _, value in request.headers),
    ):
        if type_ is None or not has_content(type_):
            yield Part(text, declared)


def _typed(send: Send) -> Iterator[Type]:
    yield from (part for part in (send.path, send.query, send.headers, send.body) if part is not None)


def _has_account(type_: Type) -> bool:
    match type_:
        case Fields(fields):
            return any(_has_account(of) for of in fields.values())
        case ListOf(_, of) | Maybe(of):
            return _has_account(of)
        case Id(kind):
            return kind == "account"
        case _:
            return False


def keeps_ids(store: Store) -> bool:
    """Whether a declared store keeps account ids, in its key or its value."""
    return "{account}" in store.key.text or _has_account(store.value)


# --- doubts and ground ----------------------------------------------------------------------------------------------


def _twins(case: Case, exercised: list[Crossing]) -> Iterator[Evidence]:
    for name, channels in TRIALS:
        if any(crossing.decided.channel in channels for crossing in exercised):
            yield from twin_doubts(case, name)
            yield from differing(case, name)
    played = {trial.scenario for trial in trials_of(case, PEOPLE)}
    for scenario in dict.fromkeys(trial.scenario for trial in trials_of(case, "logged")):
        if scenario not in played:
            yield Evidence(0, f"{scenario!r} was not played under other account ids")


def _unscanned(case: Case, exercised: list[Crossing]) -> list[Evidence]:
    if case.fast or all(case.people(run) is not None for run in {c.decided.run for c in exercised}):
        return []
    return [Evidence(0, "the ledger does not have who is on the site: nothing to look for")]


def _ground(case: Case, exercised: list[Crossing]) -> Ground:
    counts = [(sum(1 for c in exercised if c.decided.channel in channels), name) for name, channels in TRIALS]
    said = ", ".join(f"{count:,} {name}" for count, name in counts if count)
    trials = [trial for name, _ in TRIALS for trial in trials_of(case, name) if trial.crossings]
    ids = " beyond the declared ids, which are reported and erased" if any(map(keeps_ids, case.trust.stores)) else ""
    ids = ids or (" beyond the declared ids" if _declares_ids(case) else "")
    bound = f"; on sites with other people {pairs_bound(trials)}" if trials else ""
    if people := trials_of(case, PEOPLE):
        bound += f"; in {counted(len(people), 'play')} under other account ids none differed"
    says = (
        f"no full name, mail or account id, and no common hash of one, was found in what was kept{ids}: {said}{bound}"
    )
    return Ground(strength=Strength.TESTED, says=says, crossings=len(exercised))


def _declares_ids(case: Case) -> bool:
    sends = (part for send in case.trust.sends.values() for part in _typed(send))
    return any(map(keeps_ids, case.trust.stores)) or any(map(_has_account, sends))


def _says_broken(broken: list[Evidence], cycle: list[Reported]) -> str:
    late = [each.evidence for each in cycle if each.is_broken]
    ways = " and ".join(dict.fromkeys(evidence.why.partition(" ")[0] for evidence in broken if evidence not in late))
    told = [f"the app {ways} what identifies a person"] if ways else []
    return "; ".join([*told, *(["it keeps whom it was told to forget"] if late else [])])


CLAIM = Claim(
    name=NAME,
    statement="The app keeps no personal data: no name, no mail, no account id beyond the declared ones.",
    why="What identifies people binds whoever holds it, and follows them.",
    exercised_by="Successful writes, log lines, and requests that were answered; where account ids are declared, weeks "
    "in which their accounts are closed and change.",
    broken_by="A person's name, mail or account id, or a hash of one, in a stored key or value, a log line, an error's "
    "text or a request, allowed or refused; anything kept that is another where people have other account ids. "
    "Declared account ids that stay, or are reported as they were, though the app was told that the account was closed "
    "or updated.",
    limits="Of full names, each crossing by itself, and of whatever depends on an account id; people named inside page "
    "text are content, and judged as such; results, which only the caller sees, are not looked at. Reporting is tried "
    "with the schedules of the manifest, each run once a week.",
    judge=judge,
)
