"""What between an older manifest and this one makes a deployment a new major version, which every site's administrator
has to consent to. The list is that of Forge's documentation of app versions (August 2026); all else is minor."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from forgesim.lint.subject import Subject, maps, part
from forgesim.manifest.model import EgressEntry, Manifest, Module

__all__ = ["Change", "Major", "major"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One reason for a major version. ``line`` is this manifest's, ``None`` for what is gone."""

    name: str
    what: str
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Major:
    """The reasons in the order of the list; without any the next version is minor. ``against`` is the older file."""

    against: str
    changes: tuple[Change, ...]

    @property
    def version(self) -> str:
        return "major" if self.changes else "minor"


def major(old: Manifest, subject: Subject, against: str) -> Major:
    """Compare an older manifest with the app's."""
    return Major(against, tuple(change for check in _CHECKS for change in check(old, subject)))


def _scopes(old: Manifest, subject: Subject) -> Iterator[Change]:
    new = subject.app.manifest
    for scope in new.scopes:
        if scope not in old.scopes:
            yield Change(name="scope-added", what=f"the scope {scope} is new", line=subject.scope_line(scope))
    for scope in old.scopes:
        if scope not in new.scopes:
            yield Change(name="scope-removed", what=f"the scope {scope} is gone")


def _content(old: Manifest, subject: Subject) -> Iterator[Change]:
    for kind in ("scripts", "styles"):
        before = part(old.data, "permissions", "content", kind)
        after = part(subject.app.manifest.data, "permissions", "content", kind)
        for number, value in enumerate(after if isinstance(after, list) else ()):
            if value not in (before if isinstance(before, list) else ()):
                line = subject.line("permissions", "content", kind, number)
                yield Change(name="content-added", what=f"content.{kind} {value} is new", line=line)


def _egress(old: Manifest, subject: Subject) -> Iterator[Change]:
    """Addresses that are new, and of the others a category that is new or another."""
    before: dict[tuple[str, str], list[str | None]] = {}
    for entry in old.egress:
        before.setdefault((entry.kind, entry.address), []).append(entry.category)
    for entry in subject.app.manifest.egress:
        known = before.get((entry.kind, entry.address))
        if known is None:
            yield Change(name="egress-added", what=f"{entry.kind} to {entry.address} is new", line=entry.line)
        elif entry.category is not None and entry.category not in known:
            what = f"{entry.kind} to {entry.address} is now of category {entry.category}"
            yield Change(name="egress-category", what=what, line=entry.line)


def _end_user_data(old: Manifest, subject: Subject) -> Iterator[Change]:
    """The first address that may carry end-user data; unsaid means that it may. A new address is told by itself."""
    if any(_carries(entry) for entry in old.egress):
        return
    known = {(entry.kind, entry.address) for entry in old.egress}
    for entry in subject.app.manifest.egress:
        if _carries(entry) and (entry.kind, entry.address) in known:
            what = f"{entry.kind} to {entry.address} is the first that may carry end-user data"
            yield Change(name="end-user-data", what=what, line=entry.line)
            return


def _carries(entry: EgressEntry) -> bool:
    return entry.kind != "navigation" and entry.in_scope_eud is not False


def _webtriggers(old: Manifest, subject: Subject) -> Iterator[Change]:
    before = {module.key: _is_dynamic(module) for module in old.modules if module.type == "webtrigger"}
    had_dynamic = any(before.values())
    for module in subject.app.manifest.modules:
        if module.type != "webtrigger" or not _is_dynamic(module):
            continue
        if before.get(module.key) is False:
            what = f"the web trigger {module.key!r} was static and is dynamic"
            yield Change(name="webtrigger-dynamic", what=what, line=module.line)
        elif not had_dynamic:
            what = f"{module.key!r} is the first dynamic web trigger"
            yield Change(name="webtrigger-dynamic", what=what, line=module.line)


