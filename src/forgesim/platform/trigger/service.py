"""Events on their way to the triggers of one installation."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import msgspec

from forgesim.platform.trigger.limits import DELIVERY_MS, MAX_EVENT_BYTES, MAX_RETRIES
from forgesim.platform.trigger.rules import AppEventError, published
from forgesim.seam import Answer

__all__ = ["Notice", "Raised", "TriggerService"]

_JSON = (("content-type", "application/json"),)
_RETRY_AFTER_S = (1, 900)


class Raised(NamedTuple):
    """Something that happened: the event's name and payload, and, where an invocation made it happen, the one that
    this goes back to, itself, and how many pushes lie between them."""

    name: str
    payload: Mapping[str, Any]
    origin: tuple[str, str, int] | None = None


@dataclass(slots=True)
class Notice:
    """An event for one trigger module, or a schedule's run that is made again, which waits for its run. ``guess``: what
    it says was made up."""

    module: str
    function: str
    raised: Raised
    due_ms: int
    number: int
    retries: int = 0
    retry: Mapping[str, Any] | None = None
    guess: bool = False
    cause: Literal["event", "schedule"] = "event"

    def argument(self) -> dict[str, Any]:
        """What the trigger's function gets."""
        given = dict(self.raised.payload)
        if self.retry is not None:
            given["retryContext"] = {"retryCount": self.retries, **self.retry}
        return given


class TriggerService:
    """``heard`` are events of which nobody has looked yet who gets them; the rest are notices."""

    def __init__(self) -> None:
        self.heard: list[Raised] = []
        self._notices: list[Notice] = []
        self._numbers = 0

    def happen(self, raised: Raised) -> None:
        """Take note of an event; larger ones than the platform delivers are lost."""
        if len(json.dumps(raised.payload, ensure_ascii=False).encode()) <= MAX_EVENT_BYTES:
            self.heard.append(raised)

    def publish(self, body: bytes, *, known: Mapping[str, Raised]) -> Answer:
        """200 with the events that were not taken: those of keys that no ``event`` module of the app has."""
        try:
            keys = published(body)
        except AppEventError as error:
            return Answer(400, msgspec.json.encode({"errorMessages": [str(error)]}), _JSON)
        failed = []
        for key in keys:
            if key in known:
                self.happen(known[key])
            else:
                failed.append({"event": {"key": key}, "errorMessage": "the app declares no event of this key"})
        return Answer(200, msgspec.json.encode({"failedEvents": failed}), _JSON)

    def notify(self, module: str, function: str, raised: Raised, now_ms: int) -> None:
        """The module is to get the event."""
        self._numbers += 1
        self._notices.append(Notice(module, function, raised, now_ms + DELIVERY_MS, self._numbers))

    @property
    def next_ms(self) -> int | None:
        """When the next notice is due; null where none waits."""
        return min((each.due_ms for each in self._notices), default=None)

    def take(self, now_ms: int) -> Notice | None:
        """The notice that is to run now, if one is."""
        due = [each for each in self._notices if each.due_ms <= now_ms]
        if not due:
            return None
        first = min(due, key=lambda each: (each.due_ms, each.number))
        self._notices.remove(first)
        return first

    def again(self, notice: Notice, *, reason: str, after_s: float, data: Any, now_ms: int) -> None:
        """Its run asked to be made again, or did not come to an end: it is, a few times."""
        if notice.retries >= MAX_RETRIES:
            return
        least, most = _RETRY_AFTER_S
        notice.retries += 1
        notice.retry = {"retryReason": reason, "retryData": data}
        notice.due_ms = now_ms + round(min(max(after_s, least), most) * 1000)
        self._notices.append(notice)

    def waiting(self) -> Sequence[Notice]:
        """Notices that nobody got yet."""
        return tuple(self._notices)

    def drop(self) -> None:
        """Forget everything: the installation is gone."""
        self.heard.clear()
        self._notices.clear()
