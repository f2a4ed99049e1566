"""Puts the app's own sources and its service on the path, as their runtimes do."""

from __future__ import annotations

import sys
from pathlib import Path

APP = Path(__file__).parents[1]
sys.path[:0] = [str(APP / "src"), str(APP), str(APP / "tests")]
