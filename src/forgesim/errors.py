"""The error tree.

::

    ForgesimError
    ├── InputError          the user's mistake: bad file, unknown name, malformed value     exit 2
    ├── CannotConfineError  this machine has no kernel wall                                  exit 4
    ├── AppError            the app's function raised, timed out or was killed              exit 5
    └── InternalError       our bug: please report it

Every error is built from plain arguments and survives pickling, so that it crosses pytest-xdist.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["AppError", "CannotConfineError", "ForgesimError", "InputError", "InternalError", "Problem"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing wrong in one place: file, 1-based line and column where known, and what to do.

    ``rule`` is the stable name under which ``lint`` tells it, where it has one of its own.
    """

    what: str
    file: str | None = None
    line: int | None = None
    column: int | None = None
    hint: str | None = None
    warning: bool = False
    rule: str | None = None

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)
        text = f"{place}: {self.what}" if place else self.what
        return f"{text} ({self.hint})" if self.hint else text


class ForgesimError(Exception):
    """Base of all errors that forgesim raises on purpose; ``exit_code`` is what the command line ends with."""

    exit_code = 70


class InputError(ForgesimError):
    """What the user gave cannot be used. ``problems`` has every problem found, with file and line."""

    exit_code = 2

    def __init__(self, *problems: Problem | str) -> None:
        self.problems = tuple(p if isinstance(p, Problem) else Problem(what=p) for p in problems)
        super().__init__(*self.problems)

    def __str__(self) -> str:
        return "\n".join(map(str, self.problems))


class CannotConfineError(ForgesimError):
    """This machine cannot confine app code; ``missing`` names the walls it lacks."""

    exit_code = 4

    def __init__(self, *missing: str) -> None:
        self.missing = missing
        super().__init__(*missing)

    def __str__(self) -> str:
        return (
            f"this machine cannot confine app code: {'; '.join(self.missing)} "
            "(run inside a Linux VM or container with Landlock and seccomp, see SECURITY.md; "
            "--allow-unconfined runs anyway and caps every verdict)"
        )


class AppError(ForgesimError):
    """The app's function raised (``type`` is its exception), timed out or was killed; ``at`` is ``file:line``."""

    exit_code = 5

    def __init__(self, type: str, message: str, at: str | None = None) -> None:  # noqa: A002
        self.type, self.message, self.at = type, message, at
        super().__init__(type, message, at)

    def __str__(self) -> str:
        where = f" at {self.at}" if self.at else ""
        return f"{self.type}: {self.message}{where}"


class InternalError(ForgesimError):
    """A state that forgesim promises not to reach. It is a bug of ours: please report it."""

    @classmethod
    def of(cls, error: BaseException, doing: str) -> InternalError:
        """The bug that ``error`` shows, with the innermost place that it comes from."""
        trace, place = error.__traceback__, ""
        while trace is not None:
            place = f" at {trace.tb_frame.f_code.co_filename.rpartition('/forgesim/')[2]}:{trace.tb_lineno}"
            trace = trace.tb_next
        return cls(f"{doing}: {type(error).__name__}: {error}{place} (a bug of forgesim: please report it)")
