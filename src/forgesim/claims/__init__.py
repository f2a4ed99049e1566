"""Claims: sentences that may be true or false of a ledger, judged from its records and trust.yml alone."""

from __future__ import annotations
