"""The key-value store and the secret store."""

from __future__ import annotations
