"""What may be said of a whole site: its digest, its texts, its ids, who reads what, what lies in what; and
copies."""

from __future__ import annotations

from collections.abc import Iterable
from copy import deepcopy
from hashlib import sha256

import msgspec

from forgesim.ledger.records import ScanIndex
from forgesim.site.access import APP_ACCOUNT, readable_refs
from forgesim.site.copies import copier
from forgesim.site.jira_facts import clone_jira, jira_ids, jira_parents, jira_properties, jira_texts
from forgesim.site.model import Attachment, Comment, FileVersion, Page, Site, Space, User, Version
from forgesim.site.storage import captions, plain_text

__all__ = ["access_lists", "clone", "digest", "known_ids", "parents", "properties", "scan_index"]


def digest(site: Site) -> str:
    """64 hex digits over everything that the site is; equal for equal sites, in every process."""
    # Each play asks for it, of some hundred kilobytes: processors know this hash. Of numbers JSON takes any size.
    return sha256(msgspec.json.encode(site, order="deterministic")).hexdigest()


def scan_index(site: Site) -> ScanIndex:
    """Every text of the site as ``(kind, id, field, text)``, so that ``kind/id`` is a ref; tags are stripped.

    Page and blog post: title, body, captions (``storage.captions``). Comment: body, selection. Attachment: title,
    comment, and data where it is text. ``history``: what older versions of these held, and their messages. Space: name,
    description. User: name, email. Site: each canary.
    """
    texts: list[tuple[str, str, str, str]] = []
    for user in site.users.values():
        texts.append(("user", user.account_id, "name", user.name))
        texts.append(("user", user.account_id, "email", user.email))
    for space in site.spaces.values():
        texts.append(("space", space.id, "name", space.name))
        texts.append(("space", space.id, "description", space.description))
    for page in site.pages.values():
        texts.append(("page", page.id, "title", page.title))
        texts.append(("page", page.id, "body", plain_text(page.body)))
        texts.append(("page", page.id, "captions", captions(page.body)))
        for comment in page.comments:
            texts.append(("comment", comment.id, "body", plain_text(comment.body)))
            texts.append(("comment", comment.id, "selection", comment.selection))
            texts.append(("comment", comment.id, "history", _old_texts(comment.versions)))
        texts.append(("page", page.id, "history", _old_texts(page.versions)))
        for attachment in page.attachments:
            texts += [("attachment", attachment.id, *text) for text in _file_texts(attachment)]
    texts += (("site", "", "canary", word) for word in site.canaries)
    texts += jira_texts(site)
    return ScanIndex(texts=tuple(text for text in texts if text[3]))


def _old_texts(versions: Iterable[Version]) -> str:
    """The messages of versions, and what those that are kept held."""
    found: list[str] = []
    for version in versions:
        found += (version.message, version.title or "")
        if version.body:
            found += (plain_text(version.body), captions(version.body))
    return "\n".join(filter(None, found))


def _file_texts(file: Attachment) -> Iterable[tuple[str, str]]:
    yield "title", file.title
    yield "comment", file.comment
    yield "data", _data(file)
    yield "history", "\n".join(part for old in file.past for part in (old.title, old.comment, _data(old)) if part)


def _data(file: Attachment | FileVersion) -> str:
    return file.data.decode(errors="replace") if file.media_type.startswith("text/") else ""


def known_ids(site: Site) -> dict[str, tuple[str, ...]]:
    """Kind → what exists: page, comment, attachment, sprint, board ids; space, project, issue ids and keys; account
    ids (the app's own is one).
    """
    pages = site.pages.values()
    kinds: dict[str, list[str]] = {
        "page": [page.id for page in pages],
        "space": [name for space in site.spaces.values() for name in (space.id, space.key)],
        "account": [*site.users, APP_ACCOUNT],
        "comment": [comment.id for page in pages for comment in page.comments],
        "attachment": [attachment.id for page in pages for attachment in page.attachments],
    }
    for kind, ids in jira_ids(site).items():
        kinds.setdefault(kind, []).extend(ids)
    return {kind: tuple(sorted(ids)) for kind, ids in kinds.items()}


