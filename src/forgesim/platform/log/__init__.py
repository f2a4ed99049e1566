"""The app's log, as far as the platform bounds it."""

from __future__ import annotations
