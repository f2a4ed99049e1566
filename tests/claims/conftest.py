"""A builder of literal ledgers: an honest app by default, of which a test changes one thing."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent
from typing import Any, Literal

import pytest

from forgesim.claims.catalog.only_reads_content import content_writes
from forgesim.claims.judge import broken, judge
from forgesim.claims.kit import Outcome, Verdict
from forgesim.decision import allow, deny
from forgesim.ledger.read import Crossing, Invocation, Ledger
from forgesim.ledger.records import (
    Answered,
    Body,
    Cause,
    Close,
    Coverage,
    Decided,
    Header,
    Inventory,
    Open,
    Profile,
    Removal,
    Run,
    ScanIndex,
    Step,
    StoredRow,
    Trial,
    Witness,
)
from forgesim.manifest.load import load_trust
from forgesim.manifest.model import Trust

PAGE_TEXT = (
    "Quarterly relocation of the warehouse robots happens behind the blue fence because Marguerite "
    "Ollivander insisted that nobody would ever look for seventeen forklifts over there."
)
TITLE = "Forklift relocation plan"
PERSON, NAME, MAIL = "712020:0f1e2d3c-aaaa-4bbb-8ccc-1d2e3f4a5b6c", "Jorvald Kestenbaum", "jorvald@kestenbaum.example"
HOST = "us.i.posthog.com"
SECRET = (
    "Salary bands of the night crew are revised in spring, and Benedikta Wolfram alone keeps the list of those who "
    "will be asked to leave before the move."
)
START = 1_767_603_600_000
READ = "GET /wiki/api/v2/pages/{id}"
EVENT = {"api_key": "phc_demo", "event": "space_scanned", "distinct_id": "pulse", "properties": {"count": 12}}

MANIFEST: dict[str, Any] = {
    "app": {
        "id": "ari:cloud:ecosystem::app/5f0d7c1e-3c1b-4b4e-9a53-0f2f6f6a1d01",
        "runtime": {"name": "nodejs22.x"},
    },
    "permissions": {
        "scopes": ["read:page:confluence", "storage:app"],
        "external": {
            "fetch": {"backend": [{"address": f"https://{HOST}", "category": "analytics", "inScopeEUD": False}]}
        },
    },
    "modules": {
        "confluence:spacePage": [
            {"key": "p", "title": "P", "route": "p", "resource": "r", "resolver": {"function": "resolver"}}
        ],
        "function": [{"key": "resolver", "handler": "index.handler"}],
    },
    "resources": [{"key": "r", "path": "static"}],
}

TRUST = f"""
app: pulse
vendor: forgesim reference app
modelled_on: a page (not affiliated)
purpose: Content health
subprocessors:
  - name: PostHog
    hosts: [{HOST}]
    purpose: Usage counts
    location: United States
    retention: Counts only
    receives: usage
    service: {{kind: posthog}}
reads:
  scan: pages
stores:
  - in: kvs
    key: "space:{{space}}:score"
    value: {{score: number 0..100 step 0.01, pages: int 0..1000}}
  - in: kvs
    key: "seen:{{page}}"
    value: {{at: time}}
sends:
  usage:
    method: const POST
    path: const /capture/
    body: {{api_key: const phc_demo, event: enum space_scanned|page_checked, distinct_id: const pulse,
           properties: {{count: int 0..1000}}}}
logs: metadata
claims: all
sentences:
  - {{says: It only reads, claims: [only_reads_content]}}
scenarios:
  - name: scan
    site: demo
    steps:
      - {{as: alice, call: scan}}
