"""Records, chain and reader: what is known of a run, and all that judging needs."""

from __future__ import annotations
