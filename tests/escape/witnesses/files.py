"""Files of the host, and of the app, that must not appear or change."""

from __future__ import annotations

import fcntl
import os
import stat
from contextlib import suppress

from tests.escape.arena import Outcome
from tests.escape.witnesses.base import Place, Witness

from forgesim.sandbox.host import Worker


class NewFile(Witness):
    """Nothing stands at a path of the host's. Gives the path."""

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self.path = place.host / "mark"
        self.given = (str(self.path),)

    def harm(self, outcome: Outcome) -> str | None:
        return "a file was made" if os.path.lexists(self.path) else None


class NewFileOfTheApp(NewFile):
    """Nothing stands at a path in the app's own folder."""

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self.path = place.app / f"mark-{place.host.name}"
        self.given = (str(self.path),)

    def close(self) -> None:
        with suppress(OSError):
            self.path.unlink()


class OldFile(Witness):
    """A file of the host's stays as it is: bytes, mode, owner, times, links, attributes. Gives its path."""

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self.path = place.host / "victim"
        self.path.write_text("the host's")
        self.path.chmod(0o644)
        with suppress(OSError):
            os.setxattr(self.path, "user.kept", b"1")
        self.given = (str(self.path),)
        self._before = self._state()

    def _state(self) -> object:
        try:
            found = self.path.lstat()
        except FileNotFoundError:
            return None
        names: list[str] = []
        with suppress(OSError):
            names = os.listxattr(self.path)
        what = (stat.S_IFMT(found.st_mode), stat.S_IMODE(found.st_mode), found.st_uid, found.st_gid, found.st_nlink)
        return what, found.st_mtime_ns, self.path.read_text(), names

    def harm(self, outcome: Outcome) -> str | None:
        return None if self._state() == self._before else "the file was changed"


class OldFileOfTheApp(OldFile):
    """A file in the app's folder, which the app may read, stays as it is."""

    def __init__(self, place: Place) -> None:
        shared = Place(place.app / "src", place.app, place.confined)
        super().__init__(shared)

    def close(self) -> None:
        self.path.unlink(missing_ok=True)


class OldFolder(Witness):
    """An empty folder of the host's stays. Gives its path."""

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self.path = place.host / "folder"
        self.path.mkdir()
        self.given = (str(self.path),)

    def harm(self, outcome: Outcome) -> str | None:
        return None if self.path.is_dir() else "the folder is gone"


class UnlockedFile(Witness):
    """A file in the app's folder that the host can still lock, and open for writing, at once. Gives its path."""

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self.path = place.app / f"lock-{place.host.name}"
        self.path.write_text("the host's")
        self.given = (str(self.path),)
        self._held: str | None = None

    def look(self, worker: Worker) -> None:
        try:
            os.close(os.open(self.path, os.O_RDWR | os.O_NONBLOCK))
            with self.path.open("r+") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._held = "the host's own lock has to wait"

    def harm(self, outcome: Outcome) -> str | None:
        return self._held

    def close(self) -> None:
        self.path.unlink()
