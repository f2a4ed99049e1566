"""Checks of manifest.yml and trust.yml that need no run: what is allowed, yet wide, stale or at odds."""

from __future__ import annotations
