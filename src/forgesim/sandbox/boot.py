"""What a zygote's ``python -c`` runs first: namespaces, before anything heavy is imported.

A new pid namespace starts with the next child, so the process that was exec'd only waits for the one that it
forks here. It stays as small as it is: an interpreter and ctypes.
"""

from __future__ import annotations

import marshal
import os
import sys

from forgesim.sandbox import namespaces
from forgesim.sandbox.kernel import landlock_abi

__all__ = ["COMMAND", "main"]

COMMAND = "import sys; sys.path[:0] = sys.argv[3:]; from forgesim.sandbox.boot import main; main()"
"""Arguments: the control socket's descriptor, ``ns`` or ``plain``, and the folders to import from."""


def main() -> None:
    """Become a zygote, in namespaces of its own where they are asked for and to be had; say what stands."""
    fd, wanted = int(sys.argv[1]), sys.argv[2] == "ns"
    tried = {"namespaces": _enter(fd)} if wanted else {}
    import socket

    from forgesim.sandbox.control import Setup, Walls, receive, send

    control = socket.socket(fileno=fd)
    try:
        setup, _ = receive(control)
    except EOFError:
        os._exit(0)  # the host changed its mind
    assert isinstance(setup, Setup)
    if setup.probe:
        tried |= _probe()
    pidfd = os.pidfd_open(os.getpid())
    try:
        send(control, Walls(tried, landlock_abi(), fd), [pidfd])
    except OSError:
        os._exit(0)  # the host has ended
    os.close(pidfd)

    from forgesim.sandbox.zygote import serve

    serve(control, setup)


def _enter(control: int) -> str | None:
    """Why not, or null in the process that is now pid 1 of its own namespaces."""
    try:
        namespaces.enter()
        child = os.fork()
        if child:
            os.close(control)
            _, status = os.waitpid(child, 0)
            os._exit(os.waitstatus_to_exitcode(status) & 0xFF)
        namespaces.try_mounting()
    except OSError as error:
        return error.strerror or str(error)
    return None


def _probe() -> dict[str, str | None]:
    """Try the walls in a child, which ends with them."""
    from forgesim.sandbox.walls import templates, try_walls

    plain, witnessed = templates()
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(writer, marshal.dumps(try_walls(plain, witnessed)))
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as answer:
        data = answer.read()
    _, status = os.waitpid(child, 0)
    if not data:
        return {"seccomp": f"the process that tried the walls ended with status {status}"}
    tried: dict[str, str | None] = marshal.loads(data)  # noqa: S302 - written by our own child
    return tried
