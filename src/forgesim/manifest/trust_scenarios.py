"""``scenarios`` of trust.yml: what people, events and admins do, step by step."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from forgesim.clock import parse_time
from forgesim.manifest.addresses import is_host
from forgesim.manifest.model import Scenario, Step
from forgesim.manifest.reading import Reader, one_of
from forgesim.manifest.tree import Node

__all__ = ["FAILURES", "REALMS", "SERVICES", "STEP_FIELDS", "duration_ms", "read_scenarios"]

STEP_FIELDS: Final[dict[str, tuple[str, ...]]] = {
    "call": ("as", "call", "with", "context", "expect"),
    "trigger": ("trigger", "with", "sampled", "expect"),
    "schedule": ("schedule", "expect"),
    "webtrigger": ("webtrigger", "with", "expect"),
    "wait": ("wait",),
    "fail": ("fail", "with", "times"),
    "admin": ("admin",),
    "edit": ("edit", "title", "body", "labels", "owner", "at"),
    "together": ("together",),
    "uninstall": ("uninstall", "expect"),
    "move": ("move",),
}
"""Kind of step → its fields; the field of the kind's own name tells it and is required."""
SERVICES: Final = ("kvs", "confluence", "jira", "llm", "queue")
FAILURES: Final = (401, 403, 404, 429, 500, "timeout")
REALMS: Final = ("Global", "AU", "CA", "CH", "DE", "EU", "GB", "IN", "JP", "KR", "SG", "US")
TOGETHER: Final = ("call", "trigger", "schedule", "webtrigger", "edit")
MOST_TIMES: Final = 1000
_UNITS: Final = {
    "second": 1_000,
    "minute": 60_000,
    "hour": 3_600_000,
    "day": 86_400_000,
    "week": 604_800_000,
}
_DURATION = re.compile(r"(\d{1,6}) +(second|minute|hour|day|week)s?")
_EVENT = re.compile(r"avi:[a-z-]+:[a-z_-]+:[a-z_-]+(:[a-z_-]+)*")


def duration_ms(text: str) -> int:
    """Milliseconds of ``1 day``, ``30 minutes``. Raises ValueError where the text is no duration."""
    form = _DURATION.fullmatch(text.strip())
    if form is None:
        raise ValueError(f"{text!r} is not a duration: write 1 day, 2 hours, 30 minutes")
    return int(form[1]) * _UNITS[form[2]]


def read_scenarios(reader: Reader, node: Node | None) -> tuple[Scenario, ...]:
    scenarios: list[Scenario] = []
    for item in reader.items(node, "scenarios"):
        fields = reader.fields(item, "a scenario", required=("name", "steps"), known=("name", "site", "steps"))
        name = reader.text(fields, "name", "a scenario")
        if name and any(name == other.name for other in scenarios):
            reader.tell(fields["name"], f"a second scenario {name!r}", "give it a name of its own")
        steps = reader.items(fields.get("steps"), f"steps of {name!r}")
        if not steps and "steps" in fields:
            reader.tell(fields["steps"], f"the scenario {name!r} has no steps", "add at least one")
        scenarios.append(
            Scenario(
                name=name,
                site=reader.text(fields, "site", f"the scenario {name!r}", "demo"),
                steps=tuple(step for each in steps if (step := _read_step(reader, each))),
                line=item.line,
            )
        )
    return tuple(scenarios)


def _read_step(reader: Reader, node: Node) -> Step | None:
    if not reader.is_a(node, dict, "a step"):
        return None
    kind = next((kind for kind in STEP_FIELDS if kind in node.value), None)
    if kind is None:
        unknown = next(iter(node.value), "")
        hint = one_of(unknown, STEP_FIELDS) or f"a step is one of {', '.join(STEP_FIELDS)}"
        reader.tell(node, "the step says nothing to do", hint)
        return None
    fields = reader.fields(node, f"a {kind} step", known=STEP_FIELDS[kind])
    if "expect" in fields:
        reader.choice(fields["expect"], "expect", ("ok", "error"))
    _CHECKS[kind](reader, fields)
    steps = reader.items(fields["together"], "together") if kind == "together" else []
    return Step(
        kind=kind,
        data=node.data(),
        steps=tuple(step for each in steps if (step := _read_step(reader, each))),
        line=node.line,
    )


