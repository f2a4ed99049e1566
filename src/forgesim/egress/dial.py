"""Names and sockets of live egress: with the simulated transport, the one module above the sandbox that imports what
reaches the network. Loaded with the first live request."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from threading import Thread
from typing import Any

from forgesim.egress.failures import LiveError

__all__ = ["Plain", "TlsLine", "Trust", "connect", "look_up", "secure", "trusting"]

Plain = socket.socket
Trust = ssl.SSLContext
Ask = Callable[..., Iterable[tuple[Any, Any, Any, str, tuple[Any, ...]]]]
"""As ``socket.getaddrinfo``."""


def look_up(host: str, seconds: float, ask: Ask = socket.getaddrinfo) -> Sequence[str]:
    """The addresses of a name by the system's resolver, asked once. Raises LiveError.

    The resolver has no deadline of its own, so that it is asked on a thread that is left behind where it is late.
    """
    found: list[str] = []
    failed: list[str] = []

    def look() -> None:
        try:
            answers = ask(host.encode("ascii"), None, type=socket.SOCK_STREAM)
            found.extend(str(address[0]) for *_, address in answers)
        except OSError as error:
            failed.append(error.strerror or "it has no address")

    thread = Thread(target=look, name=f"look-up of {host}", daemon=True)
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        raise LiveError("ERR_DNS_FAIL", f"the look-up of {host} took over {seconds:g} real s")
    if failed:
        raise LiveError("ERR_DNS_FAIL", f"{host}: {failed[0]}")
    return found


def trusting(authorities: Path | None) -> Trust:
    """Verification by the system's trust store, and by the certificates of a file beside it. Raises OSError where the
    file cannot be used.

    The paths are those that OpenSSL was built with: no environment variable moves them, and none has keys written out.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # with it come CERT_REQUIRED and the check of the host's name
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.hostname_checks_common_name = False
    context.set_alpn_protocols(["http/1.1"])
    system = ssl.get_default_verify_paths()
    if Path(system.openssl_cafile).is_file():
        context.load_verify_locations(cafile=system.openssl_cafile)
    if Path(system.openssl_capath).is_dir():
        context.load_verify_locations(capath=system.openssl_capath)
    if authorities is not None:
        context.load_verify_locations(cafile=authorities)
    return context


def connect(address: str, port: int, seconds: float) -> tuple[Plain, str]:
    """A TCP connection to an address, which is one already: no name is looked up; and what the kernel says it is
    connected to, ``203.0.113.7:443``. Raises OSError."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    plain = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        plain.settimeout(seconds)
        plain.connect((address, port))
        peer, at = plain.getpeername()[:2]
    except BaseException:
        plain.close()
        raise
    return plain, f"[{peer}]:{at}" if ":" in peer else f"{peer}:{at}"


def secure(plain: Plain, host: str, context: Trust, seconds: float) -> TlsLine:
    """TLS over a connection, whose other end shows that it is ``host``. What succeeds has taken the socket over. Raises
    LiveError."""
    try:
        plain.settimeout(seconds)
        return TlsLine(context.wrap_socket(plain, server_hostname=host, suppress_ragged_eofs=False))
    except ssl.SSLCertVerificationError as error:
        raise LiveError("ERR_SECURE_CONNECT_FAIL", f"the certificate of {host}: {error.verify_message}") from None
    except TimeoutError:
        raise LiveError("ERR_SECURE_CONNECT_FAIL", f"no TLS with {host} in time") from None
    except ssl.SSLError as error:
        raise LiveError("ERR_SECURE_CONNECT_FAIL", f"no TLS with {host}: {error.reason or 'it failed'}") from None
    except OSError as error:
        raise LiveError("ERR_SECURE_CONNECT_FAIL", f"no TLS with {host}: {error.strerror or 'it broke off'}") from None


class TlsLine:
    """A verified TLS connection; ``tls`` is its protocol."""

    def __init__(self, tls: ssl.SSLSocket) -> None:
        self._tls = tls
        self.tls = tls.version() or ""

    def send(self, data: memoryview, seconds: float) -> int:
        """How many bytes went out. Raises OSError, TimeoutError in time."""
        self._tls.settimeout(seconds)
        return self._tls.send(data)

    def receive(self, size: int, seconds: float) -> bytes:
        """What came in, nothing where the host has closed in good order. Raises OSError, TimeoutError in time."""
        self._tls.settimeout(seconds)
        return self._tls.recv(size)

    def close(self) -> None:
        self._tls.close()
