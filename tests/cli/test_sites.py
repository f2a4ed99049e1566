"""``site import`` and ``--site``: what is written, for whom, and that nothing is where something went wrong."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.site.exports import ENTITIES, ISSUES_CSV, archive


def forgesim(cwd: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "forgesim", *arguments], capture_output=True, text=True, cwd=cwd, check=False
    )


def shown(cwd: Path, *arguments: str) -> dict[str, Any]:
    done = forgesim(cwd, *arguments, "--json")
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("out", ["site.yml", "site.json"])
@pytest.mark.parametrize("export", ["space.zip", "issues.csv"])
def test_what_an_import_writes_is_the_site_that_it_showed(tmp_path: Path, export: str, out: str) -> None:
    (tmp_path / "space.zip").write_bytes(archive({"entities.xml": ENTITIES}))
    (tmp_path / "issues.csv").write_text(ISSUES_CSV)
    told = shown(tmp_path, "site", "import", export, "--out", out)
    assert shown(tmp_path, "site", "show", out) == told
    assert stat.S_IMODE((tmp_path / out).stat().st_mode) == 0o600  # content of an imported site is somebody's
    assert (tmp_path / out).read_text().startswith("{") == out.endswith(".json")


def test_a_failed_import_writes_nothing(tmp_path: Path) -> None:
    (tmp_path / "space.zip").write_bytes(archive({"entities.xml": ENTITIES})[:-30])
    (tmp_path / "kept.yml").write_text("name: Kept\n")
    done = forgesim(tmp_path, "site", "import", "space.zip", "--out", "kept.yml")
    assert (done.returncode, done.stdout) == (2, "")
    assert "space.zip: not a whole zip" in done.stderr
    assert (tmp_path / "kept.yml").read_text() == "name: Kept\n"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["kept.yml", "space.zip"]


@pytest.mark.parametrize(
    ("out", "says"), [("no/folder.yml", "there is no folder"), ("issues.csv", "what is to be read")]
)
def test_an_unusable_out_is_told_before_the_work(tmp_path: Path, out: str, says: str) -> None:
    (tmp_path / "issues.csv").write_text(ISSUES_CSV)
    done = forgesim(tmp_path, "site", "import", "issues.csv", "--out", out)
    assert (done.returncode, done.stdout) == (2, "")
    assert says in done.stderr
    assert (tmp_path / "issues.csv").read_text() == ISSUES_CSV


def test_a_generated_site_comes_back_from_the_file_that_it_is_written_to(tmp_path: Path) -> None:
    size = ("--pages", "300", "--issues", "200", "--seed", "4")
    told = shown(tmp_path, "site", "generate", *size, "--out", "large.json")
    assert sum(space["pages"] for space in told["spaces"]) == 300
    assert shown(tmp_path, "site", "show", "large.json") == told == shown(tmp_path, "site", "generate", *size)
