"""Documents of the ontology, vocabulary and shapes, and descriptions of graphs and rules; as pages too."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request
from markupsafe import Markup
from rdflib import DCTERMS, OWL, RDF, RDFS, SKOS, Graph, Literal, URIRef
from rdflib.term import Node

from diplograph import media
from diplograph.documents import naming
from diplograph.engine import operations
from diplograph.errors import MemoryLimit, QueryTimeout, UnknownResource
from diplograph.namespaces import BASE, DG, DGS, SH, short
from diplograph.repository import Repository
from diplograph.translations import LANGUAGE, SOURCE, gettext, gettext_noop
from diplograph.web import editor, links, request_parsing, responses, service_description
from diplograph.web.addresses import address
from diplograph.web.headers import NO_STORE
from diplograph.web.parameters import ServiceParameter
from diplograph.web.pictures import canvas

PARTS = (
    (gettext_noop("Classes"), OWL.Class),
    (gettext_noop("Object properties"), OWL.ObjectProperty),
    (gettext_noop("Datatype properties"), OWL.DatatypeProperty),
    (gettext_noop("Annotation properties"), OWL.AnnotationProperty),
)
RELATIONS = (
    (gettext_noop("kind of"), RDFS.subClassOf),
    (gettext_noop("kind of"), RDFS.subPropertyOf),
    (gettext_noop("leads from"), RDFS.domain),
    (gettext_noop("leads to"), RDFS.range),
    (gettext_noop("inverse of"), OWL.inverseOf),
    (gettext_noop("not"), OWL.disjointWith),
    (gettext_noop("close to"), DG.closeTo),
    (gettext_noop("same as"), OWL.equivalentClass),
    (gettext_noop("same as"), OWL.equivalentProperty),
)
SEVERITIES = gettext_noop({"Violation": "Violation", "Warning": "Warning", "Info": "Info"})
"""The severities of SHACL, in words."""
CONTEXT_TYPES = {media.JSON_LD: "jsonld", media.JSON: "json"}
WITHIN = ServiceParameter(
    "q",
    {"type": "string", "maxLength": 200},
    "a text of at most 200 characters",
    "On a page, only what has this text in its name, a label or its meaning.",
)
CONCEPT_USES = f"""PREFIX skos: <{SKOS}>
SELECT ?concept (COUNT(*) AS ?uses) WHERE {{
  ?concept a skos:Concept . ?subject ?property ?concept FILTER(!STRSTARTS(STR(?property), STR(skos:)))
}} GROUP BY ?concept"""
BOX, BETWEEN, MOST_LINES, LINE, PAD = 210, 510, 6, 16, 14
"""Of the picture of the classes, in pixels: a box, what stands between two, and the lines of text there."""


@dataclass(frozen=True, slots=True)
class Use:
    """How often a term is used, of what, and the address of the query that lists it."""

    count: int
    of: str
    address: str


Uses = Mapping[str, Use]


@dataclass(frozen=True, slots=True)
class TermEntry:
    """A term on a page."""

    anchor: str
    name: str
    labels: list[links.Cell]
    definition: links.Cell
    relations: list[tuple[str, list[links.Cell]]]
    use: Use | None
    children: list[TermEntry]

    @property
    def title(self) -> str:
        """The label in the language that is spoken, else the first, else the name."""
        spoken = [one.text for one in self.labels if one.lang == LANGUAGE.get()]
        return next(iter([*spoken, *(one.text for one in self.labels)]), self.name)

    def says(self, text: str) -> bool:
        """Whether a text, its case aside, is in the name, a label or the definition."""
        parts = (self.name, self.definition.text, *(label.text for label in self.labels))
        return any(text.casefold() in part.casefold() for part in parts)


Page = Callable[[Graph, Uses, str], Mapping[str, object]]


def ontology_page(graph: Graph, uses: Uses, text: str) -> Mapping[str, object]:
    """What the page of the ontology shows: all of it with its contents, or the terms that a text is in."""
    parts = [(gettext(title), _entries(graph, _declared(graph, kind), uses)) for title, kind in PARTS]
    shown = [(title, [one for one in entries if one.says(text)]) for title, entries in parts]
    classes = _declared(graph, OWL.Class)
    tops = [one for one in classes if not set(graph.objects(one, RDFS.subClassOf)) & set(classes)]
    return {
        "title": gettext("Ontology"),
        "lead": _text(
            graph, URIRef(f"{BASE}ontology"), (DCTERMS.description, DCTERMS.abstract, RDFS.comment)
        ),
        "parts": [(title, entries) for title, entries in shown if entries],
        "tree": [] if text else _tree(graph, tops, RDFS.subClassOf, uses),
        "picture": None if text else class_picture(graph, classes),
    }


def vocab_page(graph: Graph, uses: Uses, text: str) -> Mapping[str, object]:
    """What the page of the concept schemes shows: each scheme as a tree."""
    schemes = sorted(graph.subjects(RDF.type, SKOS.ConceptScheme), key=str)
    parts = [
        (_entry(graph, scheme, uses), _tree(graph, _top(graph, scheme), SKOS.broader, uses))
        for scheme in schemes
    ]
    kept = [(scheme, trees if scheme.says(text) else _pruned(trees, text)) for scheme, trees in parts]
    return {"title": gettext("Vocabulary"), "schemes": [(scheme, trees) for scheme, trees in kept if trees]}


def shapes_page(graph: Graph, uses: Uses, text: str) -> Mapping[str, object]:
    """What the page of the shapes shows: message and cure of each, under what it is a part of."""
    groups: dict[str, list[TermEntry]] = {}
    for name in sorted({term for term in _shapes(graph) if isinstance(term, URIRef)}, key=str):
        entry = _shape(graph, name)
        if entry.says(text):
            groups.setdefault(entry.anchor.partition("-")[0], []).append(entry)
    targets = {name: _targets(graph, URIRef(f"{DGS}{name}"), uses) for name in groups}
    return {"title": gettext("Shapes"), "groups": groups, "targets": targets}


def _shape(graph: Graph, name: Node) -> TermEntry:
    severity = _anchor(graph.value(name, SH.severity) or SH.Violation)
    return TermEntry(
        anchor=_anchor(name),
        name=short(str(name)),
        labels=[
            _text(graph, name, (SH.message, RDFS.label, SH.name)),
            links.Cell(gettext(SEVERITIES.get(severity, severity))),
        ],
        definition=_text(graph, name, (SH.description, RDFS.comment)),
        relations=[],
        use=None,
        children=[],
    )


def _targets(graph: Graph, name: Node, uses: Uses) -> list[tuple[links.Cell, Use | None]]:
    """The classes whose things a shape judges, each with how many there are."""
    classes = sorted(graph.objects(name, SH.targetClass), key=str)
    return [(links.term_cell(one), uses.get(str(one))) for one in classes]


def class_picture(graph: Graph, classes: Iterable[Node]) -> Markup | None:
    """How the classes relate, as SVG: the properties that lead from each topmost class, and to which."""
    families = {one: min(_families(graph, one), key=str) for one in (*classes, SKOS.Concept)}
    pairs: dict[tuple[Node, Node], list[str]] = {}
    for name in _declared(graph, OWL.ObjectProperty):
        for begin in _classes(graph, name, RDFS.domain):
            for end in _classes(graph, name, RDFS.range):
                if begin in families and end in families:
                    pairs.setdefault((families[begin], families[end]), []).append(_anchor(name))
    boxes, rows, top = [], [], PAD
    for begin in dict.fromkeys(begin for begin, _ in sorted(pairs, key=str)):
        first = top
        for _, end in sorted((pair for pair in pairs if pair[0] == begin), key=str):
            names = ", ".join(dict.fromkeys(pairs[begin, end]))
            lines = canvas.lines(names, BETWEEN - 40, MOST_LINES)
            height = len(lines) * LINE + PAD
            rows.append({"y": top, "height": height, "lines": lines, **_boxed(end)})
            top += height + PAD // 2
        boxes.append({"y": first, "height": top - first - PAD // 2, **_boxed(begin)})
        top += PAD
    if not boxes:
        return None
    drawn = render_template(
        "pictures/classes.svg",
        width=canvas.WIDE.width,
        height=top,
        box=BOX,
        between=BETWEEN,
        boxes=boxes,
        rows=rows,
    )
    return Markup(drawn)  # noqa: S704 - a template of ours, escaped


def _boxed(term: Node) -> dict[str, str | None]:
    cell = links.term_cell(term)
    return {"name": cell.text, "href": cell.href}


def _classes(graph: Graph, name: Node, predicate: Node) -> Iterator[Node]:
    """The classes that a property leads from or to, those of a union one by one."""
    for found in graph.objects(name, predicate):
        union = graph.value(found, OWL.unionOf)
        yield from [found] if union is None else (one for one in graph.items(union) if one is not None)


def _families(graph: Graph, term: Node) -> Iterator[Node]:
    """The topmost classes of ours that a class is a kind of; itself, if there is none."""
    found = (o for o in graph.transitive_objects(term, RDFS.subClassOf) if o is not None)
    above = {term, *(one for one in found if str(one).startswith(str(DG)))}
    yield from (one for one in above if not set(graph.objects(one, RDFS.subClassOf)) & (above - {one}))


def uses_of(repository: Repository) -> Uses:
    """How often each class, property and concept is used in the release.

    None where nothing counted it yet, and where the concepts are not counted in time.
    """
    if not service_description.is_described(repository):
        return {}
    try:
        concepts = operations.select(repository.engine, CONCEPT_USES).rows
    except (QueryTimeout, MemoryLimit):
        return {}
    found = {
        iri: Use(count, "things" if kind == "class" else "statements", _listing(kind, iri))
        for kind, iri, count in editor.in_use(service_description.void(repository))
    }
    for row in concepts:
        iri = str(row["concept"])
        found[iri] = Use(int(str(row["uses"])), "statements", _listing("concept", iri))
    return found


def _listing(kind: str, iri: str) -> str:
    """The address of the query that lists where a term is used."""
    name, head = short(iri), ""
    if name == iri:
        name = f"<{iri}>"
    else:
        head = editor.prologue([name.partition(":")[0]])
    query = {
        "class": f"SELECT ?thing WHERE {{ ?thing a {name} }}",
        "property": f"SELECT ?subject ?value WHERE {{ ?subject {name} ?value }}",
        "concept": f"PREFIX skos: <{SKOS}>\nSELECT ?subject ?property WHERE {{\n  ?subject ?property {name} "
        "FILTER(!STRSTARTS(STR(?property), STR(skos:)))\n}",
    }[kind]
    return address(f"/sparql?{urlencode({'query': head + query})}")


def _shapes(graph: Graph) -> Iterable[Node]:
    yield from graph.subjects(RDF.type, SH.NodeShape)
    yield from graph.subjects(RDF.type, SH.PropertyShape)
    yield from graph.objects(None, SH.sparql)


def _declared(graph: Graph, kind: Node) -> list[Node]:
    ours = (term for term in graph.subjects(RDF.type, kind) if str(term).startswith(f"{BASE}ontology#"))
    return sorted(set(ours), key=lambda term: str(term).lower())


def _entries(graph: Graph, terms: Iterable[Node], uses: Uses) -> list[TermEntry]:
    return [_entry(graph, term, uses) for term in terms]


def _entry(graph: Graph, term: Node, uses: Uses, children: list[TermEntry] | None = None) -> TermEntry:
    return TermEntry(
        anchor=_anchor(term),
        name=short(str(term)),
        labels=[links.term_cell(label) for label in _labels(graph, term)],
        definition=_text(graph, term, (SKOS.definition, RDFS.comment)),
        relations=_relations(graph, term),
        use=uses.get(str(term)),
        children=children or [],
    )


def _labels(graph: Graph, term: Node) -> list[Node]:
    found = {*graph.objects(term, SKOS.prefLabel), *graph.objects(term, RDFS.label)}
    return sorted(found, key=lambda label: (getattr(label, "language", "") or "", str(label)))


def _relations(graph: Graph, term: Node) -> list[tuple[str, list[links.Cell]]]:
    found = []
    for name, predicate in RELATIONS:
        targets = sorted(target for target in graph.objects(term, predicate) if isinstance(target, URIRef))
        if targets:
            found.append((gettext(name), [links.term_cell(target) for target in targets]))
    return found


def _top(graph: Graph, scheme: Node) -> list[Node]:
    members = set(graph.subjects(SKOS.inScheme, scheme)) | set(graph.subjects(SKOS.topConceptOf, scheme))
    return sorted((term for term in members if not set(graph.objects(term, SKOS.broader)) & members), key=str)


def _tree(
    graph: Graph, terms: Iterable[Node], above: Node, uses: Uses, seen: frozenset[Node] = frozenset()
) -> list[TermEntry]:
    """Terms with those below them; `above` is the property that leads up."""
    entries = []
    for term in terms:
        if term not in seen:
            below = sorted((one for one in graph.subjects(above, term) if isinstance(one, URIRef)), key=str)
            entries.append(_entry(graph, term, uses, _tree(graph, below, above, uses, seen | {term})))
    return entries


def _pruned(entries: Iterable[TermEntry], text: str) -> list[TermEntry]:
    """The entries that say a text, with all below them, and those above them."""
    found = []
    for entry in entries:
        if entry.says(text):
            found.append(entry)
        elif children := _pruned(entry.children, text):
            found.append(replace(entry, children=children))
    return found


def _text(graph: Graph, term: Node, predicates: Iterable[Node]) -> links.Cell:
    """The first text of the given predicates, in the language that is spoken, else in English."""
    order = {language: rank for rank, language in enumerate((LANGUAGE.get(), SOURCE))}
    for predicate in predicates:
        texts = sorted(
            (one for one in graph.objects(term, predicate) if isinstance(one, Literal)),
            key=lambda text: (order.get(text.language or "", len(order)), text),
        )
        if texts:
            return links.Cell(str(texts[0]), lang=texts[0].language)
    return links.Cell("")


def _anchor(term: Node) -> str:
    return str(term).replace("#", "/").rpartition("/")[2]


def _variants(name: str) -> responses.Variants:
    return responses.Variants(f"/{name}", media.DOCUMENT_TYPES, iri=f"{BASE}{name}")


@dataclass(frozen=True)
class Documents:
    """Publishes what the release says about its own terms."""

    repository: Repository
    _made: dict[tuple[str, str], bytes] = field(default_factory=dict)

    def blueprint(self) -> Blueprint:
        """Mount the documents, each negotiated and with a suffix for every format."""
        pages = Blueprint("documents", __name__)
        for name, view in (("ontology", self.ontology), ("vocab", self.vocab), ("shapes", self.shapes)):
            pages.add_url_rule(f"/{name}", endpoint=name, view_func=view, defaults={"suffix": ""})
            for suffix in media.DOCUMENT_TYPES.values():
                rule = f"/{name}.{suffix}"
                pages.add_url_rule(rule, endpoint=name, view_func=view, defaults={"suffix": f".{suffix}"})
        pages.add_url_rule("/ontology/<path:name>", view_func=self.module)
        pages.add_url_rule("/shapes/<name>", view_func=self.shape)
        pages.add_url_rule("/context.jsonld", view_func=self.context)
        return pages

    def ontology(self, suffix: str) -> Response:
        """Sends the ontology: core, description logic module and alignments; as a page, its documentation."""
        return self._whole("ontology", suffix, self._ontology, ontology_page)

    def module(self, name: str) -> Response:
        """Sends one module of the ontology, by its name or by that of its version.

        Of a term of the ontology it leads to the ontology, where that stands.
        """
        stem, chosen = responses.split(name, media.DOCUMENT_TYPES)
        if stem not in self._modules:
            others = {one: address(f"/ontology/{one}") for one in self._modules}
            return self._term("ontology", stem, chosen, self._ontology, others)
        return self._send(f"ontology/{stem}", chosen, self._modules[stem], "ontology.html", ontology_page)

    def vocab(self, suffix: str) -> Response:
        """Sends the concept schemes."""
        return self._whole("vocab", suffix, self._vocab, vocab_page)

    def shapes(self, suffix: str) -> Response:
        """Sends the shapes that data is checked against."""
        return self._whole("shapes", suffix, self._shapes, shapes_page)

    def shape(self, name: str) -> Response:
        """Leads from the name of a shape to the shapes, where it stands."""
        stem, chosen = responses.split(name, media.DOCUMENT_TYPES)
        return self._term("shapes", stem, chosen, self._shapes, {})

    def context(self) -> Response:
        """Sends the JSON-LD context: prefixes and properties."""
        responses.accept(CONTEXT_TYPES)
        return responses.send(responses.dumps(service_description.context(self._ontology)), media.JSON_LD)

    def _term(
        self, document: str, name: str, chosen: str, graph: Graph, others: Mapping[str, str]
    ) -> Response:
        """The way to a term within its document.

        Raises UnknownResource, with near terms and others by name, for what is none.
        """
        space = f"{BASE}{document}#"
        if (URIRef(space + name), RDF.type, None) in graph:
            return responses.see_other(_variants(document), chosen, name)
        terms = {str(term).removeprefix(space) for term in graph.subjects() if str(term).startswith(space)}
        named = {term: address(f"/{document}#{term}") for term in terms}
        named |= others
        near = [named[one] for one in naming.alike(name, named)]
        raise UnknownResource(f"Nothing here is called {name}.", near=near)

    def _whole(self, name: str, suffix: str, graph: Graph, page: Page) -> Response:
        _, chosen = responses.split(name + suffix, media.DOCUMENT_TYPES)
        if not graph:
            raise UnknownResource("What is served are loose files, without terms of their own.")
        return self._send(name, chosen, graph, f"{name}.html", page)

    def _send(self, name: str, chosen: str, graph: Graph, template: str, page: Page) -> Response:
        variants = _variants(name)
        given = request_parsing.fields(request.query_string)
        text = (request_parsing.value(given, WITHIN) or "").strip()
        if chosen == media.HTML:
            return self._page(template, variants, graph, page, text)
        return responses.send(self._bytes(name, graph, chosen), chosen, variants)

    def _page(
        self, template: str, variants: responses.Variants, graph: Graph, page: Page, text: str
    ) -> Response:
        uses = uses_of(self.repository)
        facts = {"text": text, "path": variants.path, "is_counted": bool(uses)}
        response = responses.page(template, variants, **facts, **page(graph, uses, text))
        if not uses:  # the next reader may find them counted
            response.headers["Cache-Control"] = NO_STORE
        return response

    def _bytes(self, name: str, graph: Graph, chosen: str) -> bytes:
        """The document's bytes, made once: a release does not change."""
        key = (name, chosen)
        if key not in self._made:
            self._made[key] = responses.serialise(graph, chosen)
        return self._made[key]

    @cached_property
    def _ontology(self) -> Graph:
        return service_description.ontology_of(self.repository.release.ontology_dir)

    @cached_property
    def _modules(self) -> dict[str, Graph]:
        return service_description.modules_of(self.repository.release.ontology_dir)

    @cached_property
    def _vocab(self) -> Graph:
        return service_description.vocab_of(self.repository.release.ontology_dir)

    @cached_property
    def _shapes(self) -> Graph:
        return service_description.shapes_of(self.repository.release.shapes_dir)
