"""trust.yml as a whole: the privacy page as data. What it does not say is not allowed."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final, Literal, cast, get_args

from forgesim.manifest.claim_names import CLAIM_NAMES
from forgesim.manifest.model import Sentence, Trust
from forgesim.manifest.reading import Reader, one_of
from forgesim.manifest.tree import Node
from forgesim.manifest.trust_data import read_answers, read_reads, read_sends, read_stores, read_subprocessors
from forgesim.manifest.trust_scenarios import read_scenarios
from forgesim.manifest.variables import read_variables

__all__ = ["LOGS", "TRUST_FIELDS", "read_trust"]

Logs = Literal["nothing", "metadata"]
LOGS: Final[tuple[Logs, ...]] = get_args(Logs)
TRUST_FIELDS: Final = (
    "app", "vendor", "modelled_on", "purpose", "version", "variables", "subprocessors", "reads", "stores", "sends",
    "answers", "logs", "claims", "sentences", "scenarios",
)  # fmt: skip


def read_trust(reader: Reader, root: Node, raw: bytes, path: Path) -> Trust:
    """Read the tree; every problem goes to the reader, and after an error the values mean nothing.

    The digest is SHA-256 of the file's bytes.
    """
    fields = reader.fields(root, "trust.yml", required=("app",), known=TRUST_FIELDS)
    app = reader.text(fields, "app", "trust.yml")
    variables = read_variables(reader, fields.get("variables"), app)
    sends = read_sends(reader, fields.get("sends"), variables)
    logs = fields.get("logs")
    claims = _read_claims(reader, fields.get("claims"))
    return Trust(
        app=app,
        vendor=reader.text(fields, "vendor", "trust.yml"),
        modelled_on=reader.text(fields, "modelled_on", "trust.yml"),
        purpose=reader.text(fields, "purpose", "trust.yml"),
        version=_read_version(reader, fields.get("version")),
        variables=variables,
        subprocessors=read_subprocessors(reader, fields.get("subprocessors"), sends),
        reads=read_reads(reader, fields.get("reads")),
        stores=read_stores(reader, fields.get("stores")),
        sends=sends,
        logs=cast(Logs, reader.choice(logs, "logs", LOGS) or "nothing") if logs else "nothing",
        claims=claims,
        sentences=_read_sentences(reader, fields.get("sentences"), claims),
        scenarios=read_scenarios(reader, fields.get("scenarios")),
        digest=hashlib.sha256(raw).hexdigest(),
        path=path,
        answers=read_answers(reader, fields.get("answers")),
    )


def _read_version(reader: Reader, node: Node | None) -> str | None:
    if node is None or node.value is None:
        return None
    if isinstance(node.value, str):
        return node.value
    reader.tell(node, "version must be a text", f'write version: "{node.value}"')
    return None


def _read_claims(reader: Reader, node: Node | None) -> tuple[str, ...] | Literal["all"]:
    if node is None or node.value == "all":
        return "all"
    if isinstance(node.value, str):
        reader.tell(node, f"claims cannot be {node.value!r}", "write all, or a list of claims")
        return "all"
    return _claim_names(reader, node, "claims")


def _claim_names(reader: Reader, node: Node, what: str) -> tuple[str, ...]:
    names: list[str] = []
    for item in reader.texts(node, what):
        if item.value not in CLAIM_NAMES:
            close = one_of(item.value, CLAIM_NAMES)
            known = f"known: {', '.join(CLAIM_NAMES)}"
            hint = f"{close} {known}" if close.startswith("did") else known
            reader.tell(item, f"unknown claim {item.value!r}", hint)
        elif item.value in names:
            reader.tell(item, f"the claim {item.value} is named twice", "leave one out")
        else:
            names.append(item.value)
    return tuple(names)


def _read_sentences(
    reader: Reader, node: Node | None, claimed: tuple[str, ...] | Literal["all"]
) -> tuple[Sentence, ...]:
    sentences: list[Sentence] = []
    for item in reader.items(node, "sentences"):
        fields = reader.fields(item, "a sentence", required=("says",), known=("says", "claims", "untestable"))
        if ("claims" in fields) == ("untestable" in fields):
            reader.tell(item, "a sentence has either claims or untestable", "say which claims test it, or why none")
        claims = _claim_names(reader, fields["claims"], "claims of a sentence") if "claims" in fields else ()
        if "claims" in fields and fields["claims"].value in ([], None):
            reader.tell(fields["claims"], "the sentence names no claim", "name one, or say untestable: why")
        for name in () if claimed == "all" else claims:
            if name not in claimed:
                hint = f"add {name} to claims"
                reader.tell(fields["claims"], f"a sentence rests on {name}, not claimed", hint, warning=True)
        sentences.append(
            Sentence(
                says=reader.text(fields, "says", "a sentence"),
                claims=claims,
                untestable=reader.text(fields, "untestable", "a sentence") or None,
                line=item.line,
            )
        )
    return tuple(sentences)
