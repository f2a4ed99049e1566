"""Questions that forgesim itself puts to the gateway: would this be let through? Nothing is performed.

They carry the cause ``probe`` and never count as the app's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from forgesim.manifest.model import EgressEntry
from forgesim.runtime.simulator import Stage
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
    for url in undeclared_urls(stage.installation.egress):
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
    """URLs that must be refused whatever is declared, and look-alikes of each declared host."""
    yield from (
        "https://undeclared.example/",
        "https://evil.example.net/collect",
        "https://xn--e1afmkfd.example/",
        "https://127.0.0.1/",
        "https://0x7f.1/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://10.0.0.1/",
        "https://169.254.169.254/latest/meta-data/",
        "https://localhost/",
        "http://undeclared.example/",
        "wss://undeclared.example/",
        "ftp://undeclared.example/",
        "file:///etc/passwd",
        "//undeclared.example/",
        "undeclared.example",
    )
    for entry in entries:
        host = entry.address.removeprefix("https://").split("/")[0].removeprefix("*.").removeprefix("*")
        if not host:
            continue
        yield f"https://evil-{host}/"
        yield f"https://{host}.evil.example/"
        yield f"https://{host}@evil.example/"
        yield f"https://evil.example/{host}"
        yield f"https://evil.example?{host}"
        yield f"https://evil.example#@{host}/"
        yield f"https://evil.example\\@{host}/"
        yield f"https://{host.replace('.', '-')}/"
        yield f"http://{host}/"
        yield f"https://user@{host}/"
        yield f"https://{host}:8443/"
