"""What an expression gives for assumed values of what it asks for, worked out without running any code of the app.

Only pure operations on plain values are known: everything else raises UnknownError. Work and sizes are bounded; regular
expressions are not matched, for the app chooses them and some never end.
"""

from __future__ import annotations

import ast
import base64
import binascii
import hashlib
import operator
import zlib
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from typing import Any

from forgesim.source.program import MAX_DEPTH, Program, Scope

__all__ = ["HASHES", "PURE_METHODS", "UnknownError", "evaluate"]

MAX_TEXT = 100_000
"""Characters of a value: no expression makes a larger one."""
MAX_ITEMS = 2_000

HASHES = frozenset({"md5", "sha1", "sha224", "sha256", "sha384", "sha512", "sha3_256", "blake2b", "blake2s"})

PURE_METHODS = frozenset({
    "lower", "upper", "strip", "lstrip", "rstrip", "casefold", "title", "capitalize", "swapcase", "encode", "decode",
    "startswith", "endswith", "removeprefix", "removesuffix", "find", "rfind", "index", "count", "split", "rsplit",
    "splitlines", "join", "replace", "partition", "rpartition", "zfill", "isdigit", "isdecimal", "isalpha", "isalnum",
    "isupper", "islower", "isspace", "isnumeric", "hex", "hexdigest", "digest", "bit_length", "weekday", "isoweekday",
    "isocalendar", "isoformat", "strftime", "date", "time", "timestamp", "timetuple", "toordinal", "items", "keys",
    "values", "translate", "ljust", "rjust", "center",
})  # fmt: skip
"""Methods of texts, bytes, numbers, times and maps that change nothing and look at nothing else."""

_PLAIN = (str, bytes, int, float, bool, type(None), list, tuple, dict, set, frozenset, datetime, date, time)
_FIELDS = frozenset({
    "year", "month", "day", "hour", "minute", "second", "microsecond", "tm_year", "tm_mon", "tm_mday", "tm_hour",
    "tm_min", "tm_wday", "tm_yday", "week",
})  # fmt: skip

_BINARY: Mapping[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mod: operator.mod, ast.FloorDiv: operator.floordiv,
    ast.Div: operator.truediv, ast.BitXor: operator.xor, ast.BitAnd: operator.and_, ast.BitOr: operator.or_,
    ast.RShift: operator.rshift, ast.Mult: operator.mul,
}  # fmt: skip
_COMPARED: Mapping[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt,
    ast.GtE: operator.ge, ast.Is: operator.is_, ast.IsNot: operator.is_not,
    ast.In: lambda a, b: a in b, ast.NotIn: lambda a, b: a not in b,
}  # fmt: skip
_UNARY: Mapping[type[ast.unaryop], Callable[[Any], Any]] = {
    ast.Not: operator.not_, ast.USub: operator.neg, ast.UAdd: operator.pos, ast.Invert: operator.invert,
}  # fmt: skip
_BUILTINS: Mapping[str, Callable[..., Any]] = {
    "len": len, "int": int, "str": str, "float": float, "bool": bool, "ord": ord, "chr": chr, "sum": sum, "min": min,
    "max": max, "abs": abs, "sorted": sorted, "any": any, "all": all, "set": set, "list": list, "tuple": tuple,
    "frozenset": frozenset, "reversed": lambda value: list(reversed(value)), "bytes": bytes,
    "hex": hex, "round": round, "divmod": divmod, "enumerate": lambda value: list(enumerate(value)),
}  # fmt: skip
_MODULES: Mapping[str, Callable[..., Any]] = {
    "crc32": zlib.crc32, "adler32": zlib.adler32, "b64decode": base64.b64decode, "unhexlify": binascii.unhexlify,
    "b64encode": base64.b64encode, "fromhex": bytes.fromhex, "from_bytes": int.from_bytes,
    "b32decode": base64.b32decode, "b85decode": base64.b85decode,
}  # fmt: skip


class UnknownError(Exception):
    """The value cannot be told without running the app."""


def evaluate(node: ast.expr, program: Program, scope: Scope, assumed: Mapping[ast.expr, Any] | None = None) -> Any:
    """The value of an expression; ``assumed`` are values of parts of it, by node. Raises UnknownError."""
    try:
        return _Evaluation(program, assumed or {}).of(node, scope, {}, 0)
    except (ArithmeticError, LookupError, TypeError, ValueError, AttributeError, RecursionError, OSError) as error:
        raise UnknownError(str(error)) from None


