"""What modules hold, as far as Forge's documentation says it or its published validator was seen to ask for it.

Most of it goes by the key's name, as one name means one thing in all modules. Nothing here was taken from the
validator's own schema; ``tests/manifest`` tells where the two differ.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from forgesim.manifest.parts import ANYTHING, FLAG, WORDS, Fields, OneOf, Part, Several, Text, Whole

__all__ = ["BY_NAME", "CLOSED", "OF_TYPE", "TOKENS"]

_TEXT: Final = Text()
_TEXTS: Final = Several(_TEXT)
_MAP: Final = Fields(other=ANYTHING)
_SAID: Final = Text(empty=True)
_NAMES: Final = Several(_TEXT, least=1)
_ROUTE: Final = Text(shape="[a-z0-9-]+", write="use a-z 0-9 -")
_RENDER: Final = Text(known=("native", "default"))
_ENABLED: Final = Fields({"enabled": FLAG})
TOKENS: Final = Fields(optional={"appUserToken": _ENABLED, "appSystemToken": _ENABLED})
"""``auth`` of an endpoint and of a remote."""

_CONFIG: Final = Fields(
    optional={"openOnInsert": FLAG, "render": _RENDER, "title": WORDS, "resource": ANYTHING}, other=ANYTHING
)

BY_NAME: Final[Mapping[str, Part]] = {
    "title": WORDS,
    "label": WORDS,
    "name": WORDS,
    "description": WORDS,
    "tooltip": WORDS,
    "icon": _TEXT,
    "thumbnail": _TEXT,
    "render": _RENDER,
    "route": _ROUTE,
    "routePrefix": _ROUTE,
    "location": _TEXT,
    "layout": Text(known=("native", "basic", "blank", "block", "inline", "bodied", "inline-bodied")),
    "viewportSize": _TEXT,
    "expression": _TEXT,
    "propertyKey": _TEXT,
    "type": _TEXT,
    "entityType": _TEXT,
    "actionType": Text(known=("modal", "dynamic")),
    "anonymousAllowed": FLAG,
    "resolver": Fields(optional={"function": ANYTHING, "endpoint": ANYTHING}),
    "dynamicProperties": _MAP,
    "adfExport": Fields({"function": ANYTHING}, other=ANYTHING),
    "values": Several(Fields({"path": _TEXT, "type": _TEXT}, {"searchAlias": _TEXT}, other=ANYTHING)),
    "arguments": Several(Fields({"name": _TEXT, "required": FLAG}, other=ANYTHING)),
    "startImport": _MAP,
    "stopImport": _MAP,
    "importStatus": _MAP,
    "target": _MAP,
    "triggers": _NAMES,
    "domains": _NAMES,
    "linkTypes": _NAMES,
    "experience": _NAMES,
    "types": _TEXTS,
    "operators": _TEXTS,
    "supportedContainerTypes": _NAMES,
    "create": _MAP,
    "edit": _MAP,
    "view": _MAP,
    "autoConvert": Fields({"matchers": Several(Fields({"pattern": Text(longest=1024)}), least=1)}),
    "config": OneOf({bool: FLAG, dict: _CONFIG}, "true or a map"),
}
"""Key of a module → its shape, wherever the module's type says nothing else."""

_INPUT: Final = Fields(
    {
        "title": _SAID,
        "type": Text(known=("string", "integer", "number", "boolean")),
        "description": _SAID,
    },
    other=ANYTHING,
)
_OUTPUT: Final = Fields(
    {"key": _SAID, "statusCode": Whole(100, 599)}, {"body": Text(longest=1024, empty=True), "contentType": _SAID}
)
_ON_ERROR: Final = ("IGNORE_AND_LOG", "IGNORE", "RECEIVE_AND_LOG", "RECEIVE")

OF_TYPE: Final[Mapping[str, Mapping[str, Part]]] = {
    "function": {
        "handler": ANYTHING,
        "timeoutSeconds": ANYTHING,
        "runtime": Fields(optional={"memoryMB": Whole(128, 4096)}),
        "providers": Fields({"auth": _TEXTS}),
    },
    "endpoint": {
        "remote": ANYTHING,
        "service": _TEXT,
        "route": Fields({"path": _SAID}, other=ANYTHING),
        "auth": Fields(optional=TOKENS.optional, other=ANYTHING),
    },
    "trigger": {
        "events": ANYTHING,
        "function": ANYTHING,
        "endpoint": ANYTHING,
        "filter": Fields(
            optional={
                "ignoreSelf": FLAG,
                "expression": Text(empty=True),
                "appIsLicensed": FLAG,
                "onError": Text(known=_ON_ERROR),
            }
        ),
        "payload": Fields({"include": Fields(optional={"propertyPaths": _TEXTS, "fields": _TEXTS})}),
    },
    "scheduledTrigger": {
        "interval": Text(known=("fiveMinute", "hour", "day", "week")),
        "function": ANYTHING,
        "endpoint": ANYTHING,
        "filter": Fields({"appIsLicensed": FLAG}),
    },
    "consumer": {
        "queue": ANYTHING,
        "function": ANYTHING,
        "endpoint": ANYTHING,
        "resolver": Fields({"function": ANYTHING, "method": _TEXT}),
    },
    "webtrigger": {
        "urlFormat": Text(known=("v1", "v2")),
        "response": Fields({"type": Text(known=("static", "dynamic"))}, {"outputs": Several(_OUTPUT)}),
        "request": Fields({"authentication": Text(known=("hmacSharedSecret", "none"))}),
    },
    "preUninstall": {"function": ANYTHING, "endpoint": ANYTHING},
    "event": {"name": _TEXT, "allowedRecipients": _TEXTS},
    "apiRoute": {
        "path": Text(shape="/.*", write="begin with /"),
        "operation": Text(known=("GET", "POST", "PUT", "DELETE", "PATCH")),
        "function": ANYTHING,
        "scopes": Several(Text(shape="[-.:_a-zA-Z0-9]+:custom", write="end with :custom"), least=1, unique=True),
    },
    "llm": {"model": ANYTHING},
    "sql": {"engine": Text(known=("mysql",))},
    "objectStore": {"storageClass": Text(known=("standard",))},
    "migration:dataResidency": {
        "remote": ANYTHING,
        "path": _TEXT,
        "maxMigrationDurationHours": ANYTHING,
    },
    "action": {
        "name": Text(longest=255),
        "description": Text(longest=255),
        "actionVerb": Text(known=("CREATE", "UPDATE", "DELETE", "TRIGGER", "GET")),
        "inputs": Fields(other=_INPUT),
    },
    "rovo:agent": {
        "name": Text(longest=30),
        "prompt": _TEXT,
        "description": _TEXT,
        "conversationStarters": _NAMES,
        "actions": Several(_TEXT, least=1, unique=True),
        "skills": ANYTHING,
        "followUpPrompt": _TEXT,
        "icon": _TEXT,
    },
    "rovo:skill": {"source": Fields({"dir": _TEXT}, other=ANYTHING)},
    "rovo:mcp": {"name": _TEXT, "tools": _TEXTS},
    "automation:actionProvider": {"actions": _NAMES},
}
"""Type → its keys beside ``key``, in the place of those of BY_NAME."""
CLOSED: Final = frozenset(OF_TYPE) - {
    "endpoint", "webtrigger", "action", "automation:actionProvider", "rovo:mcp", "rovo:skill",
}  # fmt: skip
"""Types that were seen to be refused with any other key."""
