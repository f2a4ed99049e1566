"""How much of a file that describes a site is read, each number with its reason.

All are ours. Confluence and Jira publish limits of what they keep, and where one applies it is named; the rest bounds
the memory and the time that a file made to hurt can cost. Sizes are bytes unless said otherwise.
"""

from __future__ import annotations

from typing import Final

__all__ = [
    "MAX_CELL_CHARS",
    "MAX_COLUMNS",
    "MAX_DUMP_BYTES",
    "MAX_ENTRIES",
    "MAX_FILES",
    "MAX_FILE_BYTES",
    "MAX_JSON_LEVELS",
    "MAX_JSON_VALUES",
    "MAX_NUMBER_DIGITS",
    "MAX_PROBLEMS",
    "MAX_RATIO",
    "MAX_RECORDS",
    "MAX_TEXT_CHARS",
    "MAX_TOTAL_BYTES",
    "MAX_XML_DEPTH",
    "RATIO_FROM_BYTES",
]

MAX_DUMP_BYTES: Final = 600_000_000
"""One JSON, CSV or site file: a site of 100,000 pages and as many issues is 415 MB, and reading it takes five to six
times its size in memory."""
MAX_JSON_VALUES: Final = 50_000_000
"""Commas of one JSON file, so about its values: that site has 8 million. Without it a file of nothing but empty lists
would take thirty times its size."""
MAX_FILES: Final = 1_000
"""Files of one folder of answers: a million issues at the thousand that one answer may hold."""
MAX_JSON_LEVELS: Final = 200
"""Levels of JSON: rich text of Jira nests a level or two per list or table, and readers elsewhere stop at 500."""
MAX_NUMBER_DIGITS: Final = 100
"""Digits of one number: a double has 17, an id 19."""
MAX_PROBLEMS: Final = 100
"""Problems that one error tells; the rest is counted."""

MAX_ENTRIES: Final = 100_000
"""Entries of a zip: an export has one per attachment and version, and a few more."""
MAX_TOTAL_BYTES: Final = 2_000_000_000
"""Bytes that the entries of a zip, or the entities, may unpack to altogether."""
MAX_RATIO: Final = 200
"""Bytes out for a byte in: markup shrinks to a tenth, one letter repeated to a thousandth."""
RATIO_FROM_BYTES: Final = 1_000_000
"""Entries below it may shrink as they like: an empty picture does."""
MAX_FILE_BYTES: Final = 20_000_000
"""Bytes of one attachment that are kept; of a larger one only its name is."""

MAX_XML_DEPTH: Final = 40
"""Elements inside each other: an export has object, property, collection, element and id."""
MAX_RECORDS: Final = 2_000_000
"""Objects of an export, or issues of a list."""
MAX_TEXT_CHARS: Final = 5_000_000
"""Characters of one value: Confluence takes no page over 5 MB."""

MAX_COLUMNS: Final = 4_000
"""Columns of a CSV file: one per comment, sprint and label of the issue that has most of them."""
MAX_CELL_CHARS: Final = 1_000_000
"""Characters of one cell: a text field of Jira takes 32,767."""
