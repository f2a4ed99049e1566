"""The simulated transport with a witness in it: where would other clients connect, given the address that leaves?

What is written down is read off the request as it goes out, by parsers that are not the policy's.
"""

from __future__ import annotations

from http.client import HTTPConnection, InvalidURL
from urllib.parse import urlsplit

import msgspec
from requests import PreparedRequest
from requests.adapters import HTTPAdapter
from requests.exceptions import RequestException
from urllib3.exceptions import HTTPError

from forgesim.egress.limits import HTTPS_PORT
from forgesim.egress.subprocessors.service import ServiceRequest, SimulatedService
from forgesim.egress.transport import SimulatedTransport
from forgesim.seam import Answer

__all__ = ["Connection", "RecordingTransport"]

Place = tuple[str, int]


class Connection(msgspec.Struct, frozen=True):
    """A request that was about to leave. ``places``: client → the host, lower-case, and the port that it connects to,
    or why it would not."""

    href: str
    method: str
    headers: tuple[tuple[str, str], ...]
    places: dict[str, Place | str]


class _Https(HTTPConnection):
    """As ``HTTPSConnection`` reads its host and port, without the certificates that it loads each time."""

    default_port = HTTPS_PORT


class RecordingTransport(SimulatedTransport):
    """Carries requests as ever, and keeps each in ``connections`` before it is carried."""

    def __init__(self) -> None:
        super().__init__()
        self._adapter = HTTPAdapter()
        self.connections: list[Connection] = []

    def send(self, href: str, request: ServiceRequest, service: SimulatedService) -> Answer:
        """The service's answer; the connection is on record before it."""
        places = {"requests": self._by_requests(href), "urllib": _by_urllib(href), "http.client": _by_http_client(href)}
        self.connections.append(Connection(href, request.method, tuple(request.headers.items()), places))
        return super().send(href, request, service)

    def _by_requests(self, href: str) -> Place | str:
        """What the HTTP adapter of requests gives to its pool of connections."""
        prepared = PreparedRequest()
        prepared.url = href
        try:
            place, _ = self._adapter.build_connection_pool_key_attributes(prepared, verify=True)
        except (HTTPError, RequestException, ValueError) as error:
            return f"{type(error).__name__}: {error}"
        return str(place["host"] or "").lower(), int(place["port"] or HTTPS_PORT)


def _by_urllib(href: str) -> Place | str:
    try:
        parts = urlsplit(href)
        return (parts.hostname or "").lower(), parts.port or HTTPS_PORT
    except ValueError as error:
        return f"{type(error).__name__}: {error}"


def _by_http_client(href: str) -> Place | str:
    """The connection that ``urllib.request`` would make: all between the slashes, cut at its last colon."""
    try:
        connection = _Https(href.partition("://")[2].partition("/")[0])
    except (InvalidURL, ValueError) as error:
        return f"{type(error).__name__}: {error}"
    return connection.host.lower(), connection.port
