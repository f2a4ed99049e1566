"""What conditions in JavaScript ask for, read from the tree of Node's parser: a statement runs where that is given."""

from __future__ import annotations

import ast
from typing import Any

import pytest
from tests.node.conftest import MakeApp
from tests.node.test_coverage import MakeSource, read, source

from forgesim.fuzz.harvest import expected, keys, words
from forgesim.manifest.load import load_app
from forgesim.sandbox.image import build_image
from forgesim.source.arms import name_arms
from forgesim.source.goals import alternatives
from forgesim.source.guards import Map
from forgesim.source.keys import comparisons
from forgesim.source.program import Program
from forgesim.source.script import translated
from forgesim.source.solve import Pool, wants_of

__all__ = ["source"]

pytestmark = pytest.mark.node

RESOLVER = "resolver.define('check', async ({{ payload, context }}) => {{ {} }});"
FILTERED = "payload.modes.filter((one) => one.mode === 'x-7').forEach(hit);"
ASKED: dict[str, tuple[str, dict[tuple[str, ...], Any]]] = {
    "a value": ("if (payload.mode === 'x-7') hit();", {("mode",): "x-7"}),
    "a value on the left": ("if ('x-7' == payload['mode']) { hit(); }", {("mode",): "x-7"}),
    "a number": ("if (payload.depth > 41) hit();", {("depth",): 42}),
    "else": ("if (payload.mode !== 'x-7') { other(); } else { hit(); }", {("mode",): "x-7"}),
    "behind a return": ("if (payload.mode !== 'x-7') return null; hit();", {("mode",): "x-7"}),
    "a case": ("switch (payload.mode) { case 'a': break; case 'x-7': hit(); }", {("mode",): "x-7"}),
    "cases that share": ("switch (payload.mode) { case 'x-7': case 'b': hit(); break; }", {("mode",): "x-7"}),
    "a member": ("if ('x-7' in payload) hit();", {("x-7",): True}),
    "a list": ("const modes = ['x-7', 'y-8']; if (modes.includes(payload.mode)) hit();", {("mode",): "x-7"}),
    "a set": ("if (new Set(['x-7']).has(payload.mode)) hit();", {("mode",): "x-7"}),
    "a beginning": ("if (payload.mode?.startsWith('x-')) hit();", {("mode",): "x-"}),
    "an end, in small letters": ("if (payload.mode.toLowerCase().endsWith('-7')) hit();", {("mode",): "-7"}),
    "a pattern": ("if (/^ab+c$/.test(payload.mode)) hit();", {("mode",): "abc"}),
    "deeper": ("if (payload?.options?.mode === 'x-7') hit();", {("options", "mode"): "x-7"}),
    "taken apart": ("const { mode } = payload; if (mode === 'x-7') hit();", {("mode",): "x-7"}),
    "under another name": ("const { mode: m = 'a' } = payload; if (m === 'x-7') hit();", {("mode",): "x-7"}),
    "apart, twice": ("const { of: { mode } = {} } = payload; if (mode === 'x-7') hit();", {("of", "mode"): "x-7"}),
    "two at once": ("if (payload.a === 'x' && payload.b === 'y') hit();", {("a",): "x", ("b",): "y"}),
    "three operands": ("payload.a === 'x' && payload.b > 41 && hit();", {("a",): "x", ("b",): 42}),
    "one of two": ("if (payload.a === 'x' || payload.b === 'y') hit();", {("a",): "x"}),
    "by a function": ("const due = (p) => p.mode === 'x-7'; if (due(payload)) hit();", {("mode",): "x-7"}),
    "by a function of statements": (
        "function due(p) { const { mode } = p; return mode === 'x-7'; } if (due(payload)) { hit(); }",
        {("mode",): "x-7"},
    ),
    "of the context": ("if (context.extension.type === 'macro-5') hit();", {("extension", "type"): "macro-5"}),
    "of one in a loop": ("for (const one of payload.modes) if (one === 'x-7') hit();", {("modes", "[]"): "x-7"}),
    "of some": ("if (payload.modes.some((one) => one.mode === 'x-7')) hit();", {("modes", "[]", "mode"): "x-7"}),
    "of not every one": ("if (!payload.modes.every((one) => one !== 'x-7')) hit();", {("modes", "[]"): "x-7"}),
    "of each, in a callback": (
        "payload.modes.forEach(({ mode }) => { if (mode === 'x-7') hit(); });",
        {("modes", "[]", "mode"): "x-7"},
    ),
    "of each, in one with a name": (
        "const check = (one) => { if (one === 'x-7') hit(); }; payload.modes.map(check);",
        {("modes", "[]"): "x-7"},
    ),
    "of each value of a map": (
        "const check = (one) => one === 'x-7' && hit(); Object.values(payload.modes).forEach(check);",
        {("modes", "{}"): "x-7"},
    ),
    "of what is found": (
        "const one = payload.modes.find(({ id }) => id > 41); if (one?.mode === 'x-7') hit();",
        {("modes", "[]", "mode"): "x-7"},
    ),
    "of what is picked": (
        "for (const one of payload.modes.filter((each) => each.on)) if (one.mode === 'x-7') hit();",
        {("modes", "[]", "mode"): "x-7"},
    ),
    "in a loop, a try and a callback": (
        "for (const n of [1]) { try { if (payload.mode === 'x-7') hit(); } catch { other(); } finally { end(); } }",
        {("mode",): "x-7"},
    ),
}


