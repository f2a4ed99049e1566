"""What ``Sandbox.wait`` reports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import msgspec

from forgesim.seam import FromGuest

if TYPE_CHECKING:
    from forgesim.sandbox.handle import Worker

__all__ = ["DiedEvent", "Event", "FrameEvent", "OverdueEvent", "ProtocolEvent", "Speaker", "WitnessEvent"]


class Speaker(Protocol):
    """Who sends frames: a worker, or what stands in its place."""

    @property
    def id(self) -> int: ...

    def send(self, data: bytes) -> None: ...


class FrameEvent(msgspec.Struct, frozen=True):
    """The guest sent a frame: Ready, Fetch, Idle, Violation or Fatal."""

    worker: Speaker
    header: FromGuest
    body: bytes


class WitnessEvent(msgspec.Struct, frozen=True):
    """The kernel refused a system call of the guest. ``target`` names what it was about, where that can be
    read.
    """

    worker: Worker
    call: str
    target: str | None


class DiedEvent(msgspec.Struct, frozen=True):
    """The worker ended by itself. Its last frames come before this; nothing comes after."""

    worker: Worker
    why: str


class OverdueEvent(msgspec.Struct, frozen=True):
    """The worker's real-time deadline passed; it has been killed."""

    worker: Worker


class ProtocolEvent(msgspec.Struct, frozen=True):
    """The worker broke a rule of the seam; it has been killed."""

    worker: Worker
    why: str


Event = FrameEvent | WitnessEvent | DiedEvent | OverdueEvent | ProtocolEvent
