"""JavaScript as the Python that asks the same: the tree of its parser becomes the one that conditions are read from.

What is made is never run, and need not do what the app does. It has the names, keys, comparisons and branches of the
source at their places, so that one reader of conditions serves both languages; all else is a call that nothing knows.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Mapping, Sequence

from forgesim.source.each import over_each
from forgesim.source.syntax import COMPARED, COUNTED, METHODS, ROOTS, Node, at, key_of, member, named, root, target_name

__all__ = ["translated"]

_FUNCTIONS = {"String": "str", "Number": "float", "parseInt": "int", "parseFloat": "float", "Boolean": "bool"}
_FUNCTION_TYPES = ("FunctionDeclaration", "FunctionExpression", "ArrowFunctionExpression")


def translated(trees: Mapping[str, Sequence[Node]], handlers: Collection[str] = ()) -> dict[str, ast.Module]:
    """Path → module. ``handlers``: names of exported functions that the manifest runs, whose first argument is the
    payload itself. What is nested too deep is left out."""
    found = {}
    for path, statements in trees.items():
        maker = _Maker(frozenset(handlers))
        try:
            found[path] = ast.Module(maker.block(statements), [])
        except RecursionError:
            continue
    return found


class _Maker:
    def __init__(self, handlers: frozenset[str]) -> None:
        self._handlers = handlers
        self._before: list[ast.stmt] = []
        """Functions that the statement in the making is to be preceded by."""

    # --- statements ------------------------------------------------------------------------------------------------

    def block(self, nodes: Sequence[Node | None]) -> list[ast.stmt]:
        made: list[ast.stmt] = []
        for node in nodes:
            if node is None:
                continue
            outer, self._before = self._before, []
            statements = [at(each, node) for each in self._statement(node)]
            made += [*self._before, *statements]
            self._before = outer
        return made

    def _body(self, node: Node | None) -> list[ast.stmt]:
        """A body that is not empty, as Python's are not."""
        if node is None:
            return []
        return self.block(node["body"] if node["type"] == "BlockStatement" else [node]) or [at(ast.Pass(), node)]

    def _statement(self, node: Node) -> list[ast.stmt]:  # noqa: C901, PLR0911, PLR0912 - one case a node
        match node["type"]:
            case "ExpressionStatement":
                return self._expressed(node["expression"])
            case "VariableDeclaration":
                return [
                    made
                    for each in node["declarations"]
                    if each["init"] is not None
                    for made in self._bound(each["id"], each["init"])
                ]
            case "FunctionDeclaration":
                return [self._function(node, (node["id"] or {}).get("name", "default"))]
            case "ClassDeclaration":
                return self._class(node)
            case "ReturnStatement":
                return [ast.Return(self.value(node["argument"]) if node["argument"] else None)]
            case "ThrowStatement":
                return [ast.Raise(self.value(node["argument"]), None)]
            case "IfStatement":
                test = self.value(node["test"])
                return [ast.If(test, self._body(node["consequent"]), self._body(node["alternate"]))]
            case "SwitchStatement":
                return self._switch(node)
            case "ForOfStatement" | "ForInStatement":
                left, right = node["left"], self.value(node["right"])
                target = left["declarations"][0]["id"] if left["type"] == "VariableDeclaration" else left
                name = f"each_{node['at'][0]}_{node['at'][1]}"
                taken = [at(each, node) for each in self._parts(target, named(name))]
                if target["type"] == "Identifier":
                    name, taken = target["name"], []
                return [ast.For(ast.Name(name, ast.Store()), right, [*taken, *self._body(node["body"])], [])]
            case "ForStatement":
                init = node["init"]
                first = init if init and init["type"].endswith("Declaration") else None
                test = self.value(node["test"]) if node["test"] else ast.Constant(True)
                return [*self.block([first]), ast.While(test, self._body(node["body"]), [])]
            case "WhileStatement" | "DoWhileStatement":
                return [ast.While(self.value(node["test"]), self._body(node["body"]), [])]
            case "TryStatement":
                handler = node["handler"]
                caught = [ast.ExceptHandler(None, None, self._body(handler["body"]))] if handler else []
                return [ast.Try(self._body(node["block"]), caught, [], self._body(node["finalizer"]))]
            case "BlockStatement":
                return self.block(node["body"])
            case "LabeledStatement":
                return self.block([node["body"]])
            case "BreakStatement":
                return [ast.Break()]
            case "ContinueStatement":
                return [ast.Continue()]
            case "ExportNamedDeclaration" | "ExportDefaultDeclaration" if node.get("declaration"):
                return self.block([node["declaration"]])
            case _:
                return []

    def _expressed(self, node: Node) -> list[ast.stmt]:
        if node["type"] == "AssignmentExpression" and node["operator"] == "=":
            return self._bound(node["left"], node["right"])
        defined = self._defined(node)
        return [ast.Expr(self.value(node))] if defined is None else [defined]

    def _defined(self, node: Node) -> ast.stmt | None:
        """``resolver.define('key', function)``."""
        if node["type"] != "CallExpression" or node["callee"]["type"] != "MemberExpression":
            return None
        match node["callee"]["property"], node["arguments"]:
            case {"name": "define"}, [{"type": "Literal", "value": str(key)}, {"type": kind} as function] if (
                kind in _FUNCTION_TYPES
            ):
                made = self._function(function, f"resolver_{key}")
                made.decorator_list = [
                    ast.Call(ast.Attribute(named("resolver"), "define", ast.Load()), [ast.Constant(key)], [])
                ]
                return made
            case _:
                return None

    def _bound(self, target: Node, value: Node) -> list[ast.stmt]:
        name = target_name(target)
        if name is not None and value["type"] in _FUNCTION_TYPES:
            return [self._function(value, name)]
        return self._parts(target, self.value(value))

    def _parts(self, target: Node, value: ast.expr) -> list[ast.stmt]:
        """Assignments of what a pattern takes of a value."""
        match target["type"]:
            case "Identifier" if target["name"] in ROOTS:
                return []
            case "Identifier":
                return [ast.Assign([ast.Name(target["name"], ast.Store())], value)]
            case "MemberExpression" if (name := target_name(target)) is not None:
                return [ast.Assign([ast.Name(name, ast.Store())], value)]
            case "AssignmentPattern":
                return self._parts(target["left"], ast.BoolOp(ast.Or(), [value, self.value(target["right"])]))
            case "ObjectPattern":
                taken: list[ast.stmt] = []
                for each in target["properties"]:
                    if each["type"] == "RestElement":
                        taken += self._parts(each["argument"], value)
                    elif (key := key_of(each)) in ROOTS:
                        same = each["value"].get("name") == key
                        taken += [] if same else self._parts(each["value"], root(str(key)))
                    elif key is not None:
                        taken += self._parts(each["value"], member(value, key))
                return taken
            case "ArrayPattern":
                parts = [each for each in target["elements"] if each is not None]
                return [
                    made for each in parts for made in self._parts(each, ast.Subscript(value, named("at"), ast.Load()))
                ]
            case _:
                return []

    def _switch(self, node: Node) -> list[ast.stmt]:
        """Each case is an arm; one that is empty shares the next one's."""
        made: list[ast.stmt] = []
        for test, body in reversed(self._arms(node)):
            made = body if test is None else [at(ast.If(test, body, made), node)]
        return made

    def _arms(self, node: Node) -> list[tuple[ast.expr | None, list[ast.stmt]]]:
        arms: list[tuple[ast.expr | None, list[ast.stmt]]] = []
        waiting: list[ast.expr] = []
        for case in node["cases"]:
            if case["test"] is not None:
                asked = self.value(node["discriminant"])
                waiting.append(at(ast.Compare(asked, [ast.Eq()], [self.value(case["test"])]), case))
            body = [each for each in self.block(case["consequent"]) if not isinstance(each, ast.Break)]
            if case["test"] is None:
                arms.append((None, body or [at(ast.Pass(), case)]))
                waiting = []
            elif case["consequent"]:
                arms.append((waiting[0] if len(waiting) == 1 else at(ast.BoolOp(ast.Or(), waiting), case), body))
                waiting = []
        arms = [(test, body or [at(ast.Pass(), node)]) for test, body in arms]
        return [*(arm for arm in arms if arm[0] is not None), *(arm for arm in arms if arm[0] is None)]

    # --- functions -------------------------------------------------------------------------------------------------

    def _function(self, node: Node, name: str) -> ast.AsyncFunctionDef:
        arguments, taken = self._arguments(node, name)
        body = node["body"]
        outer, self._before = self._before, []
        if body["type"] == "BlockStatement":
            inner = self.block(body["body"])
        else:
            result = at(ast.Return(self.value(body)), body)
            inner = [*self._before, result]
        self._before = outer
        inside = [at(each, node) for each in taken] + (inner or [at(ast.Pass(), node)])
        return at(ast.AsyncFunctionDef(name, arguments, inside, [], None), node)

    def _arguments(self, node: Node, name: str) -> tuple[ast.arguments, list[ast.stmt]]:
        """Its parameters, and what it takes of those that are patterns. The first one of a function that the manifest
        runs is a payload."""
        names: list[str] = []
        taken: list[ast.stmt] = []
        for number, each in enumerate(node["params"]):
            first = number == 0 and name in self._handlers
            if first:
                taken += self._parts(each, root("payload"))
            if each["type"] == "Identifier" and not first:
                names.append(each["name"])
            else:
                names.append(f"given_{number}")
                taken += [] if first else self._parts(each, named(names[-1]))
        made = [ast.arg(each) for each in names if each not in ROOTS]
        return ast.arguments([], made, None, [], [], None, []), taken

    def _class(self, node: Node) -> list[ast.stmt]:
        methods = [
            self._function(each["value"], key_of(each) or "method")
            for each in node["body"]["body"]
            if each["type"] == "MethodDefinition"
        ]
        name = (node["id"] or {}).get("name", "default")
        return [ast.ClassDef(name, [], [], list(methods) or [at(ast.Pass(), node)], [])]

    def _anonymous(self, node: Node, name: str | None = None) -> ast.expr:
        """A function in the place of a value: one of an expression is Python's, all others get a name."""
        if node["body"]["type"] != "BlockStatement" and all(each["type"] == "Identifier" for each in node["params"]):
            arguments, _ = self._arguments(node, "")
            return ast.Lambda(arguments, self.value(node["body"]))
        called = name or f"function_{node['at'][0]}_{node['at'][1]}"
        self._before.append(self._function(node, called))
        return named(called)

    # --- values ----------------------------------------------------------------------------------------------------

    def value(self, node: Node) -> ast.expr:
        return at(self._value(node), node)

    def _values(self, nodes: Sequence[Node | None]) -> list[ast.expr]:
        return [self.value(each) for each in nodes if each is not None]

    def _value(self, node: Node) -> ast.expr:  # noqa: C901, PLR0911, PLR0912 - one case a node
        match node:
            case {"type": "Literal", "regex": {"pattern": str(pattern)}}:
                return ast.Constant(pattern)
            case {"type": "Literal", "value": value}:
                return ast.Constant(int(value) if isinstance(value, float) and value.is_integer() else value)
            case {"type": "Identifier", "name": "undefined"}:
                return ast.Constant(None)
            case {"type": "Identifier", "name": name}:
                return root(name) if name in ROOTS else named(name)
            case {"type": "ChainExpression" | "ParenthesizedExpression", "expression": inner}:
                return self.value(inner)
            case {"type": "AwaitExpression" | "YieldExpression", "argument": dict(inner)}:
                return ast.Await(self.value(inner))
            case {"type": "SpreadElement", "argument": inner}:
                return ast.Starred(self.value(inner), ast.Load())
            case {"type": "TemplateLiteral", "quasis": quasis, "expressions": []}:
                return ast.Constant(str(quasis[0]["value"].get("cooked")))
            case {"type": "TemplateLiteral", "expressions": parts}:
                return ast.JoinedStr([ast.FormattedValue(self.value(each), -1, None) for each in parts])
            case {"type": "TaggedTemplateExpression", "tag": tag, "quasi": quasi}:
                return ast.Call(self.value(tag), [self.value(quasi)], [])
            case {"type": "MemberExpression"}:
                return self._read(node)
            case {"type": "UnaryExpression", "operator": "!", "argument": inner}:
                return ast.UnaryOp(ast.Not(), self.value(inner))
            case {"type": "UnaryExpression", "operator": "-", "argument": inner}:
                return ast.UnaryOp(ast.USub(), self.value(inner))
            case {"type": "BinaryExpression", "operator": "in", "left": {"type": "Literal", "value": str(key)}}:
                return ast.Compare(member(self.value(node["right"]), key), [ast.NotEq()], [ast.Constant(None)])
            case {"type": "BinaryExpression", "operator": word, "left": left, "right": right} if word in COMPARED:
                return ast.Compare(self.value(left), [COMPARED[word]()], [self.value(right)])
            case {"type": "BinaryExpression", "operator": word, "left": left, "right": right} if word in COUNTED:
                return ast.BinOp(self.value(left), COUNTED[word](), self.value(right))
            case {"type": "LogicalExpression", "operator": word, "left": left, "right": right}:
                op = ast.And() if word == "&&" else ast.Or()
                first = self.value(left)
                chain = first.values if isinstance(first, ast.BoolOp) and type(first.op) is type(op) else [first]
                return ast.BoolOp(op, [*chain, self.value(right)])
            case {"type": "ConditionalExpression"}:
                return ast.IfExp(*(self.value(node[part]) for part in ("test", "consequent", "alternate")))
            case {"type": "SequenceExpression", "expressions": [*_, last]}:
                return self.value(last)
            case {"type": "ArrayExpression", "elements": elements}:
                return ast.List(self._values(elements), ast.Load())
            case {"type": "ObjectExpression", "properties": properties}:
                return self._object(properties)
            case {"type": "CallExpression" | "NewExpression"}:
                return self._call(node)
            case {"type": "FunctionExpression" | "ArrowFunctionExpression"}:
                return self._anonymous(node)
            case {"type": "AssignmentExpression", "right": right}:
                return self.value(right)
            case _:
                inner = node.get("argument")
                return ast.Call(named("unknown"), [self.value(inner)] if isinstance(inner, dict) else [], [])

    def _read(self, node: Node) -> ast.expr:
        value, key = self.value(node["object"]), node["property"]
        if not node["computed"]:
            return member(value, key["name"])
        if key["type"] == "Literal" and isinstance(key.get("value"), str):
            return member(value, key["value"])
        return ast.Subscript(value, self.value(key), ast.Load())

    def _object(self, properties: Sequence[Node]) -> ast.expr:
        keys: list[ast.expr | None] = []
        values: list[ast.expr] = []
        for each in properties:
            if each["type"] == "SpreadElement":
                keys.append(None)
                values.append(self.value(each["argument"]))
                continue
            key = key_of(each)
            keys.append(ast.Constant(key) if key is not None else self.value(each["key"]))
            named = key is not None and key.isidentifier() and each["value"]["type"] in _FUNCTION_TYPES
            values.append(self._anonymous(each["value"], key) if named else self.value(each["value"]))
        return ast.Dict(keys, values)

    def _call(self, node: Node) -> ast.expr:  # noqa: PLR0911 - one case a method
        callee, given = node["callee"], self._values(node["arguments"])
        if callee["type"] == "ChainExpression":
            callee = callee["expression"]
        if callee["type"] == "Identifier":
            name = callee["name"]
            if node["type"] == "NewExpression" and name in ("Set", "Map", "Array"):
                return given[0] if given else ast.List([], ast.Load())
            return ast.Call(named(_FUNCTIONS.get(name, name)), given[:1] if name == "parseInt" else given, [])
        if callee["type"] != "MemberExpression" or callee["computed"]:
            return ast.Call(named("unknown"), given, [])
        of, method = self.value(callee["object"]), callee["property"]["name"]
        if given and (made := over_each(method, of, given[0], "each_{}_{}".format(*node["at"]))) is not None:
            return made
        match method, given:
            case "includes" | "has", [asked]:
                return ast.Compare(asked, [ast.In()], [of])
            case "test", [asked]:
                return ast.Call(ast.Attribute(named("re"), "search", ast.Load()), [of, asked], [])
            case "match", [asked]:
                return ast.Call(ast.Attribute(named("re"), "search", ast.Load()), [asked, of], [])
            case "values", [asked] if isinstance(of, ast.Name) and of.id == "Object":
                return ast.Call(ast.Attribute(asked, "values", ast.Load()), [], [])
            case "keys" | "entries" | "from", [asked] if isinstance(of, ast.Name):
                return asked
            case "toString", _:
                return ast.Call(named("str"), [of], [])
            case _:
                return ast.Call(ast.Attribute(of, METHODS.get(method, method), ast.Load()), given, [])
