"""Rewritten code does what the original does, and its hits say what ran."""

from __future__ import annotations

import ast
import asyncio
import textwrap
import traceback
from types import CodeType
from typing import Any

import pytest
from hypothesis import given, reject, settings, strategies as st

from forgesim.guest.coverage import Hits, bind
from forgesim.sandbox.rewrite import rewrite

PATH = "src/m.py"


def probed(source: str) -> tuple[CodeType, Hits, tuple[str, ...]]:
    tree, units = rewrite(source, PATH, marker="the marker", first=0)
    hits = Hits(len(units))
    return bind(compile(tree, PATH, "exec", dont_inherit=True), "the marker", hits), hits, units


def hit(source: str, names: dict[str, Any] | None = None) -> tuple[set[str], set[str]]:
    """The units of a module that ran and those that did not, without path."""
    code, hits, units = probed(textwrap.dedent(source))
    exec(code, {"__name__": "m", **(names or {})})
    short = [unit.removeprefix(f"{PATH}:") for unit in units]
    ran = {name for name, seen in zip(short, hits, strict=True) if seen}
    return ran, set(short) - ran


CASES = [
    ("a = 1\nb = 2", {"1:0", "2:0"}, set()),
    ("if 1:\n a = 1", {"1:0 if", "2:1"}, {"1:0 else"}),
    ("if 0:\n a = 1\nelif 1:\n b = 1", {"1:0 else", "3:0 if", "4:1"}, {"1:0 if", "2:1", "3:0 else"}),
    ("n = 1\nwhile n:\n n = 0", {"1:0", "2:0 while", "3:1", "2:0 else"}, set()),
    ("while True:\n break", {"1:0 while", "2:1"}, set()),
    ("for i in ():\n a = 1", {"1:0 else"}, {"1:0 for", "2:1"}),
    ("for i in (1,):\n break", {"1:0 for", "2:1"}, {"1:0 else"}),
    ("for i in (1,):\n pass\nelse:\n a = 1", {"1:0 for", "2:1", "1:0 else", "4:1"}, set()),
    (
        "try:\n a = 1\nexcept OSError:\n b = 1\nelse:\n c = 1\nfinally:\n d = 1",
        {"1:0", "2:1", "6:1", "8:1"},
        {"3:0 except", "4:1"},
    ),
    ("try:\n raise OSError\nexcept OSError:\n b = 1", {"1:0", "2:1", "3:0 except", "4:1"}, set()),
    ("match 1:\n case 1:\n  a = 1\n case 2:\n  b = 1", {"1:0 case 1", "3:2"}, {"1:0 case 2", "5:2", "1:0 else"}),
    ("match 9:\n case 1:\n  a = 1", {"1:0 else"}, {"1:0 case 1", "3:2"}),
    ("match 9:\n case int() | _ if 0:\n  a = 1\n case x:\n  b = 1", {"1:0 case 2", "5:2"}, {"1:0 case 1", "3:2"}),
    ("a = 0 and 1", {"1:0"}, {"1:4 and 2"}),
    ("a = 1 and 0 and 2", {"1:0", "1:4 and 2"}, {"1:4 and 3"}),
    ("a = 0 or 1 or 2", {"1:0", "1:4 or 2"}, {"1:4 or 3"}),
    ("a = 1 if 1 else 2", {"1:0", "1:4 ternary if"}, {"1:4 ternary else"}),
    ("a = [x for x in (1, 2) if x > 2]", {"1:0"}, {"1:4 comprehension", "1:26 comprehension if"}),
    ("a = {x: 1 for x in (1,)}", {"1:0", "1:4 comprehension"}, set()),
    ("a = (x for x in (1,))", {"1:0"}, {"1:4 comprehension"}),
    ("f = lambda: 1", {"1:0"}, {"1:4 lambda"}),
    ("a = 2 < 1 < abs(3)", {"1:0"}, {"1:4 compare 3"}),
    ("a = 2 < 1 < 3", {"1:0"}, set()),
    ("assert 1, str(2)", {"1:0"}, {"1:10 assert message"}),
    ("def f():\n return 1", {"1:0"}, {"2:1"}),
    ("x = 1\nif x and 0: # pragma: no cover\n a = 1", {"1:0", "2:3 and 2", "2:0 else"}, {"2:0 if", "3:1"}),
    ("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n import x", {"1:0", "2:0 else"}, {"2:0 if", "3:1"}),
    ('"""doc"""\nfrom __future__ import annotations\nx: int = 1', {"3:0"}, set()),
    ("def f():\n 'doc'\n global g\n g = 1\n ...\nf()", {"1:0", "4:1", "6:0"}, set()),
    ("with open('/dev/null') as f:\n a = 1", {"1:0", "2:1"}, set()),
]

