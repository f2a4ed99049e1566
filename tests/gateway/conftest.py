"""A gateway without guests: requests in, crossings and records out."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import pytest

from forgesim.clock import EPOCH_MS, VirtualClock
from forgesim.egress.broker import Broker
from forgesim.egress.subprocessors.service import ServiceRequest
from forgesim.gateway.call import Installation, Invocation, Services
from forgesim.gateway.gateway import Crossed, Gateway
from forgesim.ledger.records import Answered, Cause, Decided, Record
from forgesim.manifest.load import load_app
from forgesim.manifest.model import EgressEntry, Module
from forgesim.platform.invocation.service import ExternalBudget
from forgesim.platform.kvs.service import Kvs
from forgesim.platform.kvs.stores import Regions
from forgesim.platform.llm.service import Llm
from forgesim.platform.log.service import LogBudget
from forgesim.products.confluence.service import Confluence
from forgesim.products.jira.service import Jira
from forgesim.scopes.table import known_scopes
from forgesim.seam import Answer, Fetch
from forgesim.site.generate import demo

TOKEN = "t0k3n"


class Pen:
    """Keeps records, and those that had been handed on before each flush."""

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.flushed = 0

    def write(self, record: Record) -> None:
        self.records.append(record)

    def flush(self) -> None:
        self.flushed = len(self.records)


class Host:
    """A service behind a host: answers from a table of paths, keeps what it was asked."""

    def __init__(self, answers: dict[str, Answer] | None = None) -> None:
        self.answers = answers or {}
        self.asked: list[ServiceRequest] = []

    def answer(self, request: ServiceRequest) -> Answer:
        self.asked.append(request)
        return self.answers.get(request.path, Answer(200, b"ok"))


def entry(address: str, category: str | None = None) -> EgressEntry:
    return EgressEntry(kind="fetch.backend", address=address, category=category)


class Desk:
    """An installation, one invocation of it, and its gateway."""

    def __init__(
        self,
        app: Any,
        *,
        scopes: Iterable[str] | None = None,
        impersonates: Iterable[str] = (),
        egress: Iterable[EgressEntry] = (),
        user: str | None = "alice",
        cause: Cause = "user",
        llm: bool = False,
        analytics: bool = True,
    ) -> None:
        site = demo(1)
        if llm:
            module = Module(type="llm", key="m", function=None, data={})
            app = replace(app, manifest=replace(app.manifest, modules=(module,)))
        self.people = {each.handle: each.account_id for each in site.users.values()}
        self.site = site
        self.page = site.variables["page"]
        self.hosts = {"api.example.com": Host(), "other.example.com": Host()}
        self.regions = Regions(None)
        self.pen = Pen()
        self.clock = VirtualClock(EPOCH_MS)
        self.services = Services(kvs=Kvs(self.regions), llm=Llm(), broker=Broker(self.hosts))
        self.installation = Installation(
            id="installation",
            app=app,
            site=site,
            region="US",
            scopes=frozenset(known_scopes() if scopes is None else scopes),
            impersonates=frozenset(impersonates),
            egress=tuple(egress),
            confluence=Confluence(site),
            jira=Jira(site),
            analytics=analytics,
        )
        self.invocation = Invocation(
            id="inv-1.1",
            token=TOKEN,
            run=1,
            root="inv-1.1",
            parent=None,
            function="resolver",
            resolver="call",
            cause=cause,
            principal=self.people.get(user or ""),
            installation=self.installation,
            opened_ms=EPOCH_MS,
            deadline_ms=EPOCH_MS + 25_000,
            log_budget=LogBudget(25),
            external_budget=ExternalBudget(25),
        )
        count = itertools.count(1)
        self.gateway = Gateway(ledger=self.pen, clock=self.clock, services=self.services, sequence=lambda: next(count))

    def ask(self, descriptor: dict[str, Any], path: str, body: object = None, **frame: Any) -> Crossed:
        fields = {"id": 1, "inv": "inv-1.1", "token": TOKEN, "line": "src/index.py:9", **frame}
        fetch = Fetch(descriptor=descriptor, path=path, **fields)
        raw = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.gateway.cross(self.invocation, fetch, raw)

    def product(self, path: str, *, provider: str = "user", remote: str = "confluence", **frame: Any) -> Crossed:
        account = frame.pop("account", None)
        descriptor = {"type": "fpp", "provider": provider, "remote": remote}
        return self.ask(
            descriptor | ({"accountId": account} if account else {}), path, frame.pop("body", None), **frame
        )

    def kvs(self, path: str, body: object, **frame: Any) -> Crossed:
        return self.ask({"type": "kvs", "provider": "app", "remote": "kvs"}, path, body, method="POST", **frame)

    def fetch(self, url: str, **frame: Any) -> Crossed:
        descriptor = {"type": "external", **frame.pop("descriptor", {})}
        return self.ask(descriptor, url, frame.pop("body", None), **frame)

    @property
    def decided(self) -> list[Decided]:
        return [record for record in self.pen.records if isinstance(record, Decided)]

    @property
    def answered(self) -> list[Answered]:
        return [record for record in self.pen.records if isinstance(record, Answered)]


MakeDesk = Callable[..., Desk]


@pytest.fixture
def make_desk(make_app: Callable[..., Any]) -> Any:
    made: list[Desk] = []
    app = load_app(make_app("async def handler(event, context):\n    return 1\n"))

    def make(**options: Any) -> Desk:
        made.append(Desk(app, **options))
        return made[-1]

    yield make
    for desk in made:
        desk.regions.close()
