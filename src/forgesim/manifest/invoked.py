"""How the functions of an app are invoked, and which of that nothing emulates."""

from __future__ import annotations

from typing import Final

from forgesim.manifest.model import Manifest

__all__ = ["unemulated"]

UNEMULATED: Final = (
    "apiRoute", "automation:", "bitbucket:", "compass:dataProvider", "customerServiceManagement:", "devops:",
    "fifoConsumer", "graph:", "jira:customField", "jira:jqlFunction", "jira:workflowPostFunction",
    "jira:workflowValidator", "jiraServiceManagement:assetsImportType", "migration", "workflow",
)  # fmt: skip
"""Beginnings of module types whose functions the platform calls in a manner of their own, with what it then does by the
answer. Their resolvers are called as any other."""


def unemulated(manifest: Manifest, function: str) -> tuple[str, ...]:
    """The types of the modules that run a function, where nothing that is emulated ever calls it; else none."""
    kinds = [module.type for module in manifest.modules if module.function == function]
    found = [
        module.type
        for module in manifest.modules
        if module.function == function and "resolver" not in module.data and module.type.startswith(UNEMULATED)
    ]
    return tuple(dict.fromkeys(found)) if len(found) == len(kinds) else ()
