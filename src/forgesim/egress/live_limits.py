"""Numbers of live egress. All seconds are real ones; where no source stands beside a number it is our choice."""

from __future__ import annotations

from typing import Final

from forgesim.seam import MAX_BODY

__all__ = [
    "ATTEMPT_S",
    "BURST",
    "CONNECT_S",
    "LOOKUP_S",
    "MAX_ADDRESSES",
    "MAX_ANSWER",
    "MAX_HEAD",
    "MAX_HEADERS",
    "MAX_INFORMATIONAL",
    "MAX_WIRE",
    "PER_SECOND",
    "RECEIVE",
    "REQUEST_S",
    "RUN_S",
]

LOOKUP_S: Final = 5.0
"""For one look-up of a name."""
CONNECT_S: Final = 5.0
"""For TCP and TLS to be ready, over all addresses of a name."""
ATTEMPT_S: Final = 2.0
"""For one address to take the connection, before the next one is tried."""
REQUEST_S: Final = 20.0
"""For one request as a whole, its wait for a turn included: a slow answer ends here however lively it drips."""
RUN_S: Final = 120.0
"""For all live requests of one run together."""

BURST: Final = 5
PER_SECOND: Final = 5.0
"""Requests to one host: so many at once, then so many a second; those beyond wait for their turn."""

MAX_ADDRESSES: Final = 8
"""Addresses of a name that are tried, in the resolver's order."""

RECEIVE: Final = 16 * 1024
"""Bytes read at a time."""
MAX_HEADERS: Final = 100
MAX_HEAD: Final = 32 * 1024
"""Header fields of an answer, and bytes of its status line and fields; also bytes of a chunk's own line."""
MAX_INFORMATIONAL: Final = 8
"""Answers of the kind 1xx before the one that counts."""
MAX_ANSWER: Final = MAX_BODY
"""Bytes of a decoded body: what fits a frame of the seam."""
MAX_WIRE: Final = 2 * MAX_ANSWER
"""Bytes received for one answer, framing included."""
