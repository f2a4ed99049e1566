"""What manifest.yml holds beside its modules, as far as Forge's documentation says it or its published validator was
seen to ask for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from forgesim.manifest.module_parts import TOKENS
from forgesim.manifest.parts import ANYTHING, FLAG, Fields, Flag, OneOf, Part, Several, Text, Whole

__all__ = ["APP", "CONTENT", "REGIONS", "REMOTE", "RESOURCE", "SECTIONS"]

_TEXT: Final = Text()
_SAID: Final = Text(empty=True)
_REQUIRED: Final = Fields(optional={"required": FLAG})
_KEY: Final = Text(shape="[a-zA-Z0-9_-]{1,23}", write="1 to 23 of a-z A-Z 0-9 _ -")
_VARIABLE: Final = Text(shape="[a-zA-Z_][a-zA-Z0-9_]*", write="letters, digits and _, no digit first")
_LOCALE: Final = Text(shape="[a-z]{2}-[A-Z]{2}", write="a language and a country, for example en-US")

APP: Final[Mapping[str, Part]] = {
    "description": Text(longest=1000, empty=True),
    "licensing": Fields({"enabled": FLAG}, {"editionsEnabled": FLAG, "modes": Several(Text(known=("user-access",)))}),
    "access": Fields({"userAccess": FLAG}),
    "compatibility": Fields(
        optional={
            "confluence": _REQUIRED,
            "jira": _REQUIRED,
            "compass": _REQUIRED,
            "bitbucket": Fields(optional={"required": Flag(only=False)}),
        }
    ),
    "features": Fields(optional={"autoUserConsent": FLAG}),
    "connect": Fields(other=ANYTHING),
    "package": Fields(
        optional={"bundler": Text(known=("webpack", "manual@2026")), "path": _TEXT, "extraFiles": ANYTHING}
    ),
    "storage": Fields(
        optional={
            "entities": ANYTHING,
            "classifications": Several(Text(known=("ugc", "pii", "other")), least=1),
        }
    ),
}
"""Fields of ``app`` beside its id and runtime."""

REMOTE: Final[Mapping[str, Part]] = {
    "key": ANYTHING,
    "baseUrl": ANYTHING,
    "operations": Several(Text(known=("storage", "compute", "fetch", "other")), least=1),
    "auth": TOKENS,
    "storage": Fields({"inScopeEUD": FLAG}),
    "configurable": Fields({"name": _SAID, "description": _SAID}, {"supportedPatterns": Several(_TEXT, least=1)}),
}
REGIONS: Final = ("EU", "US", "AU", "DE", "SG", "CA", "IN", "KR", "JP", "GB", "CH")
RESOURCE: Final[Mapping[str, Part]] = {
    "key": _KEY,
    "path": Text(empty=True),
    "entry": Fields(other=_TEXT, least=1),
    "bundler": Text(known=("manual@2026",)),
    "tunnel": Fields(optional={"port": Whole(1, 65535)}, other=ANYTHING),
}
CONTENT: Final[Mapping[str, Part]] = {
    "content": Fields(optional={"scripts": ANYTHING, "styles": ANYTHING}),
    "sandbox": Several(Text(known=("allow-storage-access-by-user-activation",))),
    "enforcement": Text(known=("app-managed",)),
}
"""Fields of ``permissions`` beside ``scopes`` and ``external``; what ``content`` may hold is told by ``lint``."""

_ACTION: Final = Fields({"path": _SAID}, {"remote": _TEXT}, other=ANYTHING)
_AUTH: Final = Fields(
    {"key": _TEXT, "name": _SAID, "bearerMethod": _SAID, "clientId": _SAID},
    {
        "type": Text(known=("oauth2",)),
        "integration": Text(known=("adobe", "azuredevops", "dropbox", "google", "miro")),
        "pkce": FLAG,
        "scopes": Several(_TEXT),
        "remotes": Several(_TEXT),
        "actions": Fields(
            {"authorization": _ACTION, "exchange": _ACTION, "retrieveProfile": _ACTION},
            {"refreshToken": _ACTION, "revokeToken": _ACTION},
        ),
    },
)
_DECLARED: Final = OneOf(
    {str: _VARIABLE, dict: Fields({"key": _VARIABLE, "default": Text(empty=True)})}, "a text or a map"
)

SECTIONS: Final[Mapping[str, Part]] = {
    "environment": Fields(optional={"variables": Several(_DECLARED)}),
    "translations": Fields(
        {
            "resources": Several(Fields({"key": _LOCALE, "path": _TEXT}), least=1, unique=True),
            "fallback": Fields({"default": _LOCALE}, other=Several(_LOCALE, unique=True)),
        }
    ),
    "providers": Fields({"auth": Several(_AUTH)}),
    "services": Several(Fields(other=ANYTHING)),
    "connectModules": Fields(other=ANYTHING),
    "overrides": Several(ANYTHING),
}
"""Sections of the manifest that have no reader of their own."""
