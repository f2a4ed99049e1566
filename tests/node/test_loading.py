"""What has to be there for a JavaScript app to run, and what is said where it is not: one line each."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.node.conftest import MakeApp

from forgesim.errors import AppError, InputError
from forgesim.manifest.load import load_app
from forgesim.sandbox.image import build_image
from forgesim.sandbox.javascript.bundle import find_bundler
from forgesim.sandbox.javascript.node import checked, find_node
from forgesim.sandbox.once import COMMAND
from forgesim.sandbox.places import import_path
from forgesim.testing.kit import Forge

pytestmark = pytest.mark.node

MODULE = "export const ask = async () => ({ seen: import.meta.url.slice(-9) });\n"


def _says(folder: Path, needle: str) -> None:
    with pytest.raises(InputError, match=needle):
        build_image(load_app(folder), coverage=False)


@pytest.mark.usefixtures("no_bundler")
@pytest.mark.parametrize(("name", "about"), [("index.mjs", None), ("index.js", {"type": "module"})])
def test_a_module_needs_no_bundler(forge: Forge, js_app: MakeApp, name: str, about: object) -> None:
    folder = js_app("bare")
    (folder / "src" / "index.js").unlink()
    (folder / "src" / name).write_text(MODULE)
    if about is not None:
        (folder / "package.json").write_text(json.dumps(about))
        (folder / "src" / "jobs" / "other.js").write_text("export const run = () => 1;\n")

    app = forge.install(folder, forge.site("demo", seed=1))

    assert app.invoke("ask") == {"seen": f"/{name}"[-9:]}


@pytest.mark.usefixtures("no_bundler")
def test_typescript_needs_a_bundler(js_app: MakeApp) -> None:
    folder = js_app("bare")
    (folder / "src" / "index.js").rename(folder / "src" / "index.ts")

    _says(folder, r"src/index.ts: needs esbuild, and there is none")


@pytest.mark.usefixtures("no_bundler")
def test_without_a_bundler_errors_name_the_apps_line(forge: Forge, js_app: MakeApp) -> None:
    folder = js_app("bare")
    line = (
        (folder / "src" / "index.js")
        .read_text()
        .splitlines()
        .index("  throws: () => { throw new RangeError('too far'); },")
    )
    app = forge.install(folder, forge.site("demo", seed=1))

    with pytest.raises(AppError) as failed:
        app.invoke("ask", {"question": "throws"})
    app.invoke("ask", {"question": "fetches"})

    assert failed.value.at == f"src/index.js:{line + 1}"
    asked = [c.decided.line for c in app.ledger.crossings if c.decided.channel == "egress"]
    assert asked[0] is not None
    assert asked[0].startswith("src/index.js:")


def test_what_the_bundler_finds_wrong_is_told_with_its_place(js_app: MakeApp) -> None:
    folder = js_app("bare", {"@esbuild": "@esbuild"})
    (folder / "src" / "index.js").write_text("exports.ask = () => {\n  return 1 +;\n};\n")

    _says(folder, r"src/index.js:2:12: cannot be bundled: Unexpected")


def test_a_handler_that_is_not_exported(forge: Forge, js_app: MakeApp) -> None:
    folder = js_app("bare")
    (folder / "src" / "index.js").write_text("exports.other = () => 1;\n")
    app = forge.install(folder, forge.site("demo", seed=1))

    with pytest.raises(InputError, match=r"src/index.js exports no function ask, the handler of ask"):
        app.invoke("ask")


def test_a_handler_that_fails_as_it_is_loaded_fails_alone(forge: Forge, js_app: MakeApp) -> None:
    folder = js_app("bare")
    (folder / "src" / "index.js").write_text("throw new Error('no KEY in the environment');\n")
    app = forge.install(folder, forge.site("demo", seed=1))

    with pytest.raises(AppError, match="no KEY in the environment"):
        app.invoke("ask")
    assert app.invoke("other") == {"seen": 1}


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("export { ask } from './parts';\n", id="a folder that is imported"),
        pytest.param("import Made from './times';\nexport const ask = () => new Made();\nnew Made();\n",
                     id="a class by default"),
    ],
)  # fmt: skip
def test_what_only_a_bundler_makes_loadable_asks_for_one(forge: Forge, js_app: MakeApp, source: str) -> None:
    """Apps that ``forge create`` makes are bundled by Forge's own command line, and have no esbuild."""
    folder = js_app("bare")
    (folder / "src" / "parts").mkdir()
    (folder / "src" / "parts" / "index.js").write_text("export const ask = () => 1;\n")
    (folder / "src" / "index.js").write_text(source)
    app = forge.install(folder, forge.site("demo", seed=1))

    with pytest.raises(AppError, match=r"ran without a bundler.*npm install --no-save esbuild"):
        app.invoke("ask")


