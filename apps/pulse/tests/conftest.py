"""Puts the app's own sources on the path, as the runtime does, and what these tests and XPress's share."""

from __future__ import annotations

import sys
from pathlib import Path

APP = Path(__file__).parents[1]
sys.path[:0] = [str(APP / "src"), str(APP.parent / "xpress" / "tests")]
