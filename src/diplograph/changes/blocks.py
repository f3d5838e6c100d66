"""New blocks of Turtle beside what is known: names taken, names alike, and what the checks say of them."""

import tempfile
from functools import cached_property, lru_cache
from pathlib import Path

from rdflib import Graph

from diplograph import incremental
from diplograph import release as releases
from diplograph.changes.drafting import Lexicon
from diplograph.errors import DiplographError, DoesNotConform, MalformedRdf
from diplograph.evidence import scaffold
from diplograph.namespaces import DGG, short
from diplograph.rdf import Dataset, turtle
from diplograph.release.assemble import load_graphs
from diplograph.search.index import LONGEST, NameIndex
from diplograph.search.loading import index_of
from diplograph.settings import Settings
from diplograph.sources import KnowledgeBase, Stamps, stamps
from diplograph.validation import Report, Shapes
from diplograph.validation.fields import Form

NEAR = 5
ALIKE = 85.0


class KnownTerms:
    """What the knowledge base says, and a file that a block is to be put into."""

    def __init__(self, kb: Path, file: Path | None) -> None:
        """Read the sources; the file may be one of them, another one, or not there yet."""
        self._dataset = Dataset.memory()
        load_graphs(KnowledgeBase(kb), self._dataset)
        self.file = file
        self.text = _read(file) if file and file.is_file() else ""
        self.graph = self._dataset.to_rdflib(self._dataset.graph_names())
        self.graph += turtle.parse(self.text)

    def lexicon(self, form: Form) -> Lexicon:
        """What drafts are made from."""
        return Lexicon(self.graph, form, lambda: self.names)

    @cached_property
    def names(self) -> NameIndex:
        """The names of everything."""
        self._dataset.write_default_merge()
        return index_of(self._dataset)

    def refuse_taken(self, block: Graph, label: str) -> list[str]:
        """Return what is called much alike. Raises DoesNotConform when a subject of a new block is known."""
        near = self._near(label)
        if taken := scaffold.taken(self.graph, block):
            detail = f"{', '.join(short(iri) for iri in taken)}: known already."
            hint = "Add to what is there, or say another --slug."
            raise DoesNotConform(detail, problems=near, hint=hint)
        return near

    def with_block(self, block: Graph) -> str:
        """The text of the file with a block put in. Raises DoesNotConform when it is not canonical."""
        try:
            return scaffold.insert(self.text, block)
        except DiplographError as error:
            raise type(error)(error.detail, **error.facts, file=str(self.file)) from error

    def _near(self, label: str) -> list[str]:
        found = self.names.find(label[:LONGEST], limit=NEAR, least=ALIKE)
        return [f"{short(one.iri)}  {one.label}" for one in found]


def _read(file: Path) -> str:
    try:
        return file.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedRdf(f"Not UTF-8: {error.reason} at byte {error.start}.", file=str(file)) from error


def form_of(base: KnowledgeBase) -> Form:
    """What the things of each class say in a knowledge base, read once while its files stay as they are."""
    graphs = base.graphs()
    files = [path for name in (DGG.ontology, DGG.vocab) for path in graphs.get(str(name), ())]
    return _form(Shapes.of(base), stamps(files))


@lru_cache(maxsize=2)
def _form(shapes: Shapes, files: Stamps) -> Form:
    terms = Graph(bind_namespaces="none")
    for path, *_ in files:
        terms += turtle.read(Path(path))
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