def _check_call(reader: Reader, fields: dict[str, Node]) -> None:
    reader.text(fields, "call", "a step")
    reader.text(fields, "as", "a call step")
    if "context" in fields:
        reader.is_a(fields["context"], dict, "the context of a call step")


def _check_name(reader: Reader, fields: dict[str, Node]) -> None:
    reader.is_a(fields.get("schedule") or fields["webtrigger"], str, "the module key of a step")


def _check_event(reader: Reader, fields: dict[str, Node]) -> None:
    node = fields["trigger"]
    if reader.is_a(node, str, "trigger") and not _EVENT.fullmatch(node.value):
        reader.tell(node, f"{node.value!r} is not an event", "for example avi:confluence:updated:page")
    if "sampled" in fields:
        reader.is_a(fields["sampled"], bool, "sampled")


def _check_wait(reader: Reader, fields: dict[str, Node]) -> None:
    node = fields["wait"]
    if reader.is_a(node, str, "wait"):
        try:
            duration_ms(node.value)
        except ValueError as error:
            reader.tell(node, str(error))


def _check_fail(reader: Reader, fields: dict[str, Node]) -> None:
    node = fields["fail"]
    if reader.is_a(node, str, "fail") and node.value not in SERVICES and not is_host(node.value):
        hint = one_of(node.value, SERVICES) or f"write {', '.join(SERVICES)} or a host"
        reader.tell(node, f"{node.value!r} cannot fail", hint)
    failure = fields.get("with")
    if failure is None:
        reader.tell(node, "a fail step lacks with", "add with: 429, or another failure")
    elif failure.value not in FAILURES or isinstance(failure.value, float):
        known = ", ".join(map(str, FAILURES))
        reader.tell(failure, f"a service cannot fail with {failure.value!r}", f"known: {known}")
    times = fields.get("times")
    if times and reader.is_a(times, int, "times") and not 1 <= times.value <= MOST_TIMES:
        reader.tell(times, f"times cannot be {times.value}", f"it is 1 to {MOST_TIMES}")


def _check_admin(reader: Reader, fields: dict[str, Node]) -> None:
    switch = reader.fields(fields["admin"], "admin", required=("analytics",), known=("analytics",)).get("analytics")
    if switch and not isinstance(switch.value, bool):
        reader.choice(switch, "analytics", ("on", "off"))


def _check_edit(reader: Reader, fields: dict[str, Node]) -> None:
    node = fields["edit"]
    reader.is_a(node, str, "the page of an edit step")
    if len(fields) == 1:
        reader.tell(node, "the edit changes nothing", "add title, body, labels, owner or at")
    for name in ("title", "body", "owner", "at"):
        if name in fields:
            reader.is_a(fields[name], str, f"{name} of an edit step")
    reader.texts(fields.get("labels"), "labels")
    if (at := fields.get("at")) and isinstance(at.value, str):
        try:
            parse_time(at.value)
        except (ValueError, OverflowError):
            reader.tell(at, f"{at.value!r} is not a time", "write 2025-06-30 or 2025-06-30T09:00:00Z")


def _check_together(reader: Reader, fields: dict[str, Node]) -> None:
    node = fields["together"]
    steps = reader.items(node, "together")
    if isinstance(node.value, list) and len(steps) < 2:
        reader.tell(node, "together takes at least two steps")
    for step in steps:
        if isinstance(step.value, dict) and not step.value.keys() & set(TOGETHER):
            reader.tell(step, "this step cannot run together with others", f"possible: {', '.join(TOGETHER)}")


def _check_uninstall(reader: Reader, fields: dict[str, Node]) -> None:
    node = fields["uninstall"]
    if node.value is not True:
        reader.tell(node, "uninstall must be true")


def _check_move(reader: Reader, fields: dict[str, Node]) -> None:
    node = fields["move"]
    reader.choice(node, "move", REALMS)


_CHECKS: Final[dict[str, Callable[[Reader, dict[str, Node]], None]]] = {
    "call": _check_call,
    "trigger": _check_event,
    "schedule": _check_name,
    "webtrigger": _check_name,
    "wait": _check_wait,
    "fail": _check_fail,
    "admin": _check_admin,
    "edit": _check_edit,
    "together": _check_together,
    "uninstall": _check_uninstall,
    "move": _check_move,
}
