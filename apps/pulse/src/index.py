"""What manifest.yml names: the handlers of its functions."""

from __future__ import annotations

from pulse.badge import badge
from pulse.resolvers import handler

__all__ = ["badge", "handler"]
