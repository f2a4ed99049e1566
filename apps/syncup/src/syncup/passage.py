"""The way of one issue through one sprint."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate, pairwise
from operator import and_, gt
from typing import NamedTuple

from syncup.timeline import DAY_MS, Board, IssueLine, Track

__all__ = ["Passage", "State", "Window", "pass_through"]


class Window(NamedTuple):
    """A sprint's time: from ``start_ms`` up to, and without, ``end_ms``, when it was completed; one that runs ends now.
    ``planned_ms`` is when it was to end."""

    sprint: int
    start_ms: int
    end_ms: int
    planned_ms: int


class State:
    """An issue from one instant to the next: inside the sprint, in a done status, its estimates; whether it waits to be
    begun, and whether it is flagged. (No tuple with names, here and below: every call makes the class anew, which takes
    as long as hundreds of states.)"""

    def __init__(
        self, at_ms: int, inside: bool, done: bool, points: float, hours: float, waits: bool, blocked: bool
    ) -> None:
        self.at_ms, self.inside, self.done, self.points, self.hours = at_ms, inside, done, points, hours
        self.waits, self.blocked = waits, blocked

    @property
    def idle(self) -> bool:
        """Nobody works on it."""
        return self.waits or self.blocked

    @property
    def is_open(self) -> bool:
        """Inside, with something left to do."""
        return self.inside and not self.done


class Passage:
    """``states`` from the sprint's start to its end, and those of them ``within`` it, at least one. ``begun_ms``: since
    when it has been worked on. ``finish_ms``: since when the issue has been done, where it is done at the end; between
    the two lie ``cycle_days``."""

    def __init__(self, states: Sequence[State], begun_ms: int, finish_ms: int, is_bug: bool) -> None:
        self.states, self.begun_ms, self.finish_ms, self.is_bug = states, begun_ms, finish_ms, is_bug
        self.within = [state for state in states if state.inside]

    @property
    def cycle_days(self) -> float:
        return (self.finish_ms - self.begun_ms) / DAY_MS

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
        return self.within[0]

    @property
    def last(self) -> State:
        return self.within[-1]

    @property
    def reopened(self) -> bool:
        """Whether it was done, and then not, inside the sprint."""
        done = [state.done for state in self.within]
        return (True, False) in pairwise(done)

    @property
    def begun(self) -> bool:
        """Whether it does not wait for its begin at the end."""
        return not self.states[-1].waits

    def over(self, moments: Iterable[int], worth: Callable[[State], float]) -> list[float]:
        """What the state at each of these instants is worth."""
        times = tuple([state.at_ms for state in self.states[1:]])
        return Track(times, tuple(map(worth, self.states))).over(moments)

    def stretches(self, end_ms: int) -> Iterator[tuple[State, int]]:
        """Each state with its milliseconds; ``end_ms`` is the end of the last one."""
        ends = (*(state.at_ms for state in self.states[1:]), end_ms)
        return ((state, end - state.at_ms) for state, end in zip(self.states, ends, strict=True))


def pass_through(line: IssueLine, window: Window, board: Board) -> list[Passage]:
    """The passage of an issue; none where, since the start, it never was in the sprint with anything left to do."""
    if not line.was_in(window.sprint):
        return []
    moments = line.moments(window.start_ms, window.end_ms)
    statuses = line.status.over(moments)
    done = [status in board.done for status in statuses]
    inside = [*map(gt, line.is_in(window.sprint, moments), accumulate(done, and_))]  # and not done since the start
    if not any(inside):
        return []
    waits = [status in board.waiting for status in statuses]
    points, hours, blocked = line.points.over(moments), line.hours.over(moments), line.flag.over(moments)
    states = [*map(State, moments, inside, done, points, hours, waits, blocked)]
    finish_ms = _since(line, board.done, window.end_ms - 1)
    begun = [
        at for at, status in zip(line.status.times, line.status.values[1:], strict=True) if status not in board.waiting
    ]
    return [Passage(states, min(begun, default=finish_ms), finish_ms, line.is_bug)]


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
