"""Questions that forgesim itself puts to the gateway: would this be let through? Nothing is performed.

They carry the cause ``probe`` and never count as the app's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from forgesim.manifest.model import EgressEntry
from forgesim.runtime.stage import Stage
from forgesim.scopes.table import Operation, operations
from forgesim.seam import Fetch

__all__ = ["probe_hosts", "probe_writes", "undeclared_urls"]

PARAMETER = re.compile(r"\{[^}]+\}")


def probe_writes(stage: Stage, user: str) -> int:
    """Every operation that writes content, asked for as the user and as the app. How many questions that were."""
    count = 0
    invocation = stage.invocation("(probe)", None, user, "probe")
    for operation in operations():
        if not operation.writes or operation.op_class != "content":
            continue
        for provider in ("user", "app"):
            stage.gateway.probe(invocation, _product(invocation.id, invocation.token, provider, operation))
            count += 1
    return count


def _product(inv: str, token: str, provider: str, operation: Operation) -> Fetch:
    remote = "jira" if operation.product.startswith("jira") else "confluence"
    path = PARAMETER.sub("1", operation.path)
    descriptor = {"type": "fpp", "provider": provider, "remote": remote}
    return Fetch(id=0, inv=inv, token=token, descriptor=descriptor, path=path, method=operation.method)


def probe_hosts(stage: Stage, user: str) -> int:
    """Hosts that no manifest entry names, asked for through the external fetch."""
    count = 0
    invocation = stage.invocation("(probe)", None, user, "probe")
    for url in undeclared_urls((*stage.installation.egress, *stage.installation.app.manifest.remotes)):
        fetch = Fetch(
            id=0,
            inv=invocation.id,
            token=invocation.token,
            descriptor={"type": "external"},
            path=url,
            method="POST",
        )
        stage.gateway.probe(invocation, fetch)
        count += 1
    return count


def undeclared_urls(entries: Sequence[EgressEntry]) -> Iterator[str]:
    """URLs that must be refused: what no manifest can declare, hosts that this one does not, and look-alikes of each
    that it does; each once."""
    yield from dict.fromkeys((*NEVER, *_strangers(entries)))


def _strangers(entries: Sequence[EgressEntry]) -> Iterator[str]:
    addresses = [_parts(entry.address) for entry in entries]
    hosts = [host for host, _, _ in addresses if host]
    if len(hosts) < len(addresses):  # `*` declares every public name: no name is left to look alike
        return
    exact = {host for host, is_wild, _ in addresses if not is_wild}
    below = tuple(f".{host}" for host, is_wild, _ in addresses if is_wild)
    names = [*STRANGERS, *(name for each in hosts for name in _look_alikes(each))]
    others = [name for name in names if name not in exact and not name.endswith(below)]
    yield from (f"https://{name}/" for name in others)
    for host, is_wild, _ in addresses:
        real = f"any.{host}" if is_wild else host
        yield f"http://{real}/"
        yield f"https://user@{real}/"
        for other in others[:1]:
            yield f"https://{other}/{real}?{real}"
            yield f"https://{other}#@{real}/"
            yield f"https://{other}\\@{real}/"
            yield f"https://{real}@{other}/"
        if all(port != UNUSED_PORT for _, _, port in addresses):
            yield f"https://{real}:{UNUSED_PORT}/"


def _look_alikes(host: str) -> Iterator[str]:
    yield f"evil-{host}"
    yield f"{host}.undeclared.example"
    yield f"undeclared.{host}"
    yield host.replace(".", "-") + ".example"


def _parts(address: str) -> tuple[str, bool, int | None]:
    """Host, whether it stands for the names below it, and port of a manifest's address; no host for ``*``."""
    bare = address.rpartition("://")[2].split("/", 1)[0].lower()
    host, _, port = bare.partition(":")
    is_wild = host.startswith("*")
    return host.removeprefix("*").removeprefix(".").removesuffix("."), is_wild, int(port) if port.isdigit() else None


UNUSED_PORT = 8444

STRANGERS = ("undeclared.example", "evil.example.net", "xn--e1afmkfd.example")

NEVER = (
    "https://127.0.0.1/",
    "https://0x7f.1/",
    "https://[::1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://10.0.0.1/",
    "https://169.254.169.254/latest/meta-data/",
    "https://localhost/",
    "http://undeclared.example/",
    "ftp://undeclared.example/",
    "file:///etc/passwd",
    "//undeclared.example/",
    "undeclared.example",
    "https://undeclared.example:99999/",
    "https://undeclared_host.example/",
)
"""Addresses that are refused whatever a manifest says."""
