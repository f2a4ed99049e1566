"""Whether forgesim answers as Forge does: a table of cases with a receipt for each, and what ours answers."""

from __future__ import annotations
