"""The guest's walls, seen from the host: zygote, kernel confinement, workers, watchdog."""

from __future__ import annotations
