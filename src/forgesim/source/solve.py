"""What to give an app so that a goal comes true: values for the parts of conditions that only a run can tell."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType
from typing import Any, Literal

from forgesim.source.evaluate import HASHES, UnknownError, evaluate
from forgesim.source.goals import Goal
from forgesim.source.leaves import Kind, Leaf, leaves_of
from forgesim.source.program import Program, Scope, called_name
from forgesim.source.samples import sample

__all__ = ["Pool", "Want", "WantKind", "constants_in", "wants_of"]

WantKind = Kind | Literal["size", "empty", "filled", "calls", "locale", "zone", "content"]

MOST_EACH = 3
"""Solutions of one group of goals that are kept."""
MOST_HASHED = 20_000
"""Texts tried for one short prefix of a hash: enough for three hexadecimal digits."""

_WRITTEN = frozenset({"body", "label", "comment"})
"""Kinds of which words can be put in place: those that conditions ask for together have to be one text."""
_SET = frozenset({"priority", "resolution", "estimate", "duedate"})
"""Fields that can be given the value which a condition names."""
_NOTHING: Mapping[str, tuple[Any, ...]] = MappingProxyType(
    {"labels": ([],), "comments": ([],), "body": ("",), "message": ("",), "sprint": (None, []),
     "description": (None, "", [], {})}
)  # fmt: skip
"""Field → what an answer, or what an app makes of it, has where the field is empty; of others, null."""

_SYLLABLES = [a + b for a in "bdfgklmnprst" for b in "aeiou"]


@dataclass(frozen=True, slots=True)
class Want:
    """Something that should be ``value``. ``path``: keys in the payload or context; of a ``size`` what is counted.

    ``size``: that many characters or things; ``empty``: the field that ``path`` names has no value, with no path all
    fields that say what an issue or page holds, with ``facts`` those of them that hold no texts; ``filled``: it has
    one, ``value`` if it may; ``calls``: that many calls in a row; ``content``: the word in labels, body and comments at
    once; ``time``: epoch ms. ``person``: a handle, or None for nobody.
    """

    kind: WantKind
    path: tuple[str, ...] = ()
    value: Any = None


@dataclass(frozen=True, slots=True)
class Pool:
    """What the site has: ids that a payload may name, account id → handle, and when its clock starts (epoch ms)."""

    ids: Sequence[str] = ()
    accounts: Mapping[str, str] = field(default_factory=dict)
    now_ms: int = 0


def wants_of(goals: Sequence[Goal], program: Program, pool: Pool) -> list[list[Want]]:
    """For each group of goals about one thing, what that thing may be, the best first. A goal that nothing can be said
    about is left out."""
    groups: dict[tuple[object, ...], list[tuple[Goal, Leaf]]] = {}
    for goal in goals:
        for leaf in leaves_of(goal.test, program, goal.scope):
            apart = None if leaf.kind in _WRITTEN else leaf.field
            about = ("time",) if leaf.kind in ("time", "moment") else (leaf.kind, leaf.path, apart)
            key = about if leaf.kind != "other" else (leaf.kind, ast.dump(leaf.node))
            groups.setdefault(key, []).append((goal, leaf))
    found = [
        list({repr(want): want for want in _group(members, program, pool)}.values()) for members in groups.values()
    ]
    return [wants for wants in found if wants]


def constants_in(node: ast.AST, program: Program, scope: Scope) -> list[Any]:
    """The texts and numbers that an expression names, folded where they are written in pieces or encoded, through names
    that stand for one value."""
    found: dict[tuple[type, Any], None] = {}
    for part in _parts(node, program, scope, 0):
        try:
            value = evaluate(part, program, scope)
        except UnknownError:
            continue
        if isinstance(value, set | frozenset):
            value = sorted(value, key=repr)  # their own order is another in each process
        for each in value if isinstance(value, list | tuple | dict) else [value]:
            if isinstance(each, bytes):
                each = each.decode("utf-8", "replace")  # noqa: PLW2901
            if isinstance(each, str | int | float) and not (isinstance(each, str) and len(each) > 500):
                found.setdefault((type(each), each))
    return [value for _, value in found]


def _parts(node: ast.AST, program: Program, scope: Scope, depth: int) -> Iterator[ast.expr]:
    """Sub-expressions, the larger ones first: a folded whole goes before its pieces."""
    if isinstance(node, ast.expr):
        yield node
        if isinstance(node, ast.Subscript | ast.Call) and _reads_by_key(node):
            return
    if isinstance(node, ast.Name) and depth < 4:
        for value, _ in program.meanings(node.id, scope):
            if isinstance(value, ast.Constant | ast.Dict | ast.Set | ast.List | ast.Tuple):
                yield value
    for child in ast.iter_child_nodes(node):
        yield from _parts(child, program, scope, depth + 1)


def _reads_by_key(node: ast.Subscript | ast.Call) -> bool:
    """``payload["mode"]`` and ``payload.get("mode", …)``: the text in it names a place and is no value. In a table
    that is written out, what is looked up counts."""
    match node:
        case ast.Subscript(slice=ast.Constant(value=str()), value=value):
            return not isinstance(value, ast.Dict)
        case ast.Call(func=ast.Attribute(attr="get", value=value), args=[ast.Constant(value=str()), *_]):
            return not isinstance(value, ast.Dict)
        case _:
            return False


# --- one group ----------------------------------------------------------------------------------------------------


def _group(members: Sequence[tuple[Goal, Leaf]], program: Program, pool: Pool) -> Iterator[Want]:
    goal, leaf = members[0]
    if leaf.kind in ("time", "moment"):
        yield from _times(members, program, pool)
        return
    constants = [each for one, _ in members for each in constants_in(one.test, program, one.scope)]
    fields = list(_fields(members, program))
    if not constants or any(want.kind == "empty" for want in fields):
        yield from fields
    settable = next((want.path[0] for want in fields if want.kind == "filled" and want.path[0] in _SET), None)
    solved = 0
    for value in _values(goal, leaf, constants, pool):
        if all(_fits(one, part.node, value, program) for one, part in members):
            if settable and not isinstance(value, bool):
                yield Want("filled", (settable,), value)
            yield from _as_wants(leaf, value, goal, pool)
            solved += 1
            if solved == MOST_EACH:
                break
    yield from fields
    if not solved:
        for value in constants[:4]:
            yield from _as_wants(leaf, value, goal, pool)
        yield from _regexes(members, program, pool)
        if not constants:
            yield from _as_wants(leaf, True, goal, pool)


def _fields(members: Sequence[tuple[Goal, Leaf]], program: Program) -> Iterator[Want]:
    """The fields that need only be empty, and those that may not be, where no words are written into them anyway."""
    for name in dict.fromkeys(leaf.field for _, leaf in members if leaf.field):
        about = [(goal, leaf) for goal, leaf in members if leaf.field == name]
        values = [*_NOTHING.get(name, (None,)), *_defaults(about[0][1].node)]
        if any(all(_fits(goal, leaf.node, value, program) for goal, leaf in about) for value in values):
            yield Want("empty", (name,))
        elif members[0][1].kind not in _WRITTEN:
            yield Want("filled", (name,))
    for goal, _ in members:
        match goal.test:  # the one field that an answer leaves out where it is empty
            case ast.Compare(left=ast.Constant(value="parent"), ops=[ast.In() | ast.NotIn() as op]) if (
                isinstance(op, ast.NotIn) is goal.wanted
            ):
                yield Want("empty", ("parent",))


def _defaults(node: ast.expr) -> list[Any]:
    """What ``.get(key, default)`` gives where there is no such key."""
    match node:
        case ast.Call(func=ast.Attribute(attr="get"), args=[_, ast.Constant(value=value)]):
            return [value]
        case _:
            return []


def _regexes(members: Sequence[tuple[Goal, Leaf]], program: Program, pool: Pool) -> Iterator[Want]:
    for goal, leaf in members:
        for call in ast.walk(goal.test):
            if not isinstance(call, ast.Call) or called_name(call) not in ("match", "search", "fullmatch", "findall"):
                continue
            for value in constants_in(call, program, goal.scope):
                if isinstance(value, str):
                    yield from _as_wants(leaf, sample(value), goal, pool)
            for name in ast.walk(call.func):
                for compiled, where in program.meanings(name.id, goal.scope) if isinstance(name, ast.Name) else ():
                    for value in constants_in(compiled, program, where):
                        if isinstance(value, str):
                            yield from _as_wants(leaf, sample(value), goal, pool)


def _fits(goal: Goal, leaf: ast.expr, value: Any, program: Program) -> bool:
    try:
        return bool(evaluate(goal.test, program, goal.scope, {leaf: value})) is goal.wanted
    except UnknownError:
        return False


def _values(goal: Goal, leaf: Leaf, constants: Sequence[Any], pool: Pool) -> Iterator[Any]:
    """Values to try for a leaf: what the condition names and what is near it, then what the site has, then words."""
    texts = [each for each in constants if isinstance(each, str)]
    numbers = [each for each in constants if isinstance(each, int | float) and not isinstance(each, bool)]
    if leaf.field == "duedate":
        yield from _dates(texts, pool)
    for text in texts:
        yield from (text, f"{text}a", f"a{text}", f"a {text} a", text.upper(), text.lower(), [text])
    for number in numbers:
        yield from (number, number + 1, number - 1, str(number), str(number + 1))
        if isinstance(number, int) and 0 <= number < 50_000:
            yield from ("a" * number, "a" * (number + 1), [None] * (number + 1))
    yield from (True, False, 0, 1, None, "", "a", {}, [])
    if leaf.kind in ("stored", "counter"):
        yield from range(200)
    if leaf.kind in ("id", "payload", "other"):
        yield from pool.ids
    if leaf.kind in ("person", "other"):
        yield from pool.accounts
    hashed = any(isinstance(each, ast.Call) and called_name(each) in HASHES | {"crc32", "adler32"}
                 for each in ast.walk(goal.test))  # fmt: skip
    most = MOST_HASHED if hashed else 2_000
    yield from range(2, 100)
    yield from itertools.islice(_words(), most)


def _dates(texts: Sequence[str], pool: Pool) -> Iterator[str]:
    """The days that a condition names and those beside them, then yesterday and tomorrow by the site's clock."""
    for text in (*texts, datetime.fromtimestamp(pool.now_ms / 1000, UTC).date().isoformat()):
        with suppress(ValueError, OverflowError):
            day = date.fromisoformat(text)
            yield from (each.isoformat() for each in (day, day - timedelta(days=1), day + timedelta(days=1)))


