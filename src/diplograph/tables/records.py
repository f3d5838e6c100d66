"""Records: what a row says, as blocks of triples with the row, or the page that it names, as evidence."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from urllib.parse import urlsplit

from pyoxigraph import NamedNode
from rdflib import RDF, RDFS, Graph, Literal, URIRef
from rdflib.term import Node

from diplograph.changes.drafting import SORTS, Lexicon, option
from diplograph.errors import InvalidParameter
from diplograph.evidence.scaffold import Name, thing, time_span
from diplograph.namespaces import DCTERMS, DG, DGV, FOAF, kind_of, own, split
from diplograph.rdf.terms import fold
from diplograph.tables.mapping import Rule, TableMap
from diplograph.tables.reading import Row, canonical_cells
from diplograph.tables.values import CellError, Context, Problem, Values

LONGEST_SLUG = 60
FRAGMENT = {"csv": "http://www.rfc-editor.org/rfc/rfc7111", "line": "http://www.rfc-editor.org/rfc/rfc5147"}
"""What says how a fragment names rows of CSV, and lines of any other text."""
Triple = tuple[Node, Node, Node]
TOLD = {"actor", "acting-body", "evidence", "label", "realisation", "target"}
"""What a row tells that has but a code: who does it to whom."""
_NO = {"", "0", "no", "false", "n"}
"""What a cell says that a measure was not imposed."""


@dataclass(frozen=True, slots=True)
class Record:
    """What a row made: the thing, all triples of it, and those that say where it stands in the table."""

    iri: URIRef
    triples: frozenset[Triple]
    places: frozenset[Triple] = frozenset()
    answered: str = ""

    def names(self) -> set[URIRef]:
        """Return the things that it names."""
        return {value for _, _, value in self.triples if isinstance(value, URIRef)}


@dataclass(frozen=True, slots=True)
class Pinned:
    """The table as a source: its document, whether rows are bounded in it, and what a fragment of it says."""

    iri: URIRef
    is_csv: bool


@dataclass
class Recorder:
    """What makes records of rows by a map."""

    table_map: TableMap
    lexicon: Lexicon
    pinned: Pinned
    own_graphs: frozenset[str] = frozenset()
    values: Values = field(init=False)
    documents: Graph = field(default_factory=lambda: Graph(bind_namespaces="none"))
    promised: set[URIRef] = field(default_factory=set)
    """Things that rows name and that other rows are to make."""
    kinds: dict[str, str] = field(default_factory=dict)
    """The kinds of what rows make, by their keys, where a map names things of several kinds."""
    _publisher: URIRef | None = None
    _sources: dict[str, URIRef] = field(default_factory=dict)
    _classes: dict[str, dict[str, URIRef]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Hold the map to the classes and fields that there are. Raises InvalidParameter."""
        self.values = Values(self.table_map, self.lexicon, made=self._made)
        for rule in self.table_map.rules:
            if rule.kind not in SORTS:
                raise wrong(f"kind is {rule.kind!r}, none of {', '.join(SORTS)}")
            if rule.group and not rule.group.columns:
                self.class_of(rule, "".join(map(str, rule.group.parts)))

    def _made(self, kinds: str, key: str) -> str:
        kind = self.kinds.get(key) or kinds.partition(",")[0]
        if kind not in SORTS:
            raise wrong(f"thing:{kind} names no kind; there are {', '.join(SORTS)}")
        iri = own(SORTS[kind].kind, self.slug(key))
        self.promised.add(iri)
        return str(iri)

    def rules(self, row: Row) -> Iterator[Rule]:
        """Yield the rules that are for a row."""
        for rule in self.table_map.rules:
            cells = {column: row.cells.get(column, "") for column in rule.wanted}
            if all(cells[name] in texts if texts else cells[name] for name, texts in rule.wanted.items()):
                yield rule

    def key(self, rule: Rule, row: Row) -> str:
        """Return what makes a row the same row in another edition: its key, else the hash of its cells.

        The number of the row never does. Raises CellError for a row without the key that the map names.
        """
        if rule.key is None:
            taken = self.table_map.columns()
            cells = {name: cell for name, cell in row.cells.items() if name in taken}
            return hashlib.sha256(canonical_cells(Row(0, 0, cells)).encode()).hexdigest()[:12]
        text = self.values.text(rule.key, Context(row))
        if not text:
            column = next(iter(rule.key.columns), "key")
            raise CellError(
                Problem(column, "", "The row has no key.", "Give each row one, or leave `key:` out.")
            )
        return text

    def slug(self, key: str) -> str:
        """Return what the names of a record end with: the key, with a hash where a name cannot be the key."""
        plain = fold(key).replace(" ", "-")
        if plain == key and len(key) <= LONGEST_SLUG:
            return f"{self.table_map.slug}-{key}"
        tag = hashlib.sha256(key.encode()).hexdigest()[:8]
        return f"{self.table_map.slug}-{f'{plain[:LONGEST_SLUG]}-{tag}'.lstrip('-')}"

    def iri(self, rule: Rule, key: str) -> URIRef:
        """Return the IRI that the record of a key has."""
        return own(SORTS[rule.kind].kind, self.slug(key))

    def class_of(self, rule: Rule, name: str) -> URIRef:
        """Return the class of a name. Raises InvalidParameter for none of the kind."""
        if rule.kind not in self._classes:
            found = self.lexicon.form.classes(*SORTS[rule.kind].roots)
            self._classes[rule.kind] = {split(one)[1]: one for one in found}
        known = self._classes[rule.kind]
        if name not in known:
            near = get_close_matches(name, known, n=3)
            raise wrong(f"there is no class {name!r} of this kind; near: {', '.join(near) or 'none'}")
        return known[name]

    def source(self, page: str, told: dict[str, str]) -> URIRef:
        """Return the document at an address; one that no other graph knows is put among the documents."""
        if page not in self._sources:
            self._sources[page] = self._document_at(page) or self._new(page, told)
        return self._sources[page]

    def told_by_code(self, rule: Rule, name: str) -> URIRef:
        """Return the class that a code says, or the nearest above that asks for no more than codes tell."""
        group = self.class_of(rule, name)
        while group not in (DG.Threat, DG.Act) and any(
            one.is_asked and option(one) not in TOLD for one in self.lexicon.form.fields(group)
        ):
            group = next((one for one in self.lexicon.form.parents(group) if one != DG.Act), DG.Act)
        return group

    def publisher(self) -> URIRef:
        """Return who publishes the table, as whoever makes its claims."""
        source = self.table_map.source
        if self._publisher is None:
            name = Name(f"{self.table_map.slug}-publisher", source["publisher"])
            self.documents += thing("agent", name, DG.Agent, {})
            self._publisher = own("agent", name.slug)
        return self._publisher

    def _document_at(self, page: str) -> URIRef | None:
        for quad in self.lexicon.dataset.matching(None, NamedNode(FOAF.page), NamedNode(page)):
            graph, subject = quad.graph_name, quad.subject  # the merge of all has the file's own, too
            is_other = isinstance(graph, NamedNode) and graph.value not in self.own_graphs
            if is_other and isinstance(subject, NamedNode) and kind_of(subject.value) == "document":
                return URIRef(subject.value)
        return None

    def _new(self, page: str, told: dict[str, str]) -> URIRef:
        block, iri = _document(page, told)
        self.documents += block
        return iri


