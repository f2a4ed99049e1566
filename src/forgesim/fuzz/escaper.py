"""The guest program of the sandbox campaign: an interpreter of escape primitives, run behind the walls in the app's
place.

Read as source and compiled into an image; the host never imports it. A step is ``{"do": …}``. Arguments are JSON:
numbers and texts as they are, ``{"ref": name}`` a lure, ``{"slot": n}`` what step n gave, ``{"buf": n}`` n bytes to
write to, ``{"words": […]}`` a C structure of eight-byte words, each again an argument.
"""

from __future__ import annotations

import ctypes
import importlib
import json
import mmap
import os
import threading
from collections.abc import Callable
from typing import Any

from forgesim.guest import audit
from forgesim.sdk import fetch

__all__ = ["handler"]

SHOWN = 300
SEAM = 3
X32 = 0x40000000

SYSCALL = bytes.fromhex("4889f84889f74889d64889ca4d89c24d89c84c8b4c24080f05c3")
"""x86_64: the arguments of a C function moved to where a system call has them, ``syscall``, ``ret``."""
INT80 = bytes.fromhex("5389f889f387d14489c64489cfcd805bc3")
"""The same through ``int 0x80``, the door for 32-bit programs."""


def handler(event: dict[str, Any], _context: object) -> list[str]:
    """What each step gave, in words."""
    return Program(event["given"]).run(event["steps"])


