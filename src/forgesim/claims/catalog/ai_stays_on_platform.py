"""What a model is asked and what it answers stays with Forge LLM."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from forgesim.claims.answers import said as texts_of
from forgesim.claims.case import Case, succeeded
from forgesim.claims.conclude import Findings, Ground, conclude, not_applicable, pairs_bound, trials_of
from forgesim.claims.content import differing, twin_doubts
from forgesim.claims.declared import covers_host, host_pattern
from forgesim.claims.kit import Claim, Evidence, Strength, Verdict
from forgesim.claims.wire import Request, body_text, host_of, request_of
from forgesim.counted import counted
from forgesim.leaks.index import MIN_RUN, ContentIndex
from forgesim.leaks.normalise import normalise
from forgesim.leaks.scanner import Finding, Piece, Scanner
from forgesim.ledger.read import Crossing
from forgesim.ledger.records import ScanIndex

__all__ = ["AI_HOSTS", "CLAIM"]

NAME = "ai_stays_on_platform"
AI_HOSTS = (
    "api.openai.com", "*.api.openai.com", "*.openai.azure.com", "*.cognitiveservices.azure.com",
    "api.anthropic.com", "generativelanguage.googleapis.com",
    "*.aiplatform.googleapis.com", "aiplatform.googleapis.com", "api.mistral.ai", "api.cohere.ai", "api.cohere.com",
    "api.groq.com", "api.deepseek.com", "api.perplexity.ai", "api.together.xyz", "api.x.ai", "openrouter.ai",
    "api.replicate.com", "api.fireworks.ai", "api.ai21.com", "api-inference.huggingface.co", "router.huggingface.co",
    "*.services.ai.azure.com", "*.inference.ai.azure.com", "api.deepl.com", "api-free.deepl.com", "api.stability.ai",
    "gateway.ai.cloudflare.com", "integrate.api.nvidia.com", "api.cerebras.ai", "api.voyageai.com",
    "dashscope.aliyuncs.com", "*.endpoints.huggingface.cloud",
)  # fmt: skip
"""Hosts of services that run models for whoever calls them, as their documentation has them."""

REGIONAL = re.compile(
    r"bedrock(?:-agent)?-runtime(?:-fips)?\.[a-z0-9-]+\.(?:amazonaws\.com|api\.aws)"
    r"|runtime\.sagemaker\.[a-z0-9-]+\.amazonaws\.com|[a-z0-9-]+-aiplatform\.googleapis\.com"
)
"""Hosts that have the name of a region in theirs."""
_ONE_OF_EACH = (
    "bedrock-runtime.us-east-1.amazonaws.com", "bedrock-runtime.us-east-1.api.aws",
    "runtime.sagemaker.us-east-1.amazonaws.com", "us-central1-aiplatform.googleapis.com",
)  # fmt: skip


_EXAMPLES = (*(host.replace("*.", "any.") for host in AI_HOSTS), *_ONE_OF_EACH)


def judge(case: Case) -> Verdict:
    """Broken by a host that runs models, and by a prompt's or an answer's text in a request elsewhere."""
    chats = list(case.on("llm"))
    hosts = [*_entries(case), *_calls(case)]
    broken = [*hosts, *_carried(case, chats)]
    if not broken and "llm" not in case.manifest.module_types():
        return not_applicable(NAME, case, "the manifest has no llm module, so the app cannot ask Forge LLM")
    answered = [crossing for crossing in chats if succeeded(crossing)]
    found = Findings(
        broken=broken,
        says_broken="models elsewhere can be reached" if hosts else "what a model was told or said leaves the platform",
        ground=_ground(case, answered),
        unexercised="the app asked no model",
        channels=frozenset({"llm", "egress"}),
        doubts=[*twin_doubts(case, "sent"), *differing(case, "sent")] if _can_send(case) else [],
        needs_bodies=True,
    )
    return conclude(NAME, case, found)


def _can_send(case: Case) -> bool:
    return bool(case.manifest.backend_egress() or case.manifest.remotes)


def _entries(case: Case) -> Iterator[Evidence]:
    for entry in case.manifest.addresses():
        pattern = host_pattern(entry.address)
        where = f"manifest.yml:{entry.line}" if entry.line else None
        if _runs_models(pattern):
            yield Evidence(0, f"the manifest allows {pattern}, which runs models", where)
        elif (host := next((host for host in _EXAMPLES if covers_host([pattern], host)), None)) is not None:
            yield Evidence(0, f"the manifest allows {pattern}, and so {host}, which runs models", where)


def _runs_models(host: str) -> bool:
    return covers_host(AI_HOSTS, host) or host in AI_HOSTS or REGIONAL.fullmatch(host) is not None


def _calls(case: Case) -> Iterator[Evidence]:
    for crossing in case.on("egress"):
        asked = crossing.decided
        host = host_of(asked.target)
        if _runs_models(host):
            held = "let it through" if asked.decision.allow else f"refused it ({asked.decision.rule})"
            yield Evidence(asked.seq, f"asks {host}, which runs models: the platform {held}", asked.line)


def _carried(case: Case, chats: Sequence[Crossing]) -> Iterator[Evidence]:
    """Requests of an invocation that hold what the same invocation, or its root, told a model or got from it."""
    if not chats:
        return
    said: dict[str, list[tuple[str, str, str, str]]] = defaultdict(list)
    for crossing in chats:
        said[_root(case, crossing)] += _texts(crossing)
    sent: dict[str, list[Request]] = defaultdict(list)
    for crossing in case.on("egress"):
        if _root(case, crossing) in said:
            sent[_root(case, crossing)].append(request_of(crossing))
    answers: dict[str, list[Crossing]] = defaultdict(list)
    for crossing in case.on("webtrigger"):
        if _root(case, crossing) in said:
            answers[_root(case, crossing)].append(crossing)
    for root in dict.fromkeys((*sent, *answers)):
        requests = sent[root]
        scanner = Scanner(ContentIndex(ScanIndex(tuple(dict.fromkeys(said[root])))))
        for request in requests:
            asked = request.crossing.decided
            pieces = [request.body, request.url, *(value for _, value in request.headers)]
            for finding in scanner.scan([Piece(text, asked.seq) for text in pieces if text]):
                yield Evidence(asked.seq, f"sends {request.host} {_which(finding)}", asked.line)
        for crossing in answers[root]:
            asked = crossing.decided
            for finding in scanner.scan([Piece(text, asked.seq) for text in texts_of(crossing) if text]):
                why = f"answers whoever calls the web trigger {asked.target} {_which(finding)}"
                yield Evidence(asked.seq, why, asked.line)


def _which(finding: Finding) -> str:
    what = "what a model answered" if finding.field == "answer" else "what a model was told"
    return f"{what} ({finding.size:,} characters)"


def _root(case: Case, crossing: Crossing) -> str:
    root = case.root(crossing)
    return root.open.inv if root is not None else crossing.decided.inv


def _texts(crossing: Crossing) -> Iterator[tuple[str, str, str, str]]:
    """What was told and answered, as texts of an index. The app's own instructions are neither."""
    answer = crossing.answered
    model = crossing.decided.target or "model"
    told = [message.get("content") for message in _list(_json(body_text(crossing.decided.body)), "messages")
            if message.get("role") not in ("system", "developer")]  # fmt: skip
    for field, values in (("prompt", told), ("answer", _said(body_text(answer.body if answer else None)))):
        for value in values:
            for text in _strings(value):
                if len(normalise(text)) >= MIN_RUN:
                    yield "model", model, field, text


