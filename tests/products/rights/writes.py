"""How to call each emulated write with everything that a site has; who may, and what may be different afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from tests.products.rights.asking import Seen
from tests.products.rights.oracle import editable, may_in, may_in_space

from forgesim.site.jira_model import ISSUE_TYPES, Issue, Project

__all__ = [
    "AGILE",
    "DOC",
    "SPRINTS",
    "V1",
    "V2",
    "V3",
    "WRITES",
    "Row",
    "Write",
    "edited",
    "may",
    "may_do",
    "may_there",
    "of_comment",
    "of_content",
    "of_issue",
    "open_for",
]  # fmt: skip

V2, V1 = "/wiki/api/v2", "/wiki/rest/api"
V3, AGILE = "/rest/api/3", "/rest/agile/1.0"
SPRINTS = "MANAGE_SPRINTS_PERMISSION"
DOC = {"type": "doc", "version": 1, "content": []}


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """``about``: refs that have to be visible, or it is a 404. ``may``: whether the viewer has the right to it.
    ``touches``: refs that are different afterwards, at most; ``makes``: the kinds of things that are new, one of each.
    ``hidden`` and ``refused``: what is answered where it is not visible, and where it is and may not be changed."""

    path: str
    about: tuple[str, ...]
    may: bool
    touches: frozenset[str]
    body: object = None
    makes: tuple[str, ...] = ()
    hidden: tuple[int, ...] = (404,)
    refused: tuple[int, ...] = (403,)


Row = Callable[[Seen], Iterator[Write]]
Also = Callable[[Seen, Any], set[str]]


def may(seen: Seen, ref: str) -> bool:
    return ref in editable(seen.site, seen.viewer)


def may_do(seen: Seen, permission: str, place: Project | Issue) -> bool:
    """Whether the viewer has the permission of Jira there."""
    return may_in(seen.site, seen.viewer, permission, place)


def open_for(seen: Seen, page: Any) -> bool:
    """Whoever sees a page may comment on it, if they may in its space."""
    return f"page/{page.id}" in seen.refs and may_there(seen, "create:comment", page)


def may_there(seen: Seen, operation: str, page: Any) -> bool:
    """Whether the viewer may do that in the page's space; ``{kind}`` is the page's."""
    space = seen.site.spaces[page.space_id]
    return may_in_space(seen.site, seen.viewer, operation.format(kind=page.kind), space)


def of_content(
    path: str, body: Callable[[Any], object] = lambda _: None, also: Also | None = None,
    found: Callable[[Any], bool] = lambda _: True, needs: str = "create:{kind}",
) -> Row:  # fmt: skip
    """A change of each page and blog post that is published: archived, trashed and draft ones take fewer, each in its
    own way. A path of v2 knows one of the two. ``needs``: what the caller may do in the space, beside editing."""

    def row(seen: Seen) -> Iterator[Write]:
        for page in seen.site.pages.values():
            ref, known = f"page/{page.id}", path.startswith(V1) or f"/{page.kind}s/" in path
            if ref not in seen.refs or (page.status == "current" and known and found(page)):
                more = also(seen, page) if also else set()
                yield Write(path=path.format(page.id), body=body(page), about=(ref,),
                            may=may(seen, ref) and may_there(seen, needs, page),
                            touches=frozenset({ref, *more}))  # fmt: skip

    return row


def _leaves(seen: Seen, page: Any) -> set[str]:
    """Its children move up, and its space may lose its homepage."""
    return {f"page/{each.id}" for each in seen.site.pages.values() if each.parent_id == page.id} | {
        f"space/{page.space_id}"
    }


def create_page(seen: Seen) -> Iterator[Write]:
    for space in seen.site.spaces.values():
        ref = f"space/{space.id}"
        for parent in [
            None,
            *(page for page in seen.site.pages.values() if page.space_id == space.id and page.kind == "page"),
        ][:9]:
            body: dict[str, Any] = {"spaceId": space.id, "title": "A new one", "status": "current"}
            path = f"{V2}/pages?root-level=true"
            about: tuple[str, ...] = (ref,)
            if parent is not None:
                path, about, body = f"{V2}/pages", (ref, f"page/{parent.id}"), body | {"parentId": parent.id}
            yield Write(path=path, body=body, about=about, may=may(seen, ref), touches=frozenset(), makes=("page",),
                        hidden=(404,) if may(seen, ref) or ref not in seen.refs else (403,))  # fmt: skip


def create_comment(seen: Seen) -> Iterator[Write]:
    for page in seen.site.pages.values():
        ref, body = f"page/{page.id}", {"representation": "storage", "value": "<p>x</p>"}
        holder = "blogPostId" if page.kind == "blogpost" else "pageId"
        file, root = f"att{page.attachments[0].id}", page.comments[0].id
        for where in ({holder: page.id}, {"parentCommentId": root}, {"attachmentId": file}):
            yield Write(path=f"{V2}/footer-comments", body=where | {"body": body}, about=(ref,),
                        may=open_for(seen, page),
                        touches=frozenset({ref}))  # fmt: skip


def of_comment(body: object, *, by_editors: bool, inline: bool = False) -> Row:
    """Its author changes a comment; whoever may change the page and delete comments in its space deletes it too."""

    of = "inline" if inline else "footer"

    def row(seen: Seen) -> Iterator[Write]:
        for page in seen.site.pages.values():
            for comment in (each for each in page.comments if each.inline == inline):
                ref = f"page/{page.id}"
                yield Write(path=f"{V2}/{of}-comments/{comment.id}", body=body, about=(f"comment/{comment.id}",),
                            may=(comment.author == seen.viewer and (by_editors or open_for(seen, page))
                                 and seen.site.spaces[page.space_id].status == "current")
                            or (by_editors and may(seen, ref) and may_there(seen, "delete:comment", page)),
                            touches=frozenset({ref}))  # fmt: skip

    return row


def space_property(seen: Seen) -> Iterator[Write]:
    """For those who administer the space: its owner, an admin of the site, and an app that may write in it."""
    for space in seen.site.spaces.values():
        ref, rules = f"space/{space.id}", may_in_space(seen.site, seen.viewer, "administer:space", space)
        yield Write(path=f"{V2}/spaces/{space.id}/properties", body={"key": "k", "value": 1}, about=(ref,), may=rules,
                    touches=frozenset({ref}))  # fmt: skip


def of_issue(
    path: str, permission: str, body: object = None, found: Callable[[Seen, Issue], bool] = lambda *_: True,
    refused: tuple[int, ...] = (403,),
) -> Row:  # fmt: skip
    """What links to an issue that is deleted links to it no more."""

    def row(seen: Seen) -> Iterator[Write]:
        for issue in (each for each in seen.site.issues.values() if found(seen, each)):
            ref = f"issue/{issue.id}"
            others = seen.site.issues.values()
            linked = [each.id for each in others if any(link.target == issue.id for link in each.links)]
            also = [f"issue/{each}" for each in linked] if found is _alone else []
            yield Write(path=path.format(issue.key), body=body, about=(ref,), may=may_do(seen, permission, issue),
                        touches=frozenset({ref, *also}), refused=refused)  # fmt: skip

    return row


def _alone(seen: Seen, issue: Issue) -> bool:
    """Nothing lies below it, which would go too."""
    return all(each.parent_id != issue.id for each in seen.site.issues.values())


def _parents(seen: Seen, project: str) -> list[Issue]:
    """The epics of the project, and what is hidden: an epic of another project may be no parent here."""
    epics = [each for each in seen.site.issues.values() if ISSUE_TYPES[each.type_id].level > 0]
    return [each for each in epics if each.project_id == project or f"issue/{each.id}" not in seen.refs]


def create_issue(seen: Seen) -> Iterator[Write]:
    for project in seen.site.projects.values():
        ref, can = f"project/{project.id}", may_do(seen, "CREATE_ISSUES", project)
        fields: dict[str, Any] = {"project": {"key": project.key}, "issuetype": {"id": "10001"}, "summary": "new"}
        yield Write(path=f"{V3}/issue", body={"fields": fields}, about=(ref,), may=can, hidden=(400,),
                    touches=frozenset({ref}), makes=("issue",))  # fmt: skip
        for epic in _parents(seen, project.id):
            yield Write(path=f"{V3}/issue", body={"fields": fields | {"parent": {"key": epic.key}}},
                        about=(ref, f"issue/{epic.id}"), may=can, hidden=(400, 403),
                        touches=frozenset({ref}), makes=("issue",))  # fmt: skip


def of_issue_comment(body: object) -> Row:
    """There are permissions for one's own comments, and for all, which says nothing of one's own."""

    def row(seen: Seen) -> Iterator[Write]:
        for issue in seen.site.issues.values():
            ref, verb = f"issue/{issue.id}", "DELETE" if body is None else "EDIT"
            for comment in issue.comments:
                whose = "OWN" if comment.author == seen.viewer else "ALL"
                yield Write(path=f"{V3}/issue/{issue.key}/comment/{comment.id}", body=body,
                            may=may_do(seen, f"{verb}_{whose}_COMMENTS", issue),
                            about=(ref, f"comment/{comment.id}"), touches=frozenset({ref}))  # fmt: skip

    return row


def create_sprint(seen: Seen) -> Iterator[Write]:
    for board in (each for each in seen.site.boards.values() if each.kind == "scrum"):
        yield Write(path=f"{AGILE}/sprint", about=(f"board/{board.id}",),
                    body={"name": "new", "originBoardId": board.id},
                    may=may_do(seen, SPRINTS, seen.site.projects[board.project_id]), touches=frozenset(),
                    makes=("sprint",))  # fmt: skip


def of_sprint(body: Callable[[Any], object], *, with_issues: bool = False) -> Row:
    def row(seen: Seen) -> Iterator[Write]:
        for id_, sprint in seen.site.sprints.items():
            ref, board = f"sprint/{id_}", seen.site.boards[str(sprint.board_id)]
            inside = {f"issue/{each.id}" for each in seen.site.issues.values() if sprint.id in each.sprints}
            yield Write(path=f"{AGILE}/sprint/{id_}", body=body(sprint), about=(ref,),
                        may=may_do(seen, SPRINTS, seen.site.projects[board.project_id]),
                        touches=frozenset({ref, *(inside if with_issues else ())}))  # fmt: skip

    return row


def move_to_sprint(seen: Seen) -> Iterator[Write]:
    for id_, sprint in seen.site.sprints.items():
        for issue in seen.site.issues.values():
            ref = f"issue/{issue.id}"
            if sprint.state != "closed" and sprint.id not in issue.sprints:
                yield Write(path=f"{AGILE}/sprint/{id_}/issue", body={"issues": [issue.key]},
                            may=may_do(seen, "SCHEDULE_ISSUES", issue),
                            about=(f"sprint/{id_}", ref), touches=frozenset({ref}))  # fmt: skip


def move_to_backlog(seen: Seen) -> Iterator[Write]:
    """One that the viewer may move goes with one that may be hidden: both move or neither."""
    issues = list(seen.site.issues.values())
    mine = next((each for each in issues if may_do(seen, "SCHEDULE_ISSUES", each)), issues[0])
    for issue in issues:
        refs = (f"issue/{mine.id}", f"issue/{issue.id}")
        yield Write(path=f"{AGILE}/backlog/issue", body={"issues": [mine.id, issue.id]}, about=refs,
                    may=all(may_do(seen, "SCHEDULE_ISSUES", each) for each in (mine, issue)),
                    touches=frozenset(refs))  # fmt: skip


def edited(page: Any) -> object:
    body = {"representation": "storage", "value": "<p>x</p>"}
    return {"id": page.id, "status": "current", "title": "Another", "body": body, "version": {"number": 3}}


def _started(sprint: Any) -> object:
    return {"name": "Another", "state": sprint.state, "startDate": "2026-01-01T00:00:00.000Z",
            "endDate": "2026-01-09T00:00:00.000Z"}  # fmt: skip


def _on_own_board(seen: Seen, issue: Issue) -> bool:
    return issue.project_id == "6001"


WRITES: Mapping[str, Row] = MappingProxyType(
    {
        "POST /wiki/api/v2/pages": create_page,
        "PUT /wiki/api/v2/pages/{id}": of_content(f"{V2}/pages/{{}}", edited),
        "DELETE /wiki/api/v2/pages/{id}": of_content(f"{V2}/pages/{{}}", also=_leaves, needs="delete:{kind}"),
        "PUT /wiki/api/v2/pages/{id}/title": of_content(
            f"{V2}/pages/{{}}/title", lambda _: {"status": "current", "title": "Another"}
        ),
        "POST /wiki/api/v2/footer-comments": create_comment,
        "PUT /wiki/api/v2/footer-comments/{comment-id}": of_comment(
            {"version": {"number": 2}, "body": {"representation": "storage", "value": "<p>y</p>"}}, by_editors=False
        ),
        "DELETE /wiki/api/v2/footer-comments/{comment-id}": of_comment(None, by_editors=True),
        "POST /wiki/api/v2/pages/{page-id}/properties": of_content(
            f"{V2}/pages/{{}}/properties", lambda _: {"key": "k", "value": 1}
        ),
        "POST /wiki/api/v2/spaces/{space-id}/properties": space_property,
        "POST /wiki/rest/api/content/{id}/label": of_content(
            f"{V1}/content/{{}}/label", lambda _: [{"prefix": "global", "name": "new"}]
        ),
        "DELETE /wiki/rest/api/content/{id}/label": of_content(f"{V1}/content/{{}}/label?name=shared"),
        "DELETE /wiki/rest/api/content/{id}/label/{label}": of_content(f"{V1}/content/{{}}/label/shared"),
        "POST /rest/api/3/issue": create_issue,
        "PUT /rest/api/3/issue/{issueIdOrKey}": of_issue(
            f"{V3}/issue/{{}}", "EDIT_ISSUES", {"fields": {"summary": "Another"}}
        ),
        "DELETE /rest/api/3/issue/{issueIdOrKey}": of_issue(f"{V3}/issue/{{}}", "DELETE_ISSUES", found=_alone),
        "POST /rest/api/3/issue/{issueIdOrKey}/transitions": of_issue(
            f"{V3}/issue/{{}}/transitions", "TRANSITION_ISSUES", {"transition": {"id": "31"}}
        ),
        "POST /rest/api/3/issue/{issueIdOrKey}/comment": of_issue(
            f"{V3}/issue/{{}}/comment", "ADD_COMMENTS", {"body": DOC}
        ),
        "PUT /rest/api/3/issue/{issueIdOrKey}/comment/{id}": of_issue_comment({"body": DOC}),
        "DELETE /rest/api/3/issue/{issueIdOrKey}/comment/{id}": of_issue_comment(None),
        "PUT /rest/agile/1.0/issue/{issueIdOrKey}/estimation": of_issue(
            f"{AGILE}/issue/{{}}/estimation?boardId=6101", "EDIT_ISSUES", {"value": "8"}, _on_own_board
        ),
        "POST /rest/agile/1.0/backlog/issue": move_to_backlog,
        "POST /rest/agile/1.0/sprint/{sprintId}/issue": move_to_sprint,
        "POST /rest/agile/1.0/sprint": create_sprint,
        "POST /rest/agile/1.0/sprint/{sprintId}": of_sprint(lambda _: {"goal": "Another"}),
        "PUT /rest/agile/1.0/sprint/{sprintId}": of_sprint(_started),
        "DELETE /rest/agile/1.0/sprint/{sprintId}": of_sprint(lambda _: None, with_issues=True),
    }
)
