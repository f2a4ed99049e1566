"""A first trust.yml, from what an app did in a rehearsal, for a human to confirm."""

from __future__ import annotations