def _words() -> Iterator[str]:
    for size in (1, 2, 3):
        for parts in itertools.product(_SYLLABLES, repeat=size):
            yield "".join(parts)


def _as_wants(  # noqa: C901, PLR0912 - one case a kind
    leaf: Leaf, value: Any, goal: Goal, pool: Pool
) -> Iterator[Want]:
    counted = _is_counted(goal.test)
    match leaf.kind:
        case "stored" | "counter":
            value = len(value) if isinstance(value, list) else value
            if isinstance(value, int | float) and 0 <= value <= 60:
                yield Want("calls", (leaf.kind,), int(value) + 2)
        case "person" if leaf.path[-1:] == ("accountId",) or isinstance(value, str):
            words = {name.lower() for name in _keys(leaf.node)}
            if isinstance(value, str) and "locale" in words:
                yield Want("locale", (), value)
            elif isinstance(value, str) and "timezone" in words:
                yield Want("zone", (), value)
            if isinstance(value, str) and value in pool.accounts:
                yield Want("person", (), pool.accounts[value])
            else:
                yield from (Want("person", (), handle) for handle in list(pool.accounts.values())[:3])
        case "person":
            yield from (Want("person", (), handle) for handle in list(pool.accounts.values())[:3])
        case "payload" | "context":
            yield Want(leaf.kind, leaf.path, _plain(value))
        case "label" | "title" | "body" | "comment" | "id" | "other" if counted and isinstance(value, str | list):
            yield Want("size", (leaf.kind,), len(value))
        case "label" | "title" | "body" | "comment" | "id" | "other" if isinstance(value, int | float) and counted:
            yield Want("size", (leaf.kind,), min(int(value) + 1, 50_000))
        case "id":
            yield Want("id", (), str(value))
        case "label" | "title" | "body" | "comment":
            text = value[0] if isinstance(value, list) and value else value
            yield Want(leaf.kind, (), str(text) if isinstance(text, str | int | float) else "")
        case "other":
            text = value[0] if isinstance(value, list) and value else value
            if isinstance(text, int | float) and not isinstance(text, bool) and 0 <= text <= 60:
                yield Want("calls", (leaf.kind,), int(text) + 1)
            if isinstance(text, str) and text:
                yield from (Want("content", (), text), Want("title", (), text))
                yield from (Want("locale", (), text), Want("id", (), text))
        case _:
            return


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, bytes) else value


