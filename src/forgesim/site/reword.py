"""The same site in other words: ids, structure, dates, labels, links and rights stay, every text is
rewritten."""

from __future__ import annotations

from dataclasses import replace
from hashlib import shake_128

from forgesim.site.jira_reword import reword_jira
from forgesim.site.model import Attachment, Comment, FileVersion, Label, Page, Site, Space, User, Version
from forgesim.site.rewrite import Rewriter, Wording
from forgesim.site.storage import marker_ref, plain_text

__all__ = ["reword"]

_HEADER_SIZE = 16


def reword(site: Site, wording: Wording) -> Site:
    """A new site with every text of ``site`` rewritten; ``site`` itself stays as it is.

    Selections of inline comments are read back from the rewritten page, where its marker is found.
    """
    to = Rewriter(wording, site.host)
    result = Site(
        name=to.text(site.name, "site"),
        cloud_id=site.cloud_id,
        host=site.host,
        region=site.region,
        clock_ms=site.clock_ms,
        seed=site.seed,
        synthetic=site.synthetic,
        users={key: _user(to, user) for key, user in site.users.items()},
        spaces={key: _space(to, space) for key, space in site.spaces.items()},
        pages={key: _page(to, page, site.cloud_id) for key, page in site.pages.items()},
        groups=dict(site.groups),
        anonymous=site.anonymous,
        variables=dict(site.variables),
        canaries=[wording.word(canary) for canary in site.canaries],
        next_id=site.next_id,
        lexicon=site.lexicon,
    )
    reword_jira(to, site, result)
    return result


def _user(to: Rewriter, user: User) -> User:
    unit = f"user/{user.account_id}"
    return replace(user, name=to.text(user.name, unit), email=to.mail(user.email, unit), groups=list(user.groups))


def _space(to: Rewriter, space: Space) -> Space:
    unit = f"space/{space.id}"
    return replace(
        space,
        name=to.text(space.name, unit),
        description=to.text(space.description, unit),
        viewers=_listed(space.viewers),
        editors=_listed(space.editors),
        permissions={key: list(names) for key, names in space.permissions.items()},
        labels=list(space.labels),
        properties={key: _json(to, value, unit) for key, value in space.properties.items()},
    )


def _page(to: Rewriter, page: Page, cloud_id: str) -> Page:
    unit = f"page/{page.id}"
    body = to.body(page.body, unit)
    return replace(
        page,
        title=to.wording.title(page.title),
        body=body,
        labels=[Label(id=label.id, name=label.name, prefix=label.prefix) for label in page.labels],
        comments=[_comment(to, comment, _marked(body, cloud_id, comment)) for comment in page.comments],
        attachments=[_attachment(to, attachment) for attachment in page.attachments],
        versions=[_version(to, version, unit) for version in page.versions],
        properties={key: _json(to, value, unit) for key, value in page.properties.items()},
        viewers=_listed(page.viewers),
        editors=_listed(page.editors),
    )


def _comment(to: Rewriter, comment: Comment, selection: str) -> Comment:
    unit = f"comment/{comment.id}"
    return replace(
        comment,
        body=to.body(comment.body, unit),
        selection=selection or to.text(comment.selection, unit),
        versions=tuple(_version(to, version, unit) for version in comment.versions),
        properties={key: _json(to, value, unit) for key, value in comment.properties.items()},
    )


def _marked(page_body: str, cloud_id: str, comment: Comment) -> str:
    """The plain text inside the comment's marker; empty where the page has none."""
    if not comment.selection:
        return ""
    start = page_body.find(f'ac:ref="{comment.marker or marker_ref(cloud_id, comment.id)}"')
    end = page_body.find("</ac:inline-comment-marker>", start)
    if start < 0 or end < 0:
        return ""
    return plain_text(page_body[page_body.index(">", start) + 1 : end])


def _version(to: Rewriter, version: Version, unit: str) -> Version:
    return replace(
        version,
        message=to.text(version.message, unit),
        title=None if version.title is None else to.wording.title(version.title),
        body=None if version.body is None else to.body(version.body, unit),
    )


def _attachment(to: Rewriter, attachment: Attachment) -> Attachment:
    unit = f"attachment/{attachment.id}"
    return replace(
        attachment,
        title=to.file_name(attachment.title),
        data=_data(to, attachment, unit),
        comment=to.text(attachment.comment, unit),
        properties={key: _json(to, value, unit) for key, value in attachment.properties.items()},
        past=tuple(_past(to, version, unit) for version in attachment.past),
    )


def _past(to: Rewriter, version: FileVersion, unit: str) -> FileVersion:
    title, comment = to.file_name(version.title), to.text(version.comment, unit)
    return replace(version, title=title, comment=comment, data=_data(to, version, unit))


def _data(to: Rewriter, attachment: Attachment | FileVersion, unit: str) -> bytes:
    """Text is rewritten; of anything else the first bytes, which tell its type, stay and the rest is
    scrambled."""
    data = attachment.data
    if attachment.media_type.startswith("text/"):
        try:
            return to.text(data.decode(), unit).encode()
        except UnicodeDecodeError:
            pass
    head, tail = data[:_HEADER_SIZE], data[_HEADER_SIZE:]
    stream = shake_128(f"{to.wording.salt}/{unit.removeprefix('attachment/')}".encode()).digest(len(tail))
    return head + (int.from_bytes(tail) ^ int.from_bytes(stream)).to_bytes(len(tail))


def _json(to: Rewriter, value: object, unit: str) -> object:
    if isinstance(value, str):
        return to.text(value, unit)
    if isinstance(value, list):
        return [_json(to, item, unit) for item in value]
    if isinstance(value, dict):
        return {key: _json(to, item, unit) for key, item in value.items()}
    return value


def _listed(names: list[str] | None) -> list[str] | None:
    return None if names is None else list(names)