BAD = "{}[1]"
"""What always goes wrong."""
HALFWAY = [
    (f"[{BAD}, leak()]", "2:1"),
    (f"leak({BAD})", "2:1"),
    (f"leak(*{BAD})", "2:1"),
    (f"leak(of={BAD})", "2:1"),
    (f"a = {BAD} + leak()", "2:1"),
    (f"a = [0]; a[{BAD}], a[leak()] = 1, 2", "2:10"),
    (f"a = 1; a += {BAD} or leak()", "2:8"),
    (f"a: int = ({BAD}, leak())", "2:1"),
    (f"raise ValueError({BAD}) from leak()", "2:1"),
    (f"raise ValueError from {BAD}", "2:1"),
    (f"assert {BAD} or leak()", "2:1"),
    (f"del a[leak({BAD})]", "2:1"),
    (f"def f(a={BAD}, b=leak()): pass", "2:1"),
    (f"class C({BAD}, of=leak()): pass", "2:1"),
    (f"1 and [{BAD}, leak()]", "2:1 and 2"),
    (f"[{BAD}, leak()] if 1 else 0", "2:1 ternary if"),
    (f"(lambda: ({BAD}, leak()))()", "2:2 lambda"),
    (f"[({BAD}, leak()) for _ in 'a']", "2:1 comprehension"),
    (f"{{1: ({BAD}, leak()) for _ in 'a'}}", "2:1 comprehension"),
    (f"1 < 2 < ({BAD}, leak())", "2:1 compare 3"),
]
"""Statements in which an error that is caught skips the call of ``leak``, each with the unit that says so."""


@pytest.mark.parametrize(("statement", "unit"), HALFWAY, ids=[statement for statement, _ in HALFWAY])
def test_what_an_error_cuts_short_has_not_run(statement: str, unit: str) -> None:
    called: list[int] = []
    ran, missed = hit(
        f"try:\n {statement}\nexcept KeyError:\n b = 1\n", {"a": {}, "leak": lambda *_, **__: called.append(1)}
    )
    assert (called, unit in ran, unit in missed) == ([], False, True)


@pytest.mark.parametrize(
    "statement", ["fail(1)", "a = fail(of=1)", "raise fail()", "1 and fail()", "assert fail(*[1])"]
)
def test_a_last_call_that_does_not_come_back_was_made(statement: str) -> None:
    def fail(*_: object, **__: object) -> None:
        raise KeyError

    assert hit(f"try:\n {statement}\nexcept KeyError:\n b = 1\n", {"fail": fail})[1] == set()


@pytest.mark.parametrize(("source", "ran", "missed"), CASES, ids=[source for source, _, _ in CASES])
def test_units_are_named_by_place_and_word_and_hit_when_they_run(source: str, ran: set[str], missed: set[str]) -> None:
    assert hit(source) == (ran, missed)


def test_an_error_in_a_test_hits_no_arm() -> None:
    code, hits, _ = probed("if 1 / 0:\n a = 1\n")
    with pytest.raises(ZeroDivisionError):
        exec(code, {})
    assert not any(hits)


