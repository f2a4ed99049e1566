"""Forge Remote: the token that tells a vendor's own back end which app calls, and the key that it is verified with."""

from __future__ import annotations
