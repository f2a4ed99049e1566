"""The module types that Forge documents, with the keys that each requires beside ``key``.

A key stands here where the documentation calls it required, or the published validator was seen to refuse a module
without it. Where nothing is known none does: a manifest is never refused on a guess.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

__all__ = ["ASYNC_TYPES", "BACKEND_TYPES", "LONG_TYPES", "PAGES", "REQUIRED", "UI_TYPES"]

BACKEND_TYPES: Final[Mapping[str, tuple[str, ...]]] = {
    "function": ("handler",),
    "endpoint": (),
    "trigger": ("events",),
    "scheduledTrigger": ("interval",),
    "consumer": ("queue",),
    "fifoConsumer": ("queue",),
    "webtrigger": (),
    "preUninstall": (),
    "event": ("name", "allowedRecipients"),
    "apiRoute": ("path", "operation", "function", "scopes"),
    "action": ("actionVerb", "description"),
    "llm": ("model",),
    "sql": ("engine",),
    "objectStore": ("storageClass",),
    "migration:dataResidency": ("remote",),
    "rovo:agent": ("name", "prompt"),
    "rovo:skill": ("source",),
    "rovo:mcp": ("name", "tools"),
    "rovo:agentConnector": ("name", "protocols", "productContexts"),
    "automation:actionProvider": ("actions",),
    "graph:connector": ("name", "icons", "objectTypes", "datasource"),
    "graph:smartLink": ("name", "icon", "function", "domains", "patterns"),
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
    "pageBanner": (),
    "spacePage": ("title", "route"),
    "spaceSettings": ("title", "route"),
}
_JIRA: Final[Mapping[str, tuple[str, ...]]] = {
    "adminPage": ("title",),
    "backlogAction": ("title",),
    "boardAction": ("title",),
    "command": ("title", "target"),
    "customField": ("name", "description", "type"),
    "customFieldType": ("name", "description", "type"),
    "dashboardBackgroundScript": (),
    "dashboardGadget": ("title", "description", "thumbnail"),
    "entityProperty": ("propertyKey", "values"),
    "fullPage": ("routePrefix",),
    "globalBackgroundScript": ("experience",),
    "globalPage": ("title",),
    "globalPermission": ("name", "description", "anonymousAllowed"),
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
    "projectPermission": ("name", "description"),
    "projectSettingsPage": ("title",),
    "sprintAction": ("title",),
    "timeTrackingProvider": ("name",),
    "uiModifications": ("title",),
    "workflowCondition": ("name", "description", "expression"),
    "workflowPostFunction": ("name", "description"),
    "workflowValidator": ("name", "description"),
}
_TITLE: Final = ("title",)
_SERVICE_MANAGEMENT: Final[Mapping[str, tuple[str, ...]]] = {
    "assetsImportType": ("title", "icon", "startImport", "stopImport", "importStatus"),
    "portalFooter": (),
    "portalHeader": (),
    "portalRequestCreatePropertyPanel": (),
    "portalSubheader": (),
    **dict.fromkeys(
        (
            "organizationPanel", "portalProfilePanel", "portalRequestDetail", "portalRequestDetailPanel",
            "portalRequestViewAction", "portalUserMenuAction", "queuePage",
        ),
        _TITLE,
    ),
}  # fmt: skip
_BITBUCKET: Final[Mapping[str, tuple[str, ...]]] = {
    "dynamicPipelinesProvider": ("name",),
    "mergeCheck": ("name", "triggers"),
    **dict.fromkeys(
        (
            "projectSettingsMenuPage", "repoCodeFileViewer", "repoCodeOverviewAction", "repoCodeOverviewCard",
            "repoCodeOverviewPanel", "repoMainMenuPage", "repoPullRequestAction", "repoPullRequestCard",
            "repoPullRequestOverviewPanel", "repoSettingsMenuPage", "workspaceGlobalPage",
            "workspacePersonalSettingsPage", "workspaceSettingsMenuPage",
        ),
        _TITLE,
    ),
}  # fmt: skip
_COMPASS: Final[Mapping[str, tuple[str, ...]]] = {
    "dataProvider": ("function", "domains", "linkTypes"),
    **dict.fromkeys(("adminPage", "componentPage", "globalPage", "teamPage"), _TITLE),
}

UI_TYPES: Final[Mapping[str, tuple[str, ...]]] = {
    "macro": ("title",),
    "dashboards:widget": ("title", "description", "thumbnail"),
    "global:fullPage": ("routePrefix",),
    "global:ui": ("render",),
    **{f"confluence:{name}": required for name, required in _CONFLUENCE.items()},
    **{f"jira:{name}": required for name, required in _JIRA.items()},
    **{f"jiraServiceManagement:{name}": required for name, required in _SERVICE_MANAGEMENT.items()},
    **{f"bitbucket:{name}": required for name, required in _BITBUCKET.items()},
    **{f"compass:{name}": required for name, required in _COMPASS.items()},
}
"""Modules that people see; a resolver of theirs is waited for."""

PAGES: Final = frozenset(UI_TYPES) - {
    "bitbucket:dynamicPipelinesProvider", "bitbucket:mergeCheck", "compass:dataProvider",
    "confluence:contentProperty", "jira:command", "jira:customField", "jira:customFieldType", "jira:entityProperty",
    "jira:globalPermission", "jira:jqlFunction", "jira:projectPermission", "jira:timeTrackingProvider",
    "jira:workflowCondition", "jira:workflowPostFunction", "jira:workflowValidator",
}  # fmt: skip
"""Those that show something: a ``resource``, or a ``function`` of the UI Kit that was retired."""

REQUIRED: Final[Mapping[str, tuple[str, ...]]] = {**BACKEND_TYPES, **UI_TYPES}
LONG_TYPES: Final = frozenset({"consumer", "fifoConsumer", "scheduledTrigger"})
"""Modules whose function may ask for up to 900 s by ``timeoutSeconds``."""
ASYNC_TYPES: Final = LONG_TYPES | {"trigger", "webtrigger", "preUninstall", "action", "rovo:agentConnector"}
"""Modules that no page waits for."""
