"""Which documented operations of the products have an emulation behind them, and which events they raise."""

from __future__ import annotations

from collections.abc import Mapping

from forgesim.platform.trigger.limits import DOCUMENTED
from forgesim.products.confluence.events import RAISES as CONFLUENCE_RAISES
from forgesim.products.confluence.service import ROUTES as CONFLUENCE
from forgesim.products.jira.events import RAISES as JIRA_RAISES
from forgesim.products.jira.routes import ROUTES as JIRA

__all__ = ["is_raised", "raised", "routed", "unraised"]

LIFE = frozenset({"avi:forge:installed:app", "avi:forge:upgraded:app", "avi:forge:uninstalled:app"})
"""What the runtime tells an app of itself."""


def routed() -> Mapping[str, frozenset[str]]:
    """Product → names of the operations that are emulated; the others answer 501."""
    return {"confluence": frozenset(CONFLUENCE), "jira": frozenset(JIRA)}


def raised() -> Mapping[str, frozenset[str]]:
    """Product → names of the events that its emulated writes raise."""
    return {
        "confluence": frozenset(name for names in CONFLUENCE_RAISES.values() for name in names),
        "jira": frozenset(name for names in JIRA_RAISES.values() for name in names),
    }


def unraised() -> Mapping[str, frozenset[str]]:
    """Product → names of its documented events that nothing here brings about."""
    return {
        product: frozenset(each for each in DOCUMENTED if each.startswith(f"avi:{product}")) - names
        for product, names in raised().items()
    }


def is_raised(event: str, app_id: str) -> bool:
    """Whether an event can come about here: by a write of a product, in the life of the app, or published by it."""
    own = f"avi:cloud:ecosystem::event/{app_id.rpartition('/')[2]}/"
    return event in LIFE or event.startswith(own) or any(event in names for names in raised().values())
