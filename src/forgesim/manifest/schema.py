"""JSON Schemas of trust.yml and manifest.yml for editors: completion and a first check while typing.

They are generated from the tables that the loader reads with, so that they name the same fields. The loader
alone decides: a schema cannot say that keys overlap or that a name exists.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from forgesim.manifest.claim_names import CLAIM_NAMES
from forgesim.manifest.depends import ASPECTS, NOTHING
from forgesim.manifest.entities import ATTRIBUTE_TYPES
from forgesim.manifest.limits import (
    ENTITY_NAME,
    INDEX_NAME,
    LONGEST_ADDRESS,
    LONGEST_FUNCTION_KEY,
    LONGEST_QUEUE,
    MAX_ATTRIBUTES,
    MAX_ENTITIES,
    MAX_INDEXES,
    MAX_TIMEOUT_S,
)
from forgesim.manifest.manifest_file import APP_FIELDS, APP_ID, RUNTIMES, TOP_LEVEL
from forgesim.manifest.manifest_permissions import EGRESS_KINDS, PERMISSIONS
from forgesim.manifest.module_types import REQUIRED, UI_TYPES
from forgesim.manifest.trust_data import (
    ANSWER_FIELDS,
    AUDIENCES,
    PLACES,
    READ_KINDS,
    SEND_FIELDS,
    STORE_FIELDS,
    SUBPROCESSOR_FIELDS,
)
from forgesim.manifest.trust_file import LOGS, TRUST_FIELDS
from forgesim.manifest.trust_scenarios import FAILURES, MOST_TIMES, REALMS, SERVICES, STEP_FIELDS
from forgesim.manifest.values import ID_KINDS
from forgesim.manifest.variables import SECRET, VARIABLE_FIELDS, VARIABLE_NAME

__all__ = ["SCHEMAS", "manifest_schema", "trust_schema", "write_schemas"]

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_TEXT: Final = {"type": "string", "minLength": 1}
_TYPE: Final = {"$ref": "#/$defs/type"}


def _map(known: Mapping[str, Any], required: Iterable[str] = (), *, closed: bool = True, **more: Any) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "object", "properties": dict(known), **more}
    if required := list(required):
        schema["required"] = required
    if closed:
        schema["additionalProperties"] = False
    return schema


def _list(items: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "array", "items": dict(items), **more}


def _lone_or_list(items: Mapping[str, Any]) -> dict[str, Any]:
    return {"anyOf": [dict(items), _list(items)]}


def _pick(known: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """One schema for each name, so that a field without one cannot be forgotten."""
    return {name: known[name] for name in names}


def trust_schema() -> dict[str, Any]:
    """The schema of trust.yml."""
    claims = _list({"enum": list(CLAIM_NAMES)}, uniqueItems=True)
    named_types = {"type": "object", "additionalProperties": _TYPE}
    subprocessor = {
        **dict.fromkeys(("name", "purpose", "location", "retention"), _TEXT),
        "hosts": _lone_or_list({"type": "string", "pattern": r"^(\*\.)?[a-z0-9_-]+(\.[a-z0-9_-]+)+$"}),
        "receives": _lone_or_list(_TEXT),
        "service": _map({"kind": _TEXT}, ("kind",), closed=False),
    }
    store = {
        "in": {"anyOf": [{"enum": list(PLACES)}, {"type": "string", "pattern": r"^entity +[a-z0-9:_.-]{3,60}$"}]},
        "key": _TEXT,
        "audience": {"enum": list(AUDIENCES), "default": "space-viewers"},
        "value": _TYPE,
        "depends_on": _depends_schema(),
    }
    send = {
        "method": _TYPE,
        "path": _TYPE,
        "query": named_types,
        "headers": named_types,
        "body": _TYPE,
        "depends_on": _depends_schema(),
    }
    answer = {"status": _TYPE, "headers": named_types, "body": _TYPE}
    sentence = {"says": _TEXT, "claims": claims, "untestable": _TEXT}
    scenario = {"name": _TEXT, "site": {**_TEXT, "default": "demo"}, "steps": _list({"$ref": "#/$defs/step"})}
    fields = {
        **dict.fromkeys(("app", "vendor", "modelled_on", "purpose", "version"), _TEXT),
        "variables": _variables_schema(),
        "subprocessors": _list(_map(_pick(subprocessor, SUBPROCESSOR_FIELDS), ("name",))),
        "reads": {"type": "object", "additionalProperties": {"$ref": "#/$defs/reads"}},
        "stores": _list(_map(_pick(store, STORE_FIELDS), ("in", "key", "value"))),
        "sends": {
            "type": "object",
            "additionalProperties": _map(_pick(send, SEND_FIELDS), ("method", "path")),
        },
        "answers": {"type": "object", "additionalProperties": _map(_pick(answer, ANSWER_FIELDS), ("status",))},
        "logs": {"enum": list(LOGS), "default": "nothing"},
        "claims": {"anyOf": [{"const": "all"}, claims], "default": "all"},
        "sentences": _list(_map(sentence, ("says",), oneOf=[{"required": ["claims"]}, {"required": ["untestable"]}])),
        "scenarios": _list(_map(scenario, ("name", "steps"))),
    }
    return {
        "$schema": _DIALECT,
        "title": "trust.yml",
        "description": "The privacy page of an app as data; what is not in it is not allowed.",
        **_map(_pick(fields, TRUST_FIELDS), ("app",)),
        "$defs": {"type": _type_schema(), "reads": _reads_schema(), "step": {"oneOf": _step_schemas()}},
    }


def _variables_schema() -> dict[str, Any]:
    value = _map(_pick({"value": _TEXT}, VARIABLE_FIELDS), VARIABLE_FIELDS)
    names = {"pattern": f"^{VARIABLE_NAME}$"}
    return {"type": "object", "propertyNames": names, "additionalProperties": {"anyOf": [{"const": SECRET}, value]}}


def _depends_schema() -> dict[str, Any]:
    names = "|".join(ASPECTS)
    told = {"type": "string", "pattern": rf"^({NOTHING}|({names})( *, *({names}))*)$"}
    aspects = [told, _list({"enum": list(ASPECTS)})]
    return {"anyOf": [*aspects, {"type": "object", "additionalProperties": {"anyOf": aspects}}]}


def _type_schema() -> dict[str, Any]:
    integer, decimal = "-?[0-9]+", r"-?[0-9]+(\.[0-9]+)?"
    forms = (
        rf"int +{integer} *\.\. *{integer}",
        rf"number +{decimal} *\.\. *{decimal} +step +{decimal}",
        "bool|time|content",
        "(enum|const) +.+",
        f"id +({'|'.join(ID_KINDS)})",
        "setting +[0-9]+",
        "list +[0-9]+ +of +.+",
    )
    scalar = {"type": ["string", "number", "boolean", "null"]}
    return {
        "description": "int A..B, number A..B step S, bool, enum a|b, const X, id page, time, setting N, content, "
        "list N of T, T?, a map of fields, or a sequence of scalars",
        "anyOf": [
            {"type": "string", "pattern": rf"^ *({'|'.join(f'({form})' for form in forms)}) *\??$"},
            _list(scalar, minItems=1, uniqueItems=True),
            _map({"list": {"type": "integer", "minimum": 0}, "of": _TYPE}, ("list", "of")),
            {"type": "object", "additionalProperties": _TYPE},
        ],
    }


def _reads_schema() -> dict[str, Any]:
    rule = rf"({'|'.join(READ_KINDS)})( +of +(payload|context)\.[A-Za-z_][A-Za-z0-9_.-]*)?"
    return {"type": ["string", "null"], "pattern": rf"^ *{rule}( *, *{rule})* *$"}


def _step_schemas() -> list[dict[str, Any]]:
    expect = {"enum": ["ok", "error"], "default": "ok"}
    fields: dict[str, dict[str, Any]] = {
        "call": {
            "as": {**_TEXT, "default": "alice"},
            "call": _TEXT,
            "with": True,
            "context": {"type": "object"},
            "expect": expect,
        },
        "trigger": {
            "trigger": {"type": "string", "pattern": "^avi:"},
            "with": True,
            "sampled": {"type": "boolean", "default": False},
            "expect": expect,
        },
        "schedule": {"schedule": _TEXT, "expect": expect},
        "webtrigger": {"webtrigger": _TEXT, "with": True, "expect": expect},
        "wait": {"wait": {"type": "string", "pattern": "^[0-9]+ +(second|minute|hour|day|week)s?$"}},
        "fail": {
            "fail": {"anyOf": [{"enum": list(SERVICES)}, {"type": "string", "pattern": r"\."}]},
            "with": {"enum": list(FAILURES)},
            "times": {"type": "integer", "minimum": 1, "maximum": MOST_TIMES, "default": 1},
        },
        "admin": {"admin": _map({"analytics": {"enum": ["on", "off", True, False]}}, ("analytics",))},
        "edit": {
            **{name: {"type": "string"} for name in ("edit", "title", "body", "owner", "at")},
            "labels": _list(_TEXT),
        },
        "together": {"together": _list({"$ref": "#/$defs/step"}, minItems=2)},
        "uninstall": {"uninstall": {"const": True}, "expect": expect},
        "move": {"move": {"enum": list(REALMS)}},
    }
    required = {"fail": ("fail", "with")}
    return [_map(_pick(fields[kind], names), required.get(kind, (kind,))) for kind, names in STEP_FIELDS.items()]


def manifest_schema() -> dict[str, Any]:
    """The schema of the part of manifest.yml that forgesim reads; other documented keys are let pass."""
    app = {
        **dict.fromkeys(APP_FIELDS, True),
        "id": {"type": "string", "pattern": f"^{APP_ID}$"},
        "runtime": _map(
            {
                "name": {"enum": list(RUNTIMES)},
                "memoryMB": {"type": "integer"},
                "architecture": {"enum": ["x86_64", "arm64"]},
            },
            ("name",),
        ),
        "storage": _map({"entities": _list(_entity_schema(), maxItems=MAX_ENTITIES)}, closed=False),
    }
    fields = {
        **dict.fromkeys(TOP_LEVEL, True),
        "app": _map(app, ("id", "runtime")),
        "modules": _map({kind: _module_schema(kind) for kind in sorted(REQUIRED)}, minProperties=1),
        "permissions": _permissions_schema(),
        "resources": _list(_map({"key": _TEXT, "path": _TEXT}, ("key", "path"), closed=False)),
        "remotes": _list(_map({"key": _TEXT}, ("key",), closed=False)),
    }
    return {
        "$schema": _DIALECT,
        "title": "manifest.yml",
        "description": "The part of a Forge manifest that forgesim reads.",
        **_map(_pick(fields, TOP_LEVEL), ("app", "modules")),
    }


def _entity_schema() -> dict[str, Any]:
    attribute = _map({"type": {"enum": list(ATTRIBUTE_TYPES)}}, ("type",), closed=False)
    shortest, longest = INDEX_NAME
    index = _map(
        {
            "name": {"type": "string", "minLength": shortest, "maxLength": longest, "pattern": r"^\S+$"},
            "range": _list(_TEXT, minItems=1, maxItems=1),
            "partition": _list(_TEXT),
        },
        ("name", "range"),
        closed=False,
    )
    return _map(
        {
            "name": {"type": "string", "minLength": ENTITY_NAME[0], "maxLength": ENTITY_NAME[1]},
            "attributes": {"type": "object", "additionalProperties": attribute, "maxProperties": MAX_ATTRIBUTES},
            "indexes": _list({"anyOf": [_TEXT, index]}, maxItems=MAX_INDEXES),
        },
        ("name", "attributes"),
        closed=False,
    )


def _module_schema(kind: str) -> dict[str, Any]:
    key = {"type": "string", "pattern": "^[a-zA-Z0-9_-]+$"}
    fields: dict[str, Any] = {"key": {**key, "maxLength": LONGEST_FUNCTION_KEY} if kind == "function" else key}
    fields |= dict.fromkeys(REQUIRED[kind], True)
    if kind == "function":
        fields["handler"] = {"type": "string", "pattern": r"^[a-zA-Z0-9_/-]+\.[a-zA-Z_$][a-zA-Z0-9_$]*$"}
        fields["timeoutSeconds"] = {"type": "integer", "minimum": 1, "maximum": MAX_TIMEOUT_S}
    elif kind in UI_TYPES:
        target = {"function": _TEXT, "endpoint": _TEXT}
        fields |= {"resource": _TEXT, "resolver": _map(target, closed=False)}
    if "queue" in fields:
        fields["queue"] = {**_TEXT, "maxLength": LONGEST_QUEUE}
    if kind == "scheduledTrigger":
        fields["interval"] = {"enum": ["fiveMinute", "hour", "day", "week"]}
    if kind == "llm":
        fields["model"] = _list({"const": "claude"}, minItems=1, maxItems=1)
    return _list(_map(fields, ("key", *REQUIRED[kind]), closed=False), minItems=1)


def _permissions_schema() -> dict[str, Any]:
    address = {"type": "string", "minLength": 1, "maxLength": LONGEST_ADDRESS}
    entry = _map(
        {"address": address, "category": {"const": "analytics"}, "inScopeEUD": {"type": "boolean"}},
        ("address",),
    )
    remote = _map({"remote": _TEXT}, ("remote",))
    lists: dict[str, Any] = {}
    fetch: dict[str, Any] = {}
    for kind in EGRESS_KINDS:
        inside = kind.startswith("fetch.")
        schema = _list({"anyOf": [address, entry, *([remote] if inside else [])]})
        (fetch if inside else lists)[kind.removeprefix("fetch.")] = schema
    impersonation = _map({"allowImpersonation": {"type": "boolean"}})
    scopes = {
        "anyOf": [
            _list(_TEXT),
            {"type": "object", "additionalProperties": impersonation},
        ]
    }
    external = _map({**lists, "fetch": _map(fetch), "configurable": True})
    return _map({**dict.fromkeys(PERMISSIONS, True), "scopes": scopes, "external": external})


SCHEMAS: Final = {"trust.schema.json": trust_schema, "manifest.schema.json": manifest_schema}
"""File under ``docs`` → what generates it."""


def write_schemas(folder: Path) -> None:
    """Write every schema into a folder, the same bytes each time."""
    for name, make in SCHEMAS.items():
        (folder / name).write_text(json.dumps(make(), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