def access_lists(site: Site, people: Iterable[str] | None = None) -> dict[str, tuple[str, ...]]:
    """Account id → sorted refs of what it may read, for everybody on the site, or for ``people`` alone, and for the
    app's own account. People times content: on a large site, ask for those who matter."""
    accounts = site.users if people is None else people
    return {account: tuple(sorted(readable_refs(site, account))) for account in (*accounts, APP_ACCOUNT)}


def parents(site: Site) -> dict[str, str]:
    """Ref → ref of what it lies in: page in page or space, comment in comment or page, attachment in page;
    for issues and such see ``jira_facts.jira_parents``. A key lies in its id: space/DOCS in space/12."""
    result: dict[str, str] = dict(jira_parents(site))
    result.update({f"space/{space.key}": f"space/{space.id}" for space in site.spaces.values()})
    for page in site.pages.values():
        under_page = page.parent_id is not None and page.parent_id in site.pages
        result[f"page/{page.id}"] = f"page/{page.parent_id}" if under_page else f"space/{page.space_id}"
        for comment in page.comments:
            above = f"comment/{comment.parent_id}" if comment.parent_id else f"page/{page.id}"
            result[f"comment/{comment.id}"] = above
        for attachment in page.attachments:
            result[f"attachment/{attachment.id}"] = f"page/{page.id}"
    return result


def properties(site: Site) -> dict[str, str]:
    """``page/123 KEY`` → JSON text of every property of spaces, pages, blog posts, comments, attachments, of things of
    Jira and of the app itself: what apps may keep in a product."""
    holders = [(f"space/{space.id}", space.properties) for space in site.spaces.values() if space.properties]
    holders += [(f"page/{page.id}", page.properties) for page in site.pages.values() if page.properties]
    holders += [("app/properties", site.app_properties)] if site.app_properties else []
    for page in site.pages.values():
        holders += [(f"comment/{each.id}", each.properties) for each in page.comments if each.properties]
        holders += [(f"attachment/{each.id}", each.properties) for each in page.attachments if each.properties]
    holders += [(ref, dict(held)) for ref, held in jira_properties(site) if held]
    return {f"{ref} {key}": msgspec.json.encode(value).decode() for ref, held in holders for key, value in held.items()}


def clone(site: Site) -> Site:
    """A copy: what is changed on one of the two is not on the other."""
    copy = _copy_site(site)
    copy.users = {key: _copy_user(user) for key, user in site.users.items()}
    for user in copy.users.values():
        user.groups = list(user.groups)
    copy.spaces = {key: _clone_space(space) for key, space in site.spaces.items()}
    copy.pages = {key: _clone_page(page) for key, page in site.pages.items()}
    copy.groups = dict(site.groups)
    copy.app_properties = deepcopy(site.app_properties) if site.app_properties else {}
    clone_jira(site, copy)
    copy.variables = dict(site.variables)
    copy.canaries = list(site.canaries)
    copy.unmapped = list(site.unmapped)
    copy.notes = list(site.notes)
    return copy


def _clone_space(space: Space) -> Space:
    copy = _copy_space(space)
    copy.viewers = None if space.viewers is None else list(space.viewers)
    copy.editors = None if space.editors is None else list(space.editors)
    copy.permissions = {key: list(names) for key, names in space.permissions.items()}
    copy.labels = space.labels.copy()
    copy.properties = deepcopy(space.properties) if space.properties else {}
    return copy


def _clone_page(page: Page) -> Page:
    copy = _copy_page(page)
    copy.labels = page.labels.copy()
    copy.comments = list(map(_copy_comment, page.comments)) if page.comments else []
    copy.attachments = page.attachments.copy()
    copy.versions = page.versions.copy()
    copy.properties = deepcopy(page.properties) if page.properties else {}
    copy.viewers = None if page.viewers is None else list(page.viewers)
    copy.editors = None if page.editors is None else list(page.editors)
    return copy


_copy_site = copier(Site)
_copy_user = copier(User)
_copy_space = copier(Space)
_copy_page = copier(Page)
_copy_comment = copier(Comment)
