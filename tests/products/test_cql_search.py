"""What CQL finds, by hand; what an answer shows of it; and how it says no."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest

from forgesim.clock import EPOCH_MS
from forgesim.site.model import Site, User, Version

Ask = Callable[..., Any]
SEARCH, CONTENT, USERS = "/wiki/rest/api/search", "/wiki/rest/api/content/search", "/wiki/rest/api/search/user"
DAY = 86_400_000


@pytest.fixture
def ask(site: Site, ask: Ask) -> Ask:
    """The site of the other tests with words to look for; page N was made N days before the start, at 9 o'clock."""
    pages = site.pages
    pages["100"].title, pages["100"].body = "Release notes", "<p>Hello <b>brave</b> new world &amp; <em>more</em></p>"
    pages["101"].body = '<p>brave old Straße</p><ac:structured-macro ac:name="toc" ac:schema-version="1" />'
    pages["102"].body = '<p>今日は世界 <ac:link><ri:user ri:account-id="712020:bob" /></ac:link></p>'
    pages["102"].updated_by, pages["102"].updated_at = "712020:bob", EPOCH_MS - DAY
    pages["101"].versions = [Version(number=1, at=pages["101"].created_at, author="712020:bob")]
    site.spaces["10"].created_at = site.spaces["20"].created_at = EPOCH_MS - 400 * DAY
    return ask


def find(ask: Ask, cql: str, by: str = "alice", path: str = CONTENT, more: str = "") -> Any:
    return ask("GET", f"{path}?cql={quote(cql)}&limit=100{more}", by=by)


def ids(got: Any) -> list[str]:
    assert got.status == 200, got.json
    return sorted(each["id"] for each in got.json["results"])


MEANS = [
    ("type = page", "100 101 102 103 104 200"),
    ("type in (comment, attachment)", "601 602 603 604 att701"),
    ("type = blogpost or type = folder", "300"),
    ("type != page and space = DOCS", "300 601 602 603 604 att701"),
    ("space = docs and type = page", "100 101 102 103 104"),
    ("space.key in (SEC, NOPE)", "200"),
    ("space not in (DOCS)", "200"),
    ("space.title ~ 'secr*'", "200"),
    ("space.title !~ docs", "200"),
    ("space.type = personal", ""),
    ("space.type = global and id in (100, 200)", "100 200"),
    ("id = 101", "101"),
    ("content = att701", "att701"),
    ("id = 999", ""),
    ("id != 100 and type = page and space = DOCS", "101 102 103 104"),
    ("ancestor = 100", "101 102 103 104"),
    ("ancestor in (103, 200)", "104"),
    ("type = page and ancestor != 100", "100 200"),
    ("parent = 103", "104"),
    ("container = 101", "601 602 603 att701"),
    ("container = 103 or container = 104", "604"),
    ("label = howto", "100 102 300"),
    ("label = 'global:howto'", "100 102 300"),
    ("label in (draft, own)", "100 103"),
    ("label = howto and label != draft", "102 300"),
    ("label = HowTo", "100 102 300"),
    ("creator = currentUser() and type = comment", "601 604"),
    ("creator = '712020:bob'", "602 603 att701"),
    ("creator = '712020:nobody'", ""),
    ("contributor = '712020:bob' and type = page", "101 102"),
    ("mention = '712020:bob'", "102 300"),
    ("mention != '712020:bob' and label = howto", "100"),
    ("macro = TOC", "101"),
    ("title = 'release NOTES'", "100"),
    ("title in ('Release notes', 'plan a.pdf')", "100 att701"),
    ("title ~ 'notes release'", "100"),
    ("title ~ 'notes\\u0020release' and type = page", "100"),
    ("title !~ page and type = page", "100"),
    ("title ~ plan", "att701"),
    ("text ~ brave", "100 101"),
    ("text ~ 'BRAVE WORLD'", "100"),
    ('text ~ "\\"brave new\\""', "100"),
    ('text ~ "\\"new brave\\""', ""),
    ("text ~ '\"notes hello\"'", ""),
    ("text ~ 'bra*' and text ~ 'h?llo'", "100"),
    ("text ~ 'hallo~'", "100 300"),
    ("text ~ 'brave -world'", "101"),
    ("text ~ 'brave NOT old'", "100"),
    ("text ~ 'world OR straße'", "100 101"),
    ("text ~ STRASSE", "101"),
    ("text ~ 世界", "102"),
    ("text ~ 界世", ""),
    ("text ~ draft", "100"),
    ("text ~ strong", ""),
    ("text ~ two", "602"),
    ("text ~ hidden", "604"),
    ("text !~ brave and label = howto", "102 300"),
    ("created >= '2025-09-27' and type = page", "100"),
    ("created = 2025/09/26", "101"),
    ("created = '2025-09-26 09:00'", "101"),
    ("created != '2025-09-26' and ancestor = 100", "102 103 104"),
    ("created < 2025-07-01 and type = page", "200"),
    ("created > '2025-09-26 09:00' and type = page", "100"),
    ("created >= '2025-09-26 09:00' and type = page", "100 101"),
    ('lastmodified > now("-2d") and type = page', "102"),
    ('lastmodified > startOfDay("-1d") and type = page', "102"),
    ('lastmodified < startOfDay("-1d") and label = howto', "100 300"),
    ("lastmodified <= endOfWeek('-14w') and type = page", "100 101 103 104 200"),
    ("created > startOfYear() and type = comment", "601 602 603 604"),
    ("created < endOfMonth(-6M) and type = page", "200"),
    ("not (type = page or type = comment)", "300 att701"),
    ("not type = page and not not type = attachment", "att701"),
    ("type = page and (label = own or label = howto) and not id = 100", "102 103"),
    ("TYPE = page AND LABEL IN (own)", "103"),
]