def _is_counted(test: ast.expr) -> bool:
    """Whether the condition is about how much there is of something, and does not look at the thing itself."""
    return any(isinstance(each, ast.Call) and called_name(each) in ("len", "count") for each in ast.walk(test))


def _keys(node: ast.AST) -> Iterator[str]:
    for each in ast.walk(node):
        if isinstance(each, ast.Constant) and isinstance(each.value, str):
            yield each.value
        elif isinstance(each, ast.Attribute):
            yield each.attr


# --- time ---------------------------------------------------------------------------------------------------------


def _times(members: Sequence[tuple[Goal, Leaf]], program: Program, pool: Pool) -> Iterator[Want]:
    """The first instants, from the site's clock on, at which all goals about time come true together."""
    start = datetime.fromtimestamp(pool.now_ms / 1000, UTC)
    found = 0
    for moment in _moments(start):
        if all(_fits(goal, leaf.node, _as_clock(leaf, moment), program) for goal, leaf in members):
            yield Want("time", (), int(moment.timestamp() * 1000))
            found += 1
            if found == 2:
                return
    if not found:
        for days, hours in ((0, 14), (5, 0), (26, 0), (180, 3), (360, 12), (1_830, 6)):
            yield Want("time", (), int((start + timedelta(days=days, hours=hours)).timestamp() * 1000))


