"""What lies in issues and projects besides their fields, and the configuration that the projects of a site share.

All values are frozen: a change puts another value in the place of the old one, so copies of a site share them. Times
are epoch milliseconds, spans of work are seconds.

A holder says who has a permission or is a member of a role or a security level: ``anyone`` (also who is not logged in),
``signedIn`` (everybody of the site), ``user:ACCOUNT``, ``group:NAME``, ``role:ID``, ``lead`` (of the project), and
``reporter``, ``assignee``, ``creator`` of the issue in question.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

__all__ = [
    "DEFAULT_LINK_TYPES",
    "DEFAULT_ROLES",
    "NOTHING",
    "Component",
    "CustomField",
    "Filter",
    "IssueAttachment",
    "IssueLink",
    "JiraSetup",
    "LinkType",
    "PermissionScheme",
    "ProjectVersion",
    "RemoteLink",
    "SecurityLevel",
    "SecurityScheme",
    "Visibility",
    "Worklog",
]

NOTHING: Mapping[str, Any] = {}
"""What things without properties and custom values share; never written to."""


def _nothing() -> Mapping[str, Any]:
    return NOTHING


class Visibility(NamedTuple):
    """Who may see a comment or worklog: members of a project role (its name) or of a group."""

    kind: Literal["role", "group"]
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Worklog:
    """``comment`` is text, one paragraph a line, or a document (ADF). ``seconds``: what was worked."""

    id: str
    author: str
    created_at: int
    started_at: int
    seconds: int
    comment: str | dict[str, Any] | None = None
    updated_at: int | None = None
    updated_by: str | None = None
    visibility: Visibility | None = None
    properties: Mapping[str, Any] = field(default_factory=_nothing)


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueAttachment:
    id: str
    title: str
    media_type: str
    created_at: int
    author: str
    data: bytes = b""


class IssueLink(NamedTuple):
    """A link from the issue that holds it to ``target`` (an issue id): this one does ``outward`` to that one."""

    id: str
    type_id: str
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteLink:
    """A link to something elsewhere. ``relationship`` and ``application`` are texts that the writer chose."""

    id: str
    url: str
    title: str
    global_id: str | None = None
    summary: str | None = None
    relationship: str | None = None
    application_type: str | None = None
    application_name: str | None = None
    resolved: bool | None = None


class LinkType(NamedTuple):
    id: str
    name: str
    inward: str
    outward: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    id: str
    name: str
    description: str = ""
    lead: str | None = None
    assignee_type: Literal["PROJECT_DEFAULT", "COMPONENT_LEAD", "PROJECT_LEAD", "UNASSIGNED"] = "PROJECT_DEFAULT"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectVersion:
    """``start_date`` and ``release_date`` like ``2026-02-01``."""

    id: str
    name: str
    description: str = ""
    released: bool = False
    archived: bool = False
    start_date: str | None = None
    release_date: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomField:
    """A field of the site's own: number, one line of text, paragraphs (ADF), one of ``options`` (id → its value), a
    person, a date, labels. ``projects``: ids of those that have it; ``None`` is all.

    An issue holds its value in ``values``: a float, a text, a text or document, an option's id, an account id, a date
    like ``2026-02-01``, a list of labels.
    """

    id: str
    name: str
    kind: Literal["number", "text", "paragraph", "select", "user", "date", "labels"]
    description: str = ""
    options: Mapping[str, str] = field(default_factory=_nothing)
    projects: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PermissionScheme:
    """Permission key (``BROWSE_PROJECTS``) → its holders; a key that is not named is nobody's."""

    id: str
    name: str
    grants: Mapping[str, tuple[str, ...]]
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SecurityLevel:
    """``members``: holders, who alone may see the issues of this level."""

    id: str
    name: str
    members: tuple[str, ...]
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SecurityScheme:
    id: str
    name: str
    levels: tuple[SecurityLevel, ...]
    description: str = ""
    default_level: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """A saved search of ``owner``. ``viewers``: holders (``signedIn``, ``user:``, ``group:``) that it is shared
    with."""

    id: str
    name: str
    owner: str
    jql: str
    description: str = ""
    viewers: tuple[str, ...] = ()
    favourite_of: tuple[str, ...] = ()


DEFAULT_ROLES: Mapping[str, str] = {"10002": "Administrators", "10003": "Members", "10004": "Viewers"}
DEFAULT_LINK_TYPES: Mapping[str, LinkType] = {
    each.id: each
    for each in (
        LinkType("10000", "Blocks", "is blocked by", "blocks"),
        LinkType("10001", "Cloners", "is cloned by", "clones"),
        LinkType("10002", "Duplicate", "is duplicated by", "duplicates"),
        LinkType("10003", "Relates", "relates to", "relates to"),
    )
}


@dataclass(slots=True, kw_only=True)
class JiraSetup:
    """What the projects of a site share; the maps are by id. ``removed_worklogs``: id of a worklog that is gone → when
    it went."""

    roles: dict[str, str] = field(default_factory=lambda: dict(DEFAULT_ROLES))
    link_types: dict[str, LinkType] = field(default_factory=lambda: dict(DEFAULT_LINK_TYPES))
    fields: dict[str, CustomField] = field(default_factory=dict)
    permission_schemes: dict[str, PermissionScheme] = field(default_factory=dict)
    security_schemes: dict[str, SecurityScheme] = field(default_factory=dict)
    filters: dict[str, Filter] = field(default_factory=dict)
    user_properties: dict[str, dict[str, Any]] = field(default_factory=dict)
    app_properties: dict[str, Any] = field(default_factory=dict)
    removed_worklogs: dict[str, int] = field(default_factory=dict)
