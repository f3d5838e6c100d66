"""Accounts: what each source says of an act, and what each claim says of it.

A source is a document. What a named graph states on an act is said by the document that the meta graph gives
for the graph (`dcterms:source`), else by those of the evidence; a graph that names none stands for it. A
claim speaks for an act only by what it gives: a time, a stage, a number, a body.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad

from diplograph.namespaces import BUILT_GRAPHS, DCTERMS, DG, DGG, DGV, OA, RDF, RDFS
from diplograph.rdf import Dataset
from diplograph.rdf.terms import OxigraphTerm
from diplograph.summary.intervals import Interval, Number, interval, unless_open

Thing = NamedNode | BlankNode


def _dg(name: str) -> NamedNode:
    return NamedNode(str(DG[name]))


def _dgv(name: str) -> NamedNode:
    return NamedNode(str(DGV[name]))


TYPE, SUBCLASS = NamedNode(str(RDF.type)), NamedNode(str(RDFS.subClassOf))
ACT, DIPLOMATIC_ACT, TIME_SPAN = _dg("Act"), _dg("DiplomaticAct"), _dg("TimeSpan")
WHEN, DEADLINE, COMPLETED = _dg("when"), _dg("deadline"), _dg("completedWhen")
REALISATION, AFFECTS, ACTING_BODY = _dg("realisation"), _dg("affects"), _dg("actingBody")
ACTOR, TARGET, ORGAN_OF, FORM = _dg("actor"), _dg("target"), _dg("organOf"), _dg("form")
EDTF, NOT_BEFORE, NOT_AFTER = _dg("edtf"), _dg("notBefore"), _dg("notAfter")
MEMBER_COUNT, HAS_MEMBER, QUALIFIER = _dg("memberCount"), _dg("hasMember"), _dg("countQualifier")
EVIDENCE, GRAPH_KIND, RELAYS, PUBLISHED = _dg("evidence"), _dg("graphKind"), _dg("relays"), _dg("published")
TARGETED, SOURCED = NamedNode(str(OA.hasTarget)), NamedNode(str(OA.hasSource))
DOCUMENT, ISSUED, PUBLISHER = (NamedNode(str(DCTERMS[name])) for name in ("source", "issued", "publisher"))
ABOUT, ASSERTS, STATUS = _dg("claimAbout"), _dg("asserts"), _dg("epistemicStatus")
CLAIMED_TIME, CLAIMED_TIME_OF = _dg("claimedTime"), _dg("claimedTimeOf")
CLAIMED_STAGE, CLAIMED_NUMBER, CLAIMED_BODY = _dg("claimedStage"), _dg("claimedNumber"), _dg("claimedBody")
CLAIMED_PLACE = _dg("claimedPlace")
CONCERNS, PREFERS, DISCREPANCY_KIND = _dg("concerns"), _dg("prefers"), _dg("discrepancyKind")
GIVEN = (CLAIMED_TIME, CLAIMED_STAGE, CLAIMED_NUMBER, CLAIMED_BODY, CLAIMED_PLACE)
"""What a claim may give for an act."""
TIMES, NUMBERS = (CLAIMED_TIME,), (CLAIMED_NUMBER,)
"""What a claim may give for a time span of an act, and for those whom it affects."""
VOICES_ONLY = frozenset(map(_dgv, ("alleged", "opinion", "interpretation", "denied", "inferred")))
"""The status of claims that never set a summary."""
BACKGROUND = _dgv("background-graph")
META = NamedNode(str(DGG.meta))
"""The graph that says what graphs are for and whose they are."""
_FRAME = {NamedNode(name) for name in (str(DGG.ontology), str(DGG.vocab), *BUILT_GRAPHS)} | {DefaultGraph()}
Stated = tuple[OxigraphTerm, NamedNode]
"""An object and the named graph that states it."""


class Statements:
    """What the named graphs that are curated say, by subject and property; all of some properties at once."""

    def __init__(self, dataset: Dataset, whole: Sequence[NamedNode] = ()) -> None:
        """Look at a dataset; of the properties of `whole` everything is read in advance."""
        self._dataset = dataset
        self._of: dict[NamedNode, Mapping[OxigraphTerm, Sequence[Stated]]] = {}
        self._to: dict[NamedNode, Mapping[OxigraphTerm, Sequence[Stated]]] = {}
        if whole:
            self.read(whole)

    def read(self, predicates: Iterable[NamedNode]) -> None:
        """Read everything of some properties in advance: graph by graph, so that no other is touched."""
        names = map(NamedNode, self._dataset.graph_names())
        graphs = [graph for graph in names if graph not in _FRAME]
        for predicate in predicates:
            of: dict[OxigraphTerm, list[Stated]] = defaultdict(list)
            to: dict[OxigraphTerm, list[Stated]] = defaultdict(list)
            for graph in graphs:
                for quad in self._dataset.matching(None, predicate, None, graph):
                    subject, value = quad.subject, quad.object
                    of[subject].append((value, graph))
                    if predicate in _BACKWARDS:
                        to[value].append((subject, graph))
            self._of[predicate] = of
            if predicate in _BACKWARDS:
                self._to[predicate] = to

    def of(self, subject: OxigraphTerm, predicate: NamedNode) -> Sequence[Stated]:
        """Return the objects of a subject and a property, each with its graph."""
        known = self._of.get(predicate)
        if known is not None:
            return known.get(subject, ())
        found = _curated(self._dataset.matching(subject, predicate, None))
        return [(quad.object, graph) for quad, graph in found]

    def to(self, predicate: NamedNode, value: OxigraphTerm) -> Sequence[Stated]:
        """Return the subjects of a property and an object, each with its graph."""
        known = self._to.get(predicate)
        if known is not None:
            return known.get(value, ())
        found = _curated(self._dataset.matching(None, predicate, value))
        return [(quad.subject, graph) for quad, graph in found]

    def values(self, subject: OxigraphTerm, predicate: NamedNode) -> list[OxigraphTerm]:
        """Return the objects of a subject and a property, each once, in order."""
        return in_order([value for value, _ in self.of(subject, predicate)])

    def home(self, claim: OxigraphTerm) -> frozenset[NamedNode]:
        """Return the graphs that say what a claim is: in them it speaks, and in no other."""
        return frozenset(graph for _, graph in self.of(claim, TYPE))

    def said(self, claim: OxigraphTerm, predicate: NamedNode) -> list[OxigraphTerm]:
        """Return what a claim says where it speaks, each once, in order."""
        home = self.home(claim)
        return in_order([value for value, graph in self.of(claim, predicate) if graph in home])

    def inside(self, graph: Thing, predicate: NamedNode) -> set[OxigraphTerm]:
        """Return all objects of a property in one graph."""
        return {quad.object for quad in self._dataset.matching(None, predicate, None, graph)}

    def is_a(self, thing: OxigraphTerm, kind: NamedNode) -> bool:
        """Tell whether something is of a class, by what follows from all graphs."""
        return is_a(self._dataset, thing, kind)

    @cached_property
    def graph_kinds(self) -> Mapping[OxigraphTerm, OxigraphTerm]:
        """What the graphs are for that are not those of sources."""
        found = self._dataset.matching(None, GRAPH_KIND, None, META)
        return {quad.subject: quad.object for quad in found}


def _curated(quads: Iterable[Quad]) -> Iterator[tuple[Quad, NamedNode]]:
    """Yield the quads that files hold, but for those of the ontology and its schemes."""
    for quad in quads:
        graph = quad.graph_name
        if isinstance(graph, NamedNode) and graph not in _FRAME:
            yield quad, graph


def is_a(dataset: Dataset, thing: OxigraphTerm, kind: NamedNode) -> bool:
    """Tell whether something is of a class, by some named graph: the merge may lag behind a change."""
    found = dataset.matching(thing, TYPE, kind)
    return any(not isinstance(quad.graph_name, DefaultGraph) for quad in found)


def in_order(terms: list[OxigraphTerm]) -> list[OxigraphTerm]:
    """Return terms each once, in order."""
    return terms if len(terms) < 2 else sorted(set(terms), key=str)


def things(terms: Iterable[OxigraphTerm]) -> Iterator[Thing]:
    """Yield the terms that can be the subject of a statement."""
    return (term for term in terms if isinstance(term, NamedNode | BlankNode))


_BACKWARDS = frozenset({ABOUT, ASSERTS, CLAIMED_TIME_OF, CONCERNS, AFFECTS})


@dataclass(slots=True)
class Account:
    """What one carrier, a named graph or a claim, says of one act.

    `deadline` and `completion` are intervals; `is_claim` tells the carrier; `status` keeps it from counting.
    `actors` and `targets` are whole polities, as far as what an organ belongs to is told.
    """

    carrier: Thing
    documents: list[OxigraphTerm]
    is_claim: bool
    time: OxigraphTerm | None = None
    date: Interval | None = None
    stage: OxigraphTerm | None = None
    number: Number | None = None
    bodies: tuple[OxigraphTerm, ...] = ()
    actors: frozenset[OxigraphTerm] = frozenset()
    targets: frozenset[OxigraphTerm] = frozenset()
    deadline: Interval | None = None
    completion: Interval | None = None
    status: OxigraphTerm | None = None
    preferred: frozenset[OxigraphTerm] = frozenset()
    """What of it a discrepancy may name: its time span, its groups, the claim itself."""

    @property
    def counts(self) -> bool:
        """Whether it may set the summary."""
        return self.status is None


class Accounts:
    """The accounts of acts, read from statements."""

    def __init__(self, statements: Statements) -> None:
        """Read from statements."""
        self._statements = statements
        self._intervals: dict[OxigraphTerm, Interval | None] = {}
        self._sources: dict[OxigraphTerm, list[OxigraphTerm]] = {}
        self._graphs: dict[OxigraphTerm, set[OxigraphTerm]] = {}

    def of(self, act: Thing) -> list[Account]:
        """Return the accounts of an act: those of graphs, then those of claims, each in order."""
        own = [self._stated(act, graph) for graph in self._carriers(act)]
        return own + [self._claimed(act, claim, home) for claim, home in self._claims(act)]

    def interval(self, span: OxigraphTerm) -> Interval | None:
        """Return the interval of a time span, None for one of which nothing is said."""
        if span not in self._intervals:
            told = (self._text(span, predicate) for predicate in (EDTF, NOT_BEFORE, NOT_AFTER))
            edtf, before, after = told
            is_told = edtf or before or after
            self._intervals[span] = interval(edtf, before, after) if is_told else None
        return self._intervals[span]

    def wholes(self, agents: Iterable[OxigraphTerm]) -> frozenset[OxigraphTerm]:
        """Return whom agents are organs of; an agent of which that is not told stands for itself."""
        told = self._statements
        return frozenset(whole for one in agents for whole in told.values(one, ORGAN_OF) or [one])

    def _text(self, subject: OxigraphTerm, predicate: NamedNode) -> str | None:
        values = self._statements.values(subject, predicate)
        return next((value.value for value in values if isinstance(value, Literal)), None)

    def _carriers(self, act: Thing) -> list[NamedNode]:
        """Return the graphs of sources that state something on an act or number those whom it affects."""
        told, kinds = self._statements, self._statements.graph_kinds
        graphs = {graph for predicate in STATED for _, graph in told.of(act, predicate)}
        for one in told.values(act, AFFECTS):
            own = {graph for _, graph in told.to(AFFECTS, one)}  # these count for acts of their own
            graphs |= {graph for _, graph in told.of(one, MEMBER_COUNT)} - own
        return sorted((graph for graph in graphs if graph not in kinds), key=str)

    def _stated(self, act: Thing, graph: Thing) -> Account:
        def told(predicate: NamedNode) -> list[OxigraphTerm]:
            return in_order([value for value, where in self._statements.of(act, predicate) if where == graph])

        times, stages, affected = told(WHEN), told(REALISATION), told(AFFECTS)
        time = next(iter(times), None)
        return Account(
            carrier=graph,
            documents=self._documents(act, graph),
            is_claim=False,
            time=time,
            date=None if time is None else self.interval(time),
            stage=next((stage for stage in stages if stage not in NO_STAGE), None),
            number=self._number(affected or self._counted(act, graph), graph),
            bodies=tuple(told(ACTING_BODY)),
            actors=self.wholes([*told(ACTOR), *told(ACTING_BODY)]),
            targets=self.wholes(told(TARGET)),
            deadline=self._first_interval(told(DEADLINE)),
            completion=self._first_interval(told(COMPLETED)),
            preferred=frozenset({*times, *affected}),
        )

    def _first_interval(self, spans: Iterable[OxigraphTerm]) -> Interval | None:
        return next((found for span in spans if (found := self.interval(span)) is not None), None)

    def _counted(self, act: Thing, graph: Thing) -> list[OxigraphTerm]:
        """Return those whom other sources have affected and whom one counts in its own way."""
        told = self._statements
        groups = told.values(act, AFFECTS)
        return [one for one in groups if any(where == graph for _, where in told.of(one, MEMBER_COUNT))]

    def _number(self, affected: list[OxigraphTerm], graph: Thing) -> Number | None:
        """Add up those whom one source has affected: a member of a counted group counts once."""
        counted = {one: self._count(one, graph) for one in affected}
        within = {
            member
            for group, count in counted.items()
            if count is not None and count.most is not None
            for member in self._statements.values(group, HAS_MEMBER)
        }
        found = [count for one, count in counted.items() if one not in within]
        if not found or all(count is None for count in found):
            return None
        known = [count for count in found if count is not None]
        mosts = [count.most for count in known] + [None] * (len(found) - len(known))
        return Number(
            sum(count.least or 0 for count in known) or None,
            unless_open(sum, mosts),
            is_about=any(count.is_about for count in known),
        )

    def _count(self, one: OxigraphTerm, graph: Thing) -> Number | None:
        """Return how many somebody or a group is, None for a group of unknown size."""
        if not self._statements.is_a(one, _GROUP):
            return Number(1, 1)
        told = sorted(self._statements.of(one, MEMBER_COUNT), key=str)
        for value, where in [each for each in told if each[1] == graph] or told:
            if (number := _integer([value])) is not None:
                stated = self._statements.of(one, QUALIFIER)
                return _qualified(number, next((v for v, at in stated if at == where), None))
        return None

    def _claims(self, act: Thing) -> list[tuple[Thing, frozenset[NamedNode]]]:
        """Return the claims that give something for an act or stand in a graph of outside reports.

        A claim speaks in the graphs that say what it is; what any other one says of it is not its own.
        """
        told = self._statements
        found: dict[Thing, frozenset[NamedNode]] = {}
        for claim, graph in self._concerning(act):
            home = told.home(claim)
            if graph in home:
                found[claim] = home
        return sorted(found.items(), key=lambda each: str(each[0]))

    def _concerning(self, act: Thing) -> Iterator[tuple[Thing, NamedNode]]:
        """Yield the claims that may speak for an act, each with a graph in which it does."""
        told = self._statements
        for predicate in (ABOUT, ASSERTS, CLAIMED_TIME_OF):
            for claim, graph in told.to(predicate, act):
                is_report = told.graph_kinds.get(graph) == BACKGROUND
                if is_report or self._gives(claim, graph, GIVEN):
                    yield from ((one, graph) for one in things([claim]))
        for predicate, given in ((WHEN, TIMES), (DEADLINE, TIMES), (COMPLETED, TIMES), (AFFECTS, NUMBERS)):
            for thing in told.values(act, predicate):
                for claim, graph in told.to(ABOUT, thing):
                    if self._gives(claim, graph, given):
                        yield from ((one, graph) for one in things([claim]))

    def _gives(self, claim: OxigraphTerm, graph: NamedNode, given: Iterable[NamedNode]) -> bool:
        told = (self._statements.of(claim, predicate) for predicate in given)
        return any(where == graph for values in told for _, where in values)

    def _claimed(self, act: Thing, claim: Thing, home: frozenset[NamedNode]) -> Account:
        def said(predicate: NamedNode) -> list[OxigraphTerm]:
            return self._statements.said(claim, predicate)

        statuses = [status for status in said(STATUS) if status in VOICES_ONLY]
        about = {*said(ABOUT), *said(ASSERTS)}
        stages = said(CLAIMED_STAGE) if act in about else []
        documents = {document for graph in home for document in self._documents(claim, graph)}
        account = Account(
            carrier=claim,
            documents=sorted(documents, key=str),
            is_claim=True,
            bodies=tuple(said(CLAIMED_BODY)) if act in about else (),
            stage=next((stage for stage in stages if stage not in NO_STAGE), None),
            number=self._claimed_number(act, about, said(CLAIMED_NUMBER), said(QUALIFIER)),
            status=next(iter(statuses), None),
            preferred=frozenset({claim}),
        )
        time = next(iter(said(CLAIMED_TIME)), None)
        if time is not None:
            self._dated(act, account, time, about, said(CLAIMED_TIME_OF))
        return account

    def _dated(
        self,
        act: Thing,
        account: Account,
        time: OxigraphTerm,
        about: set[OxigraphTerm],
        named: Sequence[OxigraphTerm],
    ) -> None:
        """Let a claim date what it says that it dates: the act, its deadline or its completion."""
        told, found = self._statements, self.interval(time)
        if found is None:
            return
        spans = {one for one in about if told.is_a(one, TIME_SPAN)}
        if spans & set(told.values(act, DEADLINE)):
            account.deadline = found
        if spans & set(told.values(act, COMPLETED)):
            account.completion = found
        acts = [one for one in about if told.is_a(one, ACT)] if not named and not spans else []
        if act in named or acts == [act] or spans & set(told.values(act, WHEN)):
            account.time, account.date = time, found
            account.preferred |= {time}

    def _claimed_number(
        self,
        act: Thing,
        about: set[OxigraphTerm],
        numbers: Iterable[OxigraphTerm],
        qualifiers: Iterable[OxigraphTerm],
    ) -> Number | None:
        """Return the number of a claim on the act alone, or on the one group of it that is counted."""
        number = _integer(numbers)
        affected = self._statements.values(act, AFFECTS)
        acts = [one for one in about if self._statements.is_a(one, ACT)]
        is_told = acts == [act] or (len(affected) == 1 and affected[0] in about)
        return _qualified(number, next(iter(qualifiers), None)) if number is not None and is_told else None

    def _documents(self, subject: Thing, graph: Thing) -> list[OxigraphTerm]:
        """Return the documents that say what a graph states on a subject."""
        is_report = self._statements.graph_kinds.get(graph) is not None
        told = [] if is_report else self._statements.of(graph, DOCUMENT)
        if given := {document for document, where in told if where == META}:
            return sorted(given, key=str)
        evidence = (one for one, where in self._statements.of(subject, EVIDENCE) if where == graph)
        found = {document for one in evidence for document in self._sourced(one)}
        found = found or set(self._nearby(subject, graph))
        if not found and not is_report:  # one graph of reports holds the evidence of many
            found = self._told_in(graph)
        return sorted(found, key=str) or [graph]

    def _told_in(self, graph: Thing) -> set[OxigraphTerm]:
        """Return the documents of all the evidence in a graph."""
        if graph not in self._graphs:
            evidence = self._statements.inside(graph, EVIDENCE)
            self._graphs[graph] = {doc for one in evidence for doc in self._sourced(one)}
        return self._graphs[graph]

    def _nearby(self, subject: Thing, graph: Thing) -> Iterator[OxigraphTerm]:
        """Yield the documents of the evidence of what a graph says a subject's times and groups are."""
        for predicate in (WHEN, AFFECTS, DEADLINE, COMPLETED):
            for value, where in self._statements.of(subject, predicate):
                for evidence in self._statements.values(value, EVIDENCE) if where == graph else ():
                    yield from self._sourced(evidence)

    def _sourced(self, evidence: OxigraphTerm) -> list[OxigraphTerm]:
        """Return the documents that evidence points to, whole or in part."""
        if evidence not in self._sources:
            found: set[OxigraphTerm] = set()
            for target in self._statements.values(evidence, TARGETED):
                found |= set(self._statements.values(target, SOURCED)) or {target}
            self._sources[evidence] = sorted(found, key=str)
        return self._sources[evidence]