def _as_clock(leaf: Leaf, moment: datetime) -> Any:
    call = leaf.node
    if leaf.kind == "moment":
        return moment.timestamp() * (1e9 if called_name(call) == "time_ns" else 1)  # type: ignore[arg-type]
    name = called_name(call) if isinstance(call, ast.Call) else None
    if name == "today":
        return moment.date() if "date.today" in ast.unparse(call).replace("datetime.date", "date") else (
            moment.replace(tzinfo=None))  # fmt: skip
    if name in ("gmtime", "localtime"):
        return moment.timetuple()
    if name == "now" and isinstance(call, ast.Call) and (call.args or call.keywords):
        return moment
    return moment.replace(tzinfo=None)


def _moments(start: datetime) -> Iterator[datetime]:
    """Hours of seven weeks, minutes of the first hour and of a day's hours, days of three years, months of twenty."""
    yield from (start + timedelta(hours=hours) for hours in range(7 * 7 * 24))
    yield from (start + timedelta(minutes=minutes) for minutes in range(60))
    yield from (start + timedelta(seconds=seconds) for seconds in range(60))
    yield from (start + timedelta(days=days) for days in range(50, 3 * 366))
    for months in range(36, 240):
        year, month = divmod(start.month - 1 + months, 12)
        for hour in (start.hour, 3):
            yield start.replace(year=start.year + year, month=month + 1, day=min(start.day, 28), hour=hour)
    yield from (start + timedelta(hours=hours) for hours in range(7 * 7 * 24, 366 * 24))
