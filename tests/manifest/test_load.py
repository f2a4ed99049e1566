from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from forgesim.errors import InputError, Problem
from forgesim.manifest.load import check_app, find_app, load_app, load_manifest, load_trust, manifest_from_data

MANIFEST = """\
app:
  id: ari:cloud:ecosystem::app/5f0d7c1e-3c1b-4b4e-9a53-0f2f6f6a1d01
  runtime: {name: nodejs22.x}
permissions:
  scopes: [read:page:confluence]
  external:
    fetch:
      backend:
        - {address: https://us.i.posthog.com, category: analytics, inScopeEUD: false}
modules:
  confluence:spacePage:
    - {key: page, title: P, route: p, resource: main, resolver: {function: resolver}}
  scheduledTrigger:
    - {key: nightly, function: resolver, interval: day}
  function:
    - key: resolver
      handler: index.handler
resources:
  - {key: main, path: static}
"""
TRUST = """\
app: tiny
subprocessors:
  - {name: PostHog, hosts: [us.i.posthog.com], purpose: p, location: l, retention: r, receives: usage}
sends:
  usage: {method: const POST, path: const /capture/}
stores:
  - {in: kvs, key: "page:{page}", value: int 0..9}
scenarios:
  - {name: n, steps: [{call: scan}, {schedule: nightly}]}
"""


@pytest.fixture
def app(tmp_path: Path) -> Path:
    folder = tmp_path / "apps" / "tiny"
    (folder / "src").mkdir(parents=True)
    (folder / "manifest.yml").write_text(MANIFEST)
    (folder / "trust.yml").write_text(TRUST)
    (folder / "src" / "index.py").write_text("from tiny.app import resolver\nhandler = resolver.handler\n")
    return folder


def errors(folder: Path) -> list[str]:
    with pytest.raises(InputError) as caught:
        load_app(folder)
    return [str(problem).replace(f"{folder}/", "") for problem in caught.value.problems]


def replace(folder: Path, name: str, old: str, new: str) -> None:
    text = (folder / name).read_text()
    assert old in text
    (folder / name).write_text(text.replace(old, new))


def test_an_app_is_its_two_files_its_sources_and_a_digest(app: Path) -> None:
    found = load_app(app)
    assert (found.name, found.version) == ("tiny", "0")
    assert list(found.sources) == ["src/index.py"]
    assert found.trust.path == app / "trust.yml"
    assert manifest_from_data(found.manifest.data).digest == found.manifest.digest


def test_an_app_is_found_by_path_or_by_name(app: Path) -> None:
    root = app.parents[1]
    assert find_app("tiny", root) == app
    assert find_app("apps/tiny", root) == app
    assert find_app(str(app), Path("/")) == app
    with pytest.raises(InputError, match=r"there is no app 'tinny' \(known: tiny\)"):
        find_app("tinny", root)


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("manifest.yml", "manifest.yml: there is no such file (an app folder has a manifest.yml at its top)"),
        ("trust.yml", "trust.yml: there is no such file (forgesim init "),
        ("src/index.py", "manifest.yml:17:16: the handler of resolver is missing: there is no src/index.py"),
    ],
)
def test_a_missing_file_is_one_clear_error(app: Path, name: str, what: str) -> None:
    (app / name).unlink()
    (found,) = errors(app)
    assert found.startswith(what)


def test_a_folder_that_is_not_there_is_one_clear_error(tmp_path: Path) -> None:
    assert errors(tmp_path / "none") == [
        f"{tmp_path}/none: there is no such app folder (give the folder that holds manifest.yml)"
    ]


def test_a_malformed_manifest_and_a_bad_trust_are_told_together(app: Path) -> None:
    (app / "manifest.yml").write_text("app: [\n")
    replace(app, "trust.yml", "int 0..9", "int 9")
    found = errors(app)
    assert [text.split(": ")[0] for text in found] == ["manifest.yml:2:1", "trust.yml:7:42"]


@pytest.mark.parametrize("ending", ["js", "jsx", "ts", "tsx", "mjs", "cjs"])
def test_a_handler_file_in_javascript_makes_it_a_javascript_app(app: Path, ending: str) -> None:
    assert load_app(app).language == "python"
    (app / "src" / "index.py").rename(app / "src" / f"index.{ending}")
    assert load_app(app).language == "javascript"