@pytest.mark.parametrize(("cql", "found"), MEANS, ids=[each[0] for each in MEANS])
def test_a_query_means(ask: Ask, cql: str, found: str) -> None:
    assert ids(find(ask, cql)) == found.split()


@pytest.mark.parametrize(
    ("order", "found"),
    [
        ("", "102 100 101 103 104 200"),
        ("order by created", "200 104 103 102 101 100"),
        ("order by title desc, id", "100 200 104 103 102 101"),
        ("order by space desc, created asc", "200 104 103 102 101 100"),
        ("order by creator, lastmodified desc", "102 100 101 103 104 200"),
    ],
)
def test_an_order_orders(ask: Ask, order: str, found: str) -> None:
    assert find(ask, f"type = page {order}").ids == found.split()


def test_spaces_are_found_by_search_alone(ask: Ask) -> None:
    got = find(ask, "type = space and text ~ sundry", path=SEARCH)
    assert [(each["entityType"], each["space"]["key"]) for each in got.json["results"]] == [("space", "DOCS")]
    assert got.reads == ("space/10",)
    assert ids(find(ask, "type = space")) == []


def test_the_total_counts_what_the_caller_may_see(ask: Ask) -> None:
    cql = "text ~ body or text ~ hidden"
    seen = {by: find(ask, cql, by=by, path=SEARCH) for by in ("alice", "bob", "app")}
    assert {by: each.json["totalSize"] for by, each in seen.items()} == {"alice": 4, "bob": 0, "app": 0}
    assert find(ask, "type = space", by="bob", path=SEARCH).json["totalSize"] == 1
    assert find(ask, "text ~ brave", by="nobody").status == 403
    assert find(ask, "text ~ brave", by="nobody", path=SEARCH).status == 403


def test_archived_pages_and_spaces_are_found_when_asked_for(ask: Ask, site: Site) -> None:
    statuses = quote('{"contentStatuses": ["archived", "current"]}')
    assert ids(find(ask, "id in (105, 106)", more=f"&cqlcontext={statuses}")) == ["105"]
    site.spaces["20"].status = "archived"
    assert ids(find(ask, "id in (100, 200)")) == ["100"]
    found = {more: find(ask, "id in (100, 200)", path=SEARCH, more=f"&{more}=true").json["totalSize"]
             for more in ("includeArchivedSpaces", "excludeCurrentSpaces")}  # fmt: skip
    assert found == {"includeArchivedSpaces": 2, "excludeCurrentSpaces": 1}


def test_a_context_names_the_current_space_and_content(ask: Ask) -> None:
    context = quote('{"spaceKey": "DOCS", "contentId": "103"}')
    asked = "space = currentSpace() and (id = currentContent() or parent = currentContent())"
    assert ids(find(ask, asked, more=f"&cqlcontext={context}")) == ["103", "104"]
    assert "without a cqlcontext" in find(ask, "space = currentSpace()").json["message"]


