"""The way of one issue through one sprint."""

from __future__ import annotations

from bisect import bisect_right
from itertools import pairwise
from typing import NamedTuple

from syncup.timeline import DAY_MS, Board, IssueLine

__all__ = ["Passage", "State", "Window", "pass_through"]


class Window(NamedTuple):
    """A sprint's time: from ``start_ms`` up to, and without, ``end_ms``, when it was completed; one that runs ends now.
    ``planned_ms`` is when it was to end."""

    sprint: int
    start_ms: int
    end_ms: int
    planned_ms: int


class State(NamedTuple):
    """An issue from one instant to the next: inside the sprint, in a done status, its estimate."""

    at_ms: int
    inside: bool
    done: bool
    points: float


class Passage(NamedTuple):
    """``states`` from the sprint's start to its end, at least one of them inside. ``finish_ms``: since when the issue
    has been done, where it is done at the end. ``cycle_days``: from the start of work to that."""

    states: tuple[State, ...]
    finish_ms: int
    cycle_days: float

    @property
    def committed(self) -> bool:
        """Inside when the sprint began; what came later was added."""
        return self.states[0].inside

    @property
    def stays(self) -> bool:
        """Inside at the end; what is not was removed."""
        return self.states[-1].inside

    @property
    def completed(self) -> bool:
        return self.stays and self.states[-1].done

    @property
    def first(self) -> State:
        return self._inside[0]

    @property
    def last(self) -> State:
        return self._inside[-1]

    @property
    def reopened(self) -> bool:
        """Whether it was done, and then not, inside the sprint."""
        done = [state.done for state in self._inside]
        return (True, False) in pairwise(done)

    def left(self, at_ms: int) -> State | None:
        """The state at an instant where something is left to do then."""
        state = self.states[bisect_right([state.at_ms for state in self.states], at_ms) - 1]
        return state if state.inside and not state.done else None

    @property
    def _inside(self) -> list[State]:
        return [state for state in self.states if state.inside]


def pass_through(line: IssueLine, window: Window, board: Board) -> list[Passage]:
    """The passage of an issue; none where, since the start, it never was in the sprint with anything left to do."""
    moments = line.moments(window.start_ms, window.end_ms)
    done = [line.status.at(at) in board.done for at in moments]
    opened = [not all(done[: place + 1]) for place in range(len(done))]
    states = tuple(
        State(at, was_open and line.is_in(window.sprint, at), is_done, line.points.at(at))
        for at, was_open, is_done in zip(moments, opened, done, strict=True)
    )
    finish_ms = _since(line, board.done, window.end_ms - 1)
    begun = [
        at for at, status in zip(line.status.times, line.status.values[1:], strict=True) if status not in board.waiting
    ]
    cycle_days = (finish_ms - min(begun, default=finish_ms)) / DAY_MS
    passage = Passage(states=states, finish_ms=finish_ms, cycle_days=cycle_days)
    return [passage] * any(state.inside for state in states)


def _since(line: IssueLine, done: frozenset[str], at_ms: int) -> int:
    """Since when the issue has been in done statuses, as seen at an instant at which it is in one."""
    track = line.status
    until = bisect_right(track.times, at_ms)
    entered = [
        at
        for at, before, after in zip(track.times[:until], track.values, track.values[1:], strict=False)
        if before not in done and after in done
    ]
    return max(entered, default=line.created_ms)