def test_a_python_file_beside_javascript_keeps_it_a_python_app(app: Path) -> None:
    (app / "src" / "index.js").write_text("")
    assert load_app(app).language == "python"


@pytest.mark.parametrize(
    "source",
    [
        "async def handler(event, context): ...",
        "from x import resolver as handler",
        "try:\n    import handler\nexcept ImportError:\n    handler = None",
        "handler: object = 1",
        "from x import *",
        "globals()['handler'] = print",
        "def __getattr__(name): ...",
        "this is no Python",
    ],
)
def test_a_handler_that_is_or_may_be_there_passes(app: Path, source: str) -> None:
    (app / "src" / "index.py").write_text(source)
    assert load_app(app).sources == {"src/index.py": source}


@pytest.mark.parametrize("source", ["", "def run():\n    handler = 1", "handlers = 1", "print(handler)"])
def test_a_handler_that_is_not_defined_is_an_error(app: Path, source: str) -> None:
    (app / "src" / "index.py").write_text(source)
    (found,) = errors(app)
    assert found.startswith("manifest.yml:17:16: src/index.py defines no 'handler', the handler of resolver")


def test_a_schedule_that_no_module_has_is_an_error(app: Path) -> None:
    replace(app, "trust.yml", "schedule: nightly", "schedule: nightli")
    assert errors(app) == ["trust.yml:9: there is no schedule 'nightli' (known: nightly)"]


def test_warnings_leave_an_app_and_are_told(app: Path) -> None:
    replace(app, "manifest.yml", "backend:", "backend:\n        - us.i.posthog.com")
    found, problems = check_app(app, known_scopes=frozenset({"read:space:confluence"}))
    assert found is not None
    assert [(problem.line, problem.warning) for problem in problems] == [(5, True), (9, True)]


@pytest.mark.parametrize(
    ("trust", "package", "version"),
    [('version: "3"\n', '{"version": "2"}', "3"), ("", '{"version": "2"}', "2"), ("", "{", "0"), ("", "[]", "0")],
)
def test_the_version_is_of_trust_then_of_the_package_then_0(app: Path, trust: str, package: str, version: str) -> None:
    (app / "package.json").write_text(package)
    (app / "trust.yml").write_text(TRUST + trust)
    assert load_app(app).version == version


def test_the_digest_is_of_names_and_bytes_and_of_nothing_else(app: Path, tmp_path: Path) -> None:
    first = load_app(app).digest
    copy = shutil.copytree(app, tmp_path / "copy")
    for left_out in ("tests/test_x.py", "src/__pycache__/x.pyc", "node_modules/x.js", ".git/x"):
        (copy / left_out).parent.mkdir(parents=True, exist_ok=True)
        (copy / left_out).write_text("x")
    os.utime(copy / "src" / "index.py", (1, 1))
    assert load_app(copy).digest == first
    (copy / "static").mkdir()
    (copy / "static" / "a").write_text("bc")
    second = load_app(copy).digest
    (copy / "static" / "a").rename(copy / "static" / "ab")
    (copy / "static" / "ab").write_text("c")
    assert len({first, second, load_app(copy).digest}) == 3


def test_a_link_out_of_the_app_is_refused(app: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("s")
    (app / "link").symlink_to(tmp_path / "secret")
    assert errors(app) == ["link is a link to a folder or out of the app (put the files themselves there)"]


def test_a_source_that_is_not_utf_8_is_an_error(app: Path) -> None:
    (app / "src" / "other.py").write_bytes(b"\xff")
    assert errors(app) == ["src/other.py is not UTF-8 text (save it as UTF-8)"]


def test_sources_are_found_wherever_the_app_lies(app: Path, tmp_path: Path) -> None:
    moved = app.rename(tmp_path / "node_modules")
    (moved / "src" / "__pycache__").mkdir()
    (moved / "src" / "__pycache__" / "x.py").write_text("")
    assert list(load_app(moved).sources) == ["src/index.py"]


def test_importing_the_loader_is_light() -> None:
    code = (
        "import sys, forgesim.manifest.load; "
        "print([m for m in ('pydantic', 'ruamel.yaml', 'difflib', 'hypothesis', 'requests') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_either_file_loads_by_itself_from_the_folder_or_by_its_name(app: Path) -> None:
    assert load_trust(app).digest == load_trust(app / "trust.yml").digest
    assert load_manifest(app).app_id == load_manifest(app / "manifest.yml").app_id
    with pytest.raises(InputError, match="there is no such file"):
        load_trust(app / "none.yml")


SNIPPETS = st.sampled_from(
    ["", "\n", "  ", ": ", "- ", "{", "}", "[", "]", "&a ", "*a", "!!x ", "'", '"', "?", "null", "int 0..", "\t", "é",
     "0x", "---\n", "| ", "#", "app: ", "list 3 of ", "{page}", "content", "1e999", ".nan", "~", "<<: "]
)  # fmt: skip


def problems_of(load: Callable[[], object]) -> tuple[Problem, ...] | None:
    """The problems of an InputError, ``None`` where loading succeeds; any other error passes through."""
    try:
        load()
    except InputError as error:
        return error.problems
    return None


def mutate(text: str, edits: list[tuple[int, int, str]]) -> str:
    for place, cut, snippet in edits:
        at = place % (len(text) + 1)
        text = text[:at] + snippet + text[at + cut :]
    return text


EDITS = st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 12), SNIPPETS), min_size=1, max_size=4)


