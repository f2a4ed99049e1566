"""manifest.yml as a whole: what the published validator requires, and the values that forgesim runs on."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any, Final

from forgesim.manifest.entities import Entity, read_entities
from forgesim.manifest.manifest_modules import Modules, read_modules
from forgesim.manifest.manifest_permissions import read_egress, read_scopes
from forgesim.manifest.model import EgressEntry, Manifest
from forgesim.manifest.reading import Reader
from forgesim.manifest.tree import Node, replace_texts

__all__ = ["RUNTIMES", "TOP_LEVEL", "read_manifest"]

TOP_LEVEL: Final = (
    "app", "modules", "permissions", "resources", "remotes", "providers", "environment", "translations",
    "services", "connectModules", "overrides",
)  # fmt: skip
APP_FIELDS: Final = (
    "id", "runtime", "name", "description", "licensing", "access", "compatibility", "features", "connect",
    "storage", "package",
)  # fmt: skip
RUNTIMES: Final = ("nodejs22.x", "nodejs24.x")
RETIRED: Final = ("nodejs20.x",)
"""In the published schema, and refused by the server at deploy (reported from a live site, 2026-10-09)."""
APP_ID: Final = r"ari:cloud:ecosystem::app/[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_APP_ID = re.compile(APP_ID)
_REMOTE_KEY = re.compile(r"[a-zA-Z0-9_-]{1,23}")
_VARIABLE = re.compile(r"\$\{([a-zA-Z_][a-zA-Z0-9_]*)\}")


def read_manifest(
    reader: Reader, root: Node, known_scopes: frozenset[str] | None = None, *, deployed: bool = False
) -> tuple[Manifest, Modules]:
    """Read the tree; every problem goes to the reader, and after an error the values mean nothing.

    ``known_scopes``: names beside which a scope is told as unknown, a warning; ``None`` checks none. ``deployed``: the
    server took this manifest once, so that a runtime may be one that it takes no more.
    """
    root = _with_variables(reader, root)
    fields = reader.fields(root, "the manifest", required=("app",), known=TOP_LEVEL)
    runtimes = RUNTIMES + RETIRED if deployed else RUNTIMES
    app_id, runtime, entities = _read_app(reader, fields.get("app"), runtimes)
    remotes = _read_remotes(reader, fields.get("remotes"))
    names = {"remotes": frozenset(remotes), "resources": _read_resources(reader, fields.get("resources"))}
    modules = read_modules(reader, root, names)
    permissions = fields.get("permissions")
    permissions = permissions if permissions and permissions.value is not None else None
    scopes = read_scopes(reader, permissions, known_scopes)
    data = root.data()
    manifest = Manifest(
        app_id=app_id,
        runtime=runtime,
        scopes=scopes,
        egress=read_egress(reader, permissions, remotes),
        remotes=tuple(EgressEntry(kind="remote", address=url) for urls in remotes.values() for url in urls or ()),
        functions=modules.functions,
        modules=modules.modules,
        data=data if isinstance(data, dict) else {},
        digest=digest_of(data),
        entities=entities,
    )
    return manifest, modules


def digest_of(data: Any) -> str:
    """SHA-256 of the values, not of the bytes: comments and layout do not count."""
    text = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _read_app(reader: Reader, node: Node | None, runtimes: tuple[str, ...]) -> tuple[str, str, dict[str, Entity]]:
    if node is None:
        return "", "", {}
    app = reader.fields(node, "app", required=("id", "runtime"), known=APP_FIELDS)
    app_id = reader.text(app, "id", "app")
    if app_id and not _APP_ID.fullmatch(app_id):
        reader.tell(app["id"], f"{app_id!r} is not an app id", "write ari:cloud:ecosystem::app/UUID")
    if "name" in app:
        reader.tell(app["name"], "app.name is deprecated", "leave it out", warning=True)
    entities = read_entities(reader, app.get("storage"))
    runtime = app.get("runtime")
    if runtime is None:
        return app_id, "", entities
    known = ("name", "memoryMB", "architecture")
    inner = reader.fields(runtime, "app.runtime", required=("name",), known=known)
    if memory := inner.get("memoryMB"):
        reader.is_a(memory, int, "memoryMB")
    if architecture := inner.get("architecture"):
        reader.choice(architecture, "architecture", ("x86_64", "arm64"))
    name = inner.get("name")
    return app_id, (reader.choice(name, "app.runtime.name", runtimes) or "") if name else "", entities


def _read_remotes(reader: Reader, node: Node | None) -> dict[str, tuple[str, ...] | None]:
    """Key → base URLs; ``None`` where the customer configures the remote."""
    remotes: dict[str, tuple[str, ...] | None] = {}
    for item in reader.items(node, "remotes"):
        fields = reader.fields(item, "a remote", required=("key",))
        key = reader.text(fields, "key", "a remote")
        if key and not _REMOTE_KEY.fullmatch(key):
            reader.tell(fields["key"], f"the remote key {key!r} is odd", "1 to 23 of a-z A-Z 0-9 _ -")
        if "configurable" in fields:
            remotes[key] = None
        elif "baseUrl" not in fields:
            reader.tell(item, f"the remote {key!r} has no baseUrl", "add baseUrl or configurable")
        else:
            remotes[key] = _base_urls(reader, key, fields["baseUrl"])
    return remotes


def _base_urls(reader: Reader, key: str, node: Node) -> tuple[str, ...]:
    if isinstance(node.value, str):
        return (node.value,)
    regions = reader.fields(node, f"baseUrl of {key}", required=("default",))
    return tuple(url.value for url in regions.values() if reader.is_a(url, str, f"a baseUrl of {key}"))


def _read_resources(reader: Reader, node: Node | None) -> frozenset[str]:
    keys: set[str] = set()
    for item in reader.items(node, "resources"):
        fields = reader.fields(item, "a resource", required=("key", "path"))
        key = reader.text(fields, "key", "a resource")
        if key and key in keys:
            reader.tell(fields["key"], f"the resource {key!r} is there twice", "rename one")
        keys.add(key)
    return frozenset(keys)


def _with_variables(reader: Reader, root: Node) -> Node:
    """Put in the defaults of ``environment.variables``: only declared names are replaced, as the real tool
    does."""
    declared = _read_variables(reader, root)
    if not declared:
        return root

    def change(node: Node) -> str:
        def put(found: re.Match[str]) -> str:
            name = found[1]
            if name in declared and declared[name] is None:
                hint = f"give {name} a default under environment.variables"
                reader.tell(node, f"could not find environment variable {name!r}", hint)
            return declared.get(name) or found[0]

        return _VARIABLE.sub(put, node.value)

    return replace_texts(root, change)


def _read_variables(reader: Reader, root: Node) -> dict[str, str | None]:
    declared: dict[str, str | None] = {}
    environment = root.value.get("environment") if isinstance(root.value, dict) else None
    if environment is None or environment.value is None:
        return declared
    fields = reader.fields(environment, "environment", known=("variables",))
    for item in reader.items(fields.get("variables"), "environment.variables"):
        if isinstance(item.value, str):
            declared[item.value] = None
            continue
        inner = reader.fields(item, "a variable", required=("key",), known=("key", "default"))
        name, default = reader.text(inner, "key", "a variable"), inner.get("default")
        declared[name] = str(default.value) if default is not None else None
    return declared
