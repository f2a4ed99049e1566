"""Randomness that is a function of the invocation's seed: ``random``, ``secrets``, ``uuid``, ``os``, ``ssl``."""

from __future__ import annotations

import os
import platform
import random
import socket
import ssl
import uuid
from typing import Any

__all__ = ["Seeds"]

_NODE = 0x02_00_00_00_00_01  # a locally administered address: uuid1 tells nothing of this machine
_PID = 2
_NAME = "forge"


class Seeds:
    """Every source of randomness of the process, led back to one number."""

    __slots__ = ("_seed", "_stream")

    def __init__(self) -> None:
        self._seed = 0
        self._stream: random.Random | None = None

    def install(self) -> None:
        """Replace the sources, once per worker, before app code is imported."""
        seed_it = random.Random.seed

        def seed(generator: random.Random, a: Any = None, version: int = 2) -> None:
            seed_it(generator, int.from_bytes(self.urandom(32), "big") if a is None else a, version)

        vars(random)["_urandom"] = self.urandom
        random.Random.seed = seed  # type: ignore[method-assign, assignment]
        random.seed = vars(random)["_inst"].seed  # the module function is a bound copy
        os.urandom = self.urandom
        if hasattr(os, "getrandom"):
            os.getrandom = lambda size, flags=0: self.urandom(size)
        ssl.RAND_bytes = self.urandom
        uuid.getnode = lambda: _NODE
        _hide_machine()

    def reset(self, seed: int) -> None:
        """Begin again with ``seed``, for one invocation."""
        self._seed = seed
        self._stream = None
        random.seed(seed)
        names = vars(uuid)
        names["_node"] = _NODE
        for name in ("_last_timestamp", "_last_timestamp_v6", "_last_timestamp_v7"):
            if name in names:
                names[name] = None

    def urandom(self, size: int) -> bytes:
        """``size`` bytes of this invocation's stream, which is apart from that of ``random``."""
        stream = self._stream
        if stream is None:
            stream = self._stream = random.Random(f"urandom {self._seed}")  # noqa: S311 -- meant to be predictable
        return stream.randbytes(size)


def _hide_machine() -> None:
    """Give every machine and process the same names: what an app makes of them would differ from run to run."""
    real = os.uname()
    same = os.uname_result((real.sysname, _NAME, "", "", real.machine))
    os.uname = lambda: same
    socket.gethostname = lambda: _NAME
    names = vars(platform)
    names["_uname_cache"] = None
    names["_Processor"] = type("_Processor", (), {"get": staticmethod(lambda: "")})  # the real one runs a program
    os.getpid = lambda: _PID
    os.getppid = lambda: 1
