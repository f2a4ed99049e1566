"""Bodies of pages and comments: one document tree, read from and written as storage format, ADF and HTML."""

from __future__ import annotations
