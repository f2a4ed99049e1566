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

__all__ = ["Attachment", "Comment", "FileVersion", "Group", "Label", "Page", "Site", "Space", "User", "Version"]


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A group of people; who belongs to it stands in ``User.groups``, by its name."""

    id: str
    name: str


@dataclass(slots=True, kw_only=True)
class Space:
    """``viewers``: account ids, ``group:NAME`` or ``anonymous`` (everybody on earth) that may view; ``None`` is
    everybody of the site. ``permissions`` names those who may do one thing (``create:page``, ``administer:space``,
    see ``access.py``); of what it does not name, ``viewers`` and ``editors`` tell."""

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
    permissions: dict[str, list[str]] = field(default_factory=dict)
    labels: list[Label] = field(default_factory=list)
    properties: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version of a page or comment. A page lists all of its own, oldest first, the current one last. ``title`` and
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
class FileVersion:
    """An older version of an attachment, as it was."""

    number: int
    at: int
    author: str
    title: str
    media_type: str
    data: bytes
    comment: str = ""
    minor: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """``author`` and ``updated_at`` are those of the version; without the latter it is as old as the file. ``past``:
    older versions, oldest first. It is replaced, never changed, and so are its ``properties``."""

    id: str
    title: str
    media_type: str
    created_at: int
    author: str
    data: bytes = b""
    version: int = 1
    updated_at: int | None = None
    comment: str = ""
    minor: bool = False
    status: Literal["current", "archived", "trashed"] = "current"
    labels: tuple[Label, ...] = ()
    properties: dict[str, object] = field(default_factory=dict)
    past: tuple[FileVersion, ...] = ()


@dataclass(slots=True, kw_only=True)
class Comment:
    """``body`` is storage-format XHTML; ``resolution`` is set for inline comments only. ``marker`` is the ``ac:ref``
    that it hangs on, where the site does not derive that from its id. ``likes``: account ids. ``versions``: empty
    until it is changed, then all of them like a page's. ``properties`` are replaced, never changed. ``attachment_id``:
    the file that it is about, instead of the page."""

    id: str
    author: str
    created_at: int
    body: str
    inline: bool = False
    resolution: Literal["open", "resolved", "reopened", "dangling"] | None = None
    selection: str = ""
    marker: str | None = None
    parent_id: str | None = None
    attachment_id: str | None = None
    likes: tuple[str, ...] = ()
    versions: tuple[Version, ...] = ()
    properties: dict[str, object] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class Page:
    """A page or a blog post, which has no place in a tree. ``body`` is storage-format XHTML. ``viewers``/``editors``:
    restrictions, inherited by descendants; ``None`` restricts nothing. ``likes``: account ids."""

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
    kind: Literal["page", "blogpost"] = "page"
    subtype: str | None = None
    likes: tuple[str, ...] = ()
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
    form and place. ``notes``: what an import left out or changed, one sentence each. ``groups`` by id; one that only
    ``User.groups`` names exists too. ``anonymous``: spaces may be open to those who have not logged in.
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
    groups: dict[str, Group] = field(default_factory=dict)
    anonymous: bool = False
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
