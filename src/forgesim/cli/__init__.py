"""The command line: thin; each command in a module of its own, imported when it is called."""

from __future__ import annotations
