"""An exception as the seam carries it: type, message, the app's own line, the app's own frames."""

from __future__ import annotations

from types import FrameType, TracebackType
from typing import Any

import msgspec

__all__ = ["APP", "app_line", "describe", "encode_failure"]

APP = ("src/", "service/", "service.py")  # how the paths begin that the host compiles an app and its service as
_MOST_FRAMES = 50
_LONGEST_MESSAGE = 32_768

_encode = msgspec.json.Encoder().encode


def app_line(frame: FrameType | None) -> str | None:
    """``src/…:N`` of the innermost app frame, seen from ``frame``; None where no app code is on the stack."""
    while frame is not None:
        if frame.f_code.co_filename.startswith(APP):
            return f"{frame.f_code.co_filename}:{frame.f_lineno}"
        frame = frame.f_back
    return None


def _app_frames(traceback: TracebackType | None) -> list[str]:
    frames = []
    while traceback is not None:
        code = traceback.tb_frame.f_code
        if code.co_filename.startswith(APP):
            frames.append(f"{code.co_filename}:{traceback.tb_lineno} in {code.co_name}")
        traceback = traceback.tb_next
    return frames


def _message(error: BaseException) -> str:
    try:
        text = str(error)
    except BaseException as inner:  # noqa: BLE001 -- the app's __str__ may do anything
        text = f"<no message: its __str__ raised {type(inner).__name__}>"
    return text[:_LONGEST_MESSAGE].encode("utf-8", "replace").decode()


def describe(error: BaseException) -> dict[str, Any]:
    """``{type, message, at, stack}``; ``stack`` has app frames only, outermost first: other paths are the machine's."""
    frames = _app_frames(error.__traceback__)
    at = frames[-1].partition(" in ")[0] if frames else None
    return {
        "type": type(error).__name__,
        "message": _message(error),
        "at": at,
        "stack": frames[-_MOST_FRAMES:],
    }


def encode_failure(error: BaseException) -> bytes:
    """The body of an ``error`` frame. Never raises, not even without memory."""
    try:
        return _encode(describe(error))
    except BaseException:  # noqa: BLE001 -- the last resort has to hold
        return b'{"type":"Exception","message":"the error could not be described","at":null,"stack":[]}'
