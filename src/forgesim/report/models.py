"""The JSON of ``prove``, ``judge``, ``run``, ``trust``, ``lint`` and ``fuzz`` with ``--json`` as types, for scripts.

``Proof.model_validate_json(line)`` gives a typed object or says what is wrong; ``docs/*.schema.json`` are made from
these. forgesim itself prints without loading them.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = [
    "Answer", "Call", "Centre", "Conformance", "Coverage", "Crossings", "Eligibility", "Evidence", "Failure", "Finding",
    "Fuzzed", "Linted", "Major", "Note", "Policy", "Proof", "Ran", "Sentence", "Stream", "Subprocessor", "TestedBy",
    "Verdict", "schemas", "write_schemas",
]  # fmt: skip


class Shape(BaseModel):
    """Closed and frozen: a field that is not named here is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Evidence(Shape):
    """A crossing (``seq``; 0 where it is none) that speaks against a claim, why, and the app's line where known."""

    seq: int = Field(ge=0)
    why: str
    at: str | None


class Verdict(Shape):
    """One claim of the catalog. ``claimed`` is false where trust.yml omits it; ``strength`` is null unless HOLDS."""

    claim: str
    claimed: bool
    outcome: Literal["HOLDS", "BROKEN", "UNPROVEN", "NOT_APPLICABLE", "ERROR"]
    strength: Literal["enforced", "inherited", "bounded", "tested", "observed"] | None
    crossings: int = Field(ge=0)
    says: str
    evidence: list[Evidence] = Field(max_length=20)


class Coverage(Shape):
    """Units of app code, those that never ran, and dependencies that are not counted."""

    units: int = Field(ge=0)
    missed: list[str]
    excluded: list[str]


class Note(Shape):
    """What a look at the app's source found at a line: for readers, and no part of a verdict."""

    at: str
    says: str


class Proof(Shape):
    """One app: a line of ``prove --json``, and what ``judge --json`` prints. ``undeployable`` is there only where the
    app was run anyway: why Forge refuses its manifest."""

    app: str
    version: str
    catalog: str
    covers: Literal["backend"]
    confined: bool
    sandbox: Literal["full+ns", "full", "full-no-witness", "none"]
    coverage: Coverage
    notes: list[Note]
    verdicts: list[Verdict]
    undeployable: list[str] | None = None


class Failure(Shape):
    """How the app's function failed."""

    type: str
    message: str
    at: str | None


class Crossings(Shape):
    """What crossed, in numbers."""

    read: int = Field(ge=0)
    write: int = Field(ge=0)
    egress: int = Field(ge=0)
    refused: int = Field(ge=0)


class Call(Shape):
    """A function that was run: for whom (null: nobody), and its result or its error."""

    function: str
    user: str | None
    result: Any
    error: Failure | None


class Ran(Call):
    """What ``run --json`` prints: the last call, what crossed, and the claims that the run broke.

    ``calls`` is there only where a scenario made several: each of them, in order. ``live`` is there only where live
    egress was on: host → requests that really left the machine; ``undeployable`` only where the app was run anyway: why
    Forge refuses its manifest.
    """

    app: str
    crossings: Crossings
    broken: list[Verdict]
    undeployable: list[str] | None = None
    live: dict[str, Annotated[int, Field(ge=0)]] | None = None
    calls: list[Call] | None = None


class TestedBy(Shape):
    """A claim that tests a sentence; ``outcome`` is null where the catalog does not have it."""

    claim: str
    claimed: bool
    outcome: Literal["HOLDS", "BROKEN", "UNPROVEN", "NOT_APPLICABLE", "ERROR"] | None
    strength: Literal["enforced", "inherited", "bounded", "tested", "observed"] | None
    says: str


class Sentence(Shape):
    """A sentence of the privacy page. ``outcome`` is the worst of its claims, null where ``untestable`` says why."""

    says: str
    outcome: Literal["HOLDS", "BROKEN", "UNPROVEN", "NOT_APPLICABLE", "ERROR"] | None
    claims: list[TestedBy]
    untestable: str | None


class Subprocessor(Shape):
    """A party as trust.yml declares it, and the requests to it in this proof."""

    name: str
    hosts: list[str]
    purpose: str
    location: str
    retention: str
    receives: list[str]
    passed: int = Field(ge=0)
    refused: int = Field(ge=0)


class Answer(Shape):
    """What a topic of a privacy tab asks, and what the answer rests on."""

    topic: str
    says: str
    basis: list[str] = Field(min_length=1)


class Stream(Shape):
    """Crossings between the app and one party; ``failed`` of those that passed were answered with an error."""

    into: bool
    kind: str
    group: Literal["people", "site", "platform", "outside"]
    name: str
    detail: str
    passed: int = Field(ge=0)
    refused: int = Field(ge=0)
    failed: int = Field(ge=0)