def test_a_handler_file_that_is_missing(js_app: MakeApp) -> None:
    folder = js_app("bare")
    (folder / "src" / "index.js").unlink()

    with pytest.raises(InputError, match=r"the handler of ask is missing: there is no src/index.py, .js, .ts"):
        load_app(folder)


def test_an_app_has_one_language(js_app: MakeApp) -> None:
    folder = js_app("bare")
    (folder / "src" / "jobs" / "other.py").write_text("def run(event, context):\n    return 1\n")

    with pytest.raises(InputError, match=r"src/index.js is JavaScript, and other handlers are Python"):
        load_app(folder)


@pytest.mark.parametrize(
    ("packages", "needle"),
    [
        ({}, r"package.json: node_modules lacks @forge/api \(run npm install in "),
        (
            {"@forge/api": "2.10.0"},
            r"@forge/api 2.10.0 is for a Forge runtime that ended; the oldest that can run is 2.18.5",
        ),
    ],
)
def test_packages_that_are_missing_or_too_old(js_app: MakeApp, packages: dict[str, str], needle: str) -> None:
    folder = js_app("bare")
    (folder / "package.json").write_text('{"dependencies": {"@forge/api": "*"}}')
    for name, version in packages.items():
        (folder / "node_modules" / name).mkdir(parents=True)
        (folder / "node_modules" / name / "package.json").write_text(json.dumps({"version": version}))

    _says(folder, needle)


@pytest.mark.parametrize(
    ("said", "needle"), [("v20.20.2\n", r"Node 20.20.2 is too old: 22 is the least"), ("echo 9.1", "this is no Node")]
)
def test_a_node_that_will_not_do(said: str, needle: str) -> None:
    assert checked("v22.1.0\n", "node") == "22.1.0"
    with pytest.raises(InputError, match=needle):
        checked(said, "node")


def test_no_node_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORGESIM_NODE", "/nowhere/node")

    with pytest.raises(InputError, match=r"the app is JavaScript, and there is no Node 22 or newer here"):
        find_node()


def test_the_app_folder_is_left_as_it_is(forge: Forge, js_app: MakeApp) -> None:
    folder = js_app("notes")
    before = {path: path.stat().st_mtime_ns for path in (folder, *folder.glob("*"), *folder.glob("src/*"))}

    forge.install(folder, forge.site("demo", seed=1)).invoke("counted", {"pageId": "$page"})

    assert find_bundler(folder) is not None
    assert before == {path: path.stat().st_mtime_ns for path in (folder, *folder.glob("*"), *folder.glob("src/*"))}


@pytest.mark.parametrize(
    "command",
    ["echo x > {out}", "cat {secret}", "exec 3<>/dev/tcp/127.0.0.1/{port}", "/bin/cat {read}/word", "(echo forked)"],
)
def test_a_bundler_of_the_apps_gets_nowhere(tmp_path: Path, command: str) -> None:
    shell = shutil.which("bash")
    if shell is None:
        pytest.skip("there is no bash")
    (tmp_path / "read").mkdir()
    (tmp_path / "read" / "word").write_text("readable")
    (tmp_path / "secret").write_text("quince")
    names = {"out": tmp_path / "read" / "new", "secret": tmp_path / "secret", "read": tmp_path / "read", "port": 9}
    line = f"read -r found < {tmp_path}/read/word; echo $found; {command.format(**names)}"
    given = {
        "arguments": [shell, "-c", line],
        "folder": str(tmp_path / "read"),
        "read": [str(tmp_path / "read"), "/lib", "/lib64", "/usr/lib", "/dev/null"],
        "list_only": [],
        "loader": list(find_node().loader),
        "environment": {},
        "parent": os.getpid(),
    }

    run = [sys.executable, "-s", "-P", "-S", "-B", "-c", COMMAND, json.dumps(given), *import_path()]
    done = subprocess.run(run, capture_output=True, text=True, timeout=60, env={}, check=False)

    assert done.stdout == "readable\n", done.stderr
    assert done.returncode != 0
    assert not (tmp_path / "read" / "new").exists()
