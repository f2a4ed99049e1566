"""A small Jira with rights that differ, and a way to call it as its people do."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from forgesim.clock import EPOCH_MS
from forgesim.products.answer import Happened
from forgesim.products.jira.service import Jira
from forgesim.scopes.table import find, normalise
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
from forgesim.site.jira_parts import (
    Component,
    CustomField,
    Filter,
    IssueAttachment,
    IssueLink,
    ProjectVersion,
    RemoteLink,
    SecurityLevel,
    SecurityScheme,
    Visibility,
    Worklog,
)
from forgesim.site.model import Site, User

DAY = 86_400_000
ALICE, BOB, DAN = "712020:alice", "712020:bob", "712020:dan"
ACCOUNTS = {"alice": ALICE, "bob": BOB, "dan": DAN, "gone": "712020:gone", "app": APP_ACCOUNT, "nobody": None}


@dataclass(frozen=True)
class Answered:
    status: int
    json: Any
    headers: dict[str, str]
    reads: tuple[str, ...]
    unsupported: str | None
    happened: tuple[Happened, ...] = ()

    @property
    def events(self) -> list[str]:
        """What happened, without the product: ``created:page``."""
        return [each.name.split(":", 2)[2] for each in self.happened]

    @property
    def keys(self) -> list[str]:
        return [each["key"] for each in self.json["issues"]]


Ask = Callable[..., Answered]


def made(number: int) -> int:
    return EPOCH_MS - (20 - number) * DAY


def issue(number: int, project: str = "10", **changes: Any) -> Issue:
    key = f"{'OPEN' if project == '10' else 'SEC'}-{number}"
    created = made(number)
    fields: dict[str, Any] = {
        "id": str((1000 if project == "10" else 2000) + number), "key": key, "project_id": project, "type_id": "10001",
        "summary": f"Summary {key}", "creator": ALICE, "reporter": ALICE, "created_at": created,
        "updated_at": created, "status_changed_at": created, "rank": f"0|i{number:05d}:",
    }  # fmt: skip
    return Issue(**{**fields, **changes})


@pytest.fixture
def site() -> Site:
    """OPEN (10) is open to all, and dan only looks; SEC (20) is alice's. Sprint 1 closed, 2 active, 3 future, 4 SEC's.

    OPEN-1 done in 1; 2 carried over to 2; 3 in 2, nobody's; 4 in 3; 5 backlog bug; 6 epic over 2, without priority;
    SEC-1 in 4.

    OPEN-4 has what lies in issues: worklogs 911 and, for Members (alice) alone, 912; attachment 921; a remote link 941;
    links 931 to OPEN-5 and 932 to SEC-1. OPEN has component 71, versions 72 (released) and 73, a security level 61 that
    is the reporter's, and fields of its own.
    """
    people = [
        User(account_id=account, handle=handle, name=handle.title(), email=f"{handle}@example.org")
        for handle, account in ACCOUNTS.items()
        if account not in (None, APP_ACCOUNT)
    ]
    people[0].admin = True
    people[3].active = False
    start = EPOCH_MS - 14 * DAY
    moved = (
        Change("71", start - DAY, ALICE, (Item(SPRINT_FIELD, "", "1"),)),
        Change("72", start + DAY, BOB, (Item("status", "10000", IN_PROGRESS), Item("assignee", None, BOB))),
        Change("73", EPOCH_MS - 5 * DAY, ALICE, (Item(SPRINT_FIELD, "1", "1, 2"),)),
    )
    done = Change("74", start + 2 * DAY, BOB, (Item("status", "10000", DONE), Item("resolution", None, "10000")))
    issues = [
        issue(1, status_id=DONE, resolution_id="10000", resolved_at=start + 2 * DAY, sprints=(1,), points=3.0,
              assignee=BOB, changes=[done]),
        issue(2, status_id=IN_PROGRESS, sprints=(1, 2), points=5.0, assignee=BOB, parent_id="1006",
              changes=list(moved), description="first\nsecond"),
        issue(3, sprints=(2,), labels=("red", "blue")),
        issue(4, sprints=(3,), points=0.5, priority_id="1", components=("71",), fix_versions=("73",),
              original_seconds=7200, remaining_seconds=3600, watchers=(BOB,), voters=(BOB,),
              links=(IssueLink("931", "10000", "1005"), IssueLink("932", "10003", "2001")),
              remote_links=(RemoteLink(id="941", url="https://x.example.org/1", title="Elsewhere", global_id="g1"),),
              attachments=(IssueAttachment(id="921", title="a.txt", media_type="text/plain", created_at=made(4),
                                           author=BOB, data=b"bytes"),),
              worklogs=(Worklog(id="911", author=BOB, created_at=made(5), started_at=made(5), seconds=1800,
                                comment="worked"),
                        Worklog(id="912", author=ALICE, created_at=made(6), started_at=made(6), seconds=600,
                                comment="hush", visibility=Visibility("role", "Members")))),
        issue(5, type_id="10004", due="2026-02-01",
              comments=[IssueComment(id="901", author=BOB, created_at=EPOCH_MS - DAY, body="a word")]),
        issue(6, type_id="10000", priority_id=None),
        issue(1, "20", sprints=(4,)),
    ]  # fmt: skip
    sprints = [
        Sprint(id=1, board_id=1, name="One", state="closed", start_at=start, end_at=EPOCH_MS - 6 * DAY,
               complete_at=EPOCH_MS - 5 * DAY, goal="the goal"),
        Sprint(id=2, board_id=1, name="Two", state="active", start_at=EPOCH_MS - 4 * DAY, end_at=EPOCH_MS + 9 * DAY),
        Sprint(id=3, board_id=1, name="Three"),
        Sprint(id=4, board_id=2, name="Hidden", state="active", start_at=start, end_at=EPOCH_MS + DAY),
    ]  # fmt: skip
    boards = [
        Board(id=1, name="Open board", project_id="10", filter_id="1"),
        Board(id=2, name="Secret board", project_id="20", filter_id="2"),
        Board(id=3, name="Flow", project_id="10", filter_id="3", kind="kanban"),
    ]
    projects = [
        Project(
            id="10",
            key="OPEN",
            name="Open work",
            lead=ALICE,
            next_number=7,
            editors=[ALICE, BOB, APP_ACCOUNT],
            security_id="6",
            roles={"10003": (ALICE,)},
            components=[Component(id="71", name="Engine", lead=BOB)],
            versions=[
                ProjectVersion(id="72", name="1.0", released=True, release_date="2025-12-01"),
                ProjectVersion(id="73", name="2.0", release_date="2025-12-24"),
            ],
        ),
        Project(id="20", key="SEC", name="Secret work", lead=ALICE, viewers=[ALICE], next_number=2),
    ]
    found = Site(
        name="test", cloud_id="cloud", host="test.example.org", region="us", clock_ms=EPOCH_MS, seed=1, synthetic=True,
        users={each.account_id: each for each in people}, spaces={}, pages={},
        projects={each.id: each for each in projects}, boards={str(each.id): each for each in boards},
        sprints={str(each.id): each for each in sprints}, issues={each.id: each for each in issues},
    )  # fmt: skip
    level = SecurityLevel(id="61", name="Reporters", members=("reporter",))
    found.jira.security_schemes["6"] = SecurityScheme(id="6", name="Quiet", levels=(level,))
    own = [
        CustomField(id="customfield_10100", name="Size", kind="select", options={"1": "Small", "2": "Large"}),
        CustomField(id="customfield_10101", name="Notes", kind="text"),
        CustomField(id="customfield_10102", name="Buddy", kind="user", projects=("10",)),
    ]
    found.jira.fields = {each.id: each for each in own}
    found.jira.filters["81"] = Filter(id="81", name="Mine", owner=ALICE, jql="project = OPEN")
    return found


@pytest.fixture
def ask(site: Site) -> Ask:
    """``ask(method, path, body=None, by="alice")``: one call through the routes, at the site's start."""
    jira = Jira(site)

    def call(
        method: str, path: str, body: Any = None, by: str = "alice", now_ms: int = EPOCH_MS, headers: Any = ()
    ) -> Answered:  # fmt: skip
        clean, query = normalise(path)
        match = find("jira", method, clean)
        assert match is not None, f"{method} {path} is in no table"
        raw = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        got = jira.perform(
            match.operation, match.params, query, raw, account=ACCOUNTS[by], now_ms=now_ms, path=clean, headers=headers
        )  # fmt: skip
        text, headers = got.answer.body, dict(got.answer.headers)
        is_json = text and headers.get("content-type") == "application/json"
        return Answered(
            got.answer.status,
            json.loads(text) if is_json else text or None,
            headers,
            got.reads,
            got.unsupported,
            got.happened,
        )

    return call
