"""How to call each emulated write of projects' parts, of filters, of spaces and files, and of what apps keep."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from tests.products.rights.asking import Form, Seen
from tests.products.rights.oracle import is_member, may_administer
from tests.products.rights.writes import V1, V2, V3, Row, Write, of_content

from forgesim.site.access import APP_ACCOUNT
from forgesim.site.jira_model import Project
from forgesim.site.jira_parts import Filter

__all__ = ["SETUP_WRITES"]


def administered(
    path: str, body: Callable[[Project], object] = lambda _: None, ids: Callable[[Project], list[str]] = lambda _: [""],
    refused: int = 403,
) -> Row:  # fmt: skip
    """A change of each project, or of each of its parts, by those who administer it."""

    def row(seen: Seen) -> Iterator[Write]:
        for project in seen.site.projects.values():
            for id_ in ids(project):
                ref, may = f"project/{project.id}", may_administer(seen.site, seen.viewer, project)
                yield Write(path=path.format(project.key, id_), body=body(project), about=(ref,), may=may,
                            refused=(refused,), touches=frozenset({ref}))  # fmt: skip

    return row


def _components(project: Project) -> list[str]:
    return [each.id for each in project.components]


def _versions(project: Project) -> list[str]:
    return [each.id for each in project.versions]


def _new(project: Project) -> object:
    return {"name": "Another", "project": project.key} if project.id < "6003" else {
        "name": "Another", "projectId": int(project.id)
    }  # fmt: skip


def of_person(path: str, body: object = None) -> Row:
    """One's own, and for admins of the site everybody's."""

    def row(seen: Seen) -> Iterator[Write]:
        user = seen.site.users.get(seen.viewer or "")
        for account in seen.site.jira.user_properties:
            may = is_member(seen.site, seen.viewer) and (account == seen.viewer or bool(user and user.admin))
            yield Write(path=path.format(account), body=body, about=(), may=may,
                        touches=frozenset({f"properties/{account}"}))  # fmt: skip

    return row


def of_app(path: str, product: str, body: object = None) -> Row:
    """The app's own, and never in somebody's name."""
    return lambda seen: iter([Write(path=path, body=body, about=(), may=seen.viewer == APP_ACCOUNT,
                                    touches=frozenset({f"app/{product}"}))])  # fmt: skip


def create_filter(seen: Seen) -> Iterator[Write]:
    yield Write(path=f"{V3}/filter", body={"name": "new", "jql": "project = OPEN"}, about=(), refused=(),
                may=is_member(seen.site, seen.viewer), touches=frozenset(), makes=("filter",))  # fmt: skip


def of_filter(
    path: str, may: Callable[[Seen, Filter], bool], body: object = None, *, refused: int = 400,
    found: Callable[[Seen, Filter], bool] = lambda *_: True,
) -> Row:  # fmt: skip
    """What is hidden is a 400, as what is not there."""

    def row(seen: Seen) -> Iterator[Write]:
        for each in (each for each in seen.site.jira.filters.values() if found(seen, each)):
            ref = f"filter/{each.id}"
            yield Write(path=path.format(each.id), body=body, about=(ref,), may=may(seen, each), hidden=(400,),
                        refused=(refused,), touches=frozenset({ref}))  # fmt: skip

    return row


def _owns(seen: Seen, each: Filter) -> bool:
    return each.owner == seen.viewer


def _owns_or_rules(seen: Seen, each: Filter) -> bool:
    user = seen.site.users.get(seen.viewer or "")
    return _owns(seen, each) or bool(user and user.admin)


def _likes(seen: Seen, each: Filter) -> bool:
    return seen.viewer in each.favourite_of or f"filter/{each.id}" not in seen.refs


def create_space(seen: Seen) -> Iterator[Write]:
    """Everybody of the site may, and gets a homepage with it."""
    for private in (True, False):
        yield Write(path=f"{V2}/spaces", body={"name": "New", "createPrivateSpace": private}, about=(), refused=(404,),
                    may=is_member(seen.site, seen.viewer), touches=frozenset(), makes=("space", "page"))  # fmt: skip


def new_version_of_file(seen: Seen) -> Iterator[Write]:
    for write in of_content(f"{V1}/content/{{}}/child/attachment", lambda page: page, needs=ATTACH)(seen):
        page: Any = write.body
        for each in page.attachments:
            yield Write(path=f"{write.path}/att{each.id}/data", body=Form("other.txt"), about=write.about,
                        may=write.may, touches=write.touches)  # fmt: skip


ATTACH = "create:attachment"
FILTER, COMPONENT, VERSION = f"{V3}/filter/{{}}", f"{V3}/component/{{1}}", f"{V3}/version/{{1}}"
KEPT, OWN = f"{V3}/project/{{}}/properties/k", f"{V3}/user/properties/k?accountId={{}}"
FILES = f"{V1}/content/{{}}/child/attachment"

SETUP_WRITES: Mapping[str, Row] = MappingProxyType(
    {
        "PUT /rest/api/3/project/{projectIdOrKey}/properties/{propertyKey}": administered(KEPT, lambda _: 2),
        "DELETE /rest/api/3/project/{projectIdOrKey}/properties/{propertyKey}": administered(KEPT),
        "POST /rest/api/3/component": administered(f"{V3}/component", _new),
        "PUT /rest/api/3/component/{id}": administered(COMPONENT, lambda _: {"name": "Another"}, _components),
        "DELETE /rest/api/3/component/{id}": administered(COMPONENT, ids=_components),
        "POST /rest/api/3/version": administered(f"{V3}/version", _new, refused=404),
        "PUT /rest/api/3/version/{id}": administered(VERSION, lambda _: {"name": "Another"}, _versions, 400),
        "DELETE /rest/api/3/version/{id}": administered(VERSION, ids=_versions, refused=401),
        "PUT /rest/api/3/user/properties/{propertyKey}": of_person(OWN, 2),
        "DELETE /rest/api/3/user/properties/{propertyKey}": of_person(OWN),
        "PUT /rest/forge/1/app/properties/{propertyKey}": of_app("/rest/forge/1/app/properties/k", "jira", 2),
        "DELETE /rest/forge/1/app/properties/{propertyKey}": of_app("/rest/forge/1/app/properties/k", "jira"),
        "PUT /wiki/api/v2/app/properties/{propertyKey}": of_app(f"{V2}/app/properties/k", "confluence", {"value": 2}),
        "DELETE /wiki/api/v2/app/properties/{propertyKey}": of_app(f"{V2}/app/properties/k", "confluence"),
        "POST /rest/api/3/filter": create_filter,
        "PUT /rest/api/3/filter/{id}": of_filter(FILTER, _owns, {"name": "Another"}),
        "DELETE /rest/api/3/filter/{id}": of_filter(FILTER, _owns_or_rules, refused=401),
        "PUT /rest/api/3/filter/{id}/favourite": of_filter(
            f"{FILTER}/favourite", lambda *_: True, found=lambda seen, each: seen.viewer not in each.favourite_of
        ),
        "DELETE /rest/api/3/filter/{id}/favourite": of_filter(
            f"{FILTER}/favourite", lambda *_: True, found=_likes
        ),
        "POST /wiki/api/v2/spaces": create_space,
        "POST /wiki/rest/api/content/{id}/child/attachment": of_content(FILES, lambda _: Form("new.txt"), needs=ATTACH),
        "PUT /wiki/rest/api/content/{id}/child/attachment": of_content(FILES, lambda _: Form("plan.txt"), needs=ATTACH),
        "POST /wiki/rest/api/content/{id}/child/attachment/{attachmentId}/data": new_version_of_file,
    }
)  # fmt: skip
