"""Numbers of outbound requests, each with its source."""

from __future__ import annotations

from typing import Final

__all__ = ["HTTPS_PORT", "MAX_HOST", "MAX_LABEL", "PORTS"]

HTTPS_PORT: Final = 443

PORTS: Final = frozenset({80, 443, 7990, 8060, 8080, 8085, 8089, 8090, 8443, 8444})
"""Ports that Forge's Node.js runtime may reach (Forge documentation, "Native Node.js runtime", August
2026)."""

MAX_LABEL: Final = 63
MAX_HOST: Final = 253
"""Octets of a label and of a name without its final dot (RFC 1035, 2.3.4)."""
