"""Several apps proved side by side, each in a process of its own, on the processors there are."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import msgspec

from forgesim.cli.proving import Failed, Grow, News, Phase, Step, Task, Told
from forgesim.proof.share import error_of
from forgesim.sandbox.crew import Crew

if TYPE_CHECKING:
    from forgesim.cli.progress import Bar, Screen

__all__ = ["prove_beside"]

PROVER = "forgesim.cli.proving"


def prove_beside(tasks: Sequence[Task], names: Sequence[str], *, hands: int, screen: Screen | None) -> Iterator[Told]:
    """What each task tells, in their order, as soon as those before it are done.

    ``hands``: so many processes work at once, and one app more than that: the part of a proof that one process does
    alone is done early, and none has to wait for it at the end. Where there are fewer apps left than hands, those get
    one more each. On leaving early all end. Raises what went wrong with the first task that something did.
    """
    with Crew(PROVER) as crew:
        apps = _Apps(crew, tasks, names, hands, screen)
        for number in range(len(tasks)):
            told = apps.wait_for(number)
            if isinstance(told, Failed):
                raise error_of(told.error, told.code)
            yield told


class _Apps:
    """What has been told so far, what is at work with how many hands, and what waits."""

    def __init__(
        self, crew: Crew, tasks: Sequence[Task], names: Sequence[str], hands: int, screen: Screen | None
    ) -> None:
        self._crew = crew
        self._tasks = tasks
        self._names = names
        self._most = hands
        self._screen = screen
        self._waiting = deque(range(len(tasks)))
        self._number: dict[int, int] = {}
        self._hands: dict[int, int] = {}
        self._bars: dict[int, Bar] = {}
        self._told: dict[int, Told | Failed] = {}

    def wait_for(self, number: int) -> Told | Failed:
        while number not in self._told:
            self._put_to_work()
            for member, data in self._crew.wait():
                if data is None:
                    self._hands.pop(member)
                else:
                    self._hear(member, msgspec.json.decode(data, type=News))
        return self._told[number]

    def _put_to_work(self) -> None:
        while self._waiting and len(self._hands) <= self._most:
            number = self._waiting.popleft()
            member = self._crew.start()
            self._crew.send(member, msgspec.json.encode(self._tasks[number]))
            self._number[member], self._hands[member] = number, 1
            if self._screen is not None:
                self._bars[member] = self._screen.bar(self._names[number])
        busy = [member for member in self._hands if self._number[member] not in self._told]
        while busy and sum(self._hands.values()) < self._most:
            member = min(busy, key=self._hands.__getitem__)
            self._crew.send(member, b"one more")
            self._hands[member] += 1

    def _hear(self, member: int, news: News) -> None:
        bar = self._bars.get(member)
        match news:
            case Told() | Failed():
                self._told[self._number[member]] = news
                if bar is not None:
                    bar.done()
            case Phase(name, total) if bar is not None:
                bar.phase(name, total)
            case Grow(by) if bar is not None:
                bar.grow(by)
            case Step() if bar is not None:
                bar.step()
            case _:
                pass
