"""Cases and tries a second of each fuzz campaign: ``python benchmarks/fuzz.py [APP] [SECONDS]``, drawing included."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from forgesim.fuzz.run import CAMPAIGNS, Job, open_corpus, work
from forgesim.manifest.load import find_app, load_app
from forgesim.sandbox.open import open_sandbox


def main() -> None:
    name = sys.argv[1] if len(sys.argv) > 1 else "pulse"
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 20.0
    app = load_app(find_app(name, Path()))
    with tempfile.TemporaryDirectory() as folder, open_sandbox() as sandbox:
        corpus = open_corpus(Path(folder))
        for campaign in CAMPAIGNS:
            tally = work(Job(str(app.path), campaign, 0, seconds, str(corpus / campaign)), app, sandbox)
            share = tally.allowed / tally.tried if tally.tried else 0.0
            print(
                f"{campaign:8} {tally.cases / tally.seconds:8.1f} cases/s {tally.tried / tally.seconds:8.1f} tries/s"
                f"  {share:4.0%} allowed  {len(tally.findings)} findings"
            )


if __name__ == "__main__":
    main()
