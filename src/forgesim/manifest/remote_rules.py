"""Rules between remotes and what else names them: tokens that need scopes, providers that need egress."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Final

from forgesim.manifest.model import EgressEntry
from forgesim.manifest.reading import Reader, one_of
from forgesim.manifest.tree import Node

__all__ = ["check_providers", "check_tokens"]

TOKENS: Final = {"appUserToken": "read:app-user-token", "appSystemToken": "read:app-system-token"}
"""Token that a remote may be sent → the scope that it needs."""


def check_tokens(reader: Reader, root: Node, scopes: Collection[str]) -> None:
    """Tell each token of a remote or an endpoint for which the app has not the scope, or no other one beside it."""
    modules = root.field("modules")
    holders = [root.field("remotes"), modules.field("endpoint") if modules else None]
    for item in (item for holder in holders if holder for item in holder.items()):
        auth = item.field("auth")
        for token, scope in TOKENS.items():
            asked = auth.field(token) if auth else None
            enabled = asked.field("enabled") if asked else None
            if enabled is None or enabled.value is not True:
                continue
            if not set(scopes) - set(TOKENS.values()):
                reader.tell(enabled, f"{token} without any scope that it could be used for", "add one")
            if scope not in scopes:
                hint = f"documented as needed: add {scope} to permissions.scopes"
                reader.tell(enabled, f"{token} without the scope {scope}", hint, warning=True)


def check_providers(
    reader: Reader,
    providers: Node | None,
    remotes: Mapping[str, tuple[str, ...] | None],
    egress: Collection[EgressEntry],
) -> None:
    """Tell each remote of a provider that is not there, not one fixed place, or not declared for egress."""
    reached = {entry.address for entry in egress if entry.kind.startswith("fetch.")}
    for node in _named(providers.field("auth") if providers else None):
        if not isinstance(node.value, str):
            continue
        urls = remotes.get(node.value)
        if node.value not in remotes:
            hint = one_of(node.value, remotes) or "declare it under remotes"
            reader.tell(node, f"there is no remote {node.value!r}", hint)
        elif urls is None or len(urls) != 1:
            reader.tell(node, f"the remote {node.value!r} of a provider is not one place", "give it one baseUrl")
        elif urls[0] not in reached:
            what = f"the remote {node.value!r} of a provider is not declared for egress"
            reader.tell(node, what, f"add {{remote: {node.value}}} to permissions.external.fetch.backend")


def _named(auth: Node | None) -> Iterator[Node]:
    for item in auth.items() if auth else ():
        listed, actions = item.field("remotes"), item.field("actions")
        yield from listed.items() if listed else ()
        if actions and isinstance(actions.value, dict):
            yield from (remote for action in actions.value.values() if (remote := action.field("remote")))
