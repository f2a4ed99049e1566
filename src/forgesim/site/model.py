"""The world: one customer's site with its people, permissions and content, as plain values.

A site is data; who may do what is answered by the functions of ``access.py``, and behaviour lives in
``products``. Ids are strings of digits as the REST API writes them. Times are epoch milliseconds. Mutable on
purpose: products write to it; ``digest`` and ``clone`` are in ``facts.py``. What is frozen, copies of a site share.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from forgesim.site.jira_model import Board, Issue, Project, Sprint
from forgesim.site.jira_parts import JiraSetup

__all__ = ["Attachment", "Comment", "Label", "Page", "Site", "Space", "User", "Version"]


@dataclass(slots=True, kw_only=True)
class User:
    """``account_id`` like ``712020:<uuid>``; ``handle`` is the name used in scenarios (alice, bob). One who left the
    site is not ``active``; an account that is ``closed`` is nobody's any more. ``updated_at``: when its owner last
    changed what it says of them."""

    account_id: str
    handle: str
    name: str
    email: str
    admin: bool = False
    active: bool = True
    closed: bool = False
    kind: Literal["atlassian", "app", "customer"] = "atlassian"
    time_zone: str = "UTC"
    locale: str = "en-US"
    groups: list[str] = field(default_factory=list)
    updated_at: int = 0


@dataclass(slots=True, kw_only=True)
class Space:
    """``viewers``: account ids or ``group:NAME`` that may view; ``None`` is everybody of the site."""

    id: str
    key: str
    name: str
    homepage_id: str | None = None
    kind: Literal["global", "personal"] = "global"
    status: Literal["current", "archived"] = "current"
    owner: str | None = None
    created_at: int = 0
    description: str = ""
    viewers: list[str] | None = None
    editors: list[str] | None = None
    properties: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version of a page. A page lists all of its own, oldest first, the current one last. ``title`` and
    ``body`` are what the version held; in the current one, and in history that is not kept, they are
    ``None``."""

    number: int
    at: int
    author: str
    message: str = ""
    minor: bool = False
    title: str | None = None
    body: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    id: str
    name: str
    prefix: str = "global"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    id: str
    title: str
    media_type: str
    created_at: int
    author: str
    data: bytes = b""


@dataclass(slots=True, kw_only=True)
class Comment:
    """``body`` is storage-format XHTML; ``resolution`` is set for inline comments only."""

    id: str
    author: str
    created_at: int
    body: str
    inline: bool = False
    resolution: Literal["open", "resolved", "reopened", "dangling"] | None = None
    selection: str = ""
    parent_id: str | None = None


@dataclass(slots=True, kw_only=True)
class Page:
    """``body`` is storage-format XHTML. ``viewers``/``editors``: page restrictions, inherited by descendants;
    ``None`` restricts nothing."""

    id: str
    space_id: str
    title: str
    body: str
    author: str
    owner: str | None
    created_at: int
    updated_at: int
    updated_by: str
    version: int = 1
    parent_id: str | None = None
    position: int = 0
    status: Literal["current", "archived", "trashed", "draft"] = "current"
    subtype: str | None = None
    labels: list[Label] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    versions: list[Version] = field(default_factory=list)
    properties: dict[str, object] = field(default_factory=dict)
    viewers: list[str] | None = None
    editors: list[str] | None = None
    views: int = 0
    viewers_count: int = 0


@dataclass(slots=True, kw_only=True)
class Site:
    """``variables`` are the ``$name`` values of trust.yml and ``--with``: ``space``, ``page``, ``space.id``…

    ``synthetic``: content was generated, so bodies may be kept in a ledger. ``clock_ms``: where the virtual
    clock starts. ``unmapped``: words that a twin shares with its original because nothing else fits their
    form and place. ``notes``: what an import left out or changed, one sentence each.
    """

    name: str
    cloud_id: str
    host: str
    region: str
    clock_ms: int
    seed: int
    synthetic: bool
    users: dict[str, User]
    spaces: dict[str, Space]
    pages: dict[str, Page]
    projects: dict[str, Project] = field(default_factory=dict)
    boards: dict[str, Board] = field(default_factory=dict)
    sprints: dict[str, Sprint] = field(default_factory=dict)
    issues: dict[str, Issue] = field(default_factory=dict)
    jira: JiraSetup = field(default_factory=JiraSetup)
    variables: dict[str, str] = field(default_factory=dict)
    canaries: list[str] = field(default_factory=list)
    next_id: int = 900_000
    lexicon: str = ""
    unmapped: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
