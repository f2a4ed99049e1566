"""What manifest.yml names: the handler of the function ``resolver``."""

from __future__ import annotations

from pulse.resolvers import handler

__all__ = ["handler"]
