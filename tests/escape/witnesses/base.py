"""Who tells whether an attack got out: never the attacker's own word alone.

A witness is made for one attempt. ``given`` are the arguments of the attack; ``look`` is called once while the worker
still lives; ``harm`` says afterwards, in words, what of the attack shows outside its process, or nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.escape.arena import Outcome

from forgesim.sandbox.host import Worker


@dataclass(frozen=True, slots=True)
class Place:
    """Where an attempt happens: a folder of the host's, the app's folder, and whether walls stand."""

    host: Path
    app: Path
    confined: bool


class Witness:
    """Sees nothing; the base of those that do."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.given: tuple[Any, ...] = ()

    def look(self, worker: Worker) -> None:
        """What can only be seen while the worker lives."""

    def harm(self, outcome: Outcome) -> str | None:
        return None

    def close(self) -> None:
        """Take away what the witness needed."""


MakeWitness = Callable[[Place], Witness]