def test_pages_of_results_follow_each_other_both_ways(ask: Ask) -> None:
    first = ask("GET", f"{SEARCH}?cql=type=page&limit=2")
    assert (first.json["start"], first.json["size"], first.json["totalSize"]) == (0, 2, 6)
    assert first.json["_links"]["next"].startswith("/rest/api/search?cql=type%3Dpage&limit=2&cursor=")
    assert "prev" not in first.json["_links"]
    second = ask("GET", "/wiki" + first.json["_links"]["next"])
    third = ask("GET", "/wiki" + second.json["_links"]["next"])
    found = [each["content"]["id"] for got in (first, second, third) for each in got.json["results"]]
    assert found == ["102", "100", "101", "103", "104", "200"]
    assert "next" not in third.json["_links"]
    back = ask("GET", "/wiki" + third.json["_links"]["prev"])
    assert back.json["results"] == second.json["results"]
    assert ask("GET", "/wiki" + back.json["_links"]["prev"]).json["results"] == first.json["results"]


def test_a_cursor_belongs_to_its_query(ask: Ask) -> None:
    cursor = ask("GET", f"{CONTENT}?cql=type=page&limit=2").json["_links"]["next"].rpartition("=")[2]
    assert ask("GET", f"{CONTENT}?cql=type=page&limit=3&cursor={cursor}").ids == ["101", "103", "104"]
    assert ask("GET", f"{CONTENT}?cql=type!=page&limit=2&cursor={cursor}").status == 400
    assert ask("GET", f"{CONTENT}?cql=type=page&cursor=zz").status == 400


def test_limits_are_capped_not_refused(ask: Ask) -> None:
    assert ask("GET", f"{CONTENT}?cql=type=page&limit=5000").json["limit"] == 250
    assert ask("GET", f"{CONTENT}?cql=type=page&limit=-1").status == 400
    empty = ask("GET", f"{SEARCH}?cql=type=page&limit=0").json
    assert (empty["results"], empty["totalSize"], "next" in empty["_links"]) == ([], 6, False)
    assert [each["content"]["id"] for each in ask("GET", f"{SEARCH}?cql=type=page&start=5").json["results"]] == ["200"]


def test_a_result_has_the_documented_shape(ask: Ask) -> None:
    got = find(ask, "text ~ 'brave world' and type = page", path=SEARCH)
    assert set(got.reads) == {"page/100", "space/10"}
    item = got.json["results"][0]
    content = item.pop("content")
    assert item == {
        "title": "Release notes",
        "excerpt": "Hello @@@hl@@@brave@@@endhl@@@ new @@@hl@@@world@@@endhl@@@ &amp; more",
        "url": "/spaces/DOCS/pages/100/Release+notes",
        "breadcrumbs": [],
        "entityType": "content",
        "iconCssClass": "aui-icon content-type-page",
        "lastModified": "2025-09-27T09:00:01.000Z",
        "friendlyLastModified": "2025-09-27",
        "score": 0.0,
        "resultGlobalContainer": {"title": "Docs", "displayUrl": "/spaces/DOCS"},
    }
    assert {key: content[key] for key in ("id", "type", "status", "title")} == {
        "id": "100", "type": "page", "status": "current", "title": "Release notes",
    }  # fmt: skip
    assert content["_expandable"]["space"] == "/rest/api/space/DOCS"
    assert {"version", "body", "history", "ancestors", "metadata"} <= set(content["_expandable"])


@pytest.mark.parametrize(
    ("strategy", "title", "text"),
    [
        ("highlight", "@@@hl@@@Release@@@endhl@@@ notes", "@@@hl@@@Hello@@@endhl@@@ brave new world &amp; more"),
        ("highlight_unescaped", "@@@hl@@@Release@@@endhl@@@ notes", "@@@hl@@@Hello@@@endhl@@@ brave new world & more"),
        ("indexed", "Release notes", "Hello brave new world &amp; more"),
        ("indexed_unescaped", "Release notes", "Hello brave new world & more"),
        ("none", "Release notes", ""),
    ],
)
def test_an_excerpt_is_as_asked_for(ask: Ask, strategy: str, title: str, text: str) -> None:
    item = find(ask, "text ~ 'hel* release'", path=SEARCH, more=f"&excerpt={strategy}").json["results"][0]
    assert (item["title"], item["excerpt"]) == (title, text)


def test_a_long_text_is_cut_around_the_first_word_found(ask: Ask, site: Site) -> None:
    site.pages["100"].body = f"<p>{'before ' * 100}needle{' after' * 100}</p>"
    item = find(ask, "text ~ needle", path=SEARCH).json["results"][0]
    shown = item["excerpt"]
    assert shown.startswith("before before")
    assert "@@@hl@@@needle@@@endhl@@@ after" in shown
    assert len(shown.replace("@@@hl@@@", "").replace("@@@endhl@@@", "")) == 300


