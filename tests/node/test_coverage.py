"""Probes in JavaScript: what may be skipped is a unit under its place in the source, and the code does what it did."""

from __future__ import annotations

import base64
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.conformance.conftest import PACKAGES
from tests.e2e.test_bad_input import forgesim

from forgesim.sandbox.javascript.bundle import bundle, entry_of, find_bundler
from forgesim.sandbox.javascript.node import find_node
from forgesim.sandbox.javascript.probes import Bundle, probed
from tests.conftest import MANIFEST, TRUST

pytestmark = pytest.mark.node

Files = dict[str, str]
MakeSource = Callable[[Files], Path]
MARKER = "hits_of_a_test"


@pytest.fixture
def source(tmp_path: Path) -> MakeSource:
    """An app folder of these files beside the packages that npm has installed."""
    if not (PACKAGES / "@esbuild").is_dir():
        pytest.skip("npm has not installed esbuild: npm install in tests/conformance/node")

    def make(files: Files) -> Path:
        root = tmp_path / "app"
        for name, text in files.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text)
        (root / "node_modules").symlink_to(PACKAGES.resolve())
        return root

    return make


def read(root: Path, *, probes: bool = True, file: str = "src/index.js") -> Bundle:
    bundler = find_bundler(root)
    assert bundler is not None
    code, mapped = bundle(bundler, root, file)
    return probed(find_node(), code, mapped, marker=MARKER, probes=probes, entry=entry_of(file), file=file)


UNITS = {
    "a statement": ("f();", ["1:0"]),
    "an if, and the arm that is not written": ("if (a) b();", ["1:0", "1:7 if", "1:4 else"]),
    "else and else if": ("if (a) b(); else if (c) d();", ["1:0", "1:7 if", "1:21 else", "1:24 if", "1:21 else #2"]),
    "operands": ("a && b || c || 1;", ["1:0", "1:5 &&", "1:10 ||", "1:15 ||"]),
    "a ternary": ("a ? b : c;", ["1:0", "1:4 ?", "1:8 :"]),
    "an arrow function": ("x = (a = 1) => a;", ["1:0", "1:9 default", "1:15 =>"]),
    "a function": ("function f() { return 1; }\nf();", ["2:0", "1:15"]),
    "a function of nothing": ("f = function () {};", ["1:0", "1:16 empty"]),
    "a loop": ("for (const a of b) c();", ["1:0", "1:19 loop"]),
    "what is caught": ("try { a(); } catch { b(); }", ["1:0", "1:6", "1:21"]),
    "a case": ("switch (a) { case 1: b(); default: c(); }", ["1:0", "1:21", "1:35"]),
    "a case that is asked": ("switch (a) { case b(): }", ["1:0", "1:18 case"]),
    "what may be there": ("a?.b(c);", ["1:0", "1:0 ?."]),
    "what may be there, by a name that is computed": ("a?.[b()];", ["1:0", "1:0 ?."]),
    "what may be there, and does nothing": ("a?.b.c;", ["1:0"]),
    "a field": ("a(class { b = c(); });", ["1:0", "1:14 field"]),
    "what a class comes from": ("a && class extends b() {};", ["1:0", "1:19 extends"]),
    "how a loop goes on": ("for (;; a()) break;", ["1:0", "1:8 update", "1:13 loop"]),
    "whether a loop goes on": ("do break; while (a());", ["1:0", "1:3 loop", "1:17 again"]),
}


@pytest.mark.parametrize(("text", "units"), UNITS.values(), ids=UNITS.keys())
def test_what_may_be_skipped_is_a_unit_at_its_place(source: MakeSource, text: str, units: list[str]) -> None:
    found = read(source({"src/index.js": f"{text}\n"}))
    assert sorted(found.units) == sorted(f"src/index.js:{unit}" for unit in units)