SAME = """\
'''module doc'''
from __future__ import annotations
import dataclasses, enum, inspect
log = []

def documented(a: int if True else str, *, b: "x or y" = 1 or 2) -> (1 if 0 else 2):
    '''function doc'''
    nonlocal_value = 0
    def inner():
        nonlocal nonlocal_value
        nonlocal_value += 1
        return __class__ if False else nonlocal_value
    return inner() + inner() + a + b
log.append((__doc__, documented.__doc__, documented(1), documented.__annotations__, documented.__kwdefaults__))

@dataclasses.dataclass
class Point:
    '''class doc'''
    x: int = 0 or 3
    y: int = dataclasses.field(default_factory=lambda: 4)
    def __private(self): return super().__repr__() and self.x
    def both(self): return self.__private() < self.y < 10
log.append((Point.__doc__, Point(), Point().both(), sorted(vars(Point)), Point.__annotations__))

class Colour(enum.Enum):
    RED = 1
    BLUE = 2 if RED else 3
log.append(list(Colour))

def walrus(data):
    return [(y, z := y * 2) for x in data if (y := x + 1) > 1 and y != 3], {k: v for k, v in zip("ab", data) if v}, z
log.append(walrus([1, 2, 0, 5]))

def generate(n):
    total = 0
    while (got := (yield total)) is not None or n > 100:
        total += got or 0
    return total
g = generate(1); next(g); g.send(3)
try:
    g.send(None)
except StopIteration as stop:
    log.append(stop.value)

def shape(value):
    match value:
        case {"kind": "a" | "b" as kind, **rest} if rest and len(rest) < 3:
            return kind, rest
        case [first, *_, last]:
            return first, last
        case Point(x=3) | int():
            return "point or int"
log.append([shape(v) for v in ({"kind": "a", "z": 1}, [1, 2, 3], Point(), 7, None)])

def flow():
    for i in range(5):
        try:
            if i == 1: continue
            if i == 3: break
        except ValueError: pass
        else: log.append(f"{i!r:>{3 if i else 4}} {i and 'yes'} {'a' if i else 'b'}")
        finally: log.append(("finally", i))
    else: log.append("never")
flow()

async def stream(n):
    for i in range(n): yield i

class Ctx:
    async def __aenter__(self): return self
    async def __aexit__(self, *exc): return exc[0] is ValueError
async def run():
    async with Ctx() as ctx, Ctx():
        raise ValueError
    seen = [i async for i in stream(4) if i % 2 or await later(0)]
    async for i in stream(2): seen.append(i)
    else: seen.append("done")
    return seen and await later("x") or None
async def later(value): return value
log.append(async_run(run()))
del g
"""


def test_a_module_of_every_kind_of_syntax_behaves_the_same() -> None:
    plain: dict[str, Any] = {"__name__": "sys", "async_run": asyncio.run}
    exec(compile(SAME, PATH, "exec", dont_inherit=True), plain)
    code, _, _ = probed(SAME)
    rewritten: dict[str, Any] = {"__name__": "sys", "async_run": asyncio.run}
    exec(code, rewritten)
    assert [repr(entry) for entry in rewritten["log"]] == [repr(entry) for entry in plain["log"]]
    assert list(rewritten) == list(plain)


def test_names_in_functions_and_lines_stay() -> None:
    source = "def f(a):\n    b = a and 1\n\n    return [x for x in b]\n"
    names: dict[str, Any] = {}
    code, _, _ = probed(source)
    exec(code, names)
    plain: dict[str, Any] = {}
    exec(compile(source, PATH, "exec"), plain)
    assert names["f"].__code__.co_varnames == plain["f"].__code__.co_varnames
    with pytest.raises(TypeError) as caught:
        names["f"](1)
    assert [frame.lineno for frame in traceback.extract_tb(caught.value.__traceback__)][1:] == [4]


@pytest.mark.parametrize("source", ["def (", "x = 1\n  y", "return 1\nwhile"])
def test_what_is_no_python_raises_as_it_would(source: str) -> None:
    with pytest.raises(SyntaxError):
        rewrite(source, PATH, marker="m", first=0)


# --- programs made by hypothesis: `t(n)` says that it ran, and gives a value or raises ------------------------