def _said(body: str) -> Iterator[Any]:
    """What a model said: the content of its message, and what it would have tools called with. The pieces of a stream,
    one JSON object a line, are joined."""
    whole = _json(body)
    chunks = [whole] if whole is not None else [_json(line) for line in body.split("\n")]
    messages = [choice.get("message") for chunk in chunks for choice in _list(chunk, "choices")]
    told = [message for message in messages if isinstance(message, dict)]
    contents = [message.get("content") for message in told]
    if len(chunks) > 1:
        yield "".join(content for content in contents if isinstance(content, str))
    else:
        yield from contents
    for message in told:
        for call in _list(message, "tool_calls"):
            function = call.get("function")
            yield function.get("arguments") if isinstance(function, dict) else None


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _list(value: Any, name: str) -> list[dict[str, Any]]:
    found = value.get(name) if isinstance(value, dict) else None
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def _strings(value: Any) -> Iterator[str]:
    """The texts in a message; one that is JSON itself gives its own texts."""
    if isinstance(value, str):
        inner = _json(value) if value[:1] in '{["' else None
        if isinstance(inner, dict | list):
            yield from _strings(inner)
        else:
            yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _strings(part)
    elif isinstance(value, list):
        for part in value:
            yield from _strings(part)


def _ground(case: Case, answered: Sequence[Crossing]) -> Ground:
    requests = sum(1 for _ in case.on("egress"))
    says = (
        f"{counted(len(answered), 'conversation was', 'conversations were')} with Forge LLM, and no known host of "
        f"models was asked; nothing of what was said was found in {counted(requests, 'request')} elsewhere"
    )
    trials = trials_of(case, "sent")
    if not any(trial.crossings for trial in trials):
        return Ground(strength=Strength.OBSERVED, says=says, crossings=len(answered))
    return Ground(strength=Strength.TESTED, says=f"{says}; {pairs_bound(trials)}", crossings=len(answered))


CLAIM = Claim(
    name=NAME,
    statement="AI is Forge LLM's alone: no prompt and no answer is seen to leave the platform.",
    why="A model elsewhere is another party that learns what a page says.",
    exercised_by="Conversations with Forge LLM that were answered.",
    broken_by="An entry of the manifest for, or a request to, a host that runs models; text of a prompt or an answer "
    "in a request, or in what a web trigger answers, within the same action.",
    limits="Of known hosts of models; a declared subprocessor that uses a model of its own is its own to declare.",
    judge=judge,
)
