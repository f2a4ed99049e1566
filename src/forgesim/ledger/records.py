"""The records of a ledger: one JSON object a line, each with ``prev``, the SHA-256 of the previous line's bytes.

Times are virtual epoch milliseconds. A body is text where it is UTF-8, else base64; a body that is not kept is a
salted digest with its size, and claims about content are then UNPROVEN on ``judge``. What an app is answered again, a
file has once: later answers name the first (format 2; format 1 has each in full).
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from forgesim.decision import Decision

__all__ = [
    "Answered",
    "Body",
    "Close",
    "Coverage",
    "Decided",
    "End",
    "Header",
    "Inventory",
    "Live",
    "Open",
    "Profile",
    "Record",
    "Removal",
    "Run",
    "ScanIndex",
    "Step",
    "StoredRow",
    "Trial",
    "Witness",
]

FORMAT = 2
READABLE = (1, FORMAT)

Channel = Literal[
    "kvs", "secret", "entity", "object", "queue", "property",
    "confluence", "jira", "egress", "llm", "log", "error", "result", "webtrigger", "kernel", "platform",
]  # fmt: skip
"""Where a crossing goes. ``property`` is an app-data write to a product; ``platform`` what is not emulated (501)."""

Cause = Literal["user", "event", "schedule", "queue", "webtrigger", "probe", "import"]
"""Why an invocation runs. ``import`` is the loading of the app's code by itself."""


class Body(msgspec.Struct, frozen=True, omit_defaults=True):
    """Bytes that crossed. Exactly one of ``text``, ``base64``, ``digest`` and ``same`` is set; ``size`` is in bytes.

    ``same``, in a file alone: the number (``seq``) of an earlier answer that has these bytes in full.
    """

    size: int
    text: str | None = None
    base64: str | None = None
    digest: str | None = None
    same: int | None = None