def wrong(what: str) -> InvalidParameter:
    return InvalidParameter(
        f"The map: {what}.", parameters=["map"], hint="docs/importing.md tells what maps say."
    )


def _document(page: str, told: dict[str, str]) -> tuple[Graph, URIRef]:
    """A document that is only known by its address. Raises InvalidParameter for a date that is none."""
    address = urlsplit(page)
    host = (address.hostname or "").removeprefix("www.")
    words = fold(f"{host} {address.path.rstrip('/').rpartition('/')[2].partition('.')[0]}")[:LONGEST_SLUG]
    slug = f"{words.strip().replace(' ', '-')}-{hashlib.sha256(page.encode()).hexdigest()[:6]}"
    block, iri = Graph(), own("document", slug)
    block.add((iri, RDF.type, DG.SourceDocument))
    block.add((iri, RDFS.label, Literal(told.get("label") or f"Page of {host}: {page}"[:200], lang="en")))
    block.add((iri, FOAF.page, URIRef(page)))
    block.add((iri, DCTERMS.publisher, Literal(told.get("publisher") or host)))
    if told.get("published"):
        block += time_span(f"{slug}-published", told["published"], DGV.stated)
        block.add((iri, DG.published, own("time", f"{slug}-published")))
    return block, iri


@dataclass(frozen=True, slots=True)
class Answer:
    """That a record answers an act, as somebody says, and with which standing."""

    record: Record
    cause: URIRef
    relation: str
    status: str
    claimed_by: URIRef

    def triples(self, name: str, cause: str) -> set[Triple]:
        """Return the link and the claim that says so, by the labels of the two acts."""
        claim, iri = own("claim", f"{split(self.record.iri)[1]}-answers"), self.record.iri
        proofs = [value for one, path, value in self.record.triples if (one, path) == (iri, DG.evidence)]
        found: set[Triple] = {
            (iri, DG[self.relation], self.cause),
            (claim, RDF.type, DG.ResponseClaim),
            (claim, RDFS.label, Literal(f"{name} answers: {cause}", lang="en")),
            (claim, DG.claimedCause, self.cause),
            (claim, DG.claimedResponse, iri),
            (claim, DG.claimedBy, self.claimed_by),
            (claim, DG.epistemicStatus, DGV[self.status]),
            (claim, DG.proposition, Literal(f"{name} is the answer to: {cause}.", lang="en")),
        }
        return found | {(claim, DG.evidence, one) for one in proofs}
