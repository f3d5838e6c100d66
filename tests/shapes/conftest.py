"""The shapes, and examples validated on top of the ontology, its schemes and the entities."""

from collections.abc import Callable
from pathlib import Path

import pytest

from diplograph.namespaces import DGG
from diplograph.sources import KnowledgeBase
from diplograph.validation import Report, Shapes, in_context, validate
from diplograph.validation.inputs import of_files
from diplograph.validation.uploads import parse

CONTEXT = tuple(str(DGG[name]) for name in ("ontology", "vocab", "entities"))

Judge = Callable[[Path], Report]


@pytest.fixture(scope="session")
def kb(root: Path) -> KnowledgeBase:
    return KnowledgeBase(root)


@pytest.fixture(scope="session")
def shapes(kb: KnowledgeBase) -> Shapes:
    return Shapes.of(kb)


@pytest.fixture(scope="session")
def judge(kb: KnowledgeBase, shapes: Shapes) -> Judge:
    """What an example changes: the report on it beside the entities."""
    known = of_files(kb)
    base = {graph: known[graph] for graph in CONTEXT}
    standing = validate(base, shapes, {})

    def judged(path: Path) -> Report:
        submitted = parse(path.read_bytes(), path.suffix, f"urn:example:{path.stem}")
        return in_context(base, submitted, shapes, against="release", standing=standing)

    return judged
