"""What the house rules ask of every module, held by looking at all of them."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import pickle
import re
import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path
from types import ModuleType
from typing import get_args

import pytest

from forgesim import __version__, errors
from forgesim.claims.catalog import CATALOG
from forgesim.claims.kit import Claim
from forgesim.cli.main import EXIT_CODES
from forgesim.errors import Problem
from forgesim.gateway.gateway import LATENCY_MS
from forgesim.ledger.records import Channel
from forgesim.manifest.claim_names import CLAIM_NAMES

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "forgesim"
MODULES = sorted(PACKAGE.rglob("*.py"))
DATA = {"syscalls.py"}


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT / "src").with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_file_fits_one_sitting(path: Path) -> None:
    assert path.name in DATA or len(path.read_text().splitlines()) <= 400


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_says_what_it_is(path: Path) -> None:
    docstring = ast.get_docstring(ast.parse(path.read_text()))
    assert docstring
    assert "TODO" not in docstring


@pytest.mark.parametrize("path", [p for p in MODULES if "__all__" in p.read_text()], ids=name_of)
def test_all_names_what_is_there(path: Path) -> None:
    module = importlib.import_module(name_of(path))
    assert [name for name in module.__all__ if not hasattr(module, name)] == []


EXAMPLES = [
    errors.InputError(Problem(what="a", file="b", line=1, column=2, hint="c"), "d"),
    errors.CannotConfineError("no Landlock"),
    errors.AppError("ValueError", "no", "src/index.py:3"),
    errors.InternalError("no"),
]


@pytest.mark.parametrize("error", EXAMPLES, ids=lambda e: type(e).__name__)
def test_errors_survive_pickling(error: errors.ForgesimError) -> None:
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), str(again), again.exit_code) == (type(error), str(error), error.exit_code)


READ = [path for path in MODULES if path.relative_to(PACKAGE).parts[0] in ("claims", "leaks", "report")]


@pytest.mark.parametrize("path", READ, ids=name_of)
def test_a_length_in_a_text_that_people_read_has_its_thousands_apart(path: Path) -> None:
    """Those that are plainly counts: ``counted`` sees to the words beside them."""
    parts = [part for part in ast.walk(ast.parse(path.read_text())) if isinstance(part, ast.FormattedValue)]
    bare = [part for part in parts if part.format_spec is None and isinstance(part.value, ast.Call)]
    calls = [ast.unparse(part.value) for part in bare]
    assert [call for call in calls if call.startswith(("len(", "sum("))] == []


def test_the_catalog_and_the_names_that_trust_yml_may_use_agree() -> None:
    assert tuple(claim.name for claim in CATALOG) == CLAIM_NAMES


def test_the_version_stands_once() -> None:
    assert f'version = "{__version__}"' in (ROOT / "pyproject.toml").read_text()
    assert f"## {__version__}" in (ROOT / "CHANGELOG.md").read_text()


def test_every_command_is_in_the_readme() -> None:
    source = (PACKAGE / "cli" / "main.py").read_text()
    commands = re.findall(r"@app\.command\(.*\)\ndef (\w+)", source)
    commands += [f"site {name}" for name in re.findall(r'@site_app\.command\("(\w+)"\)', source)]
    readme = (ROOT / "README.md").read_text()
    assert len(commands) >= 8
    assert [command for command in commands if f"forgesim {command}" not in readme] == []


def test_every_exit_code_is_in_the_readme() -> None:
    codes = {kind.exit_code for kind in vars(errors).values() if isinstance(kind, type) and hasattr(kind, "exit_code")}
    table = (ROOT / "README.md").read_text().split("| exit code", 1)[1].split("\n\n", 1)[0]
    assert sorted(codes | {0, 1, 3, 130}) == sorted(map(int, re.findall(r"\b\d+\b", table)))
    assert all(re.search(rf"\b{code}\b", EXIT_CODES) for code in codes | {0, 1, 3, 130})


def test_every_channel_has_a_latency_and_architecture_tells_it() -> None:
    assert set(LATENCY_MS) == set(get_args(Channel))
    told = (ROOT / "ARCHITECTURE.md").read_text().split("Virtual milliseconds", 1)[1].split("\n\n", 1)[0]
    groups = re.findall(r"([a-z, \n]+) (\d+)", told.split(":", 1)[1])
    assert {name: int(ms) for names, ms in groups for name in re.findall("[a-z]+", names)} == dict(LATENCY_MS)


def test_every_claim_has_its_row_in_the_threat_model() -> None:
    rows = re.findall(r"^\| (\w+) \|", (ROOT / "SECURITY.md").read_text(), re.MULTILINE)
    assert [name for name in CLAIM_NAMES if name not in rows] == []


ROOMS = {f"forgesim.{path.stem}" for path in PACKAGE.iterdir() if path.suffix in ("", ".py") and path.stem[:2] != "__"}


@pytest.mark.parametrize(
    ("contract", "left_out"),
    [("apps", {"sdk"}), ("sockets", {"egress", "guest", "sandbox"})],
    ids=["what an app may not import", "who may not open sockets"],
)
def test_a_contract_that_means_every_room_names_every_room(contract: str, left_out: set[str]) -> None:
    config = ConfigParser()
    config.read(ROOT / ".importlinter")
    section = config[f"importlinter:contract:{contract}"]
    named = section["forbidden_modules" if contract == "apps" else "source_modules"].split()
    assert ROOMS - {f"forgesim.{name}" for name in left_out} <= set(named)


@pytest.mark.parametrize("page", sorted(ROOT.glob("*.md")), ids=lambda page: page.name)
def test_what_a_page_links_to_is_there(page: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", page.read_text())
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_the_architecture_fits_a_page() -> None:
    assert len((ROOT / "ARCHITECTURE.md").read_text().splitlines()) <= 60


def test_importing_the_sdk_brings_no_authority_into_a_guest() -> None:
    code = "import sys, forgesim.sdk; print(*sorted(m.split('.')[1] for m in sys.modules if m.startswith('forgesim.')))"
    loaded = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split()
    assert set(loaded) <= {"sdk", "seam", "clock", "errors", "decision"}


FORBIDDEN = re.compile(
    r"/work/|/root/|\.library|facts/|§|\b(forge|endpoints|design)\.md"
    r"|# (TODO|FIXME)|NotImplementedError|\bpypi\.org|registry\.npmjs"
)


def test_nothing_points_at_a_workplace_or_at_unfinished_work() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True).stdout.split()
    texts = [
        ROOT / name
        for name in listed
        if name.endswith((".py", ".md", ".yml", ".toml", ".txt", ".ci/run", ".importlinter")) and "house" not in name
    ]
    found = [f"{path}: {match[0]}" for path in texts if (match := FORBIDDEN.search(path.read_text()))]
    assert found == []


def test_the_page_of_the_battery_has_a_row_for_every_attack_and_no_escape() -> None:
    page = (ROOT / "docs" / "escape.md").read_text()
    group, rows = "", []
    for line in page.splitlines():
        if line.startswith("## "):
            group = line[3:].lower().replace(" ", "_")
        elif group and (found := re.match(r"\| ([a-z0-9 ]+) \|", line)) and found[1] != "attack":
            rows.append(f"{group}/{found[1].replace(' ', '_')}")
    attacks = (ROOT / "tests" / "escape" / "attacks").glob("*/*.py")
    assert sorted(rows) == sorted(f"{path.parent.name}/{path.stem}" for path in attacks)
    escapes = re.findall(r"^\| (?:root|an ordinary user) \|.*\| (\d+) \| \d+ \|$", page, re.MULTILINE)
    assert escapes == ["0", "0"]


def tool(name: str) -> ModuleType:
    """A script of ``tools/``, which is no package of ours."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "tools" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_of_the_apps_is_what_their_files_say() -> None:
    assert (ROOT / "apps" / "README.md").read_text() == tool("write_apps_readme").page()


def test_the_page_of_each_claim_is_what_its_module_says() -> None:
    found = {path.name: path.read_text() for path in (ROOT / "docs" / "claims").glob("*.md")}
    assert found == tool("write_claim_pages").pages()


@pytest.mark.parametrize("claim", CATALOG, ids=lambda claim: claim.name)
def test_a_claim_says_everything_in_whole_sentences_and_has_its_tests(claim: Claim) -> None:
    told = (claim.statement, claim.why, claim.exercised_by, claim.broken_by, claim.limits)
    assert [text for text in told if not text.endswith(".") or "  " in text or text[0] != text[0].upper()] == []
    assert (ROOT / "tests" / "claims" / f"test_{claim.name}.py").exists()
    assert not [text for text in told if "vendor" in text]  # whose: the app's maker, or a subprocessor
