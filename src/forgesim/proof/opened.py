"""Where people open a front end: what the browser then says of it, for each kind of module (Forge documentation of the
modules and their extension contexts, August 2026)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from forgesim.manifest.model import App
from forgesim.site.model import Site

__all__ = ["contexts_of"]

_SPACE: Final = {"id": "$space.id", "key": "$space"}
_PAGE: Final = {"content": {"id": "$page", "type": "page"}, "space": _SPACE}
_PROJECT: Final = {"id": "$project.id", "key": "$project"}
_ISSUE: Final = {"issue": {"id": "$issue.id", "key": "$issue"}, "project": _PROJECT}
_BOARD: Final = {"board": {"id": "$board"}, "project": _PROJECT}

_SAID: Final[Mapping[str, Mapping[str, Any]]] = {
    "macro": {**_PAGE, "isEditing": False, "references": [], "config": {}},
    "confluence:contentBylineItem": _PAGE,
    "confluence:contentAction": _PAGE,
    "confluence:pageBanner": _PAGE,
    "confluence:contextMenu": {**_PAGE, "selectedText": "word"},
    "confluence:spacePage": {"space": _SPACE},
    "confluence:spaceSettings": {"space": _SPACE},
    "jira:issuePanel": {**_ISSUE, "isNewToIssue": False},
    "jira:issueContext": _ISSUE,
    "jira:issueGlance": _ISSUE,
    "jira:issueAction": _ISSUE,
    "jira:issueActivity": _ISSUE,
    "jira:projectPage": {"project": _PROJECT},
    "jira:projectSettingsPage": {"project": _PROJECT},
    "jira:sprintAction": {"sprint": {"id": "$sprint", "state": "active"}, "board": {"id": "$board"}},
    "jira:boardAction": _BOARD,
    "jira:backlogAction": _BOARD,
    "jira:dashboardGadget": {"gadgetConfiguration": {}, "dashboard": {"id": "10000"}, "gadget": {"id": "10001"}},
    "dashboards:widget": {"config": {}},
}
"""Type of a module → ``extension`` besides its ``type``, as steps write it, without most of what says nothing of
content."""


def contexts_of(app: App, function: str, site: Site) -> Iterator[Mapping[str, Any]]:
    """What browsers say where people open the modules whose resolver a function is, one of each type, on a site that
    has what they are about."""
    seen: set[str] = set()
    for module in app.manifest.modules:
        said = _SAID.get(module.type)
        if module.function != function or said is None or module.type in seen:
            continue
        if all(name in site.variables for name in _variables(said)):
            seen.add(module.type)
            yield {"moduleKey": module.key, "extension": said}


def _variables(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for inner in value.values():
            yield from _variables(inner)
    elif isinstance(value, str) and value.startswith("$"):
        yield value.removeprefix("$")
