"""Numbers of Forge's key-value store, each with its source.

Where nothing else is said: Forge documentation, "KVS and Custom Entity Store limits", read August 2026.
"""

from __future__ import annotations

from typing import Final

__all__ = [
    "DAY_MS", "ENTITY_NAME", "FLOAT", "FLOAT_DIGITS", "INDEX_BYTES", "INTEGER", "KEY_READ_BYTES", "KEY_WRITE_BYTES",
    "LINGER_MS", "MAX_CONDITIONS", "MAX_DEPTH", "MAX_ITEMS", "MAX_KEY_LENGTH", "MAX_PAGE", "MAX_PAGE_BYTES",
    "MAX_PARTITION_BYTES", "MAX_RANGE_BYTES", "MAX_REQUEST_BYTES", "MAX_TTL_MS", "MAX_VALUE_BYTES", "MB", "PAGE",
    "QUERY_LAG_MS", "REALMS", "REQUESTS_PER_SECOND", "UNITS_PER_MINUTE", "UNIT_BYTES", "UNIT_MS",
]  # fmt: skip

MAX_KEY_LENGTH: Final = 500
"""Characters of a key; the least is 1."""

MAX_VALUE_BYTES: Final = 240 * 1024
"""Bytes of a value as compact JSON. For secrets one page says 128 KiB, another 240; the larger holds."""

MAX_DEPTH: Final = 31
"""Nested arrays and objects of a value. The limits page says 31, the error text 32; the smaller holds."""

PAGE: Final = 10
MAX_PAGE: Final = 100
"""Rows of one answer to a query: default and most."""

MAX_PAGE_BYTES: Final = 4 * 1024 * 1024
"""Bytes of rows in one answer to a query. Ours: an answer has to fit one frame of the seam, and a short page
with a cursor is legal."""

DAY_MS: Final = 86_400_000
UNIT_MS: Final = {"SECONDS": 1000, "MINUTES": 60_000, "HOURS": 3_600_000, "DAYS": DAY_MS}
MAX_TTL_MS: Final = 365 * DAY_MS
"""Longest time to live: one year (Forge documentation, "Key-Value Store API", August 2026)."""

REALMS: Final = ("Global", "AU", "CA", "CH", "DE", "EU", "GB", "IN", "JP", "KR", "SG", "US")
"""Regions that hosted storage can be pinned to (Forge documentation, "Data residency", August 2026)."""

MAX_ITEMS: Final = 25
"""Items of a batch, and operations of a transaction; the least is 1."""

MAX_REQUEST_BYTES: Final = 4 * 1024 * 1024
"""Bytes of the body of a batch or a transaction."""

MAX_CONDITIONS: Final = 100
"""Conditions of one filter."""

ENTITY_NAME: Final = (3, 60)
"""Characters of an entity's name, least and most."""

INTEGER: Final = (-(2**31), 2**31 - 1)
"""An attribute of type integer: 32 bits, signed (2^31 is refused: reported from a live site, 2026-10-09)."""

FLOAT: Final = (1e-130, 9.99e125)
"""The size of a float attribute that is not 0, least and most."""

FLOAT_DIGITS: Final = 38
"""Significant digits of a float attribute."""

MAX_RANGE_BYTES: Final = 900
MAX_PARTITION_BYTES: Final = 1700
"""Bytes of an index's range value, and of its partition's values together."""

REQUESTS_PER_SECOND: Final = 1000
UNITS_PER_MINUTE: Final = 4000
UNIT_BYTES: Final = 10 * 1024
"""Per installation: requests, and units of reading and of writing; a unit is 10 KB begun. The figures of a minute are
from an older page than the rest."""

MB: Final = 1024 * 1024
KEY_READ_BYTES: Final = 12 * MB
KEY_WRITE_BYTES: Final = 1 * MB
INDEX_BYTES: Final = 24 * MB
"""Bytes a second that one key may be read and written with, and that one partition of an index may be read with."""

QUERY_LAG_MS: Final = 500
"""Virtual ms until a query sees a write. Ours: Forge says that queries are eventually consistent, and not how late they
are. It is longer than many calls in a row take, so that an app which counts on its own write is seen to; between what
people do queries catch up (``Kvs.catch_up``)."""

LINGER_MS: Final = 48 * 3_600_000
"""Longest time that a value may still be read after its time to live has ended (Forge documentation, "Key-Value Store
API", August 2026)."""