def test_what_is_expanded_is_shown_and_counted_as_read(ask: Ask) -> None:
    asked = "space,version,history.contributors.publishers,ancestors,metadata.labels,body.storage"
    got = find(ask, "id = 102", more=f"&expand={asked}")
    item = got.json["results"][0]
    assert (item["space"]["id"], item["space"]["key"]) == (10, "DOCS")
    assert (item["version"]["number"], item["version"]["by"]["accountId"]) == (1, "712020:bob")
    assert item["history"]["createdBy"]["accountId"] == "712020:alice"
    assert [each["id"] for each in item["ancestors"]] == ["100"]
    assert item["metadata"]["labels"]["results"] == [
        {"prefix": "global", "name": "howto", "id": "501", "label": "howto"}
    ]
    assert item["body"]["storage"]["value"].startswith("<p>今日は世界")
    assert set(got.reads) == {"page/102", "page/100", "space/10", "user/712020:alice", "user/712020:bob"}
    assert "space" not in item["_expandable"]


def test_a_comment_and_an_attachment_name_their_page(ask: Ask) -> None:
    got = find(ask, "id in (601, att701)", path=SEARCH)
    shown = {each["content"]["type"]: each for each in got.json["results"]}
    assert shown["comment"]["title"] == "Re: Page 101"
    assert shown["attachment"]["resultParentContainer"]["title"] == "Page 101"
    assert set(got.reads) == {"comment/601", "attachment/701", "page/101", "space/10"}


@pytest.mark.parametrize(
    ("cql", "says"),
    [
        ("", "'cql' is required"),
        ("type", "Expecting an operator"),
        ("type =", "Expecting a value before the end of the query (line 1, character 7)"),
        ("type = page and", "Expecting the name of a field before the end"),
        ("= page", "Expecting the name of a field but got '=' (line 1, character 1)"),
        ("type = page label = x", "Expecting AND, OR, ORDER BY or the end of the query but got 'label' (line 1, char"),
        ("(type = page", "Expecting ')'"),
        ("type = 'page", "The character ''' is not expected here (line 1, character 8)"),
        ("space in DOCS", "a list in parentheses or a function but got 'DOCS'"),
        ("nonsense = 1", "'nonsense' is no field (line 1, character 1)"),
        ("type = page and colour = red", "'colour' is no field (line 1, character 17)"),
        ("type > page", "the field 'type' takes =, !=, in, not in, not '>'"),
        ("text = x", "the field 'text' takes ~, !~, not '='"),
        ("created ~ x", "takes =, !=, >, >=, <, <=, not '~'"),
        ("type = nonsense", "'nonsense' is no value of the field 'type'"),
        ("id = abc", "'abc' is no id of content"),
        ("created > yesterday", "'yesterday' is no date for the field 'created'"),
        ("created > '-3d'", "is no date for the field 'created'"),
        ("created > '2025-13-45'", "is no date"),
        ("created > now('-4x')", "is no date"),
        ("created > now(1, 2)", "is no date"),
        ("creator = nobody()", "'nobody' is no function"),
        ("space = now()", "the field 'space' does not take now()"),
        ("text ~ ''", "there is no word to look for"),
        ("text ~ '*x'", "not allowed as the first character"),
        ("text ~ now()", "takes a text, not now()"),
        ("type = page order by text", "cannot be ordered by 'text'"),
        ("user = x", "use /rest/api/search/user"),
        ("user.fullname ~ x", "use /rest/api/search/user"),
    ],
)  # fmt: skip
def test_a_wrong_query_is_a_400_of_v1_that_says_where(ask: Ask, cql: str, says: str) -> None:
    for path in (SEARCH, CONTENT):
        got = find(ask, cql, path=path)
        assert (got.status, got.json["statusCode"], set(got.json)) == (400, 400, {"statusCode", "data", "message"})
        assert says in got.json["message"]


