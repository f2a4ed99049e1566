"""One ledger with one trust.yml, and what the claims share in looking at them, worked out when first asked for."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Any, TypeVar

from forgesim.claims.wire import BATCHES, canonical, passed_of
from forgesim.clock import parse_time
from forgesim.leaks.index import ContentIndex
from forgesim.leaks.scanner import Scanner
from forgesim.ledger.read import Crossing, Invocation, Ledger
from forgesim.ledger.records import Run, ScanIndex, Witness
from forgesim.manifest.load import manifest_from_data
from forgesim.manifest.model import Manifest, Send, Trust
from forgesim.manifest.types import Const, Enum, Fields, ListOf, Maybe, Time, Type, World

__all__ = ["ACCOUNT_ID", "INSIDE", "Case", "succeeded"]

ACCOUNT_ID = "account id"
"""The field under which ``Case.people`` names an account id that it finds."""

UNTOLD = frozenset({"probe", "control"})
"""Runs that are forgesim's own doing: what happens in them is not the app's."""

INSIDE = frozenset({
    "code.__new__", "compile", "exec", "function.__new__", "gc.get_objects", "gc.get_referents", "gc.get_referrers",
    "import", "late", "marshal.loads", "object.__getattr__", "pickle.find_class", "sys._current_frames",
    "sys._getframe", "sys.addaudithook", "sys.setprofile", "sys.settrace", "unfinished",
})  # fmt: skip
"""Events that the guest tells of which lead out of no wall, but past coverage: code made at run time, a look into
code and frames, work that is left over when the result is out."""

COMMON = ("application/json; charset=utf-8", "text/plain", "gzip, deflate, br, zstd, identity", "keep-alive, close")
"""Values of the headers that any request may have."""

TELLING = frozenset({"confluence", "jira", "kvs", "secret", "entity", "property"})
"""Channels whose answers are of the site, or were judged when they were stored; others may echo what the app says."""

_INSTANT = re.compile(r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?)?")
_EPOCH_MS = re.compile(r"(?<!\d)\d{13}(?!\d)")


_T = TypeVar("_T")


class Case:
    """What a claim judges. ``fast``: only what breaks is asked for, so that values that fit need no scan.

    What it has worked out stays good while its ledger gets trials and coverage, and nothing else.
    """

    def __init__(self, ledger: Ledger, trust: Trust, *, fast: bool = False) -> None:
        self.ledger = ledger
        self.trust = trust
        self.fast = fast
        self._scanners: dict[str, Scanner | None] = {}
        self._people: dict[str, Scanner | None] = {}
        self._made: dict[Callable[[Case], object], Any] = {}

    def once(self, make: Callable[[Case], _T]) -> _T:
        """What ``make`` makes of this case, made when it is first asked for."""
        if make not in self._made:
            self._made[make] = make(self)
        made: _T = self._made[make]
        return made

    def claimed(self, name: str) -> bool:
        """Whether trust.yml makes this claim."""
        return self.trust.claims == "all" or name in self.trust.claims

    @cached_property
    def manifest(self) -> Manifest:
        """The manifest that the ledger's header carries."""
        header = self.ledger.header
        return manifest_from_data(header.manifest, anyway=bool(header.undeployable))

    # --- crossings -------------------------------------------------------------------------------------------------

    @cached_property
    def app(self) -> tuple[Crossing, ...]:
        """The app's own crossings, refused ones too, in order."""
        return tuple(
            crossing
            for crossing in self.ledger.crossings
            if crossing.decided.cause == "app" and not self._is_untold(crossing.decided.run)
        )

    @cached_property
    def probes(self) -> tuple[Crossing, ...]:
        """What forgesim itself asked the gateway."""
        return tuple(crossing for crossing in self.ledger.crossings if crossing.decided.cause == "probe")

    @cached_property
    def witnesses(self) -> tuple[Witness, ...]:
        """Walls that the app met, or would have met."""
        return tuple(witness for witness in self.ledger.witnesses if not self._is_untold(witness.run))

    def in_service(self, line: str | None) -> bool:
        """Whether a line is of the code of a vendor's service, as the handlers of trust.yml name it."""
        handlers = (str(party.service.get("handler", "")) for party in self.trust.subprocessors)
        tops = {handler.partition(".")[0] for handler in handlers} - {""}
        return line is not None and line.startswith(tuple(f"{top}{end}" for top in tops for end in ("/", ".py:")))

    def on(self, *channels: str) -> Iterator[Crossing]:
        """The app's crossings on these channels."""
        return (crossing for crossing in self.app if crossing.decided.channel in channels)

    def _is_untold(self, run: int) -> bool:
        found = self.ledger.runs.get(run)
        return found is not None and found.cause in UNTOLD

    @cached_property
    def events(self) -> tuple[Invocation, ...]:
        """The app's runs that an event caused."""
        invocations = self.ledger.invocations.values()
        return tuple(i for i in invocations if i.open.cause == "event" and not self._is_untold(i.open.run))

    @cached_property
    def sent(self) -> Mapping[str, tuple[Invocation, ...]]:
        """Name of an event → the app's runs with it, but for runs on events that forgesim made up."""
        found: dict[str, list[Invocation]] = {}
        for each in self.events:
            if each.open.event and not each.open.guess:
                found.setdefault(each.open.event, []).append(each)
        return {name: tuple(runs) for name, runs in found.items()}

    @cached_property
    def awaited(self) -> tuple[tuple[str, str], ...]:
        """Key and event of each trigger of the manifest, as often as it names one."""
        return tuple(
            (module.key, str(event.get("eventType") if isinstance(event, Mapping) else event))
            for module in self.manifest.modules
            if module.type == "trigger"
            for event in module.data.get("events") or ()
        )

    # --- invocations -----------------------------------------------------------------------------------------------

    def root(self, crossing: Crossing) -> Invocation | None:
        """The invocation that a crossing goes back to; null where the ledger lacks it."""
        own = self.ledger.invocations.get(crossing.decided.inv)
        return None if own is None else self.ledger.invocations.get(own.open.root, own)

    def by_user(self, crossing: Crossing) -> bool:
        """Whether a user's action caused the crossing."""
        root = self.root(crossing)
        return root is not None and root.open.cause == "user"

    # --- worlds ----------------------------------------------------------------------------------------------------

    def world(self, crossing: Crossing) -> World:
        """What the values of a crossing may refer to: ids of the site, times known by then, the user's words."""
        asked = crossing.decided
        run = self.ledger.runs.get(asked.run)
        times = self._known_times(asked.inv, asked.seq) if self._uses_time else frozenset()
        return World(ids=self.ids(run) if run else {}, now_ms=asked.at, times=times, settings=self._settings(crossing))

    def run_world(self, run: Run) -> World:
        """The world at the end of a run: what any invocation of it knew."""
        times: set[int] = {run.clock}
        settings: set[str] = set()
        for crossing in self.app:
            if crossing.decided.run != run.run:
                continue
            if self._uses_time:
                times |= self._known_times(crossing.decided.inv, crossing.decided.seq) | {crossing.decided.at}
            settings |= self._settings(crossing)
        return World(ids=self.ids(run), now_ms=run.clock, times=frozenset(times), settings=frozenset(settings))

    def ids(self, run: Run) -> Mapping[str, frozenset[str]]:
        """The ids and keys of the run's site; a ledger gives them once per site."""
        return self._ids.get(run.site_digest, {})

    @cached_property
    def _ids(self) -> dict[str, dict[str, frozenset[str]]]:
        found: dict[str, dict[str, frozenset[str]]] = {}
        for run in self.ledger.runs.values():
            if run.ids:
                found.setdefault(run.site_digest, {kind: frozenset(ids) for kind, ids in run.ids.items()})
        return found

    def parents(self, run: Run) -> Mapping[str, str]:
        """Ref → ref of what it lies in, on the run's site."""
        return self._parents.get(run.site_digest, {})

    @cached_property
    def _parents(self) -> dict[str, Mapping[str, str]]:
        found: dict[str, Mapping[str, str]] = {}
        for run in self.ledger.runs.values():
            if run.parents:
                found.setdefault(run.site_digest, run.parents)
        return found

    def _settings(self, crossing: Crossing) -> frozenset[str]:
        root = self.root(crossing)
        if root is None or root.open.cause != "user":
            return frozenset()
        asked = root.open.input
        if isinstance(asked, dict):  # the cursor comes from the app's own result: no words of the user's
            asked = {name: value for name, value in asked.items() if name != "cursor"}
        return frozenset(_texts(asked))

    @cached_property
    def _uses_time(self) -> bool:
        trust = self.trust
        declared = [store.value for store in trust.stores]
        declared += [part for send in (*trust.sends.values(), *trust.answers.values()) for part in parts(send)]
        dated = any("{date}" in store.key.text for store in trust.stores)
        return dated or any(isinstance(leaf, Time) for each in declared for leaf in leaves(each))

    def _known_times(self, inv: str, seq: int) -> frozenset[int]:
        """Virtual times that the invocation met, and times in what it read, up to a crossing."""
        numbers, known = self._times.get(inv, ([], []))
        position = bisect_right(numbers, seq)
        return known[position - 1] if position else frozenset()

    @cached_property
    def _times(self) -> dict[str, tuple[list[int], list[frozenset[int]]]]:
        """Invocation → numbers of its crossings, and what it knew once each was asked for. What a crossing's answer
        shows is known from the next one on."""
        found = {inv: ([0], [frozenset({each.open.at})]) for inv, each in self.ledger.invocations.items()}
        shown: dict[str, frozenset[int]] = {}
        for crossing in self.ledger.crossings:
            asked, answer = crossing.decided, crossing.answered
            numbers, known = found.setdefault(asked.inv, ([0], [frozenset()]))
            if asked.at not in known[-1]:
                numbers.append(asked.seq)
                known.append(known[-1] | {asked.at})
            if answer is None:
                continue
            text = answer.body.text if answer.body is not None else None
            new = {answer.at}
            if text is not None and asked.channel in TELLING and answer.status < 400:
                if text not in shown:
                    shown[text] = frozenset(_instants(_told(asked.op, text)))
                new |= shown[text]
            if not new <= known[-1]:
                numbers.append(asked.seq + 1)
                known.append(known[-1] | new)
        return found

    # --- content ---------------------------------------------------------------------------------------------------

    @cached_property
    def bodies_kept(self) -> bool:
        """Whether the ledger has what the app wrote and sent, not only digests of it."""
        rows = (row.body for inventory in self.ledger.inventories for row in inventory.rows)
        crossed = (crossing.decided.body for crossing in self.ledger.crossings)
        digests = any(body is not None and body.digest is not None for body in (*rows, *crossed))
        return self.ledger.header.bodies and not digests

    def scanner(self, run: int) -> Scanner | None:
        """The scanner of the content of a run's site; null where the ledger does not have that content."""
        found = self.ledger.runs.get(run)
        if found is None:
            return None
        if found.site_digest not in self._scanners:
            self._scanners[found.site_digest] = self._build_scanner(found.site_digest)
        return self._scanners[found.site_digest]

    def _build_scanner(self, site_digest: str) -> Scanner | None:
        for run in self.ledger.runs.values():
            if run.site_digest == site_digest and run.index is not None and run.index.texts:
                return Scanner(ContentIndex(run.index), public=self.own_words())
        return None

    def people(self, run: int) -> Scanner | None:
        """The scanner of who is on a run's site: names, mails and account ids; null where the ledger lacks them."""
        found = self.ledger.runs.get(run)
        if found is None:
            return None
        if found.site_digest not in self._people:
            self._people[found.site_digest] = self._build_people(found.site_digest)
        return self._people[found.site_digest]

    def _build_people(self, site_digest: str) -> Scanner | None:
        for run in self.ledger.runs.values():
            if run.site_digest == site_digest and run.index is not None and run.index.texts:
                texts = [text for text in run.index.texts if text[0] == "user"]
                texts += [("user", who, ACCOUNT_ID, who) for who in dict.fromkeys(text[1] for text in texts)]
                return Scanner(ContentIndex(ScanIndex(tuple(texts))), public=self.own_words())
        return None

    def own_words(self) -> Iterator[str]:
        """Words that trust.yml itself declares: they may cross, and the site may happen to have them too."""
        trust = self.trust
        yield from (trust.app, trust.vendor, trust.purpose, *COMMON)
        for subprocessor in trust.subprocessors:
            yield from subprocessor.hosts
        for store in trust.stores:
            yield store.key.text
            yield from _words(store.value)
        for name, send in (*trust.sends.items(), *trust.answers.items()):
            yield name
            for part in parts(send):
                yield from _words(part)