BAD = "null.x"
"""What always goes wrong."""
HALFWAY = {
    "f([BAD, leak()]);": "0",
    "leak(BAD);": "0",
    "leak(...BAD);": "0",
    "new leak(BAD);": "0",
    "leak(BAD)?.then;": "0",
    "leak`${BAD}`;": "0",
    "const a = BAD, b = leak();": "0",
    "const a = BAD + leak();": "0",
    "let a; a = [BAD, leak()];": "7",
    "let a = 1; a += BAD + leak();": "11",
    "a: leak(BAD);": "0",
    "throw [BAD, leak()];": "0",
    "(() => { return [BAD, leak()]; })();": "9",
    "(() => [BAD, leak()])();": "7 =>",
    "((a = [BAD, leak()]) => a)();": "6 default",
    "if (f) leak(BAD);": "7 if",
    "for (const a of [1]) leak(BAD);": "21 loop",
    "f && leak(BAD);": "5 &&",
    "f && (f, leak(BAD));": "6 &&",
    "f ? [BAD, leak()] : 0;": "4 ?",
    "f?.(BAD, leak());": "0 ?.",
    "new (class { a = [BAD, leak()]; })();": "17 field",
    "class A { static a = [BAD, leak()]; }": "21 field",
    "for (; f; leak(BAD)) f();": "10 update",
    "switch (f) { case leak(BAD): }": "18 case",
}
"""Statements in which an error that is caught skips the call of ``leak``, each with the unit that says so."""


CAME = ["fail(1);", "new fail(2);", "const a = fail();", "f && fail();", "(() => fail())();", "throw fail();"]
"""Statements whose last call throws: it was made."""


def test_what_an_error_cuts_short_has_not_run_and_a_last_call_was_made(source: MakeSource) -> None:
    before = "let leaked = 0; const f = () => 1, leak = () => { leaked += 1; }, fail = function () { throw 1; };"
    tried = [statement.replace("BAD", BAD) for statement in (*HALFWAY, *CAME)]
    lines = [before, *(f"try {{ {statement} }} catch {{}}" for statement in tried), "console.error(leaked);"]
    found = read(source({"src/index.js": "\n".join(lines)}))
    script = f"const {MARKER} = [];\n{found.code}\nconsole.log(JSON.stringify(Object.keys({MARKER})));"
    done = subprocess.run([find_node().path, "-"], input=script, capture_output=True, text=True, check=True)
    ran = {found.units[int(number)] for number in json.loads(done.stdout)}
    assert done.stderr.strip() == "0"
    for number, (statement, unit) in enumerate(HALFWAY.items(), 2):
        column, *word = unit.split()
        name = " ".join([f"src/index.js:{number}:{6 + int(column)}", *word])
        assert (statement, name in found.units, name in ran) == (statement, True, False)
    last = range(2 + len(HALFWAY), 2 + len(tried))
    assert [unit for unit in found.units if int(unit.split(":")[1]) in last and unit not in ran] == []


def test_units_are_named_by_the_source_and_packages_have_none(source: MakeSource) -> None:
    files = {
        "src/index.ts": 'import { kvs } from "@forge/kvs";\nimport { twice } from "./sums";\n\n'
        "export const run = (n: number) => kvs.set('n', twice(n));\n",
        "src/sums.ts": "interface Unused { a: string }\n\nexport const twice = (n: number): number => 2 * n;\n",
    }
    found = read(source(files), file="src/index.ts")
    assert {"src/index.ts:4:34 =>", "src/sums.ts:3:44 =>"} <= set(found.units)
    assert {unit.partition(":")[0] for unit in found.units} == {"src/index.ts", "src/sums.ts"}
    assert "@forge/kvs" in found.excluded
    assert "src/sums.ts:3" in found.lines.values()


def test_a_package_that_names_its_sources_otherwise_has_no_units_either(source: MakeSource) -> None:
    """Its own source map leads to a repository, which the bundler believes."""
    root = source({"src/index.js": "exports.run = () => require('entities').decodeHTML('&amp;');\n"})
    assert all(unit.startswith("src/index.js:") for unit in read(root).units)


