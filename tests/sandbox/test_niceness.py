"""Sessions of their own that are as nice as who starts them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SESSIONS = """
from pathlib import Path
from forgesim.sandbox.crew import Crew
from forgesim.sandbox.niceness import be_nicer

be_nicer(2)
with Crew("forgesim.proof.helper") as crew:
    crew.start()
    started = Path("/proc/thread-self/children").read_text().split()
    print(*(Path(f"/proc/{pid}/autogroup").read_text().split()[-1] for pid in ("self", *started)))
"""


@pytest.mark.skipif(
    not Path("/proc/self/autogroup").exists(), reason="this kernel knows no groups of processes by session"
)
@pytest.mark.skipif(os.geteuid() != 0, reason="the kernel takes one change in 100 ms from who is not root")
def test_what_a_nice_process_starts_is_nice_to_others_too() -> None:
    command = [sys.executable, "-c", SESSIONS]
    told = subprocess.run(command, capture_output=True, text=True, check=True, start_new_session=True)
    assert told.stdout.split() == ["2", "2"]
