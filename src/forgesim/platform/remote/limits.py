"""What a Forge Invocation Token says of itself (Forge documentation, "Forge Remote essentials", August 2026)."""

from __future__ import annotations

from typing import Final

__all__ = ["ALGORITHM", "ISSUER", "KEY_BITS", "LIFE_S"]

ISSUER: Final = "forge/invocation-token"
ALGORITHM: Final = "RS256"
LIFE_S: Final = 25
"""Seconds that a token is valid: as long as a remote may take to answer."""
KEY_BITS: Final = 2048
"""The least that RS256 takes (RFC 7518, 3.3)."""
