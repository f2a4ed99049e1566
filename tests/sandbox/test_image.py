from __future__ import annotations

import marshal
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from forgesim.errors import InputError
from forgesim.manifest.model import App, Function, Manifest, Trust
from forgesim.sandbox.image import build_image

MakeApp = Callable[..., App]


@pytest.fixture
def make_app(tmp_path: Path) -> MakeApp:
    manifest = Manifest(
        app_id="a", runtime="nodejs22.x", scopes={}, egress=(), modules=(), data={}, digest="",
        functions={"main": Function(key="main", handler="index.handler", timeout_s=25)},
    )  # fmt: skip
    trust = Trust(
        app="a", vendor="v", modelled_on="m", purpose="p", version=None, subprocessors=(), reads={}, stores=(),
        sends={}, logs="nothing", claims="all", sentences=(), scenarios=(), digest="", path=tmp_path,
    )  # fmt: skip

    def make(sources: Mapping[str, str] | str, requirements: str | None = None) -> App:
        if requirements is not None:
            (tmp_path / "requirements.txt").write_text(requirements)
        files = {"src/index.py": sources} if isinstance(sources, str) else sources
        return App(
            name="a", path=tmp_path, manifest=manifest, trust=trust, sources=files, digest="d1", version="1"
        )  # fmt: skip

    return make


def run(payload: bytes) -> dict[str, Any]:
    marker, code = marshal.loads(payload)
    assert marker is None
    names: dict[str, Any] = {}
    exec(code, names)
    return names


def test_an_image_has_a_module_for_each_file_under_its_own_path(make_app: MakeApp) -> None:
    image = build_image(
        make_app({
            "src/index.py": "import lib.a\n",
            "src/lib/__init__.py": "",
            "src/lib/a.py": "def f(): raise OSError",
            "src/__init__.py": "",
        }),
        coverage=False,
    )  # fmt: skip
    assert {name: (path, package) for name, (path, package, _) in image.modules.items()} == {
        "index": ("src/index.py", False),
        "lib": ("src/lib/__init__.py", True),
        "lib.a": ("src/lib/a.py", False),
    }
    assert run(image.modules["lib.a"][2])["f"].__code__.co_filename == "src/lib/a.py"
    assert (dict(image.functions), image.units, image.dependencies) == ({"main": "index.handler"}, (), False)


def test_units_are_numbered_through_all_files(make_app: MakeApp) -> None:
    image = build_image(make_app({"src/b.py": "x = 1", "src/a.py": "x = 1 and 2"}), coverage=True)
    assert image.units == ("src/a.py:1:0", "src/a.py:1:4 and 2", "src/b.py:1:0")


def test_the_digest_tells_apart_what_a_worker_would(make_app: MakeApp) -> None:
    app = make_app("x = 1")
    digests = [
        build_image(app, coverage=True).digest,
        build_image(app, coverage=False).digest,
        build_image(replace(app, digest="d2"), coverage=True).digest,
    ]
    assert len(set(digests)) == 3
    assert build_image(app, coverage=True) == build_image(app, coverage=True)


BAD = [
    ("x = (", "src/index.py:1:5: not Python: '(' was never closed"),
    ("ok = 1\n\nreturn 1", "src/index.py:3:1: not Python: 'return' outside function"),
    ("x = '\0'", "src/index.py"),
    ("x = " + "-" * 100_000 + "1", "src/index.py: nested too deeply"),
    ("x = " + "(" * 5000 + ")" * 5000, "src/index.py"),
    ("x = " + "a." * 3000 + "b", "src/index.py: nested too deeply"),
]


@pytest.mark.parametrize("coverage", [False, True])
@pytest.mark.parametrize(("source", "complaint"), BAD, ids=[complaint[:50] + source[:9] for source, complaint in BAD])
def test_what_cannot_be_compiled_is_bad_input(
    make_app: MakeApp, source: str, complaint: str, *, coverage: bool
) -> None:
    with pytest.raises(InputError) as caught:
        build_image(make_app(source), coverage=coverage)
    assert str(caught.value).startswith(complaint)


def test_all_bad_files_are_told_at_once(make_app: MakeApp) -> None:
    with pytest.raises(InputError) as caught:
        build_image(
            make_app({"src/index.py": "(", "src/json.py": "", "src/msgspec/x.py": "", "src/z.py": "ok"}), coverage=True
        )
    assert [(problem.file, problem.hint) for problem in caught.value.problems] == [
        ("src/index.py", None),
        ("src/json.py", "rename src/json"),
        ("src/msgspec/x.py", "rename src/msgspec"),
    ]


def test_a_warning_of_the_apps_code_is_no_error(make_app: MakeApp) -> None:
    assert build_image(make_app("x = 1 is 1\n"), coverage=True).units == ("src/index.py:1:0",)


def test_requirements_are_dependencies_without_units(make_app: MakeApp) -> None:
    text = "# comment\n\npytest>=9 ; python_version > '3'\nNot-Installed[extra]==1\n-r other.txt\nhypothesis\n"
    image = build_image(make_app("x = 1", text), coverage=True)
    assert image.dependencies
    assert {"pytest", "hypothesis", "not_installed"} <= set(image.excluded)


DYNAMIC = [
    ("eval('1')", True),
    ("run = exec", True),
    ("list(map(compile, ()))", True),
    ("import builtins\nbuiltins.eval('1')", True),
    ("import builtins as b\nb.exec('1')", True),
    ("from builtins import eval as e", True),
    ("__builtins__['eval']('1')", True),
    ("__builtins__.eval('1')", True),
    ("getattr(__builtins__, 'eval')", True),
    ("vars(__builtins__)['exec']", True),
    ("globals()['__builtins__']['eval']", True),
    ("import sys\nsys.modules['builtins'].eval", True),
    ("__import__('builtins').eval", True),
    ("eval = eval", True),
    ("import re\nre.compile('x')", False),
    ("from re import compile\ncompile('x')", False),
    ("def compile(x): return x\ncompile(1)", False),
    ("def f(eval): return eval", False),
    ("row = {}\nrow['eval'] = 1", False),
    ("self = 1\nx = 'eval(1)'", False),
    ("from collections import namedtuple\nnamedtuple('P', 'x')", False),
]


@pytest.mark.parametrize(("source", "found"), DYNAMIC, ids=[source for source, _ in DYNAMIC])
def test_lines_that_run_code_made_at_run_time_are_listed(make_app: MakeApp, source: str, *, found: bool) -> None:
    last = len(source.splitlines())
    expected = (f"src/index.py:{last}",) if found else ()
    assert build_image(make_app(f"{source}\n"), coverage=False).dynamic == expected