class Maker:
    """Writes a program from drawn numbers; every ``t(n)`` has a number of its own."""

    def __init__(self, draw: Any) -> None:
        self._draw = draw
        self._calls = 0

    def _pick(self, *options: Any) -> Any:
        return options[self._draw(st.integers(0, len(options) - 1))]

    def t(self) -> str:
        self._calls += 1
        return f"t({self._calls})"

    def expression(self, depth: int) -> str:
        if depth == 0:
            return self.t()
        e = [self.expression(depth - 1) for _ in range(3)]
        return self._pick(  # type: ignore[no-any-return]
            self.t(),
            f"({e[0]} and {e[1]})",
            f"({e[0]} or {e[1]} and {e[2]})",
            f"({e[0]} if {e[1]} else {e[2]})",
            f"({e[0]} < {e[1]} < {e[2]})",
            f"sum([{e[0]} for _ in range(2) if {e[1]}])",
            f"len({{{e[0]}: 1 for _ in range(2)}})",
            f"(lambda: {e[0]})()",
            f"(v := {e[0]})",
            f"len(f'{{{e[0]}}}')",
            f"(not {e[0]})",
        )

    def block(self, depth: int, *, loop: bool = False) -> list[str]:
        return [line for _ in range(self._pick(1, 2)) for line in self.statement(depth, loop=loop)]

    def inside(self, depth: int, *, loop: bool = False) -> list[str]:
        return [f" {line}" for line in self.block(depth - 1, loop=loop)]

    def statement(self, depth: int, *, loop: bool = False) -> list[str]:
        e = self.expression(self._pick(0, 1, 2))
        simple = [[e], [f"v = {e}"], [f"assert {e}, {self.t()}"], *([["break"], ["continue"]] if loop else [])]
        if depth == 0:
            return self._pick(*simple)  # type: ignore[no-any-return]
        body, other = self.inside(depth), self.inside(depth)
        looped = self.inside(depth, loop=True)
        name = f"f{self._calls}"
        return self._pick(  # type: ignore[no-any-return]
            *simple,
            [f"if {e}:", *body],
            [f"if {e}:", *body, "else:", *other],
            ["for _ in range(2):", *looped],
            ["for _ in range(1):", *looped, "else:", *other],
            [f"while {e} and left():", *looped],
            ["try:", *body, "except OSError:", *other],
            ["try:", *body, "finally:", *other],
            [
                f"match {e}:",
                " case 0:",
                *(f" {line}" for line in body),
                " case int():",
                *(f" {line}" for line in other),
            ],
            [f"def {name}():", " global v", *body, f" return {e}", f"{name}()"],
            [f"class C{self._calls}:", *body],
        )


@st.composite
def programs(draw: Any) -> str:
    source = "\n".join(Maker(draw).block(2)) + "\n"
    try:
        compile(source, PATH, "exec")
    except SyntaxError:  # `:=` has places where it may not stand
        reject()
    return source


def play(code: CodeType, odd: int) -> tuple[list[int], Any]:
    """The calls of ``t`` in order, with their negatives where they gave a value, and how the program ended. ``odd``
    decides what each call gives."""
    log: list[int] = []
    fuel = [3]

    def t(number: int) -> int:
        log.append(number)
        what = (number * odd) % 7
        if what == 6:
            raise OSError(number)
        log.append(-number)
        return what % 3

    def left() -> bool:
        fuel[0] -= 1
        return fuel[0] >= 0

    names: dict[str, Any] = {"__name__": "m", "t": t, "left": left, "v": 0}
    try:
        exec(code, names)
    except Exception as error:  # noqa: BLE001 -- programs may fail in any way, but in the same one
        lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__)[1:] if frame.filename == PATH]
        return log, (type(error), str(error), lines)
    return log, (names["v"], sorted(names.keys() - {"__builtins__"}))