class Program:
    """A run: what the steps gave so far, and memory that must outlive the calls that point at it."""

    def __init__(self, given: dict[str, Any]) -> None:
        self.given = given
        self.slots: list[Any] = []
        self.kept: list[Any] = []
        self.libc: Any = None
        self.pid = 0

    def run(self, steps: list[dict[str, Any]]) -> list[str]:
        told = []
        for step in steps:
            self.kept.clear()
            try:
                value = getattr(self, f"do_{step['do']}")(step)
            except BaseException as error:  # noqa: BLE001 - SystemExit and the like are no way out either
                value = None
                told.append(f"no: {type(error).__name__}: {error}"[:SHOWN])
            else:
                told.append(f"ok: {self.seen(value)}"[: 3 * SHOWN])
            self.slots.append(value)
            if self.pid and self.native().getpid() != self.pid:
                self.leave()  # the child of a fork that no step meant to make
        return told

    def native(self) -> Any:
        if self.libc is None:
            self.libc = ctypes.CDLL(None, use_errno=True)
            self.libc.syscall.restype = ctypes.c_long
            self.pid = self.libc.getpid()
        return self.libc

    def leave(self) -> None:
        """End this process and nothing else: what the interpreter would do at its end is the parent's."""
        self.native()["_exit"](0)

    def seen(self, value: Any) -> str:
        """A value, and what a call wrote into buffers: whatever was read comes out here."""
        buffers = [bytes(kept.raw).rstrip(b"\0") for kept in self.kept if getattr(kept, "is_buffer", False)]
        shown = value.decode("latin-1") if isinstance(value, bytes) else repr(value)
        return " ".join([shown[:SHOWN], *(each.decode("latin-1")[:SHOWN] for each in buffers if each)])

    # --- arguments ----------------------------------------------------------------------------------------------

    def value(self, argument: Any) -> Any:
        """As Python has it."""
        if isinstance(argument, list):
            return [self.value(each) for each in argument]
        if not isinstance(argument, dict):
            return argument
        if "ref" in argument:
            found = self.given[argument["ref"]]
            if isinstance(found, dict):
                return bytes.fromhex(found["hex"])
            return tuple(found) if isinstance(found, list) else found
        if "slot" in argument:
            return self.slots[argument["slot"] % len(self.slots)]
        if "buf" in argument:
            return bytearray(argument["buf"])
        if "fields" in argument:
            return {name: self.value(each) for name, each in argument["fields"].items()}
        return self.word(argument)

    def word(self, argument: Any) -> int:
        """As the kernel has it: a number, or the address of what is kept."""
        if isinstance(argument, dict) and "words" in argument:
            words = b"".join((self.word(each) & (1 << 64) - 1).to_bytes(8, "little") for each in argument["words"])
            return self.keep(ctypes.create_string_buffer(words, len(words)))
        value = self.value(argument)
        if isinstance(value, bytearray):
            return self.keep(Buffer(len(value)).memory)
        if isinstance(value, str | bytes):
            return self.keep(ctypes.create_string_buffer(value.encode() if isinstance(value, str) else value))
        if value is None:
            return 0
        return int(value) if isinstance(value, int) else int(value.fileno())

    def keep(self, memory: Any) -> int:
        self.kept.append(memory)
        return ctypes.addressof(memory)

    # --- steps --------------------------------------------------------------------------------------------------

    def do_disarm(self, _step: dict[str, Any]) -> str:
        """Take the audit hook out of the way: it explains, and the kernel refuses."""
        type.__setattr__(vars(audit)["_Auditor"], "_what", lambda _self, _event, _args: None)
        return "the hook is blind"

    def do_python(self, step: dict[str, Any]) -> Any:
        """A function of a module, or with ``on`` a method of what a step gave."""
        if "on" in step:
            found: Any = self.value(step["on"])
        else:
            module, _, rest = step["name"].partition(":")
            found = importlib.import_module(module)
            step = {**step, "name": rest}
        for name in step["name"].split("."):
            found = getattr(found, name)
        named = {name: self.value(each) for name, each in step.get("named", {}).items()}
        return found(*map(self.value, step.get("args", ())), **named) if callable(found) else found

    def do_call(self, step: dict[str, Any]) -> int:
        """A system call, by one of the ways that lead to the kernel."""
        number, words = self.given["numbers"][step["name"]], [self.word(each) for each in step["args"]]
        call = self.way(step["how"], step["name"], number)
        ctypes.set_errno(0)
        words += [0] * (6 - len(words))
        answer = call(*(ctypes.c_long(word) for word in words))
        if step["how"] == "libc" and answer == (1 << 32) - 1:
            answer = -1  # most of libc's functions return an int
        failed = ctypes.get_errno() or (-answer if -4096 < answer < 0 else 0)
        if answer < 0:
            raise OSError(failed, f"{step['name']} by {step['how']}")
        return int(answer)

    def way(self, how: str, name: str, number: int) -> Callable[..., int]:
        libc = self.native()
        if how == "libc":
            function = libc[name]
            function.restype = ctypes.c_long
            return function  # type: ignore[no-any-return]
        if how == "code":
            return lambda *words: self.machine(SYSCALL)(number, *words)
        if how == "int80":
            return lambda *words: self.machine(INT80)(number, *words)
        asked = number | X32 if how == "x32" else number
        return lambda *words: libc.syscall(ctypes.c_long(asked), *words)

    def machine(self, code: bytes) -> Any:
        """Machine code as a function, in a page that may be written and run."""
        page = mmap.mmap(-1, mmap.PAGESIZE, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, 7)
        page.write(code)
        self.kept.append(page)
        at = ctypes.addressof(ctypes.c_char.from_buffer(page))
        return ctypes.CFUNCTYPE(ctypes.c_long, *[ctypes.c_long] * 7)(at)

    def do_fork(self, step: dict[str, Any]) -> int:
        """A child that runs further steps, and is waited for unless it is meant to stay."""
        libc = self.native()
        child = libc.fork()
        if child == 0:
            self.pid = libc.getpid()
            self.run(step["steps"])
            self.leave()
        if child < 0:
            raise OSError(ctypes.get_errno(), "fork")
        if not step.get("stays"):
            libc.waitpid(child, None, 0)
        return int(child)

    def do_thread(self, step: dict[str, Any]) -> str:
        """Further steps in a thread, which is waited for unless it is meant to stay."""
        thread = threading.Thread(target=self.run, args=(step["steps"],), daemon=True)
        thread.start()
        if not step.get("stays"):
            thread.join(0.5)
        return thread.name

    def do_frame(self, step: dict[str, Any]) -> int:
        """Bytes written straight to the seam: a frame as it should be or with lies in it."""
        mark = "own" if step["genuine"] else "forged"
        invoke = vars(fetch)["_transport"].current.invoke
        head: Any = {
            "t": "fetch",
            "id": step["id"],
            "inv": invoke.inv if step["genuine"] else step["inv"] or invoke.inv,
            "token": invoke.token if step["genuine"] or step["token"] is None else step["token"],
            "descriptor": step["descriptor"],
            "path": step["path"].replace("MARK", mark),
            "method": "POST",
        }
        if step.get("head") is not None:
            head = step["head"]
        text = (head if isinstance(head, str) else json.dumps(head)).encode()
        body = step["body"].replace("MARK", mark).encode()
        sizes = len(text) + step["more_head"], len(body) + step["more_body"]
        data = b"".join((size & 0xFFFFFFFF).to_bytes(4, "little") for size in sizes) + text + body
        data = data[: len(data) - step["cut"]] * step["times"]
        return os.write(SEAM, data)


class Buffer:
    """Memory for a call to write to, which ``seen`` looks at."""

    def __init__(self, size: int) -> None:
        self.memory = (type("Bytes", (ctypes.c_char * size,), {"is_buffer": True}))()
