"""What ``manifest.yml`` and ``trust.yml`` say, as frozen values. Parsing is beside it; types of values in
``types``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from forgesim.manifest.depends import Depends
from forgesim.manifest.entities import Entity
from forgesim.manifest.keys import KeyPattern
from forgesim.manifest.limits import MEMORY_MB
from forgesim.manifest.types import Type
from forgesim.manifest.variables import Variable

__all__ = [
    "App",
    "EgressEntry",
    "Function",
    "Manifest",
    "Module",
    "ReadRule",
    "Scenario",
    "Send",
    "Sentence",
    "Step",
    "Store",
    "Subprocessor",
    "Trust",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class EgressEntry:
    """One declared address. ``kind`` is fetch.backend, fetch.client, images, …, or remote; ``in_scope_eud``, whether
    end-user data leaves, or for a remote is stored, is null where unsaid."""

    kind: str
    address: str
    category: str | None = None
    in_scope_eud: bool | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """``handler`` is ``index.handler``; ``timeout_s`` is what modules that use it allow (25, 55 or up to
    900)."""

    key: str
    handler: str
    timeout_s: int
    line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """A module other than ``function``; ``function`` is the function key it runs, where it runs one."""

    type: str
    key: str
    function: str | None
    data: Mapping[str, Any]
    line: int | None = None


def _maps(data: Any, name: str) -> list[Mapping[str, Any]]:
    found = data.get(name) if isinstance(data, Mapping) else None
    return [each for each in found if isinstance(each, Mapping)] if isinstance(found, list) else []


PRODUCTS = ("confluence", "jira")
"""Those that forgesim emulates."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """``scopes``: scope → may impersonate. ``data``: the file as JSON values, which the ledger's header
    carries."""

    app_id: str
    runtime: str
    scopes: Mapping[str, bool]
    egress: tuple[EgressEntry, ...]
    functions: Mapping[str, Function]
    modules: tuple[Module, ...]
    data: Mapping[str, Any]
    digest: str
    remotes: tuple[EgressEntry, ...] = ()
    """Base URLs of remotes, which the platform and the front end reach whether or not an entry of ``egress`` names
    them."""
    undeployable: tuple[str, ...] = ()
    """Why Forge refuses the manifest today, where it is used anyway."""
    entities: Mapping[str, Entity] = field(default_factory=dict)
    """Name → custom entity of hosted storage."""

    def addresses(self) -> tuple[EgressEntry, ...]:
        """Everything that data may be sent to: the declared egress, and remotes that it does not name."""
        named = {entry.address for entry in self.egress}
        return (*self.egress, *(entry for entry in self.remotes if entry.address not in named))

    @property
    def memory_mb(self) -> int:
        """What the app's processes may allocate: the most that ``app.runtime`` or a function asks for."""
        app = self.data.get("app")
        asked = [app.get("runtime") if isinstance(app, Mapping) else None]
        asked += [module.get("runtime") for module in _maps(self.data.get("modules"), "function")]
        sizes = [runtime.get("memoryMB") for runtime in asked if isinstance(runtime, Mapping)]
        return max((size for size in sizes if isinstance(size, int) and size > 0), default=MEMORY_MB)

    @property
    def product(self) -> str:
        """The product that the app is installed in, ``confluence`` or ``jira``: the one that it requires, else that of
        its first module or scope that names one."""
        app = self.data.get("app")
        may = app.get("compatibility") if isinstance(app, Mapping) else None
        needs = may.items() if isinstance(may, Mapping) else ()
        names = [str(name) for name, each in needs if isinstance(each, Mapping) and each.get("required") is True]
        names += [*(module.type for module in self.modules), *self.scopes]
        return next((product for name in names for product in PRODUCTS if product in name), PRODUCTS[0])

    def module_types(self) -> frozenset[str]:
        return frozenset(module.type for module in self.modules)

    def backend_egress(self) -> tuple[EgressEntry, ...]:
        return tuple(entry for entry in self.egress if entry.kind == "fetch.backend")


_KEEPS_NOTHING = frozenset({"none", "nothing", "no retention", "not retained"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Subprocessor:
    """A legal party behind egress hosts. ``service`` names its simulation: ``{kind: posthog}``."""

    name: str
    hosts: tuple[str, ...]
    purpose: str
    location: str
    retention: str
    receives: tuple[str, ...]
    service: Mapping[str, Any]
    line: int | None = None

    @property
    def keeps_nothing(self) -> bool:
        """Whether its ``retention`` says so."""
        return self.retention.strip().lower() in _KEEPS_NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadRule:
    """``kind of source.name``: ``pages of payload.spaceId``; without ``source`` any of the site."""

    kind: str
    source: Literal["payload", "context"] | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """What may be stored. ``place`` is kvs, secret, object, queue, property, or ``entity NAME``."""

    place: str
    key: KeyPattern
    audience: Literal["same-viewer", "space-viewers", "admins"]
    value: Type
    depends_on: Depends = field(default_factory=dict)
    line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Send:
    """A request that may be sent: every part typed; an absent part must be empty."""

    name: str
    method: Type
    path: Type
    query: Type | None = None
    headers: Type | None = None
    body: Type | None = None
    depends_on: Depends = field(default_factory=dict)
    """Paths begin with the part of the request: ``body.properties.count``."""
    line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A sentence of the privacy page in our words, and the claims that test it, or why none can."""

    says: str
    claims: tuple[str, ...] = ()
    untestable: str | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of a scenario. ``kind``: call, trigger, schedule, webtrigger, wait, fail, admin, edit,
    together, uninstall, move; ``data`` is the step as written, ``steps`` those of ``together``."""

    kind: str
    data: Mapping[str, Any]
    steps: tuple[Step, ...] = ()
    line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    name: str
    site: str
    steps: tuple[Step, ...]
    line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """The privacy page as data. ``claims`` is ``"all"`` or ids; ``reads``: function or resolver key →
    rules."""

    app: str
    vendor: str
    modelled_on: str
    purpose: str
    version: str | None
    subprocessors: tuple[Subprocessor, ...]
    reads: Mapping[str, tuple[ReadRule, ...]]
    stores: tuple[Store, ...]
    sends: Mapping[str, Send]
    logs: Literal["nothing", "metadata"]
    claims: tuple[str, ...] | Literal["all"]
    sentences: tuple[Sentence, ...]
    scenarios: tuple[Scenario, ...]
    digest: str
    path: Path
    variables: Mapping[str, Variable] = field(default_factory=dict, repr=False)
    answers: Mapping[str, Send] = field(default_factory=dict)
    """Web trigger → what it may answer to whoever holds its URL: its status as ``method``, headers and body."""


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """An app folder: its two files, its sources (``src/**.py`` relative path → text) and a digest over all
    files. ``language``: what its handlers are written in."""

    name: str
    path: Path
    manifest: Manifest
    trust: Trust
    sources: Mapping[str, str] = field(repr=False)
    digest: str
    version: str
    language: Literal["python", "javascript"] = "python"

    @property
    def handler_names(self) -> frozenset[str]:
        """The names, in their modules, of the functions that the manifest runs."""
        return frozenset(function.handler.rpartition(".")[2] for function in self.manifest.functions.values())
