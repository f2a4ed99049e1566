"""The battery again as an ordinary user, who has no right over the machine that the walls would have to take away."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.skipif(os.geteuid() != 0, reason="this user is an ordinary one: the battery has run as such")
def test_the_battery_holds_for_an_ordinary_user() -> None:
    command = [sys.executable, "-m", "tests.escape.ordinary", "tests.escape.battery", "best"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if ran.stdout.startswith("cannot:"):
        pytest.skip(f"no ordinary user can be had here: {ran.stdout.removeprefix('cannot: ').strip()}")
    assert ran.returncode == 0, ran.stderr
    about, *reports = map(json.loads, ran.stdout.splitlines())
    tried = [each for each in reports if each["skipped"] is None]
    assert about["uid"] == 65534
    assert len(tried) >= 150
    assert [each["id"] for each in tried if each["control"] is None] == []
    assert [(each["id"], each["unexpected"]) for each in tried if each["unexpected"]] == []
