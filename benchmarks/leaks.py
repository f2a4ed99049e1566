"""What the leak scanner finds and what it takes for content that is none, on generated proof sites; and how fast.

``python benchmarks/leaks.py [--seeds N] [--draws N] [--honest N] [--advice] [--save FILE] [--beside FILE]`` prints for
each way of writing how many of the drawn texts of 40, 100 and 300 characters are found (of a site without canaries in
its index, so that the text alone must tell), milliseconds a scan, findings on honest values, and speeds. ``--advice``
counts what the advisor says too: of ways of writing that it is for, and of honest values. ``--save`` keeps the numbers,
``--beside`` prints another run's numbers next to these: so a change is compared with what was before it.
"""

from __future__ import annotations

import argparse
import base64
import json
import random
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.leaks.writings import ADVISED, UNDETECTED, WRITINGS

from forgesim.leaks.index import ContentIndex
from forgesim.leaks.scanner import Piece, Scanner
from forgesim.ledger.records import ScanIndex
from forgesim.site.facts import scan_index
from forgesim.site.generate import proof

LENGTHS = (40, 100, 300)
Honest = Callable[[random.Random], list[Piece]]


def stamp(dice: random.Random) -> str:
    day, hour = f"{dice.randrange(1, 13):02}-{dice.randrange(1, 29):02}", f"{dice.randrange(24):02}"
    return f"2026-{day}T{hour}:{dice.randrange(60):02}:00.000Z"


def ident(dice: random.Random) -> str:
    return str(uuid.UUID(int=dice.getrandbits(128), version=4))


def counted(dice: random.Random) -> dict[str, object]:
    return {
        "score": round(dice.random() * 100, 2),
        "pages": dice.randrange(200),
        "at": stamp(dice),
        "ok": dice.random() < 0.5,
    }


def listed(draw: Callable[[random.Random], object]) -> Honest:
    return lambda dice: [Piece(json.dumps([draw(dice) for _ in range(dice.randrange(5, 400))]))]


def source(dice: random.Random) -> list[Piece]:
    names = [f"v{dice.randrange(99)}" for _ in range(12)]
    lines = [f"const {name} = (item) => item.count > {dice.randrange(50)} ? item.total / 2 : null;" for name in names]
    return [Piece("\n".join(lines))]


def events(dice: random.Random) -> list[Piece]:
    """One measure a request, as analytics sends them."""
    return [
        Piece(text, seq)
        for seq in range(dice.randrange(2, 120))
        for text in (
            json.dumps(
                {"event": dice.choice(["opened", "closed", "saved"]), "n": dice.randrange(64, 123), "id": ident(dice)}
            ),
            f"https://stats.example.com/v1/{dice.randrange(9)}/track",
            "application/json",
        )
    ]


def writes(dice: random.Random) -> list[Piece]:
    return [
        Piece(json.dumps(counted(dice)), seq, f"space:DOCS:page:{dice.randrange(100_000)}:score")
        for seq in range(dice.randrange(2, 120))
    ]


HONEST: dict[str, Honest] = {
    "a score": lambda dice: [Piece(json.dumps(counted(dice)))],
    "scores": listed(counted),
    "writes of scores": writes,
    "events": events,
    "ids": lambda dice: [Piece(json.dumps({ident(dice): ident(dice) for _ in range(40)}))],
    "numbers": listed(lambda dice: dice.randrange(1, 1000)),
    "numbers like letters": listed(lambda dice: dice.randrange(97, 123)),
    "a distribution": listed(lambda dice: min(int(dice.expovariate(0.05)), 255)),
    "floats": listed(lambda dice: round(dice.random(), 4)),
    "a walk": listed(lambda dice: 100 + dice.randrange(-3, 4)),
    "a ramp": lambda dice: [Piece(json.dumps(list(range(dice.randrange(97), 400, dice.randrange(1, 4)))))],
    "flags": listed(lambda dice: dice.random() < 0.5),
    "instants": listed(stamp),
    "random hex": lambda dice: [Piece(dice.randbytes(dice.randrange(8, 600)).hex())],
    "random base64": lambda dice: [Piece(base64.b64encode(dice.randbytes(dice.randrange(8, 600))).decode())],
    "random letters": lambda dice: [
        Piece("".join(dice.choices("abcdefghijklmnopqrstuvwxyz ", k=dice.randrange(40, 900))))
    ],
    "source code": source,
    "a URL": lambda dice: [
        Piece(f"https://api.example.com/v2/{ident(dice)}?since={stamp(dice)}&limit={dice.randrange(99)}")
    ],
    "a log line": lambda dice: [
        Piece(f"scored {dice.randrange(99)} pages in {dice.random():.3f} s, cursor {ident(dice)}")
    ],
    "states": listed(
        lambda dice: {"status": dice.choice(["In progress", "Done", "To do"]), "count": dice.randrange(9)}
    ),
}


def other_site(seed: int) -> Iterator[list[Piece]]:
    """What pages of a site with words of its own say."""
    for kind, _, field, text in scan_index(proof(seed + 1000)).texts:
        if kind != "site" and field in {"body", "title", "description"} and len(text) > 20:
            yield [Piece(text[:1200])]