NEVER = "exports.x = globalThis.never ? 1 : 2;\n"
CLAIMED = ["../node_modules/tslib/tslib.js", "https://example.com/x.js", "(made up).js", ""]


@pytest.mark.parametrize("claimed", CLAIMED)
@pytest.mark.parametrize("name", ["lib/x.js", "(x).js", "<x>.js", "lib/x\ny.js", "src/index.js.forgesim.js"])
def test_the_app_s_own_code_cannot_pass_for_another_s(source: MakeSource, name: str, claimed: str) -> None:
    """By its name, or by a source map that it brings along, which the bundler believes."""
    claims = {"version": 3, "sources": [claimed], "names": [], "mappings": "AAAA;AACA" if claimed else ""}
    there = (
        f"//# sourceMappingURL=data:application/json;base64,{base64.b64encode(json.dumps(claims).encode()).decode()}"
    )
    root = source({"src/index.js": f"exports.run = require({json.dumps(f'../{name}')});\n", name: f"{NEVER}{there}\n"})
    assert len([unit for unit in read(root).units if not unit.startswith("src/index.js:")]) == 3


HIDDEN = {
    "in an address": "import { x } from 'data:text/javascript,export const x = globalThis.never ? 1 : 2;';\nx;",
    "in an address that names a package": "import 'data:text/javascript,globalThis.never /*/node_modules/*/ ? 1 : 2;';",
    "behind a comment that is kept": "f = () => import(\n// node_modules/x/x.js\n'fs');\nglobalThis.never ? 1 : 2;",
    "behind a comment that asks to be kept": "f();\n// node_modules/x/x.js @license\nglobalThis.never ? 1 : 2;",
}


@pytest.mark.parametrize("text", HIDDEN.values(), ids=HIDDEN.keys())
def test_no_way_of_writing_hides_code(source: MakeSource, text: str) -> None:
    units = read(source({"src/index.js": f"{text}\n"})).units
    assert sum(unit.rpartition(" ")[2] in ("?", ":") for unit in units) == 2


DYNAMIC = {
    "eval": "eval('1');",
    "a function out of text": "new Function('return 1');",
    "the constructor of functions": "(() => 1).constructor('return 1')();",
    "a virtual machine": "require('node:vm').runInThisContext('1');",
    "WebAssembly": "WebAssembly.compile(bytes);",
}


@pytest.mark.parametrize("text", DYNAMIC.values(), ids=DYNAMIC.keys())
def test_code_that_is_made_as_the_app_runs_is_told(source: MakeSource, text: str) -> None:
    root = source({"src/index.js": f"const fine = {{ eval: 1 }}.eval;\n{text}\n"})
    assert read(root).dynamic == ("src/index.js:2",)