def mapped(made: MakeSource, code: str) -> tuple[Map, tuple[str, ...]]:
    found = read(made({"src/index.js": code}))
    where = Map(Program({}, translated(found.trees, {"main"})))
    name_arms(where)
    return where, found.units


def wanted(where: Map) -> dict[tuple[str, ...], list[Any]]:
    """What to give for ``hit()`` to run: path → values that are tried, of what the first way asks for."""
    stands = [
        place
        for path, tree in where.program.modules.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node) == "hit()"
        for kind in ("", " &&")
        if (place := where.places.get(f"{path}:{node.lineno}:{node.col_offset}{kind}")) is not None
    ]
    assert len(stands) == 1
    goals = alternatives(stands[0].guards, where.program.scope(stands[0].function), where)[0]
    groups = wants_of(goals, where.program, Pool())
    groups = [wants for wants in groups if wants[0].kind in ("payload", "context")]
    return {wants[0].path: [want.value for want in wants] for wants in groups}


@pytest.mark.parametrize(("code", "asked"), ASKED.values(), ids=ASKED.keys())
def test_what_a_condition_asks_for(source: MakeSource, code: str, asked: dict[tuple[str, ...], Any]) -> None:
    where, _ = mapped(source, RESOLVER.format(code))
    found = wanted(where)

    assert set(found) == set(asked)
    assert [path for path, value in asked.items() if value not in found[path]] == [], found


@pytest.mark.parametrize(("code", "tells"), [("if (payload.a === 'x-7') hit();", True), (FILTERED, False)])
def test_whether_coverage_tells_how_a_comparison_came_out(source: MakeSource, code: str, tells: bool) -> None:
    where, _ = mapped(source, RESOLVER.format(code))
    assert [(compared.values, compared.decides) for compared in comparisons(where)] == [(("x-7",), tells)]


@pytest.mark.parametrize(("name", "asked"), [("main", [("mode",)]), ("other", [])])
def test_the_first_argument_of_a_function_that_the_manifest_runs_is_the_payload(
    source: MakeSource, name: str, asked: list[tuple[str, ...]]
) -> None:
    where, _ = mapped(source, f"exports.{name} = async (event) => {{ if (event.mode === 'x-7') hit(); }};")
    assert list(wanted(where)) == asked


def test_each_unit_but_a_function_by_itself_has_its_place(source: MakeSource) -> None:
    code = "\n".join(RESOLVER.format(code) for code, _ in ASKED.values()) + "\nb && c(a ? d : e, (f) => f ?? g);"
    where, units = mapped(source, code)

    lost = {unit for unit in units if unit.partition(" #")[0] not in where.places}
    lines = code.splitlines()
    texts = {lines[int(line) - 1][int(column) :] for _, line, column in (u.split(" ")[0].split(":") for u in lost)}
    assert not {text for text in texts if not text.startswith(("resolver.define", "const due", "const check", "break"))}


def test_what_payloads_are_drawn_from(js_app: MakeApp) -> None:
    folder = js_app("counter")
    file = folder / "src" / "index.js"
    planted = "if (payload.mode === 'quarterly-export-7' || payload.tag?.startsWith('yearly-')) return null;"
    file.write_text(file.read_text().replace("// what it does beside", planted))
    app = load_app(folder)
    trees = build_image(app, coverage=False).trees

    assert "quarterly-export-7" in expected(app, trees)["mode"]
    assert {"pageId", "mode", "tag"} <= set(keys(app, trees))
    assert {"quarterly-export-7", "yearly-"} <= set(words(app, trees))
