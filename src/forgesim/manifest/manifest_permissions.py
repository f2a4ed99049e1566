"""``permissions`` of manifest.yml: scopes and egress."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from forgesim.manifest.addresses import address_fault, host_of
from forgesim.manifest.model import EgressEntry
from forgesim.manifest.parts import FLAG, Fields, check
from forgesim.manifest.reading import Reader, one_of
from forgesim.manifest.top_parts import CONTENT
from forgesim.manifest.tree import Node

__all__ = ["EGRESS_KINDS", "read_egress", "read_scopes"]

PERMISSIONS: Final = ("scopes", "content", "external", "sandbox", "enforcement")
EGRESS_KINDS: Final = (
    "fetch.backend", "fetch.client", "fonts", "frames", "images", "media", "navigation", "scripts", "styles",
)  # fmt: skip
_EXTERNAL: Final = ("fetch", *(kind for kind in EGRESS_KINDS if "." not in kind), "configurable")


def read_scopes(reader: Reader, permissions: Node | None, known: frozenset[str] | None) -> dict[str, bool]:
    """Scope → may act for a user who is away. Both forms: a list of names, a map with
    ``allowImpersonation``."""
    if permissions is None:
        return {}
    fields = reader.fields(permissions, "permissions", known=PERMISSIONS)
    for name, part in CONTENT.items():
        if name in fields:
            check(reader, fields[name], part, f"permissions.{name}")
    if (node := fields.get("scopes")) is None:
        return {}
    if isinstance(node.value, dict):
        scopes = {name: _may_impersonate(reader, name, options) for name, options in node.value.items()}
        places = {name: Node(name, *node.keys[name]) if name in node.keys else node for name in scopes}
    else:
        listed = reader.texts(node, "permissions.scopes") if reader.is_a(node, list, "permissions.scopes") else []
        places = {item.value: item for item in listed}
        scopes = dict.fromkeys(places, False)
    for name, place in places.items():
        if not name:
            reader.tell(place, "a scope is empty")
        elif known is not None and name not in known:
            hint = one_of(name, known) or "it is passed on, and no operation will ask for it"
            reader.tell(place, f"unknown scope {name!r}", hint, warning=True, rule="scope-unknown")
    return scopes


def _may_impersonate(reader: Reader, name: str, options: Node) -> bool:
    found = reader.fields(options, f"scope {name}", known=("allowImpersonation",)).get("allowImpersonation")
    return found is not None and reader.is_a(found, bool, "allowImpersonation") and bool(found.value)


def read_egress(
    reader: Reader, permissions: Node | None, remotes: Mapping[str, tuple[str, ...] | None]
) -> tuple[EgressEntry, ...]:
    """Every declared address. ``remotes``: key → base URLs, ``None`` where the customer configures it."""
    external = permissions.value.get("external") if permissions and isinstance(permissions.value, dict) else None
    if external is None:
        return ()
    fields = reader.fields(external, "permissions.external", known=_EXTERNAL)
    if "configurable" in fields:
        check(reader, fields["configurable"], Fields({"enabled": FLAG}), "external.configurable")
    fetch = fields.get("fetch")
    inner = reader.fields(fetch, "external.fetch", known=("backend", "client")) if fetch else {}
    entries: list[EgressEntry] = []
    for kind in EGRESS_KINDS:
        node = inner.get(kind.partition(".")[2]) if "." in kind else fields.get(kind)
        for item in node.value if node and reader.is_a(node, list, f"external.{kind}") else ():
            entries += _read_entry(reader, kind, item, remotes)
    return tuple(entries)


def _read_entry(
    reader: Reader, kind: str, node: Node, remotes: Mapping[str, tuple[str, ...] | None]
) -> list[EgressEntry]:
    if isinstance(node.value, str):
        hint = f"write {{address: {node.value}}}"
        reader.tell(node, f"a plain text entry in {kind} is deprecated", hint, warning=True, rule="egress-plain-text")
        return _checked(reader, node, EgressEntry(kind=kind, address=node.value, line=node.line))
    if not isinstance(node.value, dict):
        reader.tell(node, f"an entry of {kind} must be {{address: …}} or {{remote: …}}")
        return []
    if "remote" in node.value and kind.startswith("fetch."):
        return _read_remote(reader, kind, node, remotes)
    fields = reader.fields(
        node, f"an entry of {kind}", required=("address",), known=("address", "category", "inScopeEUD")
    )
    address = fields.get("address")
    if address is None or not reader.is_a(address, str, "address"):
        return []
    category, eud = fields.get("category"), fields.get("inScopeEUD")
    if category is not None:
        reader.choice(category, "category", ("analytics",))
    entry = EgressEntry(
        kind=kind,
        address=address.value,
        category=str(category.value) if category else None,
        in_scope_eud=eud.value if eud and reader.is_a(eud, bool, "inScopeEUD") else None,
        line=node.line,
    )
    return _checked(reader, address, entry)


def _checked(reader: Reader, node: Node, entry: EgressEntry) -> list[EgressEntry]:
    if fault := address_fault(entry.address):
        reader.tell(node, fault.what, fault.hint, rule=fault.rule)
        return []
    if entry.address == "*":
        what = f"'*' lets {entry.kind} reach any host"
        reader.tell(node, what, "name the hosts", warning=True, rule="egress-any-host")
    elif entry.kind == "fetch.backend" and _path(entry.address):
        hint = f"the back end may reach all of {host_of(entry.address)}"
        what = "the path of a fetch.backend address is ignored"
        reader.tell(node, what, hint, warning=True, rule="egress-path-ignored")
    return [entry]


def _path(address: str) -> str:
    return address.split("://", 1)[-1].partition("/")[2]


def _read_remote(
    reader: Reader, kind: str, node: Node, remotes: Mapping[str, tuple[str, ...] | None]
) -> list[EgressEntry]:
    remote = reader.fields(node, f"an entry of {kind}", known=("remote",))["remote"]
    if not reader.is_a(remote, str, "remote"):
        return []
    if remote.value not in remotes:
        hint = one_of(remote.value, remotes) or "declare it under remotes"
        reader.tell(remote, f"there is no remote {remote.value!r}", hint)
        return []
    urls = remotes[remote.value]
    if urls is None:
        what = f"where the remote {remote.value!r} leads is for the customer to say"
        reader.tell(remote, what, "here nothing that is sent there gets out", warning=True)
    return [EgressEntry(kind=kind, address=url, line=node.line) for url in urls or ()]
