"""What the rules of `queries/rules/` infer, for a named graph of its own.

A rule is a CONSTRUCT query with a `#+` header; its IRI is `https://w3id.org/diplograph/rule/` and the
name of its file. Nothing that already stands in another graph is inferred again.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Quad, Triple

from diplograph.delta import Delta
from diplograph.errors import BuildFailed, MalformedQuery
from diplograph.footprint import Footprint, UnboundedError
from diplograph.queries.header import HeaderError, split
from diplograph.store import Dataset
from diplograph.terms import OxigraphTerm
from diplograph.vocab import DCTERMS, DG, DGG, OWL, PROV, RDF, RDFS, RULE

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
    """The new quads of dgg:inferred: what each rule constructs, and the rule that did.

    The rules read named graphs, the closure among them, and no default graph. Raises BuildFailed with a line
    `file:line: what is wrong` for each rule that cannot be used.
    """
    found: dict[Triple, None] = {}
    problems: list[str] = []
    for path in paths:
        try:
            found.update(dict.fromkeys(_apply(Rule.read(path), dataset)))
        except HeaderError as error:
            problems.append(f"{path}:{error.line}: {error.detail}")
        except MalformedQuery as error:
            problems.append(f"{path}: {error.detail}")
    if problems:
        raise BuildFailed("Rules that cannot be used.", problems=problems)
    return [
        Quad(t.subject, t.predicate, t.object, INFERRED)
        for t in found
        if not any(True for _ in dataset.matching(*t))
    ]


def touched(dataset: Dataset, delta: Delta, paths: Sequence[Path]) -> bool:
    """Tell whether a change may change what the rules infer; True where that is not plain.

    The dataset is as it was before the change, dgg:inferred included; the change has all that it entails.
    """
    new = Dataset.memory()
    new.extend(delta.added)
    changed = {quad.triple for quad in delta.added | delta.removed}
    rules = [Rule.read(path) for path in paths]
    own = {INFERRED_PAIR, *(rule.iri for rule in rules)}
    if any(triple.predicate in own or triple.subject in own for triple in changed):
        return True
    if any(quad.graph_name == INFERRED for triple in changed for quad in dataset.matching(*triple)):
        return True

    def match(s: OxigraphTerm | None, p: OxigraphTerm | None, o: OxigraphTerm | None) -> Iterator[Triple]:
        return (quad.triple for held in (dataset, new) for quad in held.matching(s, p, o))

    try:
        return any(Footprint(rule.text).is_touched(changed, match) for rule in rules)
    except UnboundedError:
        return True


def _apply(rule: Rule, dataset: Dataset) -> list[Triple]:
    constructed = dataset.construct(rule.text, default=False)
    return [*constructed, *rule.about()] if constructed else []


def _node(term: str) -> NamedNode:
    return NamedNode(str(term))