BEHAVIOUR = r"""
const said = [];
const say = (...words) => (said.push(words.join(' ')), words[0]);
class Base { constructor() { say('base'); } get self() { return this; } }
class Kept extends Base { #secret = 3; static made = 0; constructor(n = say(2)) { super(); Kept.made += n; }
  read() { return this.#secret; } *each() { yield* [1, 2]; yield say('last') || 5; } static { say('static'); } }
const empty = () => ({}); const named = function () {}; const other = () => {};
function early(a) { 'use strict'; if (a) return say('early'); else if (a === 0) { say('zero'); } for (;;) { break; } }
function hoisted() { return later(); function later() { return say('hoisted'); } }
outer: for (let i = 0; i < 3; i++) { for (const j of [0, 1]) { if (j) continue outer; if (i > 1) break outer;
  say(i, j); } }
let count = 0; do count++; while (count < 3); while (count --> 1) say('while', count);
if (!count) if (count > 9) say('no'); else say('inner else');
var logical; logical ??= say('assigned'); logical &&= logical + '!'; logical ||= 'never';
const text = `${count ? 'some' : 'none'} ${(null ?? say('nullish'))} ${undefined?.missing ?? 'gone'}`;
const { a = 1, b: { c = say('c') } = {}, ...rest } = { a: undefined, d: 4 };
switch (count) { case 0: say('case'); default: { say('default'); } }
try { try { null.x; } catch { say('caught'); } finally { say('finally'); } throw new TypeError('t');
} catch ({ name }) { say(name); }
const object = { get g() { return say('get'); }, async m() { await null; return say('async'); },
  ['k' + 1]: 1, f: () => this };
(async () => { for await (const each of (async function* () { yield 1; yield 2; })()) say('await', each); })();
const opt = { f(...a) { return a.length; }, g: { k: () => 1 } }; x: say('label'); do say('do'); while (say(0));
say(opt?.f(), opt?.f(1, 2), opt.nope?.(say('no')), opt?.['g']?.[say('k')]?.name);
for (let i = 0; i < 2; say('up'), i++); function counted() { return arguments.length; }
class Sub extends (say('extends'), Base) { a = say('field'); static b = say('s'); constructor(...x) { super(...x); } }
say(counted(), counted(1), counted(...[1, 2], 3), new Sub(1).a);
const named2 = class {}, arrow2 = () => {}; let later2; later2 = () => {}; say(named2.name, arrow2.name, later2.name);
function both() { return say('a'), say('b'); } say(both(), (() => (say('c'), { d: 1 }))().d, say`raw${say('tag')}`[0]);
const kept = new Kept(); say(kept.read(), [...kept.each()], Kept.made, kept.self === kept, kept.each().next().value);
say(JSON.stringify([empty(), named.name, other.name, early(1), early(0), early(null), hoisted(),
  text, logical, a, c, rest, object.g]));
object.m().then(() => setImmediate(() => console.log(JSON.stringify(said))));
"""


def test_code_with_probes_does_what_it_did_without(source: MakeSource, tmp_path: Path) -> None:
    root = source({"src/index.js": BEHAVIOUR})
    said = []
    for probes in (False, True):
        found = read(root, probes=probes)
        script = tmp_path / f"{probes}.cjs"
        array = f"const {MARKER} = new Uint8Array({len(found.units)});\n" if probes else ""
        script.write_text(f"{array}{found.code}")
        done = subprocess.run([find_node().path, str(script)], capture_output=True, text=True, check=True)
        said.append(json.loads(done.stdout))
    assert said[0] == said[1]
    assert {"hoisted", "inner else", "caught", "nullish", "async", "await 2", "static"} <= set(said[0])


ASKS = """\
import Resolver from '@forge/resolver';
import { kvs } from '@forge/kvs';

const resolver = new Resolver();
resolver.define('call', async ({ payload }) => {
  if (globalThis.never === 'a word that nobody says') {
    return 0;
  }
  await kvs.set('count', 1);
  return 1;
});
export const handler = resolver.getDefinitions();
"""


def proof_of(root: Path, script: str) -> Any:
    (root / "src" / "index.js").write_text(script)
    (root / "manifest.yml").write_text(MANIFEST)
    (root / "trust.yml").write_text(TRUST)
    done = forgesim("prove", str(root), "--trials", "1", "--json")
    assert done.stderr == ""
    return json.loads(done.stdout)


def missed(told: Any) -> list[str]:
    return list(told["coverage"]["missed"])


def test_code_that_nothing_ran_leaves_claims_unproven_and_is_named(source: MakeSource) -> None:
    told = proof_of(source({"src/index.js": ""}), ASKS)
    assert missed(told) == ["src/index.js:7:4"]
    doubts = [each for verdict in told["verdicts"] if verdict["outcome"] == "UNPROVEN" for each in verdict["evidence"]]
    assert any(each["at"] == "src/index.js:7" and "never ran" in each["why"] for each in doubts)