@settings(max_examples=150)
@given(programs(), st.integers(1, 1000))
def test_programs_do_the_same_with_probes(source: str, odd: int) -> None:
    code, _, _ = probed(source)
    assert play(code, odd) == play(compile(source, PATH, "exec"), odd)


def first_call(node: ast.AST) -> int | None:
    """The number of the ``t`` that is called first, and always, when ``node`` is evaluated."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "t":
        argument = node.args[0]
        return argument.value if isinstance(argument, ast.Constant) and isinstance(argument.value, int) else None
    if isinstance(node, ast.IfExp):
        return first_call(node.test)
    if isinstance(node, ast.BoolOp):
        return first_call(node.values[0])
    if isinstance(node, ast.Compare):
        return first_call(node.left)
    if isinstance(node, ast.UnaryOp):
        return first_call(node.operand)
    if isinstance(node, ast.NamedExpr | ast.Expr | ast.Assign):
        return first_call(node.value)
    return first_call(node.test) if isinstance(node, ast.Assert) else None


def last_call(node: ast.AST) -> int | None:
    """What ``play`` logs when ``node`` is computed, and never else: the call that is the last thing it does, or the
    negative of one after whose value nothing can go wrong."""
    match node:
        case ast.Call(func=ast.Name(id="t"), args=[ast.Constant(value=int(number))]):
            return number
        case ast.Call(func=ast.Name(id="len"), args=[ast.JoinedStr(values=[ast.FormattedValue(value=inner)])]):
            return given_back(inner)
        case ast.UnaryOp(operand=inner):
            return given_back(inner)
        case ast.NamedExpr(value=inner) | ast.Expr(value=inner) | ast.Assign(value=inner) | ast.Assert(test=inner):
            return last_call(inner)
        case _:
            return None


def given_back(node: ast.AST) -> int | None:
    number = last_call(node)
    return number if number is None else -abs(number)


def expectations(tree: ast.Module) -> dict[str, int]:
    """Unit name → what ``play`` logs if and only if the unit is hit, where there is such a thing: an arm where it
    begins, all else where it ends."""
    parts: list[tuple[Any, str, ast.AST]] = []
    arms: list[tuple[Any, str, ast.AST]] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.BoolOp):
            word = "and" if isinstance(node.op, ast.And) else "or"
            parts += [(node, f"{word} {n}", value) for n, value in enumerate(node.values[1:], 2)]
        elif isinstance(node, ast.IfExp):
            parts += [(node, "ternary if", node.body), (node, "ternary else", node.orelse)]
        elif isinstance(node, ast.Compare):
            parts += [(node, f"compare {n}", value) for n, value in enumerate(node.comparators[1:], 3)]
        elif isinstance(node, ast.ListComp | ast.Lambda):
            inner = node.elt if isinstance(node, ast.ListComp) else node.body
            parts.append((node, "comprehension" if isinstance(node, ast.ListComp) else "lambda", inner))
        elif isinstance(node, ast.Expr | ast.Assign | ast.Assert):
            parts.append((node, "", node))
        elif isinstance(node, ast.If | ast.For | ast.While):
            arms.append((node, type(node).__name__.lower(), node.body[0]))
            arms += [(node, "else", node.orelse[0])] if node.orelse else []
        elif isinstance(node, ast.ExceptHandler):
            arms.append((node, "except", node.body[0]))
    told = [(n, kind, last_call(part)) for n, kind, part in parts]
    told += [(n, kind, first_call(part)) for n, kind, part in arms]
    return {f"{PATH}:{n.lineno}:{n.col_offset} {kind}".rstrip(): number for n, kind, number in told if number}


@settings(max_examples=150)
@given(programs(), st.integers(1, 1000))
def test_an_arm_is_hit_where_it_begins_and_all_else_where_it_ends(source: str, odd: int) -> None:
    code, hits, units = probed(source)
    log, _ = play(code, odd)
    seen = {name for name, byte in zip(units, hits, strict=True) if byte}
    expected = expectations(ast.parse(source))
    assert set(expected) <= set(units)
    assert {name: name in seen for name in expected} == {name: number in log for name, number in expected.items()}
