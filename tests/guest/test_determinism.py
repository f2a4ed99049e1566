from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.guest.conftest import MakeGuest

SOURCES = [
    "random.random()",
    "random.Random().random()",
    "random.SystemRandom().random()",
    "random.sample(range(1000), 5)",
    "secrets.token_hex(8)",
    "os.urandom(8).hex()",
    "os.getrandom(8).hex()",
    "ssl.RAND_bytes(8).hex()",
    "str(uuid.uuid4())",
    "str(uuid.uuid1())",
    "tempfile._RandomNameSequence().__next__()",
    "list({'a', 'b', 'c', 'd', 'e'})",
    "str(datetime.datetime.now())",
    "os.getpid()",
    "os.uname().nodename",
    "socket.gethostname()",
    "platform.platform()",
]
HEAD = "import datetime, os, platform, random, secrets, socket, ssl, tempfile, uuid\n"


@pytest.mark.parametrize("source", SOURCES)
def test_the_same_seed_and_clock_give_the_same_values(make_guest: MakeGuest, source: str) -> None:
    code = f"{HEAD}def handler():\n    return {source}\n"
    first, second = make_guest(code), make_guest(code)
    assert first.run(seed=7).result == second.run(seed=7).result


@pytest.mark.parametrize("source", SOURCES[:9])
def test_another_seed_gives_other_values(make_guest: MakeGuest, source: str) -> None:
    guest = make_guest(f"{HEAD}def handler():\n    return {source}\n")
    assert guest.run(seed=7).result != guest.run(seed=8).result


@pytest.mark.parametrize("source", SOURCES[:10])
def test_a_warm_worker_gives_the_values_of_a_fresh_one(make_guest: MakeGuest, source: str) -> None:
    guest = make_guest(f"{HEAD}def handler():\n    return [{source}, {source}]\n")
    assert guest.run(seed=7).result == guest.run(seed=7).result


def test_values_made_at_import_repeat(make_guest: MakeGuest) -> None:
    code = f"{HEAD}VALUE = [random.random(), secrets.token_hex(4), str(uuid.uuid4())]\ndef handler(): return VALUE\n"
    assert make_guest(code).run(seed=1).result == make_guest(code).run(seed=2).result


def test_zones_come_from_the_package(make_guest: MakeGuest) -> None:
    outcome = make_guest("""
        import datetime, zoneinfo
        def handler():
            return str(datetime.datetime(2026, 7, 1, tzinfo=zoneinfo.ZoneInfo("Europe/Berlin")).utcoffset())
    """).run()
    assert outcome.result == "2:00:00"


@pytest.mark.parametrize("source", ["os.uname().nodename", "socket.gethostname()", "platform.node()"])
def test_the_machine_has_no_name(make_guest: MakeGuest, source: str) -> None:
    assert make_guest(f"{HEAD}def handler():\n    return {source}\n").run().result == "forge"
