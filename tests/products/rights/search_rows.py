"""How to call each emulated search of Confluence, and each read of its groups and people, and what it should find."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

from tests.products.rights.asking import MISSING, Probe, Seen
from tests.products.rights.confluence_rows import V1, V2, Row, contents, of_page
from tests.products.rights.content_rows import BY, TEAM

__all__ = ["SEARCH_ROWS"]

EXPAND = "ancestors,body.storage,container,history.contributors.publishers,metadata.labels,space,version"
EVERYTHING = "type in (page,blogpost,comment,attachment,space)"
ARCHIVED = quote('{"contentStatuses": ["current", "archived"]}')


def _found(seen: Seen, statuses: tuple[str, ...]) -> frozenset[str]:
    """What lies in spaces that are current, with a status that is asked for."""
    site = seen.site
    open_ = [each.id for each in site.spaces.values() if each.status == "current"]
    pages = [each for each in site.pages.values() if each.space_id in open_ and each.status in statuses]
    files = [each.id for page in pages for each in page.attachments if each.status in statuses]
    return (
        seen.only("space", open_) | seen.only("page", [each.id for each in pages]) | seen.only("attachment", files)
        | seen.only("comment", [each.id for page in pages for each in page.comments])
    )  # fmt: skip


def _ref(content: Any) -> str:
    kind = "page" if content["type"] == "blogpost" else content["type"]
    return f"{kind}/{content['id'].removeprefix('att')}"


def _refs(said: Any) -> list[str]:
    return [_ref(each["content"]) if "content" in each else f"space/{each['space']['id']}" for each in said["results"]]


def search(seen: Seen) -> Iterator[Probe]:
    path, expand = f"{V1}/search?limit=60&cql=", ",".join(f"content.{each}" for each in EXPAND.split(","))
    for more, statuses in (("", ("current",)), (f"&cqlcontext={ARCHIVED}", ("current", "archived"))):
        found = _found(seen, statuses)
        yield Probe(path=f"{path}{quote(EVERYTHING)}&expand={expand}{more}", items=_refs, expect=found,
                    count=lambda said: int(said["totalSize"]), total=len(found))  # fmt: skip
    found = _found(seen, ("current",))
    for page in contents(seen):
        query = quote(f'title = "{page.title}" and type in (page, blogpost) order by id')
        named = frozenset(f"page/{each.id}" for each in seen.site.pages.values() if each.title == page.title)
        yield Probe(path=f"{path}{query}&excerpt=indexed", items=_refs, expect=found & named)


def _contents(said: Any) -> list[str]:
    return [_ref(each) for each in said["results"]]


def search_content(seen: Seen) -> Iterator[Probe]:
    path, found = f"{V1}/content/search?cql=", _found(seen, ("current",))
    spaces = {each for each in found if each.startswith("space/")}
    yield Probe(path=f"{path}{quote(EVERYTHING)}&limit=60&expand={EXPAND}", items=_contents, expect=found - spaces)
    for page in contents(seen):
        on = {f"page/{page.id}", *(f"comment/{each.id}" for each in page.comments),
              *(f"attachment/{each.id}" for each in page.attachments)}  # fmt: skip
        query = quote(f"container = {page.id} or id = {page.id}")
        yield Probe(path=f"{path}{query}&expand={EXPAND}", items=_contents, expect=found & on)


def search_users(seen: Seen) -> Iterator[Probe]:
    people = [each.account_id for each in seen.site.users.values()
              if each.active and not each.closed and each.kind != "customer"]  # fmt: skip
    yield Probe(path=f"{V1}/search/user?cql=type%3Duser&limit=3", expect=seen.only("user", people),
                items=lambda said: [f"user/{each['user']['accountId']}" for each in said["results"]],
                count=lambda said: int(said["totalSize"]), total=len(people))  # fmt: skip


def _people(said: Any) -> list[str]:
    return [f"user/{each['accountId']}" for each in said["results"]]


def bulk(seen: Seen) -> Iterator[Probe]:
    asked = [*list(seen.site.users)[:90], MISSING]
    yield Probe(path=f"{V1}/user/bulk?limit=2&{'&'.join(f'accountId={each}' for each in asked)}", items=_people,
                expect=seen.only("user", asked))  # fmt: skip


def members(seen: Seen) -> Iterator[Probe]:
    for group in seen.site.groups.values():
        inside = [each.account_id for each in seen.site.users.values() if each.active and group.name in each.groups]
        yield Probe(path=f"{V1}/group/{group.id}/membersByGroupId?limit=1", items=_people,
                    expect=seen.only("user", inside))  # fmt: skip


def memberships(seen: Seen) -> Iterator[Probe]:
    for account in seen.site.users:
        path = f"{V1}/user/memberof?accountId={{}}"
        yield Probe(path=path.format(account), about=f"user/{account}", missing=(path.format(MISSING), None))


def groups(query: str) -> Row:
    """Groups are no content: whoever uses the site is told their names."""

    def row(seen: Seen) -> Iterator[Probe]:
        for group in seen.site.groups.values():
            yield Probe(path=f"{V1}/group{query.format(group.id)}")

    return row


def kinds(seen: Seen) -> Iterator[Probe]:
    pages = contents(seen)[:60]
    ids = {each.id: f"page/{each.id}" for each in pages}
    ids |= {each.id: f"comment/{each.id}" for page in pages for each in page.comments}
    ids |= {f"att{each.id}": f"attachment/{each.id}" for page in pages for each in page.attachments}
    yield Probe(path=f"{V2}/content/convert-ids-to-types", body={"contentIds": [*ids, MISSING]},
                items=lambda said: [ids.get(each, each) for each, kind in said["results"].items() if kind],
                expect=seen.refs & set(ids.values()))  # fmt: skip


SEARCH_ROWS: Mapping[str, Row] = MappingProxyType(
    {
        "GET /wiki/rest/api/search": search,
        "GET /wiki/rest/api/content/search": search_content,
        "GET /wiki/rest/api/search/user": search_users,
        "GET /wiki/rest/api/user/bulk": bulk,
        "GET /wiki/rest/api/user/memberof": memberships,
        "GET /wiki/rest/api/user/anonymous": lambda seen: iter(
            [Probe(path=f"{V1}/user/anonymous", found=seen.site.anonymous)]
        ),
        "GET /wiki/rest/api/group": groups("?limit=1"),
        "GET /wiki/rest/api/group/by-id": groups("/by-id?id={}"),
        "GET /wiki/rest/api/group/picker": groups("/picker?query=t"),
        "GET /wiki/rest/api/group/{groupId}/membersByGroupId": members,
        "GET /wiki/rest/api/content/{id}/restriction/byOperation/{operationKey}/byGroupId/{groupId}": of_page(
            f"{BY}/read/byGroupId/{TEAM}", found=lambda page: f"group:{TEAM}" in (page.viewers or ())
        ),
        "POST /wiki/api/v2/content/convert-ids-to-types": kinds,
    }
)
