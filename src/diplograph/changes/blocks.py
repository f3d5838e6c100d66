"""New blocks of Turtle beside what is known: names taken, names alike, and what the checks say of them."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property, lru_cache
from itertools import chain
from pathlib import Path

from pyoxigraph import NamedNode, Quad
from rdflib import RDF, Graph, URIRef

from diplograph import incremental
from diplograph import release as releases
from diplograph.changes.drafting import Lexicon
from diplograph.errors import DiplographError, DoesNotConform, MalformedRdf
from diplograph.evidence import scaffold
from diplograph.namespaces import DGG, short
from diplograph.rdf import Dataset, turtle
from diplograph.rdf.terms import to_oxigraph
from diplograph.release import durable
from diplograph.release.assemble import load_graphs
from diplograph.search.index import LONGEST, NameIndex
from diplograph.search.loading import index_of
from diplograph.settings import Settings
from diplograph.sources import KnowledgeBase
from diplograph.validation import Report, Shapes
from diplograph.validation.fields import Form
from diplograph.validation.fixes import is_called

NEAR = 5
ALIKE = 85.0
FILE = NamedNode("urn:diplograph:file")
"""The graph of a file that a block is to be put into."""


class KnownTerms:
    """What the knowledge base says, and a file that a block is to be put into."""

    def __init__(self, kb: Path, file: Path | None) -> None:
        """Read the sources; the file may be one of them, another one, or not there yet."""
        self._kb, self.file = kb, file
        self._state = self._stamp()
        self.text = _read(file) if file and file.is_file() else ""
        self._dataset = Dataset.memory()
        load_graphs(KnowledgeBase(kb), self._dataset)
        self._dataset.extend(_quads(turtle.parse(self.text)))

    @contextmanager
    def writing(self) -> Iterator["KnownTerms"]:
        """Let nobody else write in the folder of the file while the block runs, and give what is known then.

        Raises Busy when another one is not done in time.
        """
        if self.file is None:
            yield self
            return
        with durable.folder_lock(self.file.absolute().parent):
            yield self if self._state == self._stamp() else KnownTerms(self._kb, self.file)

    @property
    def own_graphs(self) -> frozenset[str]:
        """The graphs that the file is."""
        graph = KnowledgeBase(self._kb).graph_of(self.file) if self.file else None
        return frozenset({FILE.value, *([graph] if graph else [])})

    @cached_property
    def graph(self) -> Graph:
        """All of it, merged."""
        return self._dataset.to_rdflib(self._dataset.graph_names())

    @cached_property
    def names(self) -> NameIndex:
        """The names of everything."""
        self._dataset.write_default_merge()
        return index_of(self._dataset)

    def lexicon(self, form: Form) -> Lexicon:
        """What drafts are made from."""
        return Lexicon(self._dataset, form, lambda: self.names)

    def near(self, label: str) -> list[str]:
        """Return what is called so, or so but for one letter of six and more."""
        found = self.names.find(label[:LONGEST], least=ALIKE)
        alike = [one for one in found if is_called(label, (n.text for n in self.names.names(one.iri)))]
        return [f"{short(one.iri)}  {one.label}" for one in alike[:NEAR]]

    def refuse_taken(self, block: Graph, near: Sequence[str]) -> None:
        """Raise DoesNotConform, with what is near, when a subject of a new block is known."""
        made = {one for one in block.subjects(RDF.type) if isinstance(one, URIRef)}
        taken = sorted(str(one) for one in made if self.says(one))
        if taken:
            detail = f"{', '.join(short(iri) for iri in taken)}: known already."
            hint = "Add to what is there, or say another --slug."
            raise DoesNotConform(detail, problems=list(near), hint=hint)

    def says(self, subject: URIRef, predicate: URIRef | None = None) -> bool:
        """Tell whether something is said of a thing, by a property or by any."""
        path = None if predicate is None else NamedNode(predicate)
        return any(True for _ in self._dataset.matching(NamedNode(subject), path, None))

    def with_block(self, block: Graph) -> str:
        """The text of the file with a block put in. Raises DoesNotConform when it is not canonical."""
        try:
            return scaffold.insert(self.text, block)
        except DiplographError as error:
            raise type(error)(error.detail, **error.facts, file=str(self.file)) from error

    def _stamp(self) -> frozenset[tuple[Path, int, int]]:
        """What the files are: another one, or one that was written anew, makes another stamp."""
        graphs = KnowledgeBase(self._kb).graphs().values()
        files = {*chain.from_iterable(graphs), *([self.file] if self.file and self.file.is_file() else [])}
        found = ((path, path.stat()) for path in files)
        return frozenset((path, one.st_ino, one.st_mtime_ns) for path, one in found)


def _quads(graph: Graph) -> Iterator[Quad]:
    """The triples of a file that may be no graph of the knowledge base."""
    for triple in graph:
        subject, predicate, value = map(to_oxigraph, triple)
        yield Quad(subject, predicate, value, FILE)  # type: ignore[arg-type]


def _read(file: Path) -> str:
    try:
        return file.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedRdf(f"Not UTF-8: {error.reason} at byte {error.start}.", file=str(file)) from error


def form_of(base: KnowledgeBase) -> Form:
    """What the things of each class say in a knowledge base."""
    graphs = base.graphs()
    paths = [path for name in (DGG.ontology, DGG.vocab) for path in graphs.get(str(name), ())]
    return _form(Shapes.of(base), tuple((path, path.read_bytes()) for path in paths))


@lru_cache(maxsize=2)
def _form(shapes: Shapes, files: tuple[tuple[Path, bytes], ...]) -> Form:
    """The same, read once for as long as the files stay as they are."""
    terms = Graph(bind_namespaces="none")
    for path, _ in files:
        terms += turtle.read(path)
    return Form(shapes.graph, terms)


def report_on(settings: Settings, terms: KnownTerms, block: Graph) -> Report:
    """Return the report on the file with the block in it, whatever stood before among it."""
    base = KnowledgeBase(settings.kb)
    graph = base.graph_of(terms.file) if terms.file is not None else None
    release = releases.current(settings)
    on_top = release and releases.built_from(settings, release, [terms.file] if terms.file else [])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / (terms.file.name if terms.file else "new.ttl")
        path.write_text(terms.with_block(block), encoding="utf-8")
        return incremental.check(
            base,
            [path],
            graph=graph,
            standing=Report.of([]),
            limit=None,
            base=release.path if release and on_top else None,
        )
