"""Numbers of personal data reporting (Forge documentation, "User privacy guidelines", and @forge/api, August 2026)."""

from __future__ import annotations

from typing import Final

__all__ = ["MAX_ACCOUNTS"]

MAX_ACCOUNTS: Final = 90
"""Accounts of one request; the SDK sends more of them in several."""
