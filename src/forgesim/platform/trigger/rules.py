"""Which triggers of a manifest get an event. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from forgesim.platform.trigger.limits import MAX_APP_EVENTS, SCOPES
from forgesim.strict import strict

__all__ = ["EXPRESSION", "PATH", "AppEventError", "Listener", "listeners", "may_receive",
           "opening", "published", "takes"]  # fmt: skip

PATH = "/forge/events/v1/app-events"
EXPRESSION = "expression filters of triggers"
"""What forgesim calls that which it does not emulate of filters."""


class AppEventError(ValueError):
    """A call to publish app events that the platform refuses, in words. The words are ours."""


class Listener(NamedTuple):
    """A trigger module that names an event: its key, its function, and the filter that it has for the event."""

    key: str
    function: str
    filter: Mapping[str, Any]


def listeners(modules: Iterable[tuple[str, str | None, Mapping[str, Any]]], event: str) -> Iterator[Listener]:
    """The trigger modules, ``(key, function, data)``, that name the event; an event's own filter goes before the
    module's."""
    for key, function, data in modules:
        for named in data.get("events", ()):
            own = named if isinstance(named, Mapping) else {"eventType": named}
            if function is not None and own.get("eventType") == event:
                found = own.get("filter") or data.get("filter") or {}
                yield Listener(key, function, found if isinstance(found, Mapping) else {})
                break


def may_receive(event: str, scopes: Collection[str]) -> bool:
    """Whether an app with these scopes is sent the event; one that no form fits is sent to nobody."""
    return bool(opening(event, scopes))


def opening(event: str, scopes: Collection[str]) -> tuple[tuple[str, ...], ...]:
    """The sets of these scopes that each let the event through: one empty set for an event that asks for none, no set
    where it is not sent."""
    for form, alternatives in SCOPES:
        if form.fullmatch(event):
            return tuple(tuple(sorted(needed)) for needed in alternatives if needed <= set(scopes))
    return ()


def takes(listener: Listener, event: Mapping[str, Any]) -> bool | None:
    """Whether a listener's filter lets an event pass; null where it has an ``expression``, which is not evaluated.

    ``appIsLicensed`` always lets pass: every emulated installation counts as licensed.
    """
    if listener.filter.get("ignoreSelf") is True and event.get("selfGenerated") is True:
        return False
    return None if "expression" in listener.filter else True


def published(body: bytes) -> list[str]:
    """The keys of ``{"events": [{"key"}]}``. Raises AppEventError."""
    try:
        data = strict(body)
    except ValueError as error:
        raise AppEventError(str(error)) from None
    events = data.get("events") if isinstance(data, dict) else None
    if not isinstance(events, list) or not events:
        raise AppEventError("events must be a list with at least one event")
    if len(events) > MAX_APP_EVENTS:
        raise AppEventError(f"at most {MAX_APP_EVENTS} events can be published at once")
    given = [each.get("key") if isinstance(each, dict) else None for each in events]
    keys = [key for key in given if isinstance(key, str) and key]
    if len(keys) < len(events):
        raise AppEventError("an event needs a key")
    return keys
