"""Fields: what a thing of a class may and must say, read from the property shapes and the ontology."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

from rdflib import Graph, Literal, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from diplograph.namespaces import DG, OWL, PROV, RDF, RDFS, SCHEMA, SH, SKOS, XSD, split

TIME = str(DG.TimeSpan)
"""The class of things that a date makes."""


@dataclass(frozen=True, slots=True)
class Field:
    """One property that a thing of a class may have.

    `title` and `cure` are those of its shape, else the label and the definition of the ontology. Values are
    things of one of the `classes`, concepts of the `scheme`, or literals of the `datatype`; `is_link` when
    they are things of whatever class. `is_asked` when a shape wants at least one; then `instead` are those
    of which one is enough. `is_single` when a shape allows no more than one.
    """

    predicate: URIRef
    title: str
    cure: str
    classes: tuple[URIRef, ...] = ()
    scheme: URIRef | None = None
    datatype: URIRef | None = None
    is_link: bool = False
    is_asked: bool = False
    is_single: bool = False
    instead: tuple[URIRef, ...] = ()

    @property
    def name(self) -> str:
        """The local name of the property."""
        return split(str(self.predicate))[1]

    @property
    def is_time(self) -> bool:
        """Whether its value is a time span, which a date makes."""
        return TIME in map(str, self.classes)


def _order(one: Field) -> tuple[object, ...]:
    """What is asked for first, then by name; those of which one is enough together, as the shape has them."""
    options = one.instead if one.predicate in one.instead else (one.predicate,)
    return (not one.is_asked, split(str(options[0]))[1], options.index(one.predicate))


class Form:
    """What shapes and ontology say of the things of a class; what only the build writes is left out."""

    def __init__(self, shapes: Graph, ontology: Graph) -> None:
        """Take the graph of the shapes, and that of the ontology with the vocabulary."""
        self._shapes, self._ontology = shapes, ontology
        self._built = set(ontology.subjects(DG.writtenBy))
        self._of_anything: dict[URIRef, list[Node]] = {}
        self._fields: dict[URIRef, list[Field]] = {}
        for node in sorted(set(shapes.subjects(SH.targetSubjectsOf)), key=str):
            for shape in sorted(shapes.objects(node, SH.property), key=str):
                for path in self._paths(shape):
                    self._of_anything.setdefault(path, []).append(shape)

    def classes(self, *roots: URIRef) -> list[URIRef]:
        """Return some classes and all below them, but those that reasoning finds, in order of their names."""
        found = chain.from_iterable(
            self._ontology.transitive_subjects(RDFS.subClassOf, root) for root in roots
        )
        return sorted({one for one in found if isinstance(one, URIRef) and not self._is_inferred(one)})

    def parents(self, group: URIRef) -> list[URIRef]:
        """Return the classes just above a class, in order of their names."""
        found = self._ontology.objects(group, RDFS.subClassOf)
        return sorted(one for one in found if isinstance(one, URIRef))

    def _is_inferred(self, group: URIRef) -> bool:
        """Whether a class has its members by an axiom: no file says that something is one of them."""
        if group in self._built:
            return True
        below = set(self._ontology.subjects(RDFS.subClassOf, group))
        return any((one, RDF.type, OWL.Restriction) in self._ontology for one in below)

    def fields(self, group: URIRef) -> list[Field]:
        """Return the fields of a class: those that shapes ask for first, then by name."""
        if group not in self._fields:
            self._fields[group] = self._fields_of(group)
        return list(self._fields[group])

    def _fields_of(self, group: URIRef) -> list[Field]:
        above = self._above(group)
        own: dict[URIRef, list[Node]] = {}
        for shape in sorted(self._shapes_of(above), key=lambda one: (len(self._paths(one)), str(one))):
            for path in self._paths(shape):
                own.setdefault(path, []).append(shape)
        found = [self._field(path, own.get(path, [])) for path in {*own, *self._properties(above)}]
        return sorted(
            (one for one in found if one.predicate not in self._built and not self._is_refused(one, own)),
            key=_order,
        )

    def concepts(self, scheme: URIRef) -> list[URIRef]:
        """Return the concepts of a scheme that are values: leaves, and headings that are used themselves."""
        found = set(self._ontology.subjects(SKOS.inScheme, scheme))
        headings = {one for one in found if (one, RDFS.seeAlso, None) in self._ontology}
        return sorted(one for one in found - headings if isinstance(one, URIRef))

    def fitting(self, scheme: URIRef, group: URIRef) -> list[URIRef]:
        """Return the concepts of a scheme that a thing of a class may have, as their headings say."""
        above = self._above(group)
        return [one for one in self.concepts(scheme) if self._fits(one, above)]

    def told(self, concept: URIRef) -> str:
        """Return the English label of a concept and its definition."""
        return ": ".join(
            filter(None, [self._text_of(concept, SKOS.prefLabel), self._text_of(concept, SKOS.definition)])
        )

    def _fits(self, concept: URIRef, above: set[Node]) -> bool:
        heading = self._ontology.value(concept, SKOS.broader)
        allowed = set(self._ontology.objects(heading, RDFS.seeAlso)) if heading is not None else set()
        return not allowed or bool(allowed & above)

    def _above(self, group: URIRef) -> set[Node]:
        return {one for one in self._ontology.transitive_objects(group, RDFS.subClassOf) if one is not None}

    def _shapes_of(self, above: Iterable[Node]) -> Iterator[Node]:
        """The property shapes of the node shapes that target some classes."""
        for one in above:
            for node in self._shapes.subjects(SH.targetClass, one):
                yield from self._shapes.objects(node, SH.property)

    def _is_refused(self, one: Field, own: Mapping[URIRef, list[Node]]) -> bool:
        """Whether a shape allows no value of a field."""
        return self._most(own.get(one.predicate, ())) == 0

    def _most(self, shapes: Iterable[Node]) -> int | None:
        """How many values shapes allow at most, None where none says."""
        counts = (self._shapes.value(shape, SH.maxCount) for shape in shapes)
        return min((int(most) for most in counts if isinstance(most, Literal)), default=None)

    def _is_asking(self, shape: Node) -> bool:
        return any((shape, least, None) in self._shapes for least in (SH.minCount, SH.qualifiedMinCount))

    def _paths(self, shape: Node) -> list[URIRef]:
        """The properties of a shape's path: one, or the options of an alternative; nothing for any other."""
        path = self._shapes.value(shape, SH.path)
        if isinstance(path, URIRef):
            return [path]
        options = self._shapes.value(path, SH.alternativePath)
        members = [] if options is None else list(Collection(self._shapes, options))
        return [one for one in members if isinstance(one, URIRef)]

    def _properties(self, above: set[Node]) -> set[URIRef]:
        """The properties of ours whose domain is one of some classes, or that have none."""
        found = chain.from_iterable(
            self._ontology.subjects(RDF.type, kind) for kind in (OWL.ObjectProperty, OWL.DatatypeProperty)
        )
        ours = {one for one in found if isinstance(one, URIRef) and one.startswith(str(DG))}
        return {one for one in ours if self._is_for(one, above)}

    def _is_for(self, predicate: URIRef, above: set[Node]) -> bool:
        """Whether the ontology has a property for some classes, by its domain or as one of several."""
        domains = {
            *self._ontology.objects(predicate, RDFS.domain),
            *self._ontology.objects(predicate, SCHEMA.domainIncludes),
        }
        return not above.isdisjoint(domains)

    def _field(self, path: URIRef, own: list[Node]) -> Field:
        asking = next(filter(self._is_asking, own), None)
        shapes = [*own, *self._of_anything.get(path, ())]
        first = next(iter(shapes), None)
        term, name = self._text_of(path, RDFS.label), self._text(asking or first, SH.name)
        is_one_of_several = asking is None or len(self._paths(asking)) > 1
        title = (term if is_one_of_several else name) or term or name or split(str(path))[1]
        cure = self._text(asking or first, SH.description) or self._text_of(path, SKOS.definition)
        instead = tuple(self._paths(asking)) if asking is not None else ()
        scheme = self._scheme(shapes)
        classes = () if scheme else self._classes(path, shapes)
        datatype = self._datatype(path, shapes)
        is_declared = (path, RDF.type, OWL.ObjectProperty) in self._ontology
        is_link = bool(classes) or is_declared or path.startswith(str(PROV))
        is_single = self._most(one for one in shapes if self._paths(one) == [path]) == 1
        is_asked = asking is not None
        return Field(path, title, cure, classes, scheme, datatype, is_link, is_asked, is_single, instead)

    def _text(self, shape: Node | None, predicate: URIRef) -> str:
        value = self._shapes.value(shape, predicate) if shape is not None else None
        return "" if value is None else str(value)

    def _text_of(self, term: URIRef, predicate: URIRef) -> str:
        """The English text of a term of the ontology."""
        texts = (one for one in self._ontology.objects(term, predicate) if isinstance(one, Literal))
        return next((str(one) for one in texts if one.language == "en"), "")

    def _scheme(self, shapes: Iterable[Node]) -> URIRef | None:
        """The scheme that concepts are from, as a shape of the concept says."""
        for node in chain.from_iterable(self._shapes.objects(shape, SH.node) for shape in shapes):
            for member in self._shapes.objects(node, SH.property):
                value = self._shapes.value(member, SH.hasValue)
                if self._shapes.value(member, SH.path) == SKOS.inScheme and isinstance(value, URIRef):
                    return value
        return None

    def _classes(self, path: URIRef, shapes: Iterable[Node]) -> tuple[URIRef, ...]:
        """The classes of its values, by a shape or else by the ontology."""
        for shape in shapes:
            options = self._shapes.value(shape, SH["or"])
            members = [shape] if options is None else list(Collection(self._shapes, options))
            found = [one for member in members for one in self._shapes.objects(member, SH["class"])]
            if found:
                return tuple(one for one in found if isinstance(one, URIRef))
        ranges = (one for one in self._ontology.objects(path, RDFS.range) if isinstance(one, URIRef))
        return tuple(one for one in ranges if one.startswith(str(DG)))

    def _datatype(self, path: URIRef, shapes: Iterable[Node]) -> URIRef | None:
        """The datatype of its values; None where they are things, or where nothing says."""
        for shape in shapes:
            found = self._shapes.value(shape, SH.datatype)
            if isinstance(found, URIRef):
                return found
        if (path, RDF.type, OWL.DatatypeProperty) in self._ontology:
            return XSD.string
        return None
