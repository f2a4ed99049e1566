"""Judges of the URL policy that share no code with it: Node.js, the client that would connect, and the address rule
written down a second time."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

import requests
import urllib3

NODE = shutil.which("node")
LISTED_PORTS = frozenset({80, 443, 7990, 8060, 8080, 8085, 8089, 8090, 8443, 8444})
DEFAULT_PORTS = {"https": 443, "wss": 443, "http": 80, "ws": 80, "ftp": 21}

PROGRAM = """
const lines = require("readline").createInterface({ input: process.stdin });
let answers = [];
const read = (text, base) => {
  try {
    const url = new URL(text, base);
    return [url.protocol.slice(0, -1), url.hostname, url.port, url.href];
  } catch {
    return null;
  }
};
lines.on("line", (line) => {
  if (line) return answers.push(JSON.stringify(read(...JSON.parse(line))));
  process.stdout.write(answers.join("\\n") + "\\n");
  answers = [];
});
"""


class Place(NamedTuple):
    """Where a reader of a URL would connect to."""

    scheme: str
    host: str
    port: int


class Node:
    """One Node.js process that reads URLs in batches, as its ``URL`` class does."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def hrefs(self, texts: Iterable[tuple[str, ...]]) -> list[str | None]:
        """The one form of each (URL,) or (relative URL, base); None where Node.js refuses it."""
        return [seen[3] if seen else None for seen in self._read(texts)]

    def places(self, urls: Iterable[str]) -> list[Place | None]:
        """Where each URL leads, a final dot of the host left out; None where Node.js refuses it."""
        return [_place(*seen[:3]) if seen else None for seen in self._read([(url,) for url in urls])]

    def _read(self, texts: Iterable[tuple[str, ...]]) -> list[list[str] | None]:
        into, out = self._process.stdin, self._process.stdout
        assert into is not None
        assert out is not None
        asked = [json.dumps(text) for text in texts]
        if not asked:
            return []
        into.write("\n".join([*asked, "", ""]))
        into.flush()
        return [json.loads(out.readline()) for _ in asked]


def _place(scheme: str, host: str, port: str) -> Place:
    return Place(scheme, host.removesuffix("."), int(port or DEFAULT_PORTS.get(scheme, 0)))


@contextmanager
def running_node() -> Iterator[Node]:
    assert NODE is not None
    pipe = subprocess.PIPE
    with subprocess.Popen([NODE, "-e", PROGRAM], stdin=pipe, stdout=pipe, text=True, encoding="utf-8") as process:
        yield Node(process)
        assert process.stdin is not None
        process.stdin.close()


class ReachedError(Exception):
    """A connection was about to be made."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(host, port)
        self.place = Place("https", host, port)


class _Noting(urllib3.connection.HTTPSConnection):
    def connect(self) -> None:
        raise ReachedError(self.host, self.port)


class _Pool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _Noting


class Connector(requests.adapters.HTTPAdapter):
    """The client's whole way from a URL to a connection, which is noted and not made."""

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **options: object) -> None:
        super().init_poolmanager(connections, maxsize, block, **options)
        self.poolmanager.pool_classes_by_scheme = {"https": _Pool}

    def reaches(self, href: str) -> Place:
        """Where a request for ``href`` connects to."""
        request = requests.PreparedRequest()
        request.prepare_method("GET")
        request.prepare_headers({})
        request.url, request.body, request.hooks = href, None, {"response": []}
        try:
            self.send(request)
        except ReachedError as reached:
            return reached.place
        raise AssertionError(f"no connection for {href!a}")


def covers(address: str, place: Place) -> bool:
    """Whether an address of a manifest covers a place, after the documentation's words and by text alone."""
    scheme, _, rest = address.lower().rpartition("://")
    host, _, port = rest.partition("/")[0].partition(":")
    if (scheme or "https") != place.scheme or int(port or 443) != place.port or place.port not in LISTED_PORTS:
        return False
    is_name = any(char.isalpha() for char in place.host.rpartition(".")[2]) and ":" not in place.host
    if host == "*":
        return is_name
    if host.startswith("*."):
        return is_name and place.host.endswith(host[1:]) and len(place.host) > len(host[1:])
    return place.host == host


def is_listed(declared: Sequence[str], place: Place | None) -> bool:
    """Whether some declared address covers the place, and the place is none that only a private network knows."""
    if place is None or "." not in place.host:
        return False
    last = place.host.rpartition(".")[2]
    return last not in ("localhost", "local", "internal") and any(covers(address, place) for address in declared)
