"""Tasks: the ``ac:task`` items of bodies, as the task operations and events show them.

The state of a task stands in the body of its page or blog post and nowhere else. When it was made is not kept, so a
task is as old as its page and of its author; who completed it and when is known of those completed here alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from forgesim.clock import iso_utc, parse_time
from forgesim.ids import derive
from forgesim.products.confluence.bodies import Bodies, bodies
from forgesim.products.confluence.call import Call, Result
from forgesim.products.confluence.errors import bad_request, forbidden, not_found
from forgesim.products.confluence.events import task_event
from forgesim.products.confluence.paging import listing
from forgesim.products.confluence.world import Stamp, World
from forgesim.site.model import Page
from forgesim.site.storage import plain_text

__all__ = ["Task", "get_task", "list_tasks", "tasks_in", "tell_of_tasks", "told", "update_task"]

STATES = ("complete", "incomplete")
_TASK = re.compile(r"<ac:task>(?P<inner>(?:(?!<ac:task>).)*?)</ac:task>", re.DOTALL)
_ID = re.compile(r"<ac:task-id>\s*([^<\s]+)\s*</ac:task-id>")
_UUID = re.compile(r"<ac:task-uuid>\s*([^<\s]+)\s*</ac:task-uuid>")
_STATUS = re.compile(r"(<ac:task-status>\s*)(\w+)(\s*</ac:task-status>)")
_BODY = re.compile(r"<ac:task-body>(.*)</ac:task-body>", re.DOTALL)
_WHO = re.compile(r'<ri:user\b[^>]*\bri:account-id="([^"]*)"')
_DUE = re.compile(r'<time\b[^>]*\bdatetime="([^"]*)"')


class Task(NamedTuple):
    """``at``: where its text lies in the body of ``page``; ``due``: epoch milliseconds."""

    id: str
    local: str
    uuid: str
    done: bool
    body: str
    assignee: str | None
    due: int | None
    page: Page
    at: tuple[int, int]


def tasks_in(page: Page) -> Sequence[Task]:
    """The tasks of a page's body, top to bottom. One within another's text is a task of its own, and that other none
    of ours to name: Confluence nests lists of tasks, not tasks."""
    return tuple(_read(page)) if "<ac:task>" in page.body else ()


def _read(page: Page) -> Iterator[Task]:
    for number, match in enumerate(_TASK.finditer(page.body), start=1):
        inner = match["inner"]
        local = _first(_ID, inner) or str(number)
        state, body = _STATUS.search(inner), _first(_BODY, inner) or ""
        yield Task(
            id=str(derive("task", page.id, local) % 10**12 + 10**12),
            local=local,
            uuid=_first(_UUID, inner) or "",
            done=state is not None and state[2] == "complete",
            body=body,
            assignee=_first(_WHO, body),
            due=_day(_first(_DUE, body)),
            page=page,
            at=match.span("inner"),
        )


def _first(pattern: re.Pattern[str], text: str) -> str | None:
    found = pattern.search(text)
    return found[1] if found else None


def _day(text: str | None) -> int | None:
    try:
        return None if text is None else parse_time(text)
    except ValueError:
        return None


def list_tasks(world: World, call: Call) -> Result:
    body = bodies(world, call)
    wanted = _Filter(world, call)
    found = (task for page in _pages(world, call) for task in tasks_in(page) if wanted.takes(task))
    tasks = sorted(found, key=lambda task: (len(task.id), task.id))
    shown = listing(
        call,
        world.base,
        tasks,
        ident=lambda task: task.id,
        show=lambda task: _shown(world, task, body=body),
        reads=lambda task: f"page/{task.page.id}",
        wanted=lambda task: world.sees(call.account, task.page),
    )
    return body.told(shown)


def _pages(world: World, call: Call) -> Iterator[Page]:
    pages, posts, spaces = call.ids("page-id", 250), call.ids("blogpost-id", 250), call.ids("space-id", 250)
    for page in world.site.pages.values():
        named = page.id in (posts if page.kind == "blogpost" else pages)
        in_space = not spaces or page.space_id in spaces
        if page.status == "current" and in_space and (named or not (pages or posts)):
            yield page


class _Filter:
    """The parameters of a list of tasks but for those that name pages. Times are epoch milliseconds, ends included."""

    def __init__(self, world: World, call: Call) -> None:
        self._world = world
        self._state, self._blank = call.choice("status", STATES), call.flag("include-blank-tasks", True)
        self._ids = frozenset(call.ids("task-id", 250))
        self._people = {name: frozenset(call.many(name)) for name in ("created-by", "assigned-to", "completed-by")}
        self._spans = {name: _span(call, name) for name in ("created-at", "due-at", "completed-at")}

    def takes(self, task: Task) -> bool:
        state = "complete" if task.done else "incomplete"
        if self._state not in (None, state) or (self._ids and task.id not in self._ids):
            return False
        if not self._blank and not plain_text(task.body):
            return False
        done = _done(self._world, task)
        who = (task.page.author, task.assignee, done.author if done else None)
        when = (task.page.created_at, task.due, done.at if done else None)
        people = all(not named or one in named for one, named in zip(who, self._people.values(), strict=True))
        return people and all(_within(at, span) for at, span in zip(when, self._spans.values(), strict=True))


def _span(call: Call, name: str) -> tuple[int | None, int | None]:
    low, high = (call.number(f"{name}-{end}", -1, 0, 2**53) for end in ("from", "to"))
    return (None if low < 0 else low), (None if high < 0 else high)


def _within(at: int | None, span: tuple[int | None, int | None]) -> bool:
    low, high = span
    if at is None:
        return low is None and high is None
    return (low is None or at >= low) and (high is None or at <= high)


def _done(world: World, task: Task) -> Stamp | None:
    """When and by whom a task was completed, where that is known."""
    return world.stamps.get(("task", task.id)) if task.done else None


def _shown(world: World, task: Task, *, body: Bodies) -> dict[str, object]:
    page, done = task.page, _done(world, task)
    found: dict[str, object] = {
        "id": task.id,
        "localId": task.local,
        "spaceId": page.space_id,
        "blogPostId" if page.kind == "blogpost" else "pageId": page.id,
        "status": "complete" if task.done else "incomplete",
        "createdBy": page.author,
        "createdAt": iso_utc(page.created_at),
        "updatedAt": iso_utc(page.updated_at),
    }
    if body.format is not None:
        found["body"] = body(task.body, f"page/{page.id}")
    if task.assignee is not None:
        found["assignedTo"] = task.assignee
    if task.due is not None:
        found["dueAt"] = iso_utc(task.due)
    if done is not None:
        found |= {"completedBy": done.author, "completedAt": iso_utc(done.at), "updatedAt": iso_utc(done.at)}
    return found


def _find(world: World, call: Call) -> Task:
    id_ = call.id("id")
    found = (task for page in world.site.pages.values() for task in tasks_in(page) if task.id == id_)
    task = next(found, None)
    if task is None or not world.sees(call.account, task.page):
        raise not_found()
    return task


def get_task(world: World, call: Call) -> Result:
    body = bodies(world, call)
    return _one(world, _find(world, call), body=body)


def _one(world: World, task: Task, *, body: Bodies) -> Result:
    return body.told(Result(payload=_shown(world, task, body=body), reads=(f"page/{task.page.id}",)))


def update_task(world: World, call: Call) -> Result:
    """Its state alone can be changed. That makes no version of the page."""
    body, task = bodies(world, call), _find(world, call)
    if not world.edits(call.account, task.page):
        raise forbidden()
    state = call.fields("status")["status"]
    if state not in STATES:
        raise bad_request(f"'status' must be one of {', '.join(STATES)}")
    page, had = task.page, tasks_in(task.page)
    start, end = task.at
    inner = page.body[start:end]
    changed, count = _STATUS.subn(rf"\g<1>{state}\g<3>", inner, count=1)
    if not count:
        changed = f"<ac:task-status>{state}</ac:task-status>{inner}"
    page.body = page.body[:start] + changed + page.body[end:]
    if state == "complete" and not task.done:
        world.stamps["task", task.id] = Stamp(
            id=task.id, number=1, at=call.now_ms, author=call.account or "", created_at=call.now_ms
        )
    world.changed()
    tell_of_tasks(world, call, page, had)
    return _one(world, next(each for each in tasks_in(page) if each.id == task.id), body=body)


def tell_of_tasks(world: World, call: Call, page: Page, had: Sequence[Task]) -> None:
    """The events of tasks that came, went or changed with a write of the page; of a draft nothing."""
    if page.status == "draft":
        return
    old, new = {task.id: task for task in had}, {task.id: task for task in tasks_in(page)}
    for id_, task in new.items():
        before = old.get(id_)
        if before is None:
            call.happened.append(task_event(world.site, page, told(task), "created", call.now_ms, by=call.account))
        elif told(before) != told(task):
            call.happened.append(
                task_event(world.site, page, told(task), "updated", call.now_ms, by=call.account, before=told(before))
            )
    for id_, task in old.items():
        if id_ not in new:
            call.happened.append(task_event(world.site, page, told(task), "removed", call.now_ms, by=call.account))


def told(task: Task) -> dict[str, object]:
    """A task as events show it."""
    return {
        "id": int(task.id),
        "uuid": task.uuid,
        "status": "CHECKED" if task.done else "UNCHECKED",
        "statusAsString": "CHECKED" if task.done else "UNCHECKED",
        "assignee": task.assignee,
        "dueDate": task.due,
    }
