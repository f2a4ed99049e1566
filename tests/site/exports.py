"""Small exports of a made-up bakery, in the structure that Confluence and Jira write."""

from __future__ import annotations

import io
import json
import zipfile
from xml.sax.saxutils import escape

__all__ = ["ENTITIES", "ISSUES_CSV", "archive", "issue_json", "obj"]


def obj(
    kind: str, ident: str, *, id_name: str = "id", refs: dict[str, tuple[str, str]] | None = None, **values: str
) -> str:
    """One ``<object>``. ``refs``: property → class and id of what it points at."""
    lines = [f'<object class="{kind}" package="com.example"><id name="{id_name}">{ident}</id>']
    lines += [f'<property name="{name}">{escape(value)}</property>' for name, value in values.items()]
    for name, (target, key) in (refs or {}).items():
        inner = "key" if target == "ConfluenceUserImpl" else "id"
        lines.append(
            f'<property name="{name}" class="{target}" package="com.example"><id name="{inner}">{key}</id></property>'
        )
    return "\n".join([*lines, "</object>"])


def body(ident: str, content: tuple[str, str], text: str, kind: str = "2") -> str:
    cdata = text.replace("]]>", "]] >")
    return (
        f'<object class="BodyContent" package="com.example"><id name="id">{ident}</id>'
        f'<property name="body"><![CDATA[{cdata}]]></property><property name="bodyType">{kind}</property>'
        f'<property name="content" class="{content[0]}" package="x"><id name="id">{content[1]}</id></property>'
        "</object>"
    )


USER, SPACE, PAGE = "ConfluenceUserImpl", ("Space", "11"), "Page"
MARTA, OLEG = (USER, "4028aa01"), (USER, "4028aa02")
DATES = {"creationDate": "2024-03-01 08:00:00.000", "lastModificationDate": "2024-03-05 09:30:00.250"}


def page(ident: str, title: str, parent: str | None = None, **values: str) -> str:
    refs = {"space": SPACE, "creator": MARTA, "lastModifier": OLEG}
    refs |= {"parent": (PAGE, parent)} if parent else {}
    return obj(
        PAGE, ident, refs=refs, **{"title": title, "version": "1", "contentStatus": "current", **DATES, **values}
    )


OBJECTS = [
    obj("Space", "11", refs={"homePage": (PAGE, "21"), "creator": MARTA, "description": ("SpaceDescription", "12")},
        name="The bakery", key="BAKE", spaceType="global", creationDate="2024-02-01 08:00:00.000"),
    obj(USER, "4028aa01", id_name="key", name="marta.k", lowerName="marta.k", email="marta.k@corp.example"),
    obj(USER, "4028aa02", id_name="key", name="oleg.p", lowerName="oleg.p"),
    page("21", "Bakery home"),
    page("22", "Sourdough", "21", version="2", position="7"),
    page("23", "Rye & spelt", "21", position="3"),
    page("24", "Salaries", "21", position="9"),
    page("25", "Half-baked", contentStatus="draft"),
    page("26", "Old oven", contentStatus="deleted"),
    obj(PAGE, "27", refs={"originalVersion": (PAGE, "22"), "space": SPACE, "lastModifier": MARTA}, title="Sour dough",
        version="1", contentStatus="current", versionComment="first try", lastModificationDate="2024-03-02 08:00:00"),
    obj("BlogPost", "28", refs={"space": SPACE, "creator": MARTA}, title="We are open", version="1",
        contentStatus="current", **DATES),
    body("31", (PAGE, "21"), "<p>Welcome</p>"),
    body("32", (PAGE, "22"), '<p>Ask <ac:link><ri:user ri:userkey="4028aa02" /></ac:link> to <ac:inline-comment-marker '
         'ac:ref="aa-bb">feed</ac:inline-comment-marker> it</p><ac:structured-macro ac:name="code"><ac:plain-text-body>'
         "<![CDATA[[[ a ]] > b]]></ac:plain-text-body></ac:structured-macro>"),
    body("33", (PAGE, "23"), "h1. Rye\nKeep it *warm*", kind="0"),
    body("34", (PAGE, "24"), "<p>Not well <b>formed</p>"),
    body("37", (PAGE, "27"), "<p>Mix and wait</p>"),
    body("38", ("SpaceDescription", "12"), "<p>All about bread</p>"),
    body("39", ("BlogPost", "28"), "<p>Come in</p>"),
    obj("SpaceDescription", "12", refs={"space": SPACE}),
    obj("Label", "41", name="recipe", namespace="global"),
    obj("Labelling", "42", refs={"label": ("Label", "41"), "content": (PAGE, "22")}),
    obj("Comment", "51", refs={"containerContent": (PAGE, "22"), "creator": OLEG}, **DATES),
    obj("Comment", "52", refs={"containerContent": (PAGE, "22"), "creator": MARTA, "parent": ("Comment", "51")},
        creationDate="2024-03-06 08:00:00.000"),
    body("53", ("Comment", "51"), "<p>How often?</p>"),
    body("54", ("Comment", "52"), "<p>Daily</p>"),
    obj("ContentProperty", "61", refs={"content": ("Comment", "51")}, name="inline-marker-ref", stringValue="aa-bb"),
    obj("ContentProperty", "62", refs={"content": ("Comment", "51")}, name="inline-original-selection",
        stringValue="feed"),
    obj("ContentProperty", "63", refs={"content": ("Comment", "51")}, name="status", stringValue="resolved"),
    obj("Attachment", "71", refs={"containerContent": (PAGE, "22"), "creator": MARTA}, title="loaf.png",
        version="2", **DATES),
    obj("ContentProperty", "72", refs={"content": ("Attachment", "71")}, name="MEDIA_TYPE", stringValue="image/png"),
    obj("ContentPermissionSet", "81", refs={"owningContent": (PAGE, "24")}, type="View"),
    obj("ContentPermission", "82", refs={"owningSet": ("ContentPermissionSet", "81"), "userSubject": MARTA},
        type="View"),
    obj("SpacePermission", "91", refs={"space": SPACE}, type="VIEWSPACE", group="bakers"),
    obj("LikeEntity", "96", refs={"content": (PAGE, "22"), "user": OLEG}, creationDate="2024-03-06 08:00:00.000"),
    obj("LikeEntity", "97", refs={"content": (PAGE, "22"), "user": MARTA}, creationDate="2024-03-05 08:00:00.000"),
    obj("LikeEntity", "98", refs={"content": ("Comment", "51"), "user": MARTA}),
    obj("LikeEntity", "99", refs={"content": ("BlogPost", "28"), "user": OLEG}),
    obj("LikeEntity", "100", refs={"content": (PAGE, "26"), "user": OLEG}),
    obj("OutgoingLink", "95", destinationPageTitle="elsewhere"),
]  # fmt: skip


