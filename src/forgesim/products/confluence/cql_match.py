"""Which entries of a site a CQL query means, for one caller at one instant, and in which order.

Dates are meant in the caller's time zone and compared to the minute; ``=`` with a date alone means that day. What no
entry has (an unknown space, a person who is not there) is no error: it is found nowhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from itertools import chain

from forgesim.products.clock import MINUTE_MS, Clock
from forgesim.products.confluence.cql import And, Clause, Node, Not, Order, Query, Value, wrong
from forgesim.products.confluence.cql_fields import KINDS, content_field, order_field
from forgesim.products.confluence.cql_index import Entry
from forgesim.products.confluence.errors import UnsupportedError
from forgesim.products.confluence.world import World
from forgesim.products.moments import FUNCTIONS, date_ms, function_ms, has_time, zone
from forgesim.products.words import BadTextError, UnknownTextError, Words, folded, read_words
from forgesim.site.model import Attachment, Comment, Page

__all__ = ["Around", "Matcher", "is_dated", "modified_at", "words_of"]

Test = Callable[[Entry], bool]

_TIMES = frozenset(("created", "lastmodified"))
_ID = re.compile(r"(?:att)?\d{1,19}", re.ASCII)
_LATER_KINDS = frozenset(("user", "whiteboard", "database", "embed", "folder", "custom", "live"))
_SPACE_KINDS = frozenset(("global", "personal", "collaboration", "knowledge_base"))
_ELSEWHERE = frozenset(
    ("contributors", "favoritespaces", "favouritespaces", "recentlyviewedcontent", "recentlyviewedspaces")
)
"""Functions that Confluence has and this emulation does not: the site does not keep what they ask for."""
_FUNCTIONS = FUNCTIONS | {"currentcontent", "currentspace", "currentuser"}
_INDEXED = frozenset(("ancestor", "container", "creator", "id", "label", "parent", "space", "type"))
_COMPARE: dict[str, Callable[[int, int], bool]] = {
    "<": lambda a, b: a < b,
    ">": lambda a, b: a > b,
    "<=": lambda a, b: a <= b,
    ">=": lambda a, b: a >= b,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What ``cqlcontext`` says: where the query is asked, and the statuses of content that it may find."""

    space_key: str | None = None
    content_id: str | None = None
    statuses: frozenset[str] = frozenset(("current",))


