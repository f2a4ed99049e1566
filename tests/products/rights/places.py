"""Hand-made sites where what is visible and what is hidden lie close together, and the people who look at them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Any

from tests.products.rights.parts import add_parts

from forgesim.clock import EPOCH_MS
from forgesim.site.access import APP_ACCOUNT
from forgesim.site.jira_model import (
    DONE,
    IN_PROGRESS,
    SPRINT_FIELD,
    Board,
    Change,
    Issue,
    IssueComment,
    Item,
    Project,
    Sprint,
)
from forgesim.site.model import Attachment, Comment, FileVersion, Group, Label, Page, Site, Space, User, Version

__all__ = ["GUS", "INA", "MAX", "OLA", "RITA", "VIEWERS", "place"]

OLA, MAX, RITA, ADA, GUS, INA, CLEO = (f"712020:{name}" for name in ("ola", "max", "rita", "ada", "gus", "ina", "cleo"))
VIEWERS: Mapping[str, str | None] = {
    "owner": OLA, "member": MAX, "restricted": RITA, "admin": ADA, "of a group": GUS, "inactive": INA, "closed": CLEO,
    "stranger": "712020:nowhere", "anonymous": None, "app": APP_ACCOUNT,
}  # fmt: skip
"""Ola made everything and owns it; Max is anybody; Rita is whom restrictions name; Gus is in the group ``team``."""

EARTH = "anonymous"
DAY = 86_400_000
TEAM = "group:team"
TASK = (
    "<ac:task-list><ac:task><ac:task-id>1</ac:task-id><ac:task-status>incomplete</ac:task-status>"
    "<ac:task-body>do</ac:task-body></ac:task></ac:task-list>"
)


def place() -> Site:
    """One of each: nested and crossing restrictions, private, personal and archived spaces, drafts, trash, parents that
    were moved, are gone or go round; projects that are private, the app's or to look at; epics, parents, sub-tasks,
    boards and sprints with one leg in a private project."""
    people = {
        account: User(account_id=account, handle=account[7:], name=account[7:].title(), email="x@example.org")
        for account in (OLA, MAX, RITA, ADA, GUS, INA, CLEO)
    }
    people[ADA].admin, people[INA].active = True, False
    people[CLEO].closed = True
    people[GUS].groups = ["team"]
    site = Site(
        name="place", cloud_id="cloud", host="place.example.org", region="us", clock_ms=EPOCH_MS, seed=1,
        synthetic=True, users=people, spaces={each.id: each for each in _spaces()},
        pages={each.id: each for each in _pages()}, projects={each.id: each for each in _projects()},
        boards={str(each.id): each for each in _boards()}, sprints={str(each.id): each for each in _sprints()},
        issues={each.id: each for each in _issues()}, groups={"77": Group(id="77", name="team")}, anonymous=True,
    )  # fmt: skip
    add_parts(site)
    return site


def _spaces() -> list[Space]:
    return [
        Space(id="7010", key="COMMON", name="Open", homepage_id="70100", owner=OLA),
        Space(id="7020", key="PRIVATE", name="Private", homepage_id="70200", owner=OLA, viewers=[OLA, TEAM]),
        Space(id="7030", key="ROOM", name="Rita", kind="personal", homepage_id="70300", owner=RITA, viewers=[RITA]),
        Space(id="7040", key="SHELF", name="Old", status="archived", owner=OLA),
        Space(id="7050", key="HALL", name="Hall", homepage_id="70500", owner=OLA, editors=[OLA, APP_ACCOUNT]),
        Space(id="7060", key="NOONE", name="Nobody's", owner=OLA, viewers=[]),
        Space(id="7070", key="EARTH", name="For all", homepage_id="70700", owner=OLA, viewers=[EARTH]),
        Space(
            id="7080",
            key="RULES",
            name="Each its own",
            homepage_id="70800",
            owner=OLA,
            viewers=[RITA],
            editors=[],
            permissions=dict(_granted()),
        ),
    ]


def _granted() -> Iterator[tuple[str, list[str]]]:
    """Operation → who may, others each time; everybody on earth reads, and may a few things more."""
    yield "read:space", [EARTH]
    every = list(combinations((OLA, MAX, RITA, TEAM, APP_ACCOUNT, "group:confluence-users", EARTH), 2))
    operations = (
        "create:page", "create:blogpost", "create:comment", "create:attachment", "delete:page", "delete:blogpost",
        "delete:comment", "delete:attachment", "restrict_content:space", "administer:space", "export:space",
    )  # fmt: skip
    for place, operation in enumerate(operations):
        yield operation, list(every[place * 8 % len(every)])


def _page(id_: str, parent: str | None = None, **changes: Any) -> Page:
    made = EPOCH_MS - int(id_) * 1000
    changed = (Version(number=1, at=made, author=OLA, body="<p>old</p>"), Version(number=2, at=made + 9, author=OLA))
    space = f"70{id_[2]}0"
    fields: dict[str, Any] = {
        "id": id_, "space_id": space, "title": f"Page {id_}", "body": f"<p>Body</p>{TASK}", "author": OLA, "owner": OLA,
        "created_at": made, "updated_at": made + 500, "updated_by": OLA, "parent_id": parent, "position": int(id_),
        "version": 2, "views": 9, "viewers_count": 4, "likes": (OLA, RITA),
        "versions": [Version(number=1, at=made, author=OLA, title="Old", body="<p>old</p>"),
                     Version(number=2, at=made + 500, author=OLA)],
        "labels": [Label(id=f"8{id_}", name="own", prefix="team"), Label(id="8", name="shared"),
                   Label(id="81", name="mine", prefix="my")],
        "comments": [
            Comment(id=f"1{id_}", author=MAX, created_at=made, body="<p>root</p>", likes=(OLA, MAX)),
            Comment(id=f"2{id_}", author=OLA, created_at=made + 1, body="<p>reply</p>", parent_id=f"1{id_}"),
            Comment(id=f"3{id_}", author=OLA, created_at=made, body="<p>in</p>", inline=True, resolution="open",
                    versions=changed),
            Comment(id=f"4{id_}", author=OLA, created_at=made, body="<p>in</p>", inline=True, parent_id=f"3{id_}",
                    versions=changed),
            Comment(id=f"6{id_}", author=OLA, created_at=made, body="<p>on a file</p>", attachment_id=f"5{id_}"),
        ],
        "attachments": [Attachment(id=f"5{id_}", title="plan.txt", media_type="text/plain", created_at=made,
                                   author=OLA, version=2, labels=(Label(id="82", name="filed"),),
                                   past=(FileVersion(number=1, at=made, author=OLA, title="old.txt",
                                                     media_type="text/plain", data=b"old"),))],
    }  # fmt: skip
    return Page(**{**fields, **changes})


def _pages() -> list[Page]:
    return [
        _page("70100"),
        _page("70101", "70100", viewers=[RITA]),
        _page("70102", "70101"),
        _page("70103", "70102", viewers=[RITA, TEAM]),
        _page("70104", "70103", viewers=[MAX]),
        _page("70105", "70100", viewers=[TEAM, OLA], editors=[OLA]),
        _page("70106", "70105", viewers=[APP_ACCOUNT]),
        _page("70107", "70100", viewers=[APP_ACCOUNT, RITA]),
        _page("70108", "70100", status="draft"),
        _page("70109", "70100", status="draft", author=MAX),
        _page("70110", "70100", status="archived"),
        _page("70111", "70100", status="trashed", viewers=[RITA]),
        _page("70112", "70100", status="trashed"),
        _page("70113", "70112"),
        _page("70114", "79999"),
        _page("70115", "70201"),
        _page("70116", "70117"),
        _page("70117", "70116", viewers=[OLA]),
        _page("70118", "70100", viewers=[]),
        _page("70119", "70100", editors=[OLA]),
        _page("70120", "70119", editors=[OLA, MAX]),
        _page("70121", "70101", status="archived"),
        _page("70122", "70102", status="draft", author=MAX),
        _page("70200"),
        _page("70201", "70200", viewers=[RITA, OLA]),
        _page("70202", "70100"),
        _page("70300"),
        _page("70301", "70300", viewers=[MAX]),
        _page("70400"),
        _page("70401", "70400", viewers=[RITA]),
        _page("70500", viewers=[RITA]),
        _page("70501"),
        _page("70600"),
        _page("70700"),
        _page("70701", "70700", viewers=[EARTH]),
        _page("70800"),
        _page("70801", "70800", viewers=[MAX, RITA, EARTH], editors=[MAX, RITA]),
        *_posts(),
    ]


def _posts() -> list[Page]:
    """Blog posts have no place in the tree."""
    return [
        _page("70151", kind="blogpost"),
        _page("70152", kind="blogpost", viewers=[RITA, TEAM]),
        _page("70153", kind="blogpost", status="draft", author=MAX),
        _page("70154", kind="blogpost", status="trashed"),
        _page("70155", kind="blogpost", editors=[OLA]),
        _page("70251", kind="blogpost"),
        _page("70351", kind="blogpost"),
        _page("70451", kind="blogpost"),
        _page("70751", kind="blogpost"),
        _page("70851", kind="blogpost"),
        _page("70551", kind="blogpost", viewers=[APP_ACCOUNT]),
    ]


def _projects() -> list[Project]:
    return [
        Project(id="6001", key="OPEN", name="Open", lead=OLA, next_number=20),
        Project(id="6002", key="HIDDEN", name="Hidden", lead=OLA, viewers=[OLA, TEAM], next_number=20),
        Project(id="6003", key="RITAS", name="Rita", lead=RITA, viewers=[RITA], next_number=20),
        Project(id="6004", key="ROBOT", name="Robot", lead=None, viewers=[APP_ACCOUNT], next_number=20),
        Project(id="6005", key="LOOK", name="Look", lead=OLA, editors=[OLA], next_number=20),
    ]


def _boards() -> list[Board]:
    return [
        Board(id=6101, name="Open", project_id="6001", filter_id="1"),
        Board(id=6102, name="Hidden", project_id="6002", filter_id="2"),
        Board(id=6103, name="Flow", project_id="6001", filter_id="3", kind="kanban"),
        Board(id=6104, name="Rita", project_id="6003", filter_id="4"),
        Board(id=6105, name="Look", project_id="6005", filter_id="5"),
    ]


def _sprints() -> list[Sprint]:
    def made(id_: int, board: int, state: Any) -> Sprint:
        ends = None if state == "future" else EPOCH_MS + (DAY if state == "active" else -DAY)
        starts = None if ends is None else EPOCH_MS - 9 * DAY
        done = ends if state == "closed" else None
        return Sprint(id=id_, board_id=board, name=f"S{id_}", state=state, start_at=starts, end_at=ends,
                      complete_at=done)  # fmt: skip

    return [
        made(6201, 6101, "active"), made(6202, 6102, "active"), made(6203, 6102, "future"), made(6204, 6102, "closed"),
        made(6205, 6101, "closed"), made(6206, 6104, "active"), made(6207, 6101, "future"), made(6208, 6105, "active"),
    ]  # fmt: skip


def _issue(project: int, number: int, type_id: str = "10001", **changes: Any) -> Issue:
    key = {6001: "OPEN", 6002: "HIDDEN", 6003: "RITAS", 6004: "ROBOT", 6005: "LOOK"}[project]
    id_, at = f"{project}{number:02d}", EPOCH_MS - (40 - number) * DAY
    fields: dict[str, Any] = {
        "id": id_, "key": f"{key}-{number}", "project_id": str(project), "type_id": type_id, "summary": f"S {number}",
        "creator": OLA, "reporter": OLA, "assignee": RITA, "created_at": at, "updated_at": at + 9, "points": 3.0,
        "status_changed_at": at, "rank": f"0|i{number:05d}:",
        "comments": [IssueComment(id=f"9{id_}", author=MAX, created_at=at, body="a word"),
                     IssueComment(id=f"8{id_}", author=OLA, created_at=at + 1, body="a word")],
        "changes": [Change(f"7{id_}", at + 5, OLA, (Item("summary", "a", "b"), Item("assignee", None, RITA)))],
    }  # fmt: skip
    return Issue(**{**fields, **changes})


def _issues() -> list[Issue]:
    epic, bug, sub = "10000", "10004", "10003"
    moved = Change("7501", EPOCH_MS - 9 * DAY, MAX, (Item(SPRINT_FIELD, "6204", "6202"),))
    raised = Change("7502", EPOCH_MS - 8 * DAY, MAX, (Item("parent", "600202", "600201"),))
    return [
        _issue(6001, 1, parent_id="600201", sprints=(6202,), changes=[moved, raised]),
        _issue(6001, 2, sub, parent_id="600202", status_id=IN_PROGRESS),
        _issue(6001, 3, sprints=(6205, 6201)),
        _issue(6001, 4, epic),
        _issue(6001, 5, parent_id="600104", sprints=(6205,), status_id=DONE, resolution_id="10000"),
        _issue(6001, 6, bug),
        _issue(6001, 7, sub, parent_id="600103"),
        _issue(6002, 1, epic),
        _issue(6002, 2, sprints=(6203,)),
        _issue(6002, 3, sub, parent_id="600103"),
        _issue(6002, 4, parent_id="600104", sprints=(6201, 6204)),
        _issue(6002, 5, sprints=(6202,)),
        _issue(6003, 1, sprints=(6206,)),
        _issue(6003, 2, sub, parent_id="600107"),
        _issue(6004, 1),
        _issue(6005, 1, sprints=(6208,)),
        _issue(6005, 2, epic),
        _issue(6005, 3, parent_id="600502"),
    ]
