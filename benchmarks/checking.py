"""One full check in a process of its own, so that its peak memory is its own: prints a line of JSON."""

import json
import resource
import sys
import time
from pathlib import Path

from diplograph.sources import KnowledgeBase
from diplograph.validation import Shapes, inputs, validate


def main(folder: Path, shapes: Path) -> None:
    """Parses, closes, judges and looks for what no shape covers; reading the shapes counts as well."""
    began, processor = time.perf_counter(), time.process_time()
    graphs = inputs.of_files(KnowledgeBase(folder))
    report = validate(graphs, Shapes.read(shapes))
    found = {
        "seconds": time.perf_counter() - began,
        "processor": time.process_time() - processor,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        "triples": sum(map(len, graphs.values())),
        "findings": len(report.findings),
    }
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