def _is_dynamic(module: Module) -> bool:
    return bool(part(module.data, "response", "type") != "static")


def _licensing(old: Manifest, subject: Subject) -> Iterator[Change]:
    path = ("app", "licensing", "enabled")
    if part(subject.app.manifest.data, *path) is True and part(old.data, *path) is not True:
        yield Change(name="licensing-enabled", what="licensing is enabled", line=subject.line(*path))


def _providers(old: Manifest, subject: Subject) -> Iterator[Change]:
    before = _keyed(part(old.data, "providers", "auth"))
    after = _keyed(part(subject.app.manifest.data, "providers", "auth"))
    for key, (number, provider) in after.items():
        line = subject.line("providers", "auth", number, "key")
        if key not in before:
            yield Change(name="provider-added", what=f"the provider {key!r} is new", line=line)
        elif provider.get("clientId") != before[key][1].get("clientId"):
            yield Change(name="provider-client", what=f"the provider {key!r} has another clientId", line=line)
    for key in before.keys() - after.keys():
        yield Change(name="provider-removed", what=f"the provider {key!r} is gone")


def _remotes(old: Manifest, subject: Subject) -> Iterator[Change]:
    before, after = _keyed(old.data.get("remotes")), _keyed(subject.app.manifest.data.get("remotes"))
    for key, (number, remote) in after.items():
        line = subject.line("remotes", number, "key")
        if key not in before:
            yield Change(name="remote-added", what=f"the remote {key!r} is new", line=line)
            continue
        past = before[key][1]
        if remote.get("baseUrl") != past.get("baseUrl"):
            what = f"the remote {key!r} has another baseUrl, or other regions"
            yield Change(name="remote-address", what=what, line=line)
        path = ("storage", "inScopeEUD")
        if part(remote, *path) is True and part(past, *path) is not True:
            what = f"the remote {key!r} now stores end-user data"
            yield Change(name="remote-end-user-data", what=what, line=line)
        if remote.get("configurable") is not None and past.get("configurable") is None:
            what = f"the remote {key!r} is now configured by the customer"
            yield Change(name="remote-configurable", what=what, line=line)


def _endpoints(old: Manifest, subject: Subject) -> Iterator[Change]:
    before = {module.key: _tokens(module) for module in old.modules if module.type == "endpoint"}
    for module in subject.app.manifest.modules:
        if module.type == "endpoint" and _tokens(module) != before.get(module.key, _tokens(None)):
            what = f"the endpoint {module.key!r} is sent other tokens"
            yield Change(name="endpoint-auth", what=what, line=module.line)


def _tokens(endpoint: Module | None) -> tuple[bool, bool]:
    data = endpoint.data if endpoint else None
    user, system = (part(data, "auth", name, "enabled") is True for name in ("appUserToken", "appSystemToken"))
    return user, system


def _configurable(old: Manifest, subject: Subject) -> Iterator[Change]:
    path = ("permissions", "external", "configurable", "enabled")
    if part(subject.app.manifest.data, *path) is True and part(old.data, *path) is not True:
        yield Change(name="configurable-enabled", what="the customer may now add egress", line=subject.line(*path))


def _services(old: Manifest, subject: Subject) -> Iterator[Change]:
    before = old.module_types()
    told: set[str] = set()
    for module in subject.app.manifest.modules:
        if module.type in ("sql", "objectStore", "llm") and module.type not in before | told:
            told.add(module.type)
            yield Change(name="service-added", what=f"the app now uses {module.type}", line=module.line)


def _keyed(data: object) -> dict[Any, tuple[int, Mapping[str, Any]]]:
    return {str(item.get("key")): (number, item) for number, item in enumerate(maps(data))}


_CHECKS: Final[tuple[Callable[[Manifest, Subject], Iterator[Change]], ...]] = (
    _scopes, _content, _egress, _end_user_data, _webtriggers, _licensing, _providers, _remotes, _endpoints,
    _configurable, _services,
)  # fmt: skip