class Centre(Shape):
    """One app of the trust centre: a line of ``trust --json``. ``again``: judged from a ledger, not run anew.
    ``undeployable`` is there only where Forge refuses the manifest today: why."""

    app: str
    version: str
    digest: str
    date: str
    catalog: str
    covers: Literal["backend"]
    confined: bool
    sandbox: Literal["full+ns", "full", "full-no-witness", "none"]
    again: bool
    sentences: list[Sentence]
    subprocessors: list[Subprocessor]
    answers: list[Answer]
    flow: list[Stream]
    disclaimers: list[str]
    undeployable: list[str] | None = None


class Finding(Shape):
    """One finding of ``lint``. ``rule`` is a name of docs/lint.md; ``hint`` says what to do."""

    rule: str
    severity: Literal["error", "warning", "note"]
    what: str
    file: str | None
    line: int | None = Field(ge=1)
    hint: str | None


class Reason(Shape):
    """A requirement of Runs on Atlassian: ``met`` is null where the files cannot tell, ``forge`` Forge's own name."""

    name: str
    forge: str | None
    met: bool | None
    why: str
    line: int | None = Field(ge=1)


class Eligibility(Shape):
    """Eligible where no requirement is known to be missed."""

    eligible: bool
    reasons: list[Reason]


class Refused(Shape):
    """Something that the manifest asks for and the policy does not get."""

    kind: str
    text: str
    why: str


class Policy(Shape):
    """The Content Security Policy of one page."""

    resource: str
    page: str
    header: str
    directives: dict[str, list[str]]
    refused: list[Refused]


class Change(Shape):
    """What forces a major version; ``line`` is null for what is gone."""

    name: str
    what: str
    line: int | None = Field(ge=1)


class Major(Shape):
    """The kind of the next version beside an older manifest."""

    against: str
    version: Literal["major", "minor"]
    changes: list[Change]


class Linted(Shape):
    """What ``lint --json`` prints."""

    app: str
    findings: list[Finding]
    eligibility: Eligibility | None
    csp: list[Policy]
    major: Major | None


class Hole(Shape):
    """A promise that did not hold, the smallest case that shows it, and a test that fails for as long as it does.

    ``case`` is a list of steps: requests of ``egress``, primitives of ``sandbox``, calls of ``payloads``; for
    ``content`` a way to use the app, then edits of its site. ``reproduced``: it came again.
    """

    kind: str
    says: str
    reproduced: bool
    case: list[dict[str, Any]]
    pytest: str


class FuzzCampaign(Shape):
    """What one campaign did. ``tried`` and ``allowed`` count requests decided on and let through, primitives tried and
    done, calls made and answered, or pairs of twin sites played and those in which something left the app;
    ``allowed_share`` is null where none was tried."""

    campaign: Literal["egress", "sandbox", "payloads", "content"]
    cases: int = Field(ge=0)
    tried: int = Field(ge=0)
    allowed: int = Field(ge=0)
    allowed_share: float | None
    seconds: float = Field(ge=0)
    cases_per_second: float = Field(ge=0)
    tried_per_second: float = Field(ge=0)
    ended: Literal["time", "cases", "interrupted"]
    findings: list[Hole]


class Fuzzed(Shape):
    """What ``fuzz --json`` prints. ``undeployable`` is there only where Forge refuses the manifest today: why."""

    app: str
    version: str
    sandbox: Literal["full+ns", "full", "full-no-witness"]
    seed: int
    workers: int = Field(ge=1)
    campaigns: list[FuzzCampaign]
    undeployable: list[str] | None = None


class ConformanceRow(Shape):
    """A case of what Forge answers. ``receipt`` is where ``expected`` is known from, ``client`` how Atlassian's own
    package says it, in JavaScript; null where no package can."""

    case: str
    area: str
    says: str
    expected: str
    source: Literal["measured", "documented", "choice"]
    receipt: str
    ours: str
    same: bool
    client: str | None


class ConformanceScore(Shape):
    """Of ``all`` rows from a source, how many are the ``same``."""

    same: int = Field(ge=0)
    all: int = Field(ge=0)


class Conformance(Shape):
    """What ``conformance --json`` prints."""

    rows: list[ConformanceRow]
    measured: ConformanceScore
    documented: ConformanceScore
    choice: ConformanceScore


def schemas() -> dict[str, dict[str, Any]]:
    """File name → JSON Schema."""
    return {
        "conformance.schema.json": Conformance.model_json_schema(),
        "fuzz.schema.json": Fuzzed.model_json_schema(),
        "prove.schema.json": Proof.model_json_schema(),
        "run.schema.json": Ran.model_json_schema(),
        "trust-centre.schema.json": Centre.model_json_schema(),
        "lint.schema.json": Linted.model_json_schema(),
    }


def write_schemas(folder: Path) -> None:
    """Write the schemas to a folder, the same bytes each time."""
    for name, schema in schemas().items():
        (folder / name).write_text(json.dumps(schema, indent=2) + "\n", encoding="utf-8")
