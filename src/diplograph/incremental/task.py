"""Validation as a task for a worker process: plain values in, the members of the report's JSON out."""

from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Any

from diplograph.incremental.check import onto, told_of
from diplograph.sources import KnowledgeBase
from diplograph.validation import fixes, material, uploads
from diplograph.validation.context import in_context, world
from diplograph.validation.known import Known, every
from diplograph.validation.places import Text, located
from diplograph.validation.report import Report
from diplograph.validation.shapes import Shapes

Payload = dict[str, Any]


def validate_task(payload: Payload) -> dict[str, Any]:
    """Validate an upload against a release; the answer is the report's JSON with `labels` of what it names.

    The payload holds `rdf` (bytes), `media` (a media type) and `release` (the release's folder); it may hold
    `name` (of the release), `against` ("release" or "none"), `graph` (the named graph that the upload is),
    `max_bytes`, `max_triples` and `max_findings`. Raises the errors of `uploads.parse`.
    """
    folder = Path(payload["release"])
    graph = payload.get("graph") or uploads.UPLOAD
    submitted = uploads.parse(
        payload["rdf"],
        payload["media"],
        graph,
        payload.get("max_bytes", uploads.MAX_BYTES),
        payload.get("max_triples", uploads.MAX_TRIPLES),
    )
    shapes, standing = _release(folder)
    against = payload.get("against", "release")
    report = None
    if against == "release" and standing is not None:
        report = onto(folder, submitted, world(submitted), shapes, standing)
    if report is None:
        base = material.of_store(folder / "store")
        report = in_context(base, submitted, shapes, against=against, standing=standing)
    limited = Report.of(
        report.findings, report.uncovered, payload.get("name"), payload.get("max_findings", 1000)
    )
    texts = [Text(None, payload["rdf"], payload["media"], graph, submitted)]
    known = Known(chain(told_of(folder / "store"), every(submitted)))
    placed = fixes.proposed(located(limited, texts), texts, shapes.graph, known)
    return placed.to_dict() | {"labels": placed.names()}


@lru_cache(maxsize=2)
def _release(folder: Path) -> tuple[Shapes, Report | None]:
    """Read once what a release holds beside its graphs: its shapes and its own report."""
    report = folder / "report.json"
    standing = Report.from_json(report.read_text(encoding="utf-8")) if report.is_file() else None
    return Shapes.of(KnowledgeBase(folder)), standing