def test_a_file_s_name_may_have_blanks(source: MakeSource) -> None:
    """So have the names that the bundler makes for files which the app chooses as it runs."""
    note = "export const note = () =>\n  globalThis.never === 'said' ? 2 : 1;\n"
    root = source({"src/index.js": "", "src/my note.js": note})
    script = ASKS.replace("  if (globalThis", "  note();\n  if (globalThis")
    told = proof_of(root, f"import {{ note }} from './my note.js';\n{script}")
    assert "src/my note.js:2:32 ?" in missed(told)
    places = {each["at"] for verdict in told["verdicts"] for each in verdict["evidence"]}
    assert "src/my note.js:2" in places


MADE = {
    "a file": ("require([__dirname, '..', 'lib', 'x.js'].join('/'))", "loads lib/x.js, which is in none"),
    "a module": ("await import([__dirname, '..', 'lib', 'y.mjs'].join('/'))", "loads lib/y.mjs, which is in none"),
    "a script that calls itself data": (
        "require.extensions['.json'] = require.extensions['.js'];\n"
        "  require([__dirname, '..', 'lib', 'z.json'].join('/'))",
        "loads lib/z.json, which is in none",
    ),
    "an address": ("await import(['data:text/javascript', 'export default 1'].join())", "code that is in none of its"),
    "a module's own way": ("Object.values(require.cache)[0]._compile('exports.x = 1;', '/w.js')", "file:///w.js"),
    "a name put together": ("globalThis[['ev', 'al'].join('')]('1 + 1')", "runs code that it makes at run time"),
    "a module of that kind": ("process.getBuiltinModule(['v', 'm'].join('')).runInThisContext('2')", "evalmachine"),
}


def test_code_that_no_bundle_has_leaves_claims_unproven(source: MakeSource) -> None:
    root = source({"src/index.js": "", "lib/x.js": NEVER, "lib/y.mjs": "export const y = 1;", "lib/z.json": NEVER})
    lines = "".join(f"  {code};\n" for code, _ in MADE.values())
    told = proof_of(
        root, ASKS.replace("  if (globalThis", f"{lines}  if (globalThis").replace("a word that nobody", "")
    )
    doubts = [each for verdict in told["verdicts"] if verdict["outcome"] == "UNPROVEN" for each in verdict["evidence"]]
    for name, (_, says) in MADE.items():
        assert (name, any(says in each["why"] for each in doubts)) == (name, True)


def test_where_all_of_it_ran_claims_hold_and_a_crossing_has_its_line(source: MakeSource, tmp_path: Path) -> None:
    root = source({"src/index.js": ""})
    script = ASKS.replace("globalThis.never === 'a word that nobody says'", "payload.pageId === undefined")
    told = proof_of(root, script)
    assert missed(told) == []
    ledger = tmp_path / "ledger.jsonl"
    assert forgesim("run", str(root), "call", "--ledger", str(ledger), "--with", '{"pageId": "1"}').returncode == 0
    lines = [
        record.get("line")
        for record in map(json.loads, ledger.read_text().splitlines())
        if record.get("channel") == "kvs"
    ]
    assert lines == ["src/index.js:9"]


def test_what_a_late_answer_runs_is_covered(source: MakeSource) -> None:
    """The function does not wait for storage: what comes of its answers and failures runs after the result."""
    asked = ASKS.replace("globalThis.never === 'a word that nobody says'", "payload.pageId === undefined")
    stored = (
        "kvs.set('count', 1).then(() => {\n    globalThis.stored = 1;\n  }, () => {\n    globalThis.stored = 0;\n  });"
    )
    told = proof_of(source({"src/index.js": ""}), asked.replace("await kvs.set('count', 1);", stored))
    assert missed(told) == []
    doubts = {each["why"] for verdict in told["verdicts"] for each in verdict["evidence"]}
    assert not [why for why in doubts if "result" in why], doubts
