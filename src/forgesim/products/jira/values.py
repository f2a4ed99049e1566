"""Reading what a call sets in an issue's less common fields. Raises WrongValueError with Jira's words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from forgesim.products.jira.world import World
from forgesim.site.jira_model import FLAG_FIELD, Project
from forgesim.site.jira_parts import Component, CustomField, ProjectVersion

__all__ = [
    "DEEPEST", "LISTS", "OFF_SCREEN", "WrongValueError", "duration", "read_account", "read_date", "read_document",
    "read_labels", "read_number", "read_other",
]  # fmt: skip

OFF_SCREEN = "Field '{}' cannot be set. It is not on the appropriate screen, or unknown."
LISTS: Mapping[str, str] = {"components": "components", "fixVersions": "fix_versions", "versions": "affects"}
"""Fields of several of the project's things → the attribute of an issue."""
DEEPEST = 200
MOST_NUMBER = 1e14
"""Jira's number fields hold less than this, either sign."""
MOST_TEXT = 255
_DATE = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")
_SPAN = re.compile(r"(\d{1,9}(?:\.\d{1,3})?)([wdhm]?)")
_UNITS = {"w": 5 * 8 * 3_600, "d": 8 * 3_600, "h": 3_600, "m": 60, "": 60}


class WrongValueError(Exception):
    def __init__(self, says: str) -> None:
        super().__init__(says)
        self.says = says


def read_other(world: World, project: Project, name: str, value: Any) -> Any:
    """The value of a field that is not one of every issue's; a field of the site's own by its kind."""
    own = world.site.jira.fields.get(name)
    if own is not None and (own.projects is None or project.id in own.projects):
        return _own(world, own, value)
    match name:
        case "environment":
            return read_document(value)
        case "components":
            return _several(value, project.components, "Component")
        case "fixVersions" | "versions":
            return _several(value, project.versions, "Version")
        case "security":
            return _level(world, project, value)
        case "timetracking":
            return _tracking(value)
        case _ if name == FLAG_FIELD:
            return _flag(value)
        case _:
            raise WrongValueError(OFF_SCREEN.format(name))


def duration(value: Any) -> int:
    """Seconds of ``2d 3h``, a day of eight hours, a week of five days; a bare number is minutes. Raises ValueError."""
    if not isinstance(value, str) or not value.strip() or len(value) > 60:
        raise ValueError(value)
    total = 0.0
    for part in value.lower().split():
        found = _SPAN.fullmatch(part)
        if found is None:
            raise ValueError(value)
        total += float(found[1]) * _UNITS[found[2]]
    return int(total)


def read_document(value: Any) -> Any:
    if value is None:
        return None
    if not isinstance(value, dict) or value.get("type") != "doc" or value.get("version") != 1:
        raise WrongValueError("Operation value must be an Atlassian Document (see the Atlassian Document Format)")
    if not isinstance(value.get("content"), list) or _depth(value) > DEEPEST:
        raise WrongValueError("INVALID_INPUT")
    return value


def _depth(value: Any) -> int:
    deepest, waiting = 0, [(value, 1)]
    while waiting:
        node, depth = waiting.pop()
        deepest = max(deepest, depth)
        inner = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
        waiting += [(each, depth + 1) for each in inner]
    return deepest


def read_number(value: Any) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < MOST_NUMBER:
        raise WrongValueError("Operation value must be a number")
    return float(value)


def read_date(value: Any) -> str | None:
    if value is None or (isinstance(value, str) and _DATE.fullmatch(value) and _is_date(value)):
        return value
    raise WrongValueError("Error parsing date string: use the format yyyy-MM-dd")


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def read_labels(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise WrongValueError("data was not an array")
    for each in value:
        if not each or len(each) > MOST_TEXT or any(char.isspace() for char in each):
            raise WrongValueError(f"The label '{each}' contains spaces or has not 1 to 255 characters.")
    return tuple(dict.fromkeys(value))


def read_account(world: World, value: Any, name: str) -> str | None:
    if value is None:
        return None
    asked = (value.get("accountId") or value.get("id")) if isinstance(value, dict) else None
    user = world.user(asked) if isinstance(asked, str) else None
    if user is None or not user.active:
        raise WrongValueError(f"The {name} specified is not valid.")
    return user.account_id


def _own(world: World, own: CustomField, value: Any) -> Any:
    if value is None:
        return None
    match own.kind:
        case "number":
            return read_number(value)
        case "paragraph":
            return read_document(value)
        case "date":
            return read_date(value)
        case "labels":
            return list(read_labels(value)) or None
        case "user":
            return read_account(world, value, own.name)
        case "select":
            for id_, text in own.options.items():
                if isinstance(value, dict) and (value.get("id") == id_ or value.get("value") == text):
                    return id_
            raise WrongValueError(f"Specify a valid 'id' or 'name' for {own.name}")
        case _:
            if not isinstance(value, str) or len(value) > MOST_TEXT or "\n" in value:
                raise WrongValueError("Operation value must be a string of one line with at most 255 characters")
            return value


def _several(value: Any, among: Iterable[Component | ProjectVersion], kind: str) -> tuple[str, ...]:
    """Ids of ``[{id: …} or {name: …}]``."""
    if not isinstance(value, list):
        raise WrongValueError("data was not an array")
    known = list(among)
    found: dict[str, None] = {}
    for each in value:
        asked = (each.get("id"), each.get("name")) if isinstance(each, dict) else ()
        hit = next((part.id for part in known if asked and (part.id == asked[0] or part.name == asked[1])), None)
        if hit is None:
            named = next((text for text in asked if text is not None), None)
            raise WrongValueError(f"{kind} name '{named}' is not valid")
        found[hit] = None
    return tuple(found)


def _level(world: World, project: Project, value: Any) -> str | None:
    if value is None:
        return None
    scheme = world.site.jira.security_schemes.get(project.security_id or "")
    for level in scheme.levels if scheme else ():
        if isinstance(value, dict) and (value.get("id") == level.id or value.get("name") == level.name):
            return level.id
    raise WrongValueError("Specify a valid security level")


def _tracking(value: Any) -> dict[str, int | None]:
    """``originalEstimate`` and ``remainingEstimate`` in seconds, those that are given."""
    if not isinstance(value, dict) or not set(value) <= {"originalEstimate", "remainingEstimate"}:
        raise WrongValueError("Operation value must be an object of originalEstimate and remainingEstimate")
    try:
        return {name: None if text is None else duration(text) for name, text in value.items()}
    except ValueError:
        raise WrongValueError("Original estimate and remaining estimate must be like '3w 4d 12h'") from None


def _flag(value: Any) -> bool:
    if value is None or value == []:
        return False
    listed = value if isinstance(value, list) else []
    named = [each.get("value") or each.get("id") for each in listed if isinstance(each, dict)]
    if named not in (["Impediment"], ["10019"]):
        raise WrongValueError("Option value is not valid")
    return True