"""


class Book:
    """A ledger in the making. Methods append what the names say; ``seq`` counts crossings."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.manifest: dict[str, Any] = json.loads(json.dumps(MANIFEST))
        self.trust_text = TRUST
        self.sandbox = "full+ns"
        self.ledger = Ledger(self.header())
        self.seq = 0
        self.number = 0
        self.inv = ""
        self.at = START

    def header(self) -> Header:
        return Header(
            forgesim="0.1.0",
            catalog="1",
            created="2026-01-05T09:00:00Z",
            app="pulse",
            app_version="1.0.0",
            app_digest="d" * 64,
            manifest=self.manifest,
            trust_digest="t",
            sandbox=self.sandbox,
            confined=self.sandbox != "none",
            bodies=True,
            units=("src/index.py:3:0 def scan", "src/index.py:41:8 if"),
        )

    def run(
        self, cause: str = "scenario", *, analytics: bool = True, first: bool = False, scopes: tuple[str, ...] = ()
    ) -> None:
        self.number += 1
        texts = (
            ("page", "101", "title", TITLE),
            ("page", "101", "body", PAGE_TEXT),
            ("page", "103", "body", SECRET),
            ("user", PERSON, "name", NAME),
            ("user", PERSON, "email", MAIL),
        )
        self.ledger.runs[self.number] = Run(
            run=self.number,
            cause=cause,  # type: ignore[arg-type]
            label="scan",
            seed=0,
            clock=START,
            site="proof",
            site_digest="site",
            installation="i",
            region="EU",
            scopes=scopes,
            egress=(),
            analytics=analytics,
            ids={"page": ("101", "102"), "space": ("10", "DOCS"), "account": (PERSON,)} if first else {},
            access={
                "alice": ("space/10", "space/11", "page/101", "page/102", "page/103"),
                "bob": ("space/10", "page/101"),
            }
            if first
            else {},
            admins=("alice",),
            parents={"page/101": "space/10", "space/DOCS": "space/10", "page/102": "page/101", "page/103": "space/11"}
            if first
            else {},
            index=ScanIndex(texts) if first else None,
        )

    def call(
        self,
        cause: Cause = "user",
        *,
        principal: str | None = "alice",
        parent: str | None = None,
        resolver: str | None = "scan",
        given: object = None,
        event: str = "",
        scopes: tuple[tuple[str, ...], ...] = (),
        guess: bool = False,
    ) -> str:
        self.inv = f"inv-{len(self.ledger.invocations)}"
        opened = Open(
            run=self.number,
            inv=self.inv,
            root=parent or self.inv,
            parent=parent,
            function="resolver",
            resolver=resolver,
            input=given,
            cause=cause,
            principal=principal,
            at=self.at,
            deadline=self.at + 25_000,
            event=event,
            scopes=scopes,
            guess=guess,
        )
        self.ledger.invocations[self.inv] = Invocation(opened, Close(inv=self.inv, at=self.at, outcome="ok"))
        return self.inv

    def hear(self, event: str, *alternatives: tuple[str, ...], guess: bool = False) -> str:
        """A trigger gets an event, which each of these sets of scopes lets through."""
        return self.call("event", principal=None, resolver=None, event=event, scopes=alternatives, guess=guess)

    def await_(self, *events: str) -> None:
        """The manifest has a trigger on these events."""
        module = {"key": "t", "function": "resolver", "events": list(events)}
        self.manifest["modules"]["trigger"] = [module]

    def cross(  # one argument per thing that a record can say
        self,
        channel: str,
        verb: str,
        target: str,
        *,
        op: str | None = None,
        op_class: str | None = None,
        writes: bool = False,
        body: object = None,
        refused: str | None = None,
        acts_as: str | None = None,
        account: str | None = None,
        line: str | None = "src/index.py:41",
        status: int = 200,
        answer: str | None = None,
        reads: tuple[str, ...] = (),
        headers: tuple[tuple[str, str], ...] = (),
        fault: str | None = None,
        unsupported: str | None = None,
        cause: Literal["app", "probe"] = "app",
    ) -> int:
        self.seq += 1
        self.at += 10
        text = None if body is None else body if isinstance(body, str) else json.dumps(body)
        decided = Decided(
            run=self.number,
            inv=self.inv,
            seq=self.seq,
            at=self.at,
            channel=channel,  # type: ignore[arg-type]
            verb=verb,
            target=target,
            op=op,
            op_class=op_class,
            writes=writes,
            acts_as=acts_as,
            account=account,
            headers=headers,
            body=None if text is None else Body(len(text), text=text),
            decision=allow("ok") if refused is None else deny(refused, "refused"),
            line=line,
            cause=cause,
        )
        answered = Answered(
            run=self.number,
            inv=self.inv,
            seq=self.seq,
            at=self.at + 10,
            status=403 if refused else status,
            body=None if answer is None else Body(len(answer), text=answer),
            reads=reads,
            fault=fault,
            unsupported=unsupported,
        )
        self.ledger.crossings.append(Crossing(decided, answered if cause == "app" else None))
        return self.seq

    def read(
        self, *, status: int = 200, account: str = "alice", acts_as: str = "user", target: str = "101", **more: Any
    ) -> int:
        return self.cross(
            "confluence", "GET", f"/wiki/api/v2/pages/{target}", op=READ, op_class="content", status=status,
            reads=(f"page/{target}",) if status < 400 else (), account=account, acts_as=acts_as, **more,
        )  # fmt: skip

    def store(self, key: str, value: object, **more: Any) -> int:
        body = {"key": key, "value": value}
        return self.cross("kvs", "set", key, op="/api/v1/set", op_class="storage", writes=True, body=body, **more)

    def send(self, body: object = EVENT, url: str = f"https://{HOST}/capture/", **more: Any) -> int:
        more.setdefault("headers", (("content-type", "application/json"),))
        return self.cross("egress", "POST", url, body=body, **more)

    def log(self, text: str, *, verb: str = "info", **more: Any) -> int:
        """A line of the log; verb ``service`` is a vendor's service's."""
        group = "/aws/lambda/service-render" if verb == "service" else ""
        return self.cross("log", verb, group, writes=True, body=text, **more)

    def chat(self, told: str, answer: str, **more: Any) -> int:
        """A conversation with Forge LLM."""
        messages = [{"role": "system", "content": "You help people."}, {"role": "user", "content": told}]
        given = json.dumps({"choices": [{"message": {"role": "assistant", "content": answer}}]})
        return self.cross("llm", "chat", "claude", body={"messages": messages}, answer=given, **more)

    def probe(self, *, writes_allowed: bool = False, host_allowed: bool = False) -> None:
        self.run("probe")
        self.call("probe")
        for name in sorted(content_writes()):
            method, _, path = name.partition(" ")
            for who in ("user", "app"):
                self.cross(
                    "confluence", method, path, op=name, op_class="content", writes=True, acts_as=who,
                    refused=None if writes_allowed else "scope", cause="probe", line=None,
                )  # fmt: skip
        refused = None if host_allowed else "undeclared"
        self.cross("egress", "POST", "https://undeclared.example/", refused=refused, cause="probe", line=None)
        self.cross("egress", "POST", f"http://{HOST}/", refused="scheme", cause="probe", line=None)

    def ablate(self, scope: str, *, refused: bool = True) -> None:
        """The app runs again without one scope of the manifest."""
        left = [each for each in self.manifest["permissions"]["scopes"] if each != scope]
        self.run("ablation", scopes=tuple(left))
        self.call()
        if scope.startswith("storage"):
            self.store("space:DOCS:score", {"score": 1, "pages": 1}, refused="scope" if refused else None)
        else:
            self.read(refused="scope" if refused else None)

    def witness(self, layer: str, call: str, target: str | None = None, line: str | None = None) -> None:
        self.seq += 1
        self.ledger.witnesses.append(
            Witness(
                run=self.number,
                inv=self.inv,
                seq=self.seq,
                at=self.at,
                layer=layer,  # type: ignore[arg-type]
                call=call,
                target=target,
                line=line,
            )
        )

    def rest(self, key: str, value: object, region: str = "EU") -> None:
        text = json.dumps(value)
        row = StoredRow("kvs", key, Body(len(text), text=text))
        self.ledger.inventories.append(Inventory(run=self.number, region=region, rows=(row,)))

    def show(self, text: str, **more: Any) -> int:
        """The result of the call."""
        return self.cross("result", "return", "", body=text, line=None, **more)

    def fetch(self, key: str, value: object, **more: Any) -> int:
        """A row of Forge storage that the app reads."""
        answer = json.dumps({"key": key, "value": value})
        return self.cross("kvs", "get", key, op="/api/v1/get", op_class="storage", answer=answer, **more)

    def remove(self, **left: object) -> None:
        """The app is uninstalled; ``left`` are properties that it put on page 101."""
        rows = [(f"page/101 {key}", json.dumps(value)) for key, value in left.items()]
        stored = tuple(StoredRow("property", key, Body(len(text), text=text)) for key, text in rows)
        self.ledger.removals.append(Removal(run=self.number, at=self.at, hosted=0, left=stored))

    def report(self, *accounts: tuple[str, str], told: str | None = None) -> int:
        """The app reports accounts, each with a time; ``told`` is the status that it hears of all of them."""
        body = {"accounts": [{"accountId": who, "updatedAt": at} for who, at in accounts]}
        answer = {"accounts": [{"accountId": who, "status": told} for who, _ in accounts]}
        return self.cross(
            "platform", "POST", "/app/report-accounts", op="POST /app/report-accounts", body=body,
            status=200 if told else 204, answer=json.dumps(answer) if told else None,
        )  # fmt: skip

    def profile(self, account: str, status: Literal["closed", "updated"]) -> None:
        """The account is closed, or its owner changes what it says."""
        self.at += 10
        self.ledger.profiles.append(Profile(run=self.number, at=self.at, account=account, status=status))

    def trial(
        self, channel: str, *, pair: int = 0, again: str = "x", b: str = "x", sizes: int = 0, site: str | None = None
    ) -> None:
        told = {} if site is None else {"site": site}
        first = {"seq": 0, "line": "src/index.py:41", **told} if b != "x" else None
        self.ledger.trials.append(
            Trial(
                run=0,
                pair=pair,
                seed=1,
                scenario="scan",
                channel=channel,
                a="x",
                again=again,
                b=b,
                crossings=3,
                first=first,
                sizes=sizes,
            )
        )

    def step(self, outcome: str, *, met: bool) -> None:
        self.ledger.steps.append(Step(run=self.number, scenario="scan", line=9, name="scan", outcome=outcome, met=met))

    def cover(self, *hit: int, dynamic: tuple[str, ...] = ()) -> None:
        self.ledger.coverage = Coverage(hit=hit, dynamic=dynamic)

    def behave(self) -> None:
        """What an honest app does: reads, stores a score, sends a count, with analytics on and off."""
        self.run(first=True)
        self.call()
        self.read()
        self.store("space:DOCS:score", {"score": 83.25, "pages": 12})
        self.send()
        self.log("12 pages in 80 ms")
        self.run("explore", analytics=False)
        self.call()
        self.read()
        self.send(refused="analytics-off")
        self.live_on()

    def live_on(self) -> None:
        """Another viewer who sees less, another tenant, and the end of the installation."""
        self.run("explore")
        self.call()
        self.read(target="103")
        self.store("space:DOCS:score", {"score": 83.25, "pages": 12})
        self.call(principal="bob")
        self.read(account="bob")
        self.show("{}")
        self.remove()
        for pair in range(3):
            for channel in ("shown", "tenant", "reinstalled"):
                self.trial(channel, pair=pair)

    def finish(self) -> None:
        """Probes, runs without each scope, trials and full coverage."""
        self.probe()
        for scope in self.manifest["permissions"]["scopes"]:
            self.ablate(scope)
        for pair in range(3):
            self.trial("stored", pair=pair)
            self.trial("sent", pair=pair)
            self.trial("logged", pair=pair)
            self.trial("people", pair=pair)
        self.cover(0, 1)
        self.run("scenario")
        self.call()

    def trust(self) -> Trust:
        path = self.directory / "trust.yml"
        path.write_text(dedent(self.trust_text))
        return load_trust(path)

    def verdicts(self) -> dict[str, Verdict]:
        self.ledger.header = self.header()
        return {verdict.claim: verdict for verdict in judge(self.ledger, self.trust())}

    def outcomes(self) -> dict[str, str]:
        return {name: verdict.outcome.value for name, verdict in self.verdicts().items()}

    def broken(self) -> dict[str, Verdict]:
        """The claims that are BROKEN, the same way by the whole judging and by the fast one of a single run."""
        found = {n: v for n, v in self.verdicts().items() if v.outcome is Outcome.BROKEN}
        quick = {verdict.claim for verdict in broken(self.ledger, self.trust())}
        assert quick <= set(found)
        return found


@pytest.fixture
def blank(tmp_path: Path) -> Book:
    """A ledger with nothing in it but its header."""
    return Book(tmp_path)


@pytest.fixture
def honest(tmp_path: Path) -> Book:
    """A whole proof of an honest app; the last run is open for more."""
    book = Book(tmp_path)
    book.behave()
    book.finish()
    return book


@pytest.fixture
def page_text() -> str:
    return PAGE_TEXT


@pytest.fixture
def secret() -> str:
    """The text of a page that alice may read and bob may not."""
    return SECRET


@pytest.fixture
def page_title() -> str:
    return TITLE


@pytest.fixture
def person() -> tuple[str, str, str]:
    """Account id, name and mail of somebody on the site."""
    return PERSON, NAME, MAIL


@pytest.fixture
def event() -> Callable[..., dict[str, Any]]:
    """An honest usage event with some fields replaced."""
    return lambda **more: {**EVENT, **more}


@pytest.fixture(scope="session")
def make_honest(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Book]:
    """Makes as many honest proofs as a property asks for."""
    directory = tmp_path_factory.mktemp("trust")

    def make() -> Book:
        book = Book(directory)
        book.behave()
        book.finish()
        return book

    return make
