"""manifest.yml as a whole: what the published validator requires, and the values that forgesim runs on."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from forgesim.manifest.entities import Entity, read_entities
from forgesim.manifest.manifest_modules import Modules, read_modules
from forgesim.manifest.manifest_permissions import read_egress, read_scopes
from forgesim.manifest.model import EgressEntry, Manifest
from forgesim.manifest.parts import Fields, check
from forgesim.manifest.reading import Reader
from forgesim.manifest.remote_rules import check_providers, check_tokens
from forgesim.manifest.top_parts import APP, REGIONS, REMOTE, RESOURCE, SECTIONS
from forgesim.manifest.tree import Node, replace_texts

__all__ = ["RUNTIMES", "TOP_LEVEL", "read_manifest"]

TOP_LEVEL: Final = (
    "app", "modules", "permissions", "resources", "remotes", "providers", "environment", "translations",
    "services", "connectModules", "overrides",
)  # fmt: skip
APP_FIELDS: Final = ("id", "runtime", "name", *APP)
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
    resources = _read_resources(reader, fields.get("resources"))
    modules = read_modules(reader, root, remotes=remotes, resources=resources)
    scopes = read_scopes(reader, fields.get("permissions"), known_scopes)
    egress = read_egress(reader, fields.get("permissions"), remotes)
    for name, part in SECTIONS.items():
        if name in fields:
            check(reader, fields[name], part, name)
    if "translations" in fields:
        _check_locales(reader, fields["translations"])
    else:
        _check_words(reader, root)
    _check_connect(reader, root)
    check_tokens(reader, root, scopes)
    check_providers(reader, fields.get("providers"), remotes, egress)
    data = root.data()
    manifest = Manifest(
        app_id=app_id,
        runtime=runtime,
        scopes=scopes,
        egress=egress,
        remotes=tuple(_remote_entries(fields.get("remotes"), remotes)),
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
    for field, part in APP.items():
        if field in app:
            check(reader, app[field], part, f"app.{field}")
    _check_products(reader, app.get("compatibility"))
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


def _check_products(reader: Reader, node: Node | None) -> None:
    products = node.value if node and isinstance(node.value, dict) else {}
    needed = [name for name, each in products.items() if (must := each.field("required")) and must.value is True]
    if len(needed) > 1 and node:
        reader.tell(node, f"the app cannot require {' and '.join(needed)}", "one product at most may be required")


def _remote_entries(node: Node | None, remotes: Mapping[str, tuple[str, ...] | None]) -> Iterator[EgressEntry]:
    """The addresses of remotes. Without ``storage`` among its operations a remote stores no end-user data either (Forge
    documentation, "Realm pinning for remotes")."""
    for item in node.items() if node else ():
        key, operations, storage = item.field("key"), item.field("operations"), item.field("storage")
        stores = storage.field("inScopeEUD") if storage else None
        kept = stores.value if stores and isinstance(stores.value, bool) else None
        if operations and "storage" not in [each.value for each in operations.items()]:
            kept = False
        for url in (remotes.get(str(key.value)) if key else None) or ():
            yield EgressEntry(kind="remote", address=url, in_scope_eud=kept, line=item.line)


def _read_remotes(reader: Reader, node: Node | None) -> dict[str, tuple[str, ...] | None]:
    """Key → base URLs; ``None`` where the customer configures the remote."""
    remotes: dict[str, tuple[str, ...] | None] = {}
    regions: dict[str, frozenset[str]] = {}
    for item in _items(reader, node, "remotes"):
        check(reader, item, Fields({"key": REMOTE["key"]}, REMOTE), "a remote")
        fields: dict[str, Node] = item.value if isinstance(item.value, dict) else {}
        key = reader.text(fields, "key", "a remote")
        if key and not _REMOTE_KEY.fullmatch(key):
            reader.tell(fields["key"], f"the remote key {key!r} is odd", "1 to 23 of a-z A-Z 0-9 _ -")
        operations = item.field("operations")
        if operations and "storage" not in fields and "storage" in (each.value for each in operations.items()):
            reader.tell(item, f"the remote {key!r} stores, and does not say what", "add storage: {inScopeEUD: …}")
        base = fields.get("baseUrl")
        if base is not None:
            remotes[key] = _base_urls(reader, key, base)
            if isinstance(base.value, dict) and len(base.value) > 1:
                regions[key] = frozenset(base.value)
        elif "configurable" in fields:
            remotes[key] = None
        else:
            reader.tell(item, f"the remote {key!r} has no baseUrl", "add baseUrl or configurable")
    if node and len(set(regions.values())) > 1:
        reader.tell(node, "not all remotes have URLs for the same regions", "give each the same regions")
    return remotes


def _base_urls(reader: Reader, key: str, node: Node) -> tuple[str, ...]:
    if isinstance(node.value, str):
        return (node.value,)
    regions = reader.fields(node, f"baseUrl of {key}", required=("default",), known=REGIONS)
    return tuple(url.value for url in regions.values() if reader.is_a(url, str, f"a baseUrl of {key}"))


def _read_resources(reader: Reader, node: Node | None) -> dict[str, frozenset[str] | None]:
    """Key → names of its entries, ``None`` where it has none."""
    found: dict[str, frozenset[str] | None] = {}
    for item in _items(reader, node, "resources"):
        needed = {"key": RESOURCE["key"], "path": RESOURCE["path"]}
        check(reader, item, Fields(needed, RESOURCE), "a resource")
        fields: dict[str, Node] = item.value if isinstance(item.value, dict) else {}
        node_of_key, entry = fields.get("key"), fields.get("entry")
        if node_of_key is None or not isinstance(node_of_key.value, str):
            continue
        if node_of_key.value in found:
            reader.tell(node_of_key, f"the resource {node_of_key.value!r} is there twice", "rename one")
        found[node_of_key.value] = frozenset(entry.value) if entry and isinstance(entry.value, dict) else None
    return found


def _items(reader: Reader, node: Node | None, what: str) -> list[Node]:
    """The items of a list that may be absent, and not null."""
    return node.items() if node is not None and reader.is_a(node, list, what) else []


def _check_locales(reader: Reader, translations: Node) -> None:
    """Tell each locale of the fallback that has no file."""
    resources, fallback = translations.field("resources"), translations.field("fallback")
    keys = [item.field("key") for item in resources.items()] if resources else []
    files = [key.value for key in keys if key]
    for node in fallback.value.values() if fallback and isinstance(fallback.value, dict) else ():
        for locale in node.items() or [node]:
            if isinstance(locale.value, str) and locale.value not in files:
                reader.tell(locale, f"there is no file of translations for {locale.value!r}", "add one to resources")


def _check_connect(reader: Reader, root: Node) -> None:
    """Tell where only one of ``app.connect`` and ``connectModules`` is there."""
    app, modules = root.field("app"), root.field("connectModules")
    connect = app.field("connect") if app else None
    if modules and not (connect and connect.field("remote")):
        reader.tell(modules, "connectModules without app.connect.remote", "add app.connect: {key: …, remote: …}")
    elif connect and not modules and (how := connect.field("authentication")):
        reader.tell(how, "app.connect.authentication without connectModules", "add connectModules")


def _check_words(reader: Reader, root: Node) -> None:
    """Tell the first ``{i18n: KEY}`` of the modules of a manifest that has no translations."""
    todo = [modules] if (modules := root.field("modules")) else []
    while todo:
        node = todo.pop()
        if isinstance(node.value, dict) and set(node.value) == {"i18n"}:
            reader.tell(node, "{i18n: KEY} without translations", "declare them under translations")
            return
        todo += node.items()
        todo += node.value.values() if isinstance(node.value, dict) else ()


def _with_variables(reader: Reader, root: Node) -> Node:
    """Put in the defaults of ``environment.variables``: only declared names are replaced, as the real tool
    does."""
    declared = _variables(root)
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


def _variables(root: Node) -> dict[str, str | None]:
    """Name → default; what is wrong with one is told with its section."""
    declared: dict[str, str | None] = {}
    environment = root.field("environment")
    variables = environment.field("variables") if environment else None
    for item in variables.items() if variables else ():
        name, default = item.field("key") or item, item.field("default")
        if isinstance(name.value, str):
            declared[name.value] = str(default.value) if default else None
    return declared
