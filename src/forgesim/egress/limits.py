"""Numbers of outbound requests, each with its source."""

from __future__ import annotations

from typing import Final

__all__ = ["HTTPS_PORT", "MAX_BEFORE_PATH", "MAX_HOST", "MAX_LABEL", "PORTS"]

HTTPS_PORT: Final = 443

PORTS: Final = frozenset({80, 443, 7990, 8060, 8080, 8085, 8089, 8090, 8443, 8444})
"""Ports that Forge's Node.js runtime may reach (Forge documentation, "Native Node.js runtime", August
2026)."""

MAX_LABEL: Final = 63
MAX_HOST: Final = 253
"""Octets of a label and of a name without its final dot (RFC 1035, 2.3.4)."""

MAX_BEFORE_PATH: Final = 2_560
"""Characters of a URL before its path. The longest name takes 2,277 where each of its letters is a full-width one with
every byte escaped. Ours: to bring a host to its one form takes time by the square of its length."""