@dataclass(frozen=True, slots=True)
class Matcher:
    """CQL as ``account`` means it at the time of ``clock``."""

    world: World
    account: str | None
    clock: Clock
    around: Around = field(default_factory=Around)

    def select(self, query: Query) -> list[Entry]:
        """What ``query`` matches, ordered by it, else the last changed first. Raises Refused, UnsupportedError."""
        test = self.test(query.where)
        places = self.places(query.where)
        entries = self.world.search.entries
        found = [each for each in (entries if places is None else map(entries.__getitem__, places)) if test(each)]
        found.sort(key=lambda entry: (-modified_at(self.world, entry), entry.place))
        for order in reversed(query.order):
            self._sort(found, order)
        return found

    # --- what a clause means ---

    def test(self, node: Node) -> Test:
        if isinstance(node, Clause):
            return self._clause(node)
        if isinstance(node, Not):
            inner = self.test(node.part)
            return lambda entry: not inner(entry)
        parts = [self.test(part) for part in node.parts]
        if isinstance(node, And):
            return lambda entry: all(part(entry) for part in parts)
        return lambda entry: any(part(entry) for part in parts)

    def _clause(self, clause: Clause) -> Test:
        name = content_field(clause)
        if name in _TIMES:
            return self._time(clause, name)
        if clause.op in ("~", "!~"):
            return self._text(clause, name)
        wanted = frozenset(chain.from_iterable(self._values(clause, name, value) for value in clause.values))
        if name == "ancestor":  # Looked up once: going up from every page would take as long as the tree is deep.
            places = frozenset(self._all_places(name, wanted))
            inside: Test = lambda entry: entry.place in places  # noqa: E731 - negated below like the others
        else:
            inside = _holds(name, wanted)
        if clause.op in ("=", "in"):
            return inside
        return lambda entry: not inside(entry)

    def _text(self, clause: Clause, name: str) -> Test:
        words, texts, found = words_of(clause), self.world.texts, clause.op == "~"
        if name == "text":
            return lambda entry: words.matches(texts.of(entry)) == found
        if name == "title":
            return lambda entry: words.matches(folded(entry.title)) == found
        return lambda entry: words.matches(folded(entry.space.name)) == found

    def _time(self, clause: Clause, name: str) -> Test:
        start, length = self._period(clause, clause.values[0])
        world = self.world
        of = modified_at if name == "lastmodified" else _created_at
        if clause.op in ("=", "!="):
            inside = clause.op == "="
            return lambda entry: (start <= of(world, entry) < start + length) == inside
        compare, limit = _COMPARE[clause.op], start // MINUTE_MS
        return lambda entry: compare(of(world, entry) // MINUTE_MS, limit)

    def _period(self, clause: Clause, value: Value) -> tuple[int, int]:
        """Where the instant or day that the operand names starts, and how long it is, in milliseconds."""
        where = self._zone()
        try:
            if value.arguments is None:
                start = date_ms(value.text, where)
                if has_time(value.text):
                    return start, MINUTE_MS
                return start, function_ms("endofday", (), start, where) + 1 - start
            if value.text.lower() in FUNCTIONS:
                start = function_ms(value.text.lower(), value.arguments, self.clock.now_ms, where)
                return start // MINUTE_MS * MINUTE_MS, MINUTE_MS
        except (ValueError, OverflowError):
            raise wrong(
                f"'{value}' is no date for the field '{clause.field}': use \"yyyy/MM/dd HH:mm\", \"yyyy-MM-dd HH:mm\", "
                '"yyyy/MM/dd", "yyyy-MM-dd" or a function such as now("-4w")',
                clause.at,
            ) from None
        raise self._no_function(clause, value)

    def _zone(self) -> tzinfo:
        user = self.world.site.users.get(self.account or "")
        return zone(user.time_zone if user else "UTC")

    def _values(self, clause: Clause, name: str, value: Value) -> Iterable[str]:
        """The values of a field that an operand stands for, in the form of the index."""
        if value.arguments is not None:
            return (self._function(clause, name, value),)
        text = value.text
        if name in ("ancestor", "container", "id", "parent"):
            if not _ID.fullmatch(text):
                raise wrong(f"'{text}' is no id of content for the field '{clause.field}'", clause.at)
            return (text,)
        if name in ("space", "macro", "title"):
            return (text.casefold(),)
        if name == "label":
            return (text.lower(),)
        if name == "type":
            return self._known(clause, text.lower(), KINDS, _LATER_KINDS)
        if name == "space.type":
            if text.lower() in ("favourite", "favorite"):
                raise UnsupportedError("CQL space.type favourite")
            return self._known(clause, text.lower(), _SPACE_KINDS, frozenset())
        return (text,)

    def _known(self, clause: Clause, text: str, held: frozenset[str], others: frozenset[str]) -> Iterable[str]:
        if text not in held | others:
            raise wrong(f"'{text}' is no value of the field '{clause.field}': use {', '.join(sorted(held))}", clause.at)
        return (text,)

    def _function(self, clause: Clause, name: str, value: Value) -> str:
        low = value.text.lower()
        people = name in ("contributor", "creator", "mention")
        if value.arguments == ():
            if low == "currentuser" and people and self.account is not None:
                return self.account
            if low == "currentspace" and name == "space" and self.around.space_key is not None:
                return self.around.space_key.casefold()
            if low == "currentcontent" and name in ("ancestor", "container", "id", "parent") and self.around.content_id:
                return self.around.content_id
        raise self._no_function(clause, value)

    def _no_function(self, clause: Clause, value: Value) -> Exception:
        low = value.text.lower()
        if low in (
            "recentlyviewedcontent",
            "recentlyviewedspaces",
            "favouritespaces",
            "favoritespaces",
            "contributors",
        ):
            return UnsupportedError(f"CQL function {value.text}()")
        if low not in _FUNCTIONS:
            return wrong(f"'{value.text}' is no function", clause.at)
        why = " without a cqlcontext that names it" if low in ("currentcontent", "currentspace") else ""
        return wrong(f"the field '{clause.field}' does not take {value}{why}", clause.at)

    # --- where the index says that matches can only be ---

    def places(self, node: Node) -> Sequence[int] | None:
        """Ascending places outside which nothing matches; None where the index cannot tell."""
        if isinstance(node, Clause):
            return self._clause_places(node)
        if isinstance(node, Not):
            return None
        parts = [self.places(part) for part in node.parts]
        known = [part for part in parts if part is not None]
        if isinstance(node, And):
            return min(known, key=len) if known else None
        if len(known) < len(parts):
            return None
        return sorted(set(chain.from_iterable(known)))

    def _clause_places(self, clause: Clause) -> Sequence[int] | None:
        name = content_field(clause)
        if name not in _INDEXED or clause.op not in ("=", "in"):
            return None
        wanted = frozenset(chain.from_iterable(self._values(clause, name, value) for value in clause.values))
        return self._all_places(name, wanted)

    def _all_places(self, name: str, wanted: frozenset[str]) -> Sequence[int]:
        lists = [self.world.search.places(name, value) for value in wanted]
        return lists[0] if len(lists) == 1 else sorted(set(chain.from_iterable(lists)))

    # --- order ---

    def _sort(self, found: list[Entry], order: Order) -> None:
        world = self.world
        keys: dict[str, Callable[[Entry], object]] = {
            "created": lambda entry: entry.of.created_at,
            "creator": lambda entry: entry.author or "",
            "id": lambda entry: (len(entry.id), entry.id),
            "lastmodified": lambda entry: modified_at(world, entry),
            "space": lambda entry: entry.space.key.casefold(),
            "space.title": lambda entry: entry.space.name.casefold(),
            "title": lambda entry: entry.title.casefold(),
            "type": lambda entry: entry.kind,
        }
        found.sort(key=keys[order_field(order)], reverse=order.descending)  # type: ignore[arg-type]


def _holds(name: str, wanted: frozenset[str]) -> Test:
    tests: dict[str, Test] = {
        "container": lambda entry: entry.on is not None and entry.on is not entry.of and entry.on.id in wanted,
        "contributor": lambda entry: not wanted.isdisjoint(_contributors(entry)),
        "creator": lambda entry: entry.author in wanted,
        "id": lambda entry: entry.id in wanted and entry.kind != "space",
        "label": lambda entry: not wanted.isdisjoint(entry.labels),
        "macro": lambda entry: not wanted.isdisjoint(entry.macros),
        "mention": lambda entry: not wanted.isdisjoint(entry.mentions),
        "parent": lambda entry: isinstance(entry.of, Page) and entry.of.parent_id in wanted,
        "space": lambda entry: entry.space.key.casefold() in wanted,
        "space.type": lambda entry: entry.space.kind in wanted,
        "title": lambda entry: entry.title.casefold() in wanted,
        "type": lambda entry: entry.kind in wanted,
    }
    return tests[name]


def _contributors(entry: Entry) -> Iterable[str | None]:
    """Everybody who has made a version."""
    if isinstance(entry.of, Page):
        return (entry.of.author, entry.of.updated_by, *(each.author for each in entry.of.versions))
    if isinstance(entry.of, Attachment):
        return (entry.author, *(each.author for each in entry.of.past))
    if isinstance(entry.of, Comment):
        return (entry.author, *(each.author for each in entry.of.versions))
    return (entry.author,)


def is_dated(node: Node) -> bool:
    """Whether what it finds goes by the time."""
    if isinstance(node, Clause):
        return node.field in _TIMES
    return is_dated(node.part) if isinstance(node, Not) else any(map(is_dated, node.parts))


def _created_at(_: World, entry: Entry) -> int:
    return entry.of.created_at


def modified_at(world: World, entry: Entry) -> int:
    """When its current version was made."""
    if isinstance(entry.of, Page):
        return entry.of.updated_at
    if isinstance(entry.of, Attachment):
        return entry.of.updated_at or entry.of.created_at
    if isinstance(entry.of, Comment) and entry.of.versions:
        return entry.of.versions[-1].at
    stamp = world.stamps.get(("comment", entry.id)) if isinstance(entry.of, Comment) else None
    return stamp.at if stamp else entry.of.created_at


def words_of(clause: Clause) -> Words:
    """The text search that the operand of ``~`` is. Raises Refused and UnsupportedError."""
    value = clause.values[0]
    if value.arguments is not None:
        raise wrong(f"the field '{clause.field}' takes a text, not {value}", clause.at)
    try:
        return read_words(value.text)
    except BadTextError as error:
        raise wrong(f"the text for '{clause.field}' cannot be searched: {error}", clause.at) from None
    except UnknownTextError as error:
        raise UnsupportedError(f"CQL {error}") from None
