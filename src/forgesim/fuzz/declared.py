"""Whether a place is one that a manifest declares, by the address rule of Forge's documentation alone.

``*`` is any public host name, ``*.x.com`` any name below x.com at any depth, else the host itself; ``https://`` or no
scheme; port 443 unless the address has one; paths do not matter. Names are compared label by label; nothing here is
shared with the policy that it checks.
"""

from __future__ import annotations

import string
from collections.abc import Sequence

__all__ = ["is_declared"]

_PORT = 443
_CHARACTERS = frozenset(string.ascii_lowercase + string.digits + "-")
_NOT_PUBLIC = (["localhost"], ["local"], ["internal"], ["home", "arpa"])


def is_declared(host: str, port: int, addresses: Sequence[str]) -> bool:
    """Whether one of the manifest's addresses covers a lower-case host and a port."""
    labels = host.split(".")
    if not all(label and _CHARACTERS.issuperset(label) for label in labels):
        return False
    return any(_covers(address, labels, port) for address in addresses)


def _covers(address: str, labels: list[str], port: int) -> bool:
    if address == "*":
        return port == _PORT and _is_public(labels)
    scheme, separator, rest = address.lower().rpartition("://")
    if separator and scheme != "https":
        return False
    for end in "/?#":
        rest = rest.split(end, 1)[0]
    name, _, digits = rest.partition(":")
    if port != (int(digits) if digits else _PORT):
        return False
    declared = name.removesuffix(".").split(".")
    if declared[0] != "*":
        return labels == declared
    below = declared[1:]
    return len(labels) > len(below) and labels[-len(below) :] == below and not labels[-1].isdigit()


def _is_public(labels: list[str]) -> bool:
    if len(labels) < 2 or labels[-1].isdigit():
        return False
    return all(labels[-len(suffix) :] != suffix for suffix in _NOT_PUBLIC)
