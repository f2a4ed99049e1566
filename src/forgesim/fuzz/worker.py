"""One of several fuzz processes: ``python -m forgesim.fuzz.worker JOB`` prints its tally as JSON."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

import msgspec

from forgesim.errors import ForgesimError
from forgesim.fuzz.run import Job, open_corpus, work
from forgesim.manifest.load import load_app
from forgesim.sandbox.open import open_sandbox

__all__ = ["main"]


def main() -> int:
    """Do the job. SIGINT ends it with what there is."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    job = msgspec.json.decode(sys.argv[1].encode(), type=Job)
    try:
        open_corpus(Path(job.corpus).parents[1])
        with open_sandbox() as sandbox:
            said: dict[str, object] = {"tally": work(job, load_app(Path(job.app), anyway=job.anyway), sandbox)}
    except ForgesimError as error:
        said = {"error": str(error)}
    sys.stdout.write(msgspec.json.encode(said).decode() + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
