"""Secrets, new each time, of which nothing may come out."""

from __future__ import annotations

import ctypes
import os
import secrets
import select
from pathlib import Path

from tests.escape.arena import Outcome
from tests.escape.witnesses.base import Place, Witness


class Secret(Witness):
    """A secret, new each time, of which nothing comes out in what the guest says. Base of the places for it."""

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self.secret = secrets.token_hex(12)
        self.hide()

    def hide(self) -> None:
        """Put the secret where the attack will look."""

    def harm(self, outcome: Outcome) -> str | None:
        return "the secret came out" if self.secret.encode() in outcome.said else None


class SecretFile(Secret):
    """In a file of the host's. Gives its path."""

    name = "secret.py"

    def hide(self) -> None:
        self.path = self.place.host / self.name
        self.path.write_text(f"SECRET = '{self.secret}'\n")
        self.given = (str(self.path),)


class LinkedSecret(SecretFile):
    """In a file of the host's that a link in the app's folder points at. Gives the link."""

    def hide(self) -> None:
        super().hide()
        self._link = self.place.app / f"link-{self.place.host.name}"
        self._link.symlink_to(self.path)
        self.given = (str(self._link),)

    def close(self) -> None:
        self._link.unlink()


class SecretAbove(SecretFile):
    """In a file of the host's. Gives a path that begins in the app's folder and climbs out of it."""

    def hide(self) -> None:
        super().hide()
        up = os.path.relpath(self.path, self.place.app / "src")
        self.given = (f"{self.place.app}/src/{up}",)


class SecretName(Secret):
    """In the name of a file. Gives the folder of the host's that holds it."""

    def hide(self) -> None:
        (self.place.host / self.secret).touch()
        self.given = (str(self.place.host),)


class SecretTarget(Secret):
    """In what a symbolic link of the host's points at. Gives the link."""

    def hide(self) -> None:
        link = self.place.host / "link"
        link.symlink_to(f"/nowhere/{self.secret}")
        self.given = (str(link),)


class SecretSize(Secret):
    """In the size of a file of the host's. Gives the file."""

    def hide(self) -> None:
        size = 10**9 + secrets.randbelow(10**9)
        path = self.place.host / "sparse"
        with path.open("wb") as file:
            file.truncate(size)
        self.secret = str(size)
        self.given = (str(path),)


class SecretAttribute(Secret):
    """In an extended attribute of a file in the app's folder. Gives the file."""

    def hide(self) -> None:
        self._path = self.place.app / f"attribute-{self.place.host.name}"
        self._path.touch()
        os.setxattr(self._path, "user.secret", self.secret.encode())
        self.given = (str(self._path),)

    def close(self) -> None:
        self._path.unlink()


class SecretDatabase(Secret):
    """In an SQLite database of the host's. Gives its path."""

    def hide(self) -> None:
        import sqlite3

        path = self.place.host / "secret.db"
        with sqlite3.connect(path) as database:
            database.execute("create table t (v)")
            database.execute("insert into t values (?)", (self.secret,))
        database.close()
        self.given = (str(path),)


class SecretArchive(Secret):
    """In a module in a zip file of the host's. Gives the path of the zip file."""

    def hide(self) -> None:
        import zipfile

        path = self.place.host / "secret.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("hidden.py", f"SECRET = '{self.secret}'\n")
        self.given = (str(path),)


class SecretSegment(Secret):
    """In a System V segment of shared memory. Gives its id."""

    def hide(self) -> None:
        libc = ctypes.CDLL(None, use_errno=True)
        libc.shmat.restype = ctypes.c_void_p
        self._id = libc.shmget(0, 4096, 0o1600)
        assert self._id >= 0, os.strerror(ctypes.get_errno())
        address = libc.shmat(self._id, None, 0)
        ctypes.memmove(address, self.secret.encode(), len(self.secret))
        libc.shmdt(ctypes.c_void_p(address))
        self.given = (self._id,)

    def close(self) -> None:
        ctypes.CDLL(None).shmctl(self._id, 0, None)


class SecretSharedMemory(Secret):
    """In a named block of POSIX shared memory. Gives its name."""

    def hide(self) -> None:
        self._path = Path(f"/dev/shm/forgesim-{self.place.host.name}-{os.getpid()}")
        self._path.write_text(self.secret)
        self.given = (self._path.name,)

    def close(self) -> None:
        self._path.unlink()


class HostVariable(Secret):
    """In the environment of the host."""

    def hide(self) -> None:
        os.environ["FORGESIM_ESCAPE_SECRET"] = self.secret

    def close(self) -> None:
        del os.environ["FORGESIM_ESCAPE_SECRET"]


class HostDescriptor(Secret):
    """In a file that the host has open, and lets its children inherit."""

    def hide(self) -> None:
        path = self.place.host / "open"
        path.write_text(self.secret)
        self._fd = os.open(path, os.O_RDONLY)
        os.set_inheritable(self._fd, True)

    def close(self) -> None:
        os.close(self._fd)


class HostMemory(Secret):
    """In the memory of the host, under a name that the attack knows how to look for."""

    def hide(self) -> None:
        self.kept = {"forgesim-escape-secret": self.secret}


class HostPid(Secret):
    """The number of the host's process."""

    def hide(self) -> None:
        self.secret = f"<{os.getpid()}>"


class HostAddress(Witness):
    """What this machine knows about the name localhost: the answer comes out, and somebody has read its table."""

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        libc = ctypes.CDLL(None, use_errno=True)
        self._watch = libc.inotify_init1(os.O_NONBLOCK)
        assert libc.inotify_add_watch(self._watch, b"/etc/hosts", 0x1 | 0x20) >= 0

    def harm(self, outcome: Outcome) -> str | None:
        answered = any(each in outcome.said for each in (b"127.0.0.1", b"::1", b"localhost"))
        was_read = bool(select.select([self._watch], [], [], 0)[0])
        return "the name was looked up" if answered and was_read else None

    def close(self) -> None:
        os.close(self._watch)
