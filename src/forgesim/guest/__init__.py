"""The process that an app, or a vendor's service, runs in; it imports seam and sdk only."""

from __future__ import annotations
