"""Which documented operations of the products have an emulation behind them."""

from __future__ import annotations

from collections.abc import Mapping

from forgesim.products.confluence.service import ROUTES as CONFLUENCE
from forgesim.products.jira.routes import ROUTES as JIRA

__all__ = ["routed"]


def routed() -> Mapping[str, frozenset[str]]:
    """Product → names of the operations that are emulated; the others answer 501."""
    return {"confluence": frozenset(CONFLUENCE), "jira": frozenset(JIRA)}
