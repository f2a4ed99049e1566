"""Which scopes each documented product operation needs, as data, and the decision that follows from them."""

from __future__ import annotations