@pytest.mark.parametrize(
    ("query", "what"),
    [
        ("cql=watcher=x", "CQL field watcher"),
        ("cql=favourite=currentUser()", "CQL field favourite"),
        ("cql=space.type=favourite", "CQL space.type favourite"),
        ("cql=id+in+recentlyViewedContent(10)", "CQL function recentlyViewedContent()"),
        ("cql=space+in+favouriteSpaces()", "CQL function favouriteSpaces()"),
        ("cql=space+in+recentlyViewedSpaces(5)", "CQL function recentlyViewedSpaces()"),
        ("cql=text~'\"a+b\"~4'", "CQL text search for words near each other, or with a boost"),
        ("cql=text~'a^4'", "CQL text search with groups, ranges or a boost"),
        ("cql=type=page&expand=content.body.view", f"GET {SEARCH} with expand=body.view"),
        ("cql=type=page&expand=space.icon", f"GET {SEARCH} with expand=space.icon"),
        ("cql=id=1&cqlcontext={%22contentStatuses%22:[%22draft%22]}", f"GET {SEARCH} with content that is draft"),
    ],
)
def test_what_is_not_emulated_is_named(ask: Ask, query: str, what: str) -> None:
    got = ask("GET", f"{SEARCH}?{query}")
    assert (got.status, got.unsupported) == (501, what)


@pytest.mark.parametrize(
    "context", ["x", "[]", '{"spaceKey": 1}', '{"contentStatuses": "current"}', '{"contentId": []}']
)
def test_a_context_that_is_none_is_a_400(ask: Ask, context: str) -> None:
    assert find(ask, "type = page", more=f"&cqlcontext={quote(context)}").status == 400


PEOPLE = [
    ("type = user", ["Alice", "Bob", "Zoë Alison"]),
    ("user = '712020:bob'", ["Bob"]),
    ("user.accountid in ('712020:bob', '712020:nobody')", ["Bob"]),
    ("user != currentUser()", ["Bob", "Zoë Alison"]),
    ("user.fullname ~ ali", ["Alice", "Zoë Alison"]),
    ("user.fullname ~ 'ali* zo'", ["Zoë Alison"]),
    ("user.fullname !~ ali or user = currentUser()", ["Alice", "Bob"]),
    ("not user.fullname ~ ali", ["Bob"]),
]


@pytest.mark.parametrize(("cql", "names"), PEOPLE, ids=[each[0] for each in PEOPLE])
def test_people_are_found_by_their_own_search(ask: Ask, site: Site, cql: str, names: list[str]) -> None:
    for id_, name, active, kind in (("zoe", "Zoë Alison", True, "atlassian"), ("left", "Ali Left", False, "atlassian"),
                                    ("guest", "Ali Guest", True, "customer")):  # fmt: skip
        account = f"712020:{id_}"
        site.users[account] = User(account_id=account, handle=id_, name=name, email="", active=active, kind=kind)  # type: ignore[arg-type]
    got = find(ask, cql, path=USERS)
    assert [each["user"]["displayName"] for each in got.json["results"]] == names
    assert list(got.reads) == [f"user/{each['user']['accountId']}" for each in got.json["results"]]
    guests = find(ask, cql, path=USERS, more="&sitePermissionTypeFilter=all")
    assert guests.json["totalSize"] - got.json["totalSize"] == len(guests.json["results"]) - len(names)


@pytest.mark.parametrize(
    "cql", ["type = page", "space = DOCS", "text ~ x", "user.fullname = x", "type = user order by id", "user = "]
)
def test_other_queries_of_people_are_a_400(ask: Ask, cql: str) -> None:
    assert find(ask, cql, path=USERS).status == 400


def test_pages_of_people_follow_each_other(ask: Ask) -> None:
    first = ask("GET", f"{USERS}?cql=type=user&limit=1")
    second = ask("GET", "/wiki" + first.json["_links"]["next"])
    assert [got.json["results"][0]["title"] for got in (first, second)] == ["Alice", "Bob"]
    assert "next" not in second.json["_links"]
    assert ask("GET", f"{USERS}?cql=type=user", by="nobody").status == 403


def test_a_label_that_an_app_adds_is_found_at_once(ask: Ask) -> None:
    assert ids(find(ask, "label = fresh")) == []
    assert ask("POST", "/wiki/rest/api/content/101/label", [{"prefix": "global", "name": "fresh"}]).status == 200
    assert ids(find(ask, "label = fresh")) == ["101"]


def test_a_text_that_changes_is_found_as_it_is_now(ask: Ask, site: Site) -> None:
    assert ids(find(ask, "text ~ brave and id = 100")) == ["100"]
    site.pages["100"].body = "<p>timid</p>"
    assert ids(find(ask, "text ~ brave and id = 100")) == []
    assert ids(find(ask, "text ~ timid")) == ["100"]
