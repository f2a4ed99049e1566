"""The tables are what the build makes of the named documents, byte for byte."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DATA = ROOT / "src" / "forgesim" / "scopes" / "data"
WHEELS = os.environ.get("FORGESIM_WHEELS")
"""A folder with the two wheels that tools/build_scopes.py names; without it, regeneration is not tried."""


def test_the_data_is_what_the_build_wrote() -> None:
    lines = (DATA / "SHA256SUMS").read_text().splitlines()
    listed = {name: digest for digest, name in map(str.split, lines)}
    found = {each.name: hashlib.sha256(each.read_bytes()).hexdigest() for each in DATA.glob("*.json")}
    assert found == listed
    assert len(found) == 7


@pytest.mark.skipif(WHEELS is None, reason="FORGESIM_WHEELS names no folder of wheels")
def test_building_again_gives_the_same_bytes(tmp_path: Path) -> None:
    assert WHEELS is not None
    command = [sys.executable, "-m", "tools.build_scopes", WHEELS, str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    built = {each.name: each.read_bytes() for each in tmp_path.iterdir()}
    assert built == {each.name: each.read_bytes() for each in DATA.iterdir()}
