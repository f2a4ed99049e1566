"""The module types that Forge documents, with the keys that each requires beside ``key``.

Types whose required keys are not known here require none: a manifest is never refused on a guess.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

__all__ = ["ASYNC_TYPES", "BACKEND_TYPES", "KEYLESS_TYPES", "LONG_TYPES", "REQUIRED", "UI_TYPES"]

BACKEND_TYPES: Final[Mapping[str, tuple[str, ...]]] = {
    "function": ("handler",),
    "endpoint": (),
    "trigger": ("events",),
    "scheduledTrigger": ("interval",),
    "consumer": ("queue",),
    "fifoConsumer": ("queue",),
    "webtrigger": (),
    "preUninstall": (),
    "event": ("name",),
    "apiRoute": ("path", "operation", "function"),
    "action": ("actionVerb", "description"),
    "llm": ("model",),
    "sql": ("engine",),
    "objectStore": ("storageClass",),
    "migration:dataResidency": ("remote",),
    "rovo:agent": ("name", "prompt"),
    "rovo:skill": (),
    "rovo:mcp": (),
    "rovo:agentConnector": (),
    "automation:actionProvider": (),
    "graph:connector": (),
    "graph:smartLink": (),
    "dynamicTrigger": (),
}

_CONFLUENCE: Final[Mapping[str, tuple[str, ...]]] = {
    "attachmentAction": ("title", "location"),
    "backgroundScript": (),
    "contentAction": ("title",),
    "contentBylineItem": ("title",),
    "contentProperty": ("propertyKey", "values"),
    "contextMenu": ("title",),
    "customContent": ("title", "supportedContainerTypes"),
    "fullPage": ("routePrefix",),
    "globalPage": ("title", "route"),
    "globalSettings": ("title",),
    "homepageFeed": ("title",),
    "keyboardShortcut": (),
    "pageBanner": (),
    "spacePage": ("title", "route"),
    "spaceSettings": ("title", "route"),
    "spaceSidebar": (),
}
_JIRA: Final[Mapping[str, tuple[str, ...]]] = {
    "adminPage": ("title",),
    "backlogAction": ("title",),
    "boardAction": ("title",),
    "command": (),
    "customField": (),
    "customFieldType": (),
    "dashboardBackgroundScript": (),
    "dashboardGadget": ("title", "description", "thumbnail"),
    "entityProperty": ("propertyKey", "values"),
    "fullPage": ("routePrefix",),
    "globalBackgroundScript": (),
    "globalPage": ("title",),
    "globalPermission": (),
    "issueAction": ("title",),
    "issueActivity": ("title",),
    "issueContext": ("title", "label"),
    "issueGlance": ("title", "label"),
    "issueNavigatorAction": ("title",),
    "issuePanel": ("title", "icon"),
    "issueViewBackgroundScript": (),
    "jqlFunction": ("name", "arguments", "types", "operators", "function"),
    "personalSettingsPage": ("title",),
    "projectPage": ("title",),
    "projectPermission": (),
    "projectSettingsPage": ("title",),
    "sprintAction": ("title",),
    "timeTrackingProvider": (),
    "uiModifications": (),
    "workflowCondition": ("expression",),
    "workflowPostFunction": (),
    "workflowValidator": ("name", "description"),
}
_SERVICE_MANAGEMENT: Final = (
    "assetsImportType", "organizationPanel", "portalFooter", "portalHeader", "portalProfilePanel",
    "portalRequestCreatePropertyPanel", "portalRequestDetail", "portalRequestDetailPanel",
    "portalRequestViewAction", "portalSubheader", "portalUserMenuAction", "queuePage",
)  # fmt: skip
_BITBUCKET: Final = (
    "dynamicPipelinesProvider", "mergeCheck", "projectSettingsMenuPage", "repoCodeFileViewer",
    "repoCodeOverviewAction", "repoCodeOverviewCard", "repoCodeOverviewPanel", "repoMainMenuPage",
    "repoPullRequestAction", "repoPullRequestCard", "repoPullRequestOverviewPanel", "repoSettingsMenuPage",
    "workspaceGlobalPage", "workspacePersonalSettingsPage", "workspaceSettingsMenuPage",
)  # fmt: skip
_COMPASS: Final = ("adminPage", "componentPage", "dataProvider", "globalPage", "teamPage")

UI_TYPES: Final[Mapping[str, tuple[str, ...]]] = {
    "macro": ("title",),
    "dashboards:widget": ("title", "description", "thumbnail"),
    "global:fullPage": ("routePrefix",),
    "global:ui": (),
    **{f"confluence:{name}": required for name, required in _CONFLUENCE.items()},
    **{f"jira:{name}": required for name, required in _JIRA.items()},
    **{f"jiraServiceManagement:{name}": () for name in _SERVICE_MANAGEMENT},
    **{f"bitbucket:{name}": () for name in _BITBUCKET},
    **{f"compass:{name}": () for name in _COMPASS},
}
"""Modules that people see; a resolver of theirs is waited for."""

REQUIRED: Final[Mapping[str, tuple[str, ...]]] = {**BACKEND_TYPES, **UI_TYPES}
KEYLESS_TYPES: Final = frozenset({"migration:dataResidency"})
LONG_TYPES: Final = frozenset({"consumer", "fifoConsumer", "scheduledTrigger"})
"""Modules whose function may ask for up to 900 s by ``timeoutSeconds``."""
ASYNC_TYPES: Final = LONG_TYPES | {"trigger", "webtrigger", "preUninstall", "action", "rovo:agentConnector"}
"""Modules that no page waits for."""
