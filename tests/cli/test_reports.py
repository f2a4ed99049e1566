"""``prove``, ``judge`` and ``trust`` with files to hand on: what is written, what is refused, and how they end."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from forgesim.report.models import Centre
from tests.conftest import TRUST, MakeApp

SOURCE = """\
@resolver.define("call")
async def call(request):
    await kvs.set("count", 3)
    return {"ok": True}
"""


def forgesim(cwd: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "forgesim", *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


@pytest.fixture
def apps(make_app: MakeApp, tmp_path: Path) -> Path:
    """The folder of two small apps, ``one`` and ``two``."""
    for name in ("one", "two"):
        make_app(SOURCE, name=name, trust=TRUST.replace("app: bare", f"app: {name}"))
    return tmp_path


def test_one_page_and_one_junit_file_are_written_for_all_apps(apps: Path) -> None:
    ran = forgesim(apps, "prove", "one", "two", "--trials", "0", "--html", "p.html", "--junit", "p.xml")
    page, suites = (apps / "p.html").read_text(), ET.parse(apps / "p.xml").getroot()
    assert [suite.get("name") for suite in suites] == ["one", "two"]
    assert all(f"<bdi>{name}</bdi>" in page for name in ("one", "two"))
    assert ran.returncode == 1, "the apps ask for scopes that they do not need"
    broken = {case.get("name") for case in suites.iter("testcase") if case.find("failure[@type='BROKEN']") is not None}
    assert broken == {"asks_least_scopes"}
    assert sorted(path.name for path in apps.iterdir()) == ["one", "p.html", "p.xml", "two"]


def test_judge_writes_the_same_files_and_says_that_it_judged_again_by_another_page(apps: Path) -> None:
    forgesim(apps, "prove", "one", "--trials", "0", "--ledger", "one.ledger")
    other = apps / "two" / "trust.yml"
    ran = forgesim(apps, "judge", "one.ledger", "--trust", str(other), "--html", "p.html", "--junit", "p.xml")
    page = (apps / "p.html").read_text()
    for part in ("judged again from crossings", "judged by another trust.yml"):
        assert part in page
        assert part in ran.stdout
    assert ET.parse(apps / "p.xml").getroot()[0].get("name") == "one"


def test_the_trust_centre_judges_ledgers_of_these_very_files(apps: Path) -> None:
    forgesim(apps, "prove", "one", "two", "--trials", "0", "--ledger", "{app}.ledger")
    ran = forgesim(apps, "trust", "one", "two", "--ledger", "{app}.ledger", "--html", "t.html", "--json")
    found = [Centre.model_validate_json(line, strict=True) for line in ran.stdout.splitlines()]
    assert [(each.app, each.again) for each in found] == [("one", True), ("two", True)]
    assert "What a privacy tab asks" in (apps / "t.html").read_text()
    (apps / "one" / "README.md").write_text("changed")
    ran = forgesim(apps, "trust", "one", "--ledger", "{app}.ledger")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "this is a ledger of one" in ran.stderr


def test_the_trust_centre_proves_by_itself_and_tells_on_the_terminal(apps: Path) -> None:
    ran = forgesim(apps, "trust", "one", "--trials", "0")
    assert ran.returncode == 1
    for part in ("Encryption at rest", "basis: not shown here", "simulator, not Atlassian", "not forge-sim"):
        assert part in ran.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["prove", "one", "--html", "p", "--junit", "p"], "--html and --junit are the same file"),
        (["prove", "one", "--html", "p", "--junit", "./one/../p"], "--html and --junit are the same file"),
        (["prove", "one", "--html", "p", "--ledger", "p"], "--html and --ledger are the same file"),
        (["prove", "one", "two", "--junit", "two.l", "--ledger", "{app}.l"], "--junit and --ledger are the same file"),
        (["prove", "one", "--html", "no/p"], "there is no folder no"),
        (["prove", "one", "--junit", "one"], "this is a folder"),
        (["prove", "one", "--junit", "/dev/full"], "this is not a regular file"),
        (["trust", "one", "--html", "/dev/full"], "this is not a regular file"),
        (["trust", "one", "two", "--ledger", "x"], "put {app} in the name"),
        (["trust", "one", "--ledger", "x"], "the ledger cannot be read"),
        (["trust", "one", "--ledger", "one.l", "--html", "one.l"], "--html would overwrite what is judged"),
        (
            ["judge", "x", "--trust", "one/trust.yml", "--html", "one/trust.yml"],
            "--html would overwrite what is judged",
        ),
    ],
)
def test_files_that_cannot_be_written_are_told_before_the_work(apps: Path, arguments: list[str], said: str) -> None:
    before = sorted(apps.iterdir())
    ran = forgesim(apps, *arguments)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert said in ran.stderr
    assert "Traceback" not in ran.stderr
    assert sorted(apps.iterdir()) == before


def test_a_page_that_quotes_an_imported_site_is_for_its_owner_alone(make_app: MakeApp, tmp_path: Path) -> None:
    app = make_app(SOURCE, trust=TRUST.replace("site: demo", "site: pages"))
    (app / "pages").mkdir()
    (app / "pages" / "Home.md").write_text("# Home\n\nSecrets of the house.\n")
    forgesim(tmp_path, "prove", "bare", "--trials", "0", "--html", "p.html")
    assert (tmp_path / "p.html").stat().st_mode & 0o777 == 0o600
    assert "may be real content" in (tmp_path / "p.html").read_text()