class Record(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", omit_defaults=True):
    """Base of the records."""


class Header(Record, tag="header", kw_only=True, frozen=True, omit_defaults=False):
    """First line, every field written. ``volatile`` names the fields that differ between two runs of the same thing."""

    format: int = FORMAT
    forgesim: str
    catalog: str
    created: str
    app: str
    app_version: str
    app_digest: str
    manifest: dict[str, Any]
    trust_digest: str
    sandbox: str
    confined: bool
    bodies: bool
    volatile: tuple[str, ...] = ("created",)
    units: tuple[str, ...] = ()
    """Coverage units in order, ``src/pulse/scan.py:41:8 if``: the index is the unit's number."""
    excluded: tuple[str, ...] = ()
    undeployable: tuple[str, ...] = ()
    """Why Forge refuses the manifest today: the app was run anyway."""


class ScanIndex(msgspec.Struct, frozen=True):
    """All content of a site, for the leak scan: ``(kind, id, field, text)``; kinds as in ``reads``."""

    texts: tuple[tuple[str, str, str, str], ...]


class Run(Record, tag="run", kw_only=True, frozen=True):
    """One run of scenarios or probes on one site; everything after it up to the next ``run`` belongs to it.

    ``ids``: kind → the ids and keys that exist (page, space, issue, sprint, board, account). ``access``: account id →
    refs (``page/123``) it may read; ``index`` is given once per site digest.
    """

    run: int
    cause: Literal["run", "scenario", "fault", "explore", "probe", "ablation", "control"]
    label: str
    seed: int
    clock: int
    site: str
    site_digest: str
    installation: str
    region: str
    scopes: tuple[str, ...]
    egress: tuple[str, ...]
    analytics: bool = True
    admins: tuple[str, ...] = ()
    """Account ids of the site's administrators."""
    ids: dict[str, tuple[str, ...]] = {}
    access: dict[str, tuple[str, ...]] = {}
    parents: dict[str, str] = {}
    """Ref → ref of its container: ``page/2 → page/1``, ``page/1 → space/10``, ``comment/5 → page/2``."""
    index: ScanIndex | None = None
    imported: bool = False
    """The site was not generated: its content, and what quotes it, may be real."""
    live: tuple[str, ...] = ()
    """Hosts whose requests really left the machine: what they answer is not forgesim's, and nobody can repeat it."""


class Open(Record, tag="open", kw_only=True, frozen=True):
    """An invocation begins. ``root`` and ``parent`` are invocation ids; a root's parent is null.

    Of one that a trigger's event caused: ``event``, its name; ``scopes``, the sets of granted scopes each of which lets
    the event through (one empty set where it asks for none; no set where what it asks for was not granted, or is not
    known); ``guess``, whether forgesim made up what the event says, because nothing emulated raises it. ``context``:
    what the browser said of where the call was made from.
    """

    run: int
    inv: str
    root: str
    parent: str | None = None
    function: str
    resolver: str | None = None
    cause: Cause
    principal: str | None = None
    at: int
    deadline: int
    input: Any = None
    context: Any = None
    step: int = 0
    event: str = ""
    scopes: tuple[tuple[str, ...], ...] = ()
    guess: bool = False


class Close(Record, tag="close", kw_only=True, frozen=True):
    """It ends. ``killed`` is the real-time watchdog or a died process: in proofs an ERROR, never a verdict."""

    inv: str
    at: int
    outcome: Literal["ok", "error", "timeout", "killed", "protocol"]
    type: str | None = None
    message: str | None = None
    line: str | None = None


class Decided(Record, tag="decided", kw_only=True, frozen=True):
    """A crossing asked for, recorded before it is performed.

    ``verb``: ``get set delete query`` (storage), ``push get delete retry`` (queue: of a job its statistics and its
    cancellation; a result that asks to be run again), ``respond`` (web trigger), the HTTP method, ``chat``, the log
    level, ``return``,
    ``service`` for a line that a vendor's own service logs (``target`` is the log group that keeps it).
    ``target``: the key, path with query, URL, model. ``op``: the product operation, ``GET /wiki/api/v2/pages/{id}``;
    ``op_class``: its class (content, app-data, configuration, query); ``writes``: it changes something.
    ``acts_as``: user, app or none, and the ``account`` that stands behind. ``cause``: ``app``, or ``probe``.
    ``live``: it is about to leave the machine.
    """

    run: int
    inv: str
    seq: int
    at: int
    channel: Channel
    verb: str
    target: str
    op: str | None = None
    op_class: str | None = None
    writes: bool = False
    acts_as: str | None = None
    account: str | None = None
    headers: tuple[tuple[str, str], ...] = ()
    body: Body | None = None
    decision: Decision
    line: str | None = None
    cause: Literal["app", "probe"] = "app"
    live: bool = False


class Live(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where a live request went: ``peer`` is the address that it was sent to (``203.0.113.7:443``, null where none was
    reached), ``tls`` the protocol, ``error`` why the answer is not the host's own."""

    host: str
    peer: str | None = None
    tls: str | None = None
    error: str | None = None


class Answered(Record, tag="answered", kw_only=True, frozen=True):
    """What came back for the crossing with the same ``seq``; refused crossings are answered too.

    ``reads``: refs of the content that the answer shows, ``page/123``. ``fault``: the failure that the harness put in
    place of the answer. ``unsupported``: what forgesim does not emulate (501). ``live``: of a request that left the
    machine; null for one that was simulated.
    """

    run: int
    inv: str
    seq: int
    at: int
    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: Body | None = None
    reads: tuple[str, ...] = ()
    fault: str | None = None
    unsupported: str | None = None
    live: Live | None = None


class Witness(Record, tag="witness", kw_only=True, frozen=True):
    """A wall met: ``kernel`` records a refused system call (the app cannot forge it), ``audit`` the hook's words."""

    run: int
    inv: str
    seq: int
    at: int
    layer: Literal["kernel", "audit", "host"]
    call: str
    target: str | None = None
    line: str | None = None
    refused: bool = True


class Coverage(Record, tag="coverage", kw_only=True, frozen=True):
    """Units hit over the whole ledger up to here (numbers index ``Header.units``); ``dynamic`` lists direct
    ``exec``/``eval``/``compile`` of app code as ``src/x.py:3``. ``notes``: what a look at the source found, ``(line,
    what)``; no verdict rests on them."""

    hit: tuple[int, ...]
    dynamic: tuple[str, ...] = ()
    notes: tuple[tuple[str, str], ...] = ()


class StoredRow(msgspec.Struct, frozen=True):
    """A row at rest: ``store`` is kvs, secret, ``entity NAME``, or queue for an event that waits."""

    store: str
    key: str
    body: Body


class Inventory(Record, tag="inventory", kw_only=True, frozen=True):
    """Every stored row of the installation at the end of a run."""

    run: int
    region: str
    rows: tuple[StoredRow, ...]


class Removal(Record, tag="removal", kw_only=True, frozen=True):
    """The app was uninstalled. ``hosted``: rows that hosted storage still had afterwards. ``left``: what the app had
    written and nobody removed, outside of it: ``property`` rows, whose key is ``page/123 KEY``."""

    run: int
    at: int
    hosted: int
    left: tuple[StoredRow, ...] = ()


class Profile(Record, tag="profile", kw_only=True, frozen=True):
    """An account of the site was closed, or its owner changed what it says of them."""

    run: int
    at: int
    account: str
    status: Literal["closed", "updated"]


class Trial(Record, tag="trial", kw_only=True, frozen=True):
    """One twin pair on one channel, run A, B, A again. ``a != again`` is not deterministic; ``a == again != b`` a leak.

    ``again`` is null where A and B agree and the scenario has been repeated before, or is of a vendor's service.
    Channels: ``stored`` (keys, values and order of writes), ``sent``, ``logged``, ``prompted``. ``first`` describes the
    first crossing that differs between A and B: ``{seq, line, a, b}``, and where A was drawn the ``recipe``, which
    makes it again, the ``hours`` after which it was played on, and, of a generated site, ``site``, which says so in
    words. Of a vendor's service: ``rendered``, its answer
    to B, warm after A (twice) and fresh; ``kept``, what its process still holds of a request, and of none.
    ``people``: all of the first three, on A and where everybody has another account id. ``sizes``: numbers in log
    lines that were let differ, each a size that the answer to a request with content tells.
    ``shown``: results that one viewer got, ``b`` with what they may not read changed. ``tenant``: crossings of one
    tenant, ``a`` in a process that served another one before, ``b`` in a fresh one. ``reinstalled``: crossings of an
    installation, ``a`` after an earlier one was removed, ``b`` with none before it. ``over`` (of ``shown``): the fewest
    things that stand behind a stored row in which results were let differ; 0 where none was. ``measured when stored``,
    ``measured when sent``: declared fields, ``b`` where only the ``aspect`` of the content differs, which they may not
    follow; ``crossings`` counts the fields.
    """

    run: int
    pair: int
    seed: int
    scenario: str
    channel: str
    a: str
    again: str | None = None
    b: str
    crossings: int
    first: dict[str, Any] | None = None
    sizes: int = 0
    over: int = 0
    aspect: str = ""


class Step(Record, tag="step", kw_only=True, frozen=True):
    """A call that a scenario made, and whether it ended as the scenario expects; an unmet one is an ERROR."""

    run: int
    scenario: str
    line: int
    name: str
    user: str | None = None
    outcome: str
    met: bool
    message: str | None = None


class End(Record, tag="end", kw_only=True, frozen=True):
    """Last line: how many records came before it, and the hash of the last of them."""

    count: int
    head: str


AnyRecord = (
    Header
    | Run
    | Open
    | Close
    | Decided
    | Answered
    | Witness
    | Coverage
    | Inventory
    | Removal
    | Profile
    | Trial
    | Step
    | End
)
