"""What the gateway works on: who calls, what is asked, what kind of crossing it is, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol

from forgesim.decision import Decision
from forgesim.egress.broker import Broker
from forgesim.egress.policy import Policy
from forgesim.egress.subprocessors.service import Aftermath
from forgesim.gateway.answers import Answers
from forgesim.ids import derived_uuid
from forgesim.ledger.records import Cause, Channel, Live
from forgesim.manifest.model import App, EgressEntry
from forgesim.manifest.remotes import Endpoint
from forgesim.platform.invocation.service import ExternalBudget, Traffic
from forgesim.platform.kvs.service import Kvs
from forgesim.platform.llm.service import Llm
from forgesim.platform.log.service import LogBudget
from forgesim.platform.queue.service import QueueService
from forgesim.platform.remote.service import InvocationTokens
from forgesim.platform.trigger.service import TriggerService
from forgesim.platform.webtrigger.service import WebTriggers
from forgesim.products.confluence.service import Confluence
from forgesim.products.jira.service import Jira
from forgesim.seam import Answer, Fetch
from forgesim.site.model import Site

__all__ = ["Call", "Handler", "Installation", "Invocation", "Kind", "Performed", "Relayed", "Services", "service_of"]


@dataclass(slots=True, kw_only=True)
class Installation:
    """App × environment × site: owns stored data, consented scopes and egress, and the admin's switches.

    ``live``: hosts whose requests, where the policy allows them, really leave the machine; all others are simulated.
    ``answers``: what products answer about the site as it stands; null from the first change of it on.
    """

    ENVIRONMENT: ClassVar = "PRODUCTION"

    id: str
    app: App
    site: Site
    region: str
    scopes: frozenset[str]
    impersonates: frozenset[str]
    egress: tuple[EgressEntry, ...]
    confluence: Confluence
    jira: Jira
    analytics: bool = True
    installed: bool = True
    live: frozenset[str] = frozenset()
    answers: Answers | None = None
    traffic: Traffic = field(default_factory=Traffic)
    policy: Policy = field(init=False)

    def __post_init__(self) -> None:
        self.policy = Policy(self.egress, self.analytics)

    @property
    def ari(self) -> str:
        return f"ari:cloud:ecosystem::installation/{self.id}"

    @property
    def context_ari(self) -> str:
        """The site that the app is installed on, as a place of its product."""
        return f"ari:cloud:{self.app.manifest.product}::site/{self.site.cloud_id}"

    @property
    def environment(self) -> str:
        """The id of the environment that the app is deployed to."""
        return derived_uuid("environment", self.app.manifest.app_id)

    @property
    def environment_ari(self) -> str:
        return f"ari:cloud:ecosystem::environment/{self.app.manifest.app_id.rpartition('/')[2]}/{self.environment}"

    def module(self, function: str, key: str = "") -> tuple[str, str]:
        """Type and key of the module of this key that runs the function, else of the first that does: what a person
        would have opened."""
        found = [(module.type, module.key) for module in self.app.manifest.modules if module.function == function]
        return next((each for each in found if each[1] == key), found[0] if found else ("", function))

    def upgrade(self, app: App) -> None:
        """Another version of the app: the administrator has consented to the scopes and egress of its manifest."""
        self.app = app
        self.scopes = frozenset(app.manifest.scopes)
        self.impersonates = frozenset(scope for scope, may in app.manifest.scopes.items() if may)
        self.egress = app.manifest.backend_egress()
        self.policy = Policy(self.egress, self.analytics)

    def look_again(self) -> None:
        """The site may have been edited by hand: products make what they had worked out from it anew."""
        self.answers = None
        self.confluence.look_again()
        self.jira.look_again()

    def switch_analytics(self, on: bool) -> None:
        """What an admin's analytics switch does: entries of that category leave the allow-list."""
        self.analytics = on
        self.policy = Policy(self.egress, on)


@dataclass(frozen=True, slots=True, kw_only=True)
class Relayed:
    """That the platform calls an endpoint itself, in the place of a function. ``module``: type and key of what asks, as
    the token has them; ``claims``: what the token says of person and place; ``adds``: what the platform writes into an
    event to say which installation and module it is for, which is in no record, as the token."""

    endpoint: Endpoint
    module: tuple[str, str]
    claims: Mapping[str, Any] = field(default_factory=dict)
    adds: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class Invocation:
    """One run of one function, as the platform knows it. Nothing in it comes from the guest."""

    id: str
    token: str
    run: int
    root: str
    parent: str | None
    function: str
    resolver: str | None
    cause: Cause
    principal: str | None
    installation: Installation
    opened_ms: int
    deadline_ms: int
    log_budget: LogBudget
    external_budget: ExternalBudget
    module: str = ""
    """What asked for it: the key of a trigger or web trigger, or the name of a queue."""
    depth: int = 0
    """How many pushes lie between the invocation and the one that it goes back to."""
    relayed: Relayed | None = None
    """Where no function runs: the endpoint that the platform calls."""


@dataclass(slots=True)
class Call:
    """A request that came in on an invocation's own socket."""

    fetch: Fetch
    body: bytes
    invocation: Invocation
    now_ms: int


@dataclass(slots=True)
class Kind:
    """What a call is: the identified part of a ``Decided`` record. ``detail`` is the handler's own parsed form.

    ``live``: performing it sends it out of the machine. ``told``: what the platform itself adds to the request of
    person and place; the record has it among the headers.
    """

    channel: Channel
    verb: str
    target: str
    op: str | None = None
    op_class: str | None = None
    writes: bool = False
    acts_as: str | None = None
    account: str | None = None
    host: str | None = None
    detail: object = None
    live: bool = False
    told: tuple[tuple[str, str], ...] = ()

    @property
    def service(self) -> str:
        """What a ``fail`` step calls the service behind it."""
        return service_of(self.channel, self.op, self.host)


def service_of(channel: str, op: str | None, host: str | None) -> str:
    """kvs, confluence, jira, llm, or a host."""
    match channel:
        case "egress":
            return host or ""
        case "secret" | "entity":
            return "kvs"
        case "property":
            return "confluence" if op is None or "/wiki/" in op else "jira"
        case _:
            return channel


@dataclass(slots=True)
class Performed:
    """An answer, what content it shows, the name of what is not emulated where it is a 501, what the request
    brought about at a vendor's service, and where it went where it left the machine."""

    answer: Answer
    reads: tuple[str, ...] = ()
    unsupported: str | None = None
    aftermath: Aftermath = field(default_factory=Aftermath)
    live: Live | None = None


@dataclass(slots=True, kw_only=True)
class Services:
    """The platform services of one simulator; they know nobody."""

    kvs: Kvs
    llm: Llm
    broker: Broker
    queue: QueueService = field(default_factory=QueueService)
    triggers: TriggerService = field(default_factory=TriggerService)
    webtriggers: WebTriggers = field(default_factory=WebTriggers)
    tokens: InvocationTokens = field(default_factory=InvocationTokens)


class Handler(Protocol):
    """How one descriptor type is served. ``identify`` never raises; logs and results have no answer."""

    @property
    def answers(self) -> bool: ...

    def identify(self, call: Call) -> Kind: ...

    def decide(self, call: Call, kind: Kind) -> Decision: ...

    def perform(self, call: Call, kind: Kind, services: Services) -> Performed: ...

    def refuse(self, call: Call, kind: Kind, decision: Decision) -> Answer: ...
