"""Rules of `queries/rules/`: what they infer, for a named graph of its own.

A rule is a CONSTRUCT query with a `#+` header; its IRI is `https://w3id.org/diplograph/rule/` and the
name of its file. Nothing that already stands in another graph is inferred again.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, Triple

from diplograph.errors import BuildFailed, MalformedQuery
from diplograph.namespaces import DCTERMS, DG, DGG, OWL, PROV, RDF, RDFS, RULE
from diplograph.rdf import Dataset, GraphName
from diplograph.sparql.header import HeaderError, split

INFERRED = NamedNode(str(DGG.inferred))
INFERRED_PAIR = NamedNode(str(DG.inferredReciprocalWith))


@dataclass(frozen=True, slots=True)
class Rule:
    """A CONSTRUCT query that may add statements, with the name and version that its claims cite."""

    path: Path
    text: str
    version: str
    summary: str
    description: str

    @property
    def iri(self) -> NamedNode:
        """What `dcterms:conformsTo` of an inferred claim points to."""
        return NamedNode(str(RULE[self.path.stem]))

    @classmethod
    def read(cls, path: Path) -> "Rule":
        """Reads a rule file. Raises HeaderError with the line of what cannot be used."""
        header, text = split(path)
        header.only((), {"name", "version", "summary", "description"})
        if header.text("name") != path.stem:
            raise header.fail(("name",), f"the name has to be that of the file, {path.stem!r}")
        version = header.texts("version")
        if len(version) != 1:
            raise header.fail(("version",), "a rule has one version")
        return cls(path, text, version[0], header.text("summary"), header.text("description"))

    def about(self) -> Iterable[Triple]:
        """The rule described as the plan that inferred claims follow."""
        yield Triple(self.iri, _node(RDF.type), _node(PROV.Plan))
        yield Triple(self.iri, _node(RDFS.label), Literal(self.summary, language="en"))
        yield Triple(self.iri, _node(DCTERMS.description), Literal(self.description, language="en"))
        yield Triple(self.iri, _node(OWL.versionInfo), Literal(self.version))


def infer(dataset: Dataset, paths: Sequence[Path]) -> list[Quad]:
    """The quads of dgg:inferred: what each rule constructs that no other graph holds, and the rule that did.

    Raises BuildFailed with a line `file:line: what is wrong` for each rule that cannot be used.
    """
    return [inferred(triple) for triple in made(dataset, paths) if not elsewhere(dataset, triple)]


def made(dataset: Dataset, paths: Sequence[Path]) -> list[Triple]:
    """What the rules construct, whether it stands somewhere or not, and the rules that did.

    They read named graphs, the closure among them, and neither the default graph nor dgg:inferred. Raises
    BuildFailed.
    """
    found: dict[Triple, None] = {}
    problems: list[str] = []
    for path in paths:
        try:
            rule = Rule.read(path)
            constructed = dataset.construct(rule.text, default=False, without={INFERRED})
            found.update(dict.fromkeys([*constructed, *rule.about()] if constructed else []))
        except HeaderError as error:
            problems.append(f"{path}:{error.line}: {error.detail}")
        except MalformedQuery as error:
            problems.append(f"{path}: {error.detail}")
    if problems:
        raise BuildFailed("Rules that cannot be used.", problems=problems)
    return list(found)


def inferred(triple: Triple) -> Quad:
    """A triple as dgg:inferred has it."""
    return Quad(triple.subject, triple.predicate, triple.object, INFERRED)


def elsewhere(dataset: Dataset, triple: Triple) -> set[GraphName]:
    """The named graphs but dgg:inferred that hold a triple."""
    return {quad.graph_name for quad in dataset.matching(*triple)} - {INFERRED, DefaultGraph()}


def _node(term: str) -> NamedNode:
    return NamedNode(str(term))