def succeeded(crossing: Crossing) -> bool:
    """Allowed, and answered by the service itself with success."""
    answer = crossing.answered
    return crossing.decided.decision.allow and answer is not None and answer.fault is None and answer.status < 400


def parts(send: Send) -> Iterator[Type]:
    """The declared parts of a request."""
    yield from (part for part in (send.method, send.path, send.query, send.headers, send.body) if part is not None)


def leaves(type: Type) -> Iterator[Type]:  # noqa: A002
    """The scalar types in a type."""
    match type:
        case Fields(fields):
            for of in fields.values():
                yield from leaves(of)
        case ListOf(_, of) | Maybe(of):
            yield from leaves(of)
        case _:
            yield type


def _names(type: Type) -> Iterator[str]:  # noqa: A002
    match type:
        case Fields(fields):
            for name, of in fields.items():
                yield name
                yield from _names(of)
        case ListOf(_, of) | Maybe(of):
            yield from _names(of)
        case _:
            pass


def _words(type: Type) -> Iterator[str]:  # noqa: A002
    """Field names and the texts of constants and enumerations."""
    yield from _names(type)
    for leaf in leaves(type):
        match leaf:
            case Const(str() as value):
                yield value
            case Enum(values):
                yield from (value for value in values if isinstance(value, str))
            case _:
                pass


def _texts(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for part in value.values():
                yield from _texts(part)
        case list():
            for part in value:
                yield from _texts(part)
        case _:
            pass


def _told(op: str | None, text: str) -> str:
    """What an answer tells of the site or of what is stored: a batch names the keys that failed as the app wrote them,
    and that is no more than the app said."""
    return canonical(passed_of(text)) if op in BATCHES else text


def _instants(text: str) -> Iterator[int]:
    """Times that a text shows, in epoch ms."""
    yield from map(int, _EPOCH_MS.findall(text))
    for instant in set(_INSTANT.findall(text)):
        try:
            yield parse_time(instant)
        except (ValueError, OverflowError):
            continue