def draws(index: ScanIndex, dice: random.Random, size: int, count: int) -> Iterator[str]:
    bodies = [text for _, _, field, text in index.texts if field == "body" and len(text) > LENGTHS[-1]]
    for _ in range(count):
        body = dice.choice(bodies)
        start = dice.randrange(len(body) - size)
        yield body[start : start + size]


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seeds", type=int, default=3)
    asked.add_argument("--draws", type=int, default=7)
    asked.add_argument("--honest", type=int, default=40)
    asked.add_argument("--advice", action="store_true")
    asked.add_argument("--save", type=Path)
    asked.add_argument("--beside", type=Path)
    options = asked.parse_args()
    before = json.loads(options.beside.read_text()) if options.beside else {}
    rows: dict[str, list[float]] = {name: [0, 0, 0, 0] for name in (*WRITINGS, *ADVISED, *UNDETECTED)}
    alarms: dict[str, list[int]] = {name: [0, 0] for name in (*HONEST, "another site")}
    speeds = {"build ms": 0.0, "first scan ms": 0.0, "honest MB/s": 0.0}
    size = spent = 0.0
    for seed in range(options.seeds):
        found = ScanIndex(tuple(text for text in scan_index(proof(seed)).texts if text[0] != "site"))
        whole = scan_index(proof(seed))
        began = time.perf_counter()
        scanner = Scanner(ContentIndex(found))
        speeds["build ms"] += (time.perf_counter() - began) * 1e3 / options.seeds
        began = time.perf_counter()
        scanner.scan([Piece("warm up: 0123456789abcdef " * 3)])
        speeds["first scan ms"] += (time.perf_counter() - began) * 1e3 / options.seeds
        detect(rows, scanner, found, seed, options)
        strict = Scanner(ContentIndex(whole))
        strict.scan([Piece("warm up: 0123456789abcdef " * 3)])
        dice = random.Random(seed)
        values = [(name, draw(dice)) for name, draw in HONEST.items() for _ in range(options.honest)]
        values += [("another site", pieces) for pieces in other_site(seed)][: 5 * options.honest]
        for name, pieces in values:
            began = time.perf_counter()
            alarm = strict.scan(pieces)
            spent += time.perf_counter() - began
            size += sum(len(piece.text) for piece in pieces)
            alarms[name][0] += bool(alarm)
            alarms[name][1] += 1
            if alarm:
                print("FALSE ALARM", name, alarm[0], file=sys.stderr)
    speeds["honest MB/s"] = size / spent / 1e6
    if options.advice:
        advised(options)
    shown(rows, alarms, speeds, before)
    if options.save:
        options.save.write_text(json.dumps({"rows": rows, "alarms": alarms, "speeds": speeds}))


def detect(
    rows: dict[str, list[float]], scanner: Scanner, found: ScanIndex, seed: int, options: argparse.Namespace
) -> None:
    """Adds percent found by length and milliseconds a scan, of one site."""
    share = 100 / options.seeds / options.draws
    for name, write in ({n: w for n, (_, w) in WRITINGS.items()} | ADVISED | UNDETECTED).items():
        for at, length in enumerate(LENGTHS):
            for text in draws(found, random.Random(f"{seed} {length} {name}"), length, options.draws):
                pieces = write(text)
                began = time.perf_counter()
                hit = scanner.scan(pieces)
                rows[name][3] += (time.perf_counter() - began) * 1e3 / options.seeds / options.draws / len(LENGTHS)
                rows[name][at] += share * bool(hit)


def advised(options: argparse.Namespace) -> None:
    """Prints how often the advisor speaks, on what it is for and on honest values, on the first site."""
    from forgesim.leaks.advisor import Advisor

    index = scan_index(proof(0))
    advisor, dice = Advisor(ContentIndex(index)), random.Random(0)
    for name, write in ADVISED.items():
        drawn = [[write(text) for text in draws(index, dice, size, options.draws)] for size in LENGTHS]
        spoken = [100 * sum(bool(advisor.advise(pieces)) for pieces in each) / options.draws for each in drawn]
        print(f"advised: {name:29} " + " ".join(f"{part:4.0f}" for part in spoken))
    values = [draw(dice) for draw in HONEST.values() for _ in range(options.draws)]
    print(f"advice on honest values: {sum(bool(advisor.advise(pieces)) for pieces in values)} of {len(values)}")


def shown(
    rows: dict[str, list[float]],
    alarms: dict[str, list[int]],
    speeds: dict[str, float],
    before: dict[str, dict[str, list[float]]],
) -> None:
    print(f"{'way of writing':38} {'  40  100  300      ms':24}" + ("   before" if before else ""))
    for name, row in rows.items():
        old = before.get("rows", {}).get(name)
        print(f"{name:38} {cells(row)}" + (f"   {cells(old)}" if old else ""))
    print(f"{'mean of ways that are judged':38} {cells(mean(rows))}", end="")
    print(f"   {cells(mean(before['rows']))}" if before else "")
    for name, (hits, count) in alarms.items():
        print(f"honest: {name:30} {hits:4} of {count}")
    print(f"honest: {'all':30} {sum(a for a, _ in alarms.values()):4} of {sum(b for _, b in alarms.values())}")
    for name, value in speeds.items():
        if value:
            print(f"{name:38} {value:8.2f}" + (f"   before {before['speeds'].get(name, 0):8.2f}" if before else ""))


def cells(row: list[float]) -> str:
    return " ".join(f"{cell:4.0f}" for cell in row[:3]) + f" {row[3]:7.1f}"


def mean(rows: dict[str, list[float]]) -> list[float]:
    judged = [rows[name] for name in WRITINGS if name in rows]
    return [sum(row[at] for row in judged) / len(judged) for at in range(4)]


if __name__ == "__main__":
    main()