@settings(deadline=None, max_examples=150)
@given(EDITS)
def test_a_mutated_trust_loads_or_is_an_input_error(
    tmp_path_factory: pytest.TempPathFactory, edits: list[tuple[int, int, str]]
) -> None:
    path = tmp_path_factory.getbasetemp() / "mutated-trust.yml"
    path.write_text(mutate(TRUST, edits), encoding="utf-8")
    found = problems_of(lambda: load_trust(path))
    assert found != ()
    assert all(problem.what and not problem.warning for problem in found or ())


@settings(deadline=None, max_examples=150)
@given(EDITS)
def test_a_mutated_manifest_loads_or_is_an_input_error(
    tmp_path_factory: pytest.TempPathFactory, edits: list[tuple[int, int, str]]
) -> None:
    path = tmp_path_factory.getbasetemp() / "mutated-manifest.yml"
    path.write_text(mutate(MANIFEST, edits), encoding="utf-8")
    found = problems_of(lambda: load_manifest(path))
    assert found != ()
    if found is None:
        manifest = load_manifest(path)
        assert manifest_from_data(json.loads(json.dumps(manifest.data))).digest == manifest.digest


WORDS = [
    "app", "stores", "sends", "reads", "claims", "sentences", "scenarios", "subprocessors", "in", "key", "value",
    "name", "hosts", "steps", "call", "wait", "fail", "with", "admin", "edit", "together", "move", "path", "method",
    "headers", "query", "body", "says", "service", "receives", "logs", "version", "list", "of", "modules", "function",
    "permissions", "scopes", "external", "fetch", "backend", "address", "remotes", "resources", "llm", "model",
    "trigger", "events", "id", "runtime", "storage", "entities", "environment", "variables", "resolver", "consumer",
    "handler", "schedule", "uninstall", "labels", "times",
]  # fmt: skip
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from(["all", "kvs", "bool", "a.b", "x", ""]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(WORDS),
            inner,
            max_size=5,
        )
    ),
    max_leaves=25,
)


@settings(deadline=None, max_examples=200)
@given(
    st.dictionaries(
        st.sampled_from(
            ["app", "stores", "sends", "reads", "claims", "sentences", "scenarios", "subprocessors", "logs", "version"]
        ),
        JUNK,
    )
)
def test_any_shape_of_trust_loads_or_is_an_input_error(tmp_path_factory: pytest.TempPathFactory, data: object) -> None:
    path = tmp_path_factory.getbasetemp() / "shape-trust.yml"
    path.write_text(json.dumps(data))
    assert problems_of(lambda: load_trust(path)) != ()


@settings(deadline=None, max_examples=200)
@given(st.dictionaries(st.sampled_from(["app", "modules", "permissions", "remotes", "resources", "environment"]), JUNK))
def test_any_shape_of_manifest_loads_or_is_an_input_error(data: dict[str, object]) -> None:
    assert problems_of(lambda: manifest_from_data(data)) != ()


@pytest.mark.skipif(os.getuid() == 0, reason="root reads everything")
def test_a_file_that_may_not_be_read_is_told_once(app: Path) -> None:
    (app / "src" / "index.py").chmod(0)
    found, problems = check_app(app)
    assert found is None
    assert [problem.what for problem in problems] == ["src/index.py cannot be read: Permission denied"]