class _Evaluation:
    def __init__(self, program: Program, assumed: Mapping[ast.expr, Any]) -> None:
        self._program = program
        self._assumed = assumed

    def of(self, node: ast.expr, scope: Scope, local: Mapping[str, Any], depth: int) -> Any:  # noqa: C901, PLR0911, PLR0912 - one case a node
        if node in self._assumed:
            return self._assumed[node]

        def again(part: ast.expr) -> Any:
            return self.of(part, scope, local, depth)

        match node:
            case ast.Constant(value=value):
                return value
            case ast.Name(id=name):
                return self._name(name, scope, local, depth)
            case ast.Await(value=value):
                return again(value)
            case ast.BoolOp(op=op, values=values):
                return self._boolean(op, values, again)
            case ast.UnaryOp(op=op, operand=operand):
                return _UNARY[type(op)](again(operand))
            case ast.BinOp(left=left, op=op, right=right):
                return self._binary(op, again(left), again(right))
            case ast.Compare(left=left, ops=ops, comparators=comparators):
                values = [again(each) for each in (left, *comparators)]
                return all(_COMPARED[type(op)](a, b) for op, a, b in zip(ops, values, values[1:], strict=False))
            case ast.IfExp(test=test, body=body, orelse=orelse):
                return again(body) if again(test) else again(orelse)
            case ast.Tuple(elts=elts):
                return tuple(again(each) for each in elts)
            case ast.List(elts=elts):
                return [again(each) for each in elts]
            case ast.Set(elts=elts):
                return {again(each) for each in elts}
            case ast.Dict(keys=keys, values=values):
                return {again(key): None for key in keys if key is not None}
            case ast.Subscript(value=value, slice=ast.Slice(lower=lower, upper=upper, step=step)):
                a, b, c = (each and again(each) for each in (lower, upper, step))
                return again(value)[a:b:c]
            case ast.Subscript(value=value, slice=index):
                return again(value)[again(index)]
            case ast.Attribute(attr=("UTC" | "utc")):
                return UTC
            case ast.Attribute(value=value, attr=attr) if attr in _FIELDS:
                return getattr(_plain(again(value)), attr)
            case ast.JoinedStr(values=values):
                return "".join(str(again(each)) for each in values)
            case ast.FormattedValue(value=value, format_spec=spec):
                return format(_plain(again(value)), again(spec) if spec is not None else "")
            case ast.Call():
                return self._call(node, scope, local, depth)
            case (
                ast.ListComp(elt=elt, generators=[one])
                | ast.GeneratorExp(elt=elt, generators=[one])
                | ast.SetComp(elt=elt, generators=[one])
            ):
                return self._comprehension(elt, one, scope, local, depth)
            case _:
                raise UnknownError(type(node).__name__)

    def _name(self, name: str, scope: Scope, local: Mapping[str, Any], depth: int) -> Any:
        if name in local:
            return local[name]
        if name == "UTC":
            return UTC
        found = self._program.meanings(name, scope)
        if len(found) != 1 or depth > MAX_DEPTH:
            raise UnknownError(name)
        return self.of(found[0][0], found[0][1], {}, depth + 1)

    def _boolean(self, op: ast.boolop, values: list[ast.expr], again: Callable[[ast.expr], Any]) -> Any:
        value: Any = None
        for each in values:
            value = again(each)
            if bool(value) is isinstance(op, ast.Or):
                return value
        return value

    def _binary(self, op: ast.operator, left: Any, right: Any) -> Any:
        if isinstance(op, ast.Mult) and not all(isinstance(each, int | float) for each in (left, right)):
            size, times = (len(left), right) if not isinstance(left, int) else (len(right), left)
            if size * times > MAX_TEXT:
                raise UnknownError("too large")
        return _BINARY[type(op)](left, right)

    def _call(self, node: ast.Call, scope: Scope, local: Mapping[str, Any], depth: int) -> Any:
        if any(keyword.arg is None for keyword in node.keywords):
            raise UnknownError("**")
        match node.func:
            case ast.Name(id=name) if name in _BUILTINS or name in _MODULES or name in HASHES:
                known = _BUILTINS.get(name) or _MODULES.get(name)
                return self._applied(known or getattr(hashlib, name), node, scope, local, depth)
            case (
                ast.Name(id=("datetime" | "date") as name)
                | ast.Attribute(attr=("datetime" | "date") as name, value=ast.Name(id="datetime"))
            ):
                return self._applied(datetime if name == "datetime" else date, node, scope, local, depth)
            case ast.Attribute(attr="fromisoformat", value=value):
                kind = (
                    date
                    if isinstance(value, ast.Name | ast.Attribute) and ast.unparse(value).endswith("date")
                    else datetime
                )
                return self._applied(kind.fromisoformat, node, scope, local, depth)
            case ast.Attribute(attr=name, value=ast.Name(id="hashlib")) if name in HASHES:
                return self._applied(getattr(hashlib, name), node, scope, local, depth)
            case ast.Attribute(attr=name, value=ast.Name(id=("zlib" | "base64" | "binascii" | "bytes" | "int"))) if (
                name in _MODULES
            ):
                return self._applied(_MODULES[name], node, scope, local, depth)
            case ast.Attribute(attr=name, value=value) if name in PURE_METHODS:
                owner = self.of(value, scope, local, depth)
                if not isinstance(owner, _PLAIN) and not hasattr(owner, "hexdigest"):
                    raise UnknownError(name)
                return self._applied(getattr(owner, name), node, scope, local, depth)
            case _:
                raise UnknownError("a call")

    def _applied(
        self, known: Callable[..., Any], node: ast.Call, scope: Scope, local: Mapping[str, Any], depth: int
    ) -> Any:
        given = [self.of(each, scope, local, depth) for each in node.args]
        named = {each.arg: self.of(each.value, scope, local, depth) for each in node.keywords if each.arg}
        if any(isinstance(each, int) and abs(each) > MAX_TEXT for each in given) and known not in (int, str, abs, hex):
            raise UnknownError("too large")
        return known(*given, **named)

    def _comprehension(
        self, elt: ast.expr, one: ast.comprehension, scope: Scope, local: Mapping[str, Any], depth: int
    ) -> list[Any]:
        if not isinstance(one.target, ast.Name):
            raise UnknownError("several variables")
        found = []
        for item in list(self.of(one.iter, scope, local, depth))[:MAX_ITEMS]:
            inner = {**local, one.target.id: item}
            if all(self.of(each, scope, inner, depth) for each in one.ifs):
                found.append(self.of(elt, scope, inner, depth))
        return found


def _plain(value: Any) -> Any:
    if not isinstance(value, _PLAIN):
        raise UnknownError("no plain value")
    return value