def _integer(values: Iterable[OxigraphTerm]) -> int | None:
    """Return the first whole number from 1 up."""
    texts = (value.value for value in values if isinstance(value, Literal))
    return next((int(text) for text in texts if text.isascii() and text.isdigit() and int(text)), None)


def _qualified(count: int, qualifier: OxigraphTerm | None) -> Number:
    """Return what a count is by its qualifier, exact without one."""
    if qualifier == _ABOUT:
        return Number(count, count, is_about=True)
    return Number(None if qualifier == _AT_MOST else count, None if qualifier == _AT_LEAST else count)


_GROUP = _dg("Group")
_ABOUT, _AT_LEAST, _AT_MOST = _dgv("about"), _dgv("at-least"), _dgv("at-most")
NO_STAGE = frozenset({_dgv("realisation-unknown")})
"""Concepts that say of an act that nothing is said."""
STATED = (
    TYPE,
    REALISATION,
    WHEN,
    ACTOR,
    ACTING_BODY,
    TARGET,
    AFFECTS,
    DEADLINE,
    COMPLETED,
    FORM,
    EVIDENCE,
    _dg("reciprocalWith"),
    _dg("retaliatesFor"),
    _dg("inResponseTo"),
    _dg("motivatedBy"),
)
"""The properties by which a graph states something on an act."""
READ = (
    *STATED,
    *GIVEN,
    ABOUT,
    ASSERTS,
    CLAIMED_TIME_OF,
    STATUS,
    EDTF,
    NOT_BEFORE,
    NOT_AFTER,
    MEMBER_COUNT,
    QUALIFIER,
    HAS_MEMBER,
    TARGETED,
    SOURCED,
    CONCERNS,
    PREFERS,
    DISCREPANCY_KIND,
    ORGAN_OF,
    RELAYS,
    PUBLISHER,
    ISSUED,
    PUBLISHED,
    DOCUMENT,
)
"""The properties that accounts and summaries are read from."""