def entities(*objects: str) -> bytes:
    text = "\n".join(objects)
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<hibernate-generic datetime="2024-04-01">'
    return f"{head}\n{text}\n</hibernate-generic>".encode()


ENTITIES = entities(*OBJECTS)


def archive(files: dict[str, bytes]) -> bytes:
    """A zip of the files."""
    found = io.BytesIO()
    with zipfile.ZipFile(found, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in files.items():
            made.writestr(zipfile.ZipInfo(name, (2024, 4, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)
    return found.getvalue()


ISSUES_CSV = """\
Summary,Issue key,Issue id,Issue Type,Status,Project key,Project name,Priority,Resolution,Assignee,Assignee Id,\
Reporter,Reporter Id,Created,Updated,Resolved,Due date,Labels,Labels,Description,Sprint,Sprint,\
Custom field (Story Points),Parent,Status Category,Comment,Comment,Custom field (Flour)
"=HYPERLINK(""http://x.example"")",OVEN-1,10101,Story,Proving,OVEN,The oven,Major,,Marta K,5f:m,Oleg P,5f:o,\
23/Apr/24 9:03 AM,24/Apr/24 11:15 PM,,01/May/24 12:00 AM,warm,clean,"Ask [~accountid:5f:m]
twice",Week 10,,3.0,,In Progress,23/Apr/24 10:00 AM;5f:m;Looks; good,,rye
Second,OVEN-2,10102,Experiment,Shipped,OVEN,The oven,High,Duplicate,,,Oleg P,5f:o,\
22/Apr/24 9:03 AM,23/Apr/24 9:03 AM,23/Apr/24 9:03 AM,,,,,Week 9,Week 10,,10101,Done,,,
Third,TILL-7,10103,Bug,To Do,TILL,The till,,,,,,,2024-04-20 10:00,2024-04-20 10:00,,,,,,,,,,To Do,,,
"""


def issue_json(**changes: object) -> dict[str, object]:
    """One issue as the search answers it, with its changelog."""
    person = {"accountId": "5f:m", "displayName": "Marta K", "emailAddress": "marta.k@corp.example", "active": True}
    mention = {"type": "mention", "attrs": {"id": "5f:m", "text": "@Marta K"}}
    sprint = {"id": 7, "name": "Week 9", "state": "closed", "boardId": 3, "goal": "No burnt loaf",
              "startDate": "2024-04-01T08:00:00.000Z", "endDate": "2024-04-14T08:00:00.000Z",
              "completeDate": "2024-04-14T09:00:00.000Z"}  # fmt: skip
    fields: dict[str, object] = {
        "summary": "Clean the oven",
        "status": {"name": "Proving", "statusCategory": {"key": "indeterminate"}},
        "issuetype": {"name": "Story", "hierarchyLevel": 0},
        "project": {"id": "10000", "key": "OVEN", "name": "The oven"},
        "priority": {"name": "High"},
        "created": "2024-04-02T10:00:00.000+0200",
        "updated": "2024-04-10T10:00:00.000+0000",
        "reporter": person,
        "assignee": person,
        "labels": ["warm"],
        "customfield_10111": 5,
        "customfield_10020": [sprint],
        "description": {"type": "doc", "version": 1, "content": [{"type": "paragraph", "content": [mention]}]},
        "comment": {
            "comments": [{"id": "900", "author": person, "created": "2024-04-03T08:00:00.000+0000", "body": "Hot!"}]
        },
    }
    items = [
        {"field": "status", "fieldId": "status", "fromString": "To Do", "toString": "Proving"},
        {"field": "Sprint", "fieldId": "customfield_10020", "from": "", "to": "7"},
        {"field": "Colour", "fieldId": "customfield_1", "fromString": "a", "toString": "b"},
    ]
    history = {"id": "501", "author": person, "created": "2024-04-05T08:00:00.000+0000", "items": items}
    return {"id": "10001", "key": "OVEN-1", "fields": fields, "changelog": {"histories": [history]}, **changes}


def answer(*issues: object) -> bytes:
    return json.dumps(
        {"isLast": True, "issues": issues, "names": {"customfield_10111": "Story point estimate"}}
    ).encode()
