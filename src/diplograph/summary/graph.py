"""The named graph dgg:summary: all of it from a dataset, and what a change of the dataset changes in it.

What is derived of an act depends on the act's own statements and on what they lead to: times, groups,
claims, evidence, documents. A change is followed from each subject that it touches back to the acts.
"""

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping

from pyoxigraph import NamedNode, Quad, Triple

from diplograph.namespaces import DG, DGG, RDFS
from diplograph.rdf import Dataset, GraphName
from diplograph.rdf.dataset import Delta
from diplograph.rdf.terms import OxigraphTerm
from diplograph.reasoning import Rule, saturate
from diplograph.summary import accounts as read
from diplograph.summary import pairs
from diplograph.summary.accounts import Statements, Thing
from diplograph.summary.acts import ACCOUNT_OF, CARRIER, STAGE, SUMMARY, Summaries

_ONTOLOGY = NamedNode(str(DGG.ontology))
_LABEL = NamedNode(str(RDFS.label))
_UPWARDS = (
    *(read.WHEN, read.DEADLINE, read.COMPLETED, read.AFFECTS, read.CLAIMED_TIME, read.EVIDENCE),
    *(read.TARGETED, read.SOURCED, read.PUBLISHED, read.HAS_MEMBER),
)
"""The properties whose objects tell something of their subjects."""
_ONWARDS = (
    *(read.ABOUT, read.ASSERTS, read.CLAIMED_TIME_OF, read.CONCERNS, read.PREFERS),
    *(pairs.RESPONSE, pairs.CAUSE, pairs.RECIPROCAL),
)
"""The properties whose subjects tell something of their objects."""
_PARTIES = (read.ACTOR, read.ACTING_BODY, read.TARGET)
_MATTERING = frozenset({*read.READ, *pairs.READ, pairs.INFERRED_PAIR, read.GRAPH_KIND, _LABEL})


def stages(dataset: Dataset) -> list[Triple]:
    """Return the stage of each act that statements or claims say something of: no closure is needed."""
    told = Statements(dataset, read.READ)
    summaries = Summaries(told, classes(dataset))
    claimed = {q.subject for q in dataset.matching(None, read.CLAIMED_STAGE, None)}
    acts: set[OxigraphTerm] = {q.subject for q in dataset.matching(None, read.REALISATION, None)}
    acts |= {act for claim in claimed for act in told.values(claim, read.ABOUT)}
    acts |= {act for claim in claimed for act in told.values(claim, read.ASSERTS)}
    return [quad.triple for act in read.things(acts) for quad in summaries.stage_of(act)]


def known_stages(dataset: Dataset) -> list[Triple]:
    """Return the stages that the summaries in a dataset give."""
    return [quad.triple for quad in dataset.matching(None, STAGE, None, SUMMARY)]


def add_acts(dataset: Dataset, rules: Iterable[Rule]) -> Statements:
    """Add the summaries of acts, and what follows from them, to a dataset that holds its closure.

    They join dgg:summary and the default graph. Returns the statements that they were made of.
    """
    told = Statements(dataset, read.READ)
    summaries = Summaries(told, classes(dataset))
    _add(dataset, (quad for act in sorted(_acts(dataset), key=str) for quad in summaries.of(act)))
    saturate(dataset, _reading(rules, {STAGE.value}))
    return told


def add_pairs(dataset: Dataset, told: Statements) -> None:
    """Add the pairs to a dataset that holds its closure, the summaries of acts and what rules infer.

    `told` is what the summaries were made of: neither they nor what rules infer adds to it.
    """
    told.read(pairs.READ)
    _add(dataset, pairs.Pairs(dataset, told, Summaries(told, classes(dataset))).all())


def acts_change(dataset: Dataset, acts: Iterable[Thing]) -> Delta:
    """Return the change of the summaries of some acts in a dataset that holds its closure."""
    summaries = Summaries(Statements(dataset), classes(dataset))
    before = {quad for act in acts for quad in _summary_of(dataset, act)}
    after = (quad for act in acts if read.is_a(dataset, act, read.ACT) for quad in summaries.of(act))
    return Delta.between(before, after)


def withdrawn(dataset: Dataset, acts: Iterable[Thing]) -> Delta:
    """Return the removal of the summaries of some acts."""
    return Delta(removed=frozenset(quad for act in acts for quad in _summary_of(dataset, act)))


def pairs_change(dataset: Dataset, acts: Iterable[Thing]) -> Delta:
    """Return the change of the pairs that some acts are in."""
    wanted, told = frozenset(acts), Statements(dataset)
    known = {
        quad.subject
        for act in wanted
        for predicate in (pairs.FIRST, pairs.SECOND)
        for quad in dataset.matching(None, predicate, act, SUMMARY)
    }
    made = pairs.Pairs(dataset, told, Summaries(told, classes(dataset)))
    known |= made.claims(wanted)
    before = {quad for one in known for quad in dataset.matching(one, None, None, SUMMARY)}
    return Delta.between(before, made.among(wanted))


def touched(dataset: Dataset, delta: Delta) -> set[Thing]:
    """Return the acts, and the claims of answers, of which something derived may depend on a change."""
    quads = [quad for quad in delta.added | delta.removed if quad.predicate in _MATTERING]
    if any(quad.predicate == read.GRAPH_KIND for quad in quads):
        # what is a source's and what a report's is told anew
        answers = (quad.subject for quad in dataset.matching(None, pairs.RESPONSE, None))
        return _acts(dataset) | set(read.things(answers))
    search = _Search(dataset)
    search.go_on((quad.subject for quad in quads), quads)
    for quad in quads:
        search.go_on(_through(dataset, quad))
    return search.run()


class _Search:
    """Nodes that something may be derived of, each looked at once, until the acts are found."""

    def __init__(self, dataset: Dataset) -> None:
        self._dataset = dataset
        self._due, self._seen = deque[OxigraphTerm](), set[OxigraphTerm]()
        self._graphs: dict[GraphName, bool] = {}
        """In which graphs other evidence is pointed to, and whether that was followed."""

    def go_on(self, nodes: Iterable[OxigraphTerm], evidence: Iterable[Quad] = ()) -> None:
        """Look at nodes later; and at graphs in which evidence tells of other documents, last of all."""
        fresh = [node for node in dict.fromkeys(nodes) if node not in self._seen]
        self._seen.update(fresh)
        self._due.extend(fresh)
        for quad in evidence:
            if quad.predicate == read.EVIDENCE:
                self._graphs.setdefault(quad.graph_name, False)

    def run(self) -> set[Thing]:
        """Return the acts, and the claims of answers, that were found."""
        found: set[Thing] = set()
        dataset = self._dataset
        while self._due or not all(self._graphs.values()):
            if not self._due:
                graphs = [graph for graph, followed in self._graphs.items() if not followed]
                self._graphs = dict.fromkeys(self._graphs, True)
                self.go_on(thing for graph in graphs for thing in _without_evidence(dataset, graph))
                continue
            node = self._due.popleft()
            if read.is_a(dataset, node, read.ACT):
                found |= set(read.things([node]))
                continue
            if any(True for _ in dataset.matching(node, pairs.RESPONSE, None)):
                found |= set(read.things([node]))  # how far apart its acts are is told of the claim
            self.go_on(_next(dataset, node), dataset.matching(None, read.EVIDENCE, node))
        return found


def _through(dataset: Dataset, quad: Quad) -> Iterator[OxigraphTerm]:
    """Yield what depends on a quad by its property: on whom an organ belongs to, on who says a graph."""
    if quad.predicate == read.ORGAN_OF:
        for predicate in (*_PARTIES, pairs.CLAIMED_BY):
            yield from (found.subject for found in dataset.matching(None, predicate, quad.subject))
    if quad.predicate == read.AFFECTS:  # a count belongs to the acts of its own source
        yield from (found.subject for found in dataset.matching(None, read.AFFECTS, quad.object))
    if quad.predicate == read.TYPE:  # a claim dates an act alone: what else it is about matters
        for predicate in (read.ABOUT, read.ASSERTS):
            yield from (found.subject for found in dataset.matching(None, predicate, quad.subject))
    if quad.predicate == read.DOCUMENT and isinstance(quad.subject, NamedNode):
        yield from _claims_in(dataset, quad.subject)


def _next(dataset: Dataset, node: OxigraphTerm) -> Iterator[OxigraphTerm]:
    """Yield the nodes that may be derived from what a node says."""
    for predicate in _UPWARDS:
        for quad in dataset.matching(None, predicate, node):
            yield quad.subject
    for predicate in _ONWARDS:
        for quad in dataset.matching(node, predicate, None):
            yield quad.object
    yield from _accounted(dataset, node)


def _accounted(dataset: Dataset, node: OxigraphTerm) -> Iterator[OxigraphTerm]:
    """Yield the acts of which a document, a graph or a claim gives an account."""
    for predicate in (read.DOCUMENT, CARRIER):
        for account in dataset.matching(None, predicate, node, SUMMARY):
            for quad in dataset.matching(account.subject, ACCOUNT_OF, None, SUMMARY):
                yield quad.object


def _without_evidence(dataset: Dataset, graph: GraphName) -> Iterator[OxigraphTerm]:
    """Yield the acts and claims of a graph whose source all its evidence tells, and no own evidence.

    Such is a graph of which nothing says whose it is.
    """
    if not isinstance(graph, NamedNode):
        return
    if any(True for _ in dataset.matching(graph, read.DOCUMENT, None, read.META)):
        return
    accounts = dataset.matching(None, CARRIER, graph, SUMMARY)
    acts = (q.object for one in accounts for q in dataset.matching(one.subject, ACCOUNT_OF, None, SUMMARY))
    for thing in (*acts, *_claims_in(dataset, graph)):
        if not any(True for _ in dataset.matching(thing, read.EVIDENCE, None, graph)):
            yield thing


def _claims_in(dataset: Dataset, graph: NamedNode) -> Iterator[OxigraphTerm]:
    for predicate in _ONWARDS:
        yield from (quad.subject for quad in dataset.matching(None, predicate, None, graph))


def classes(dataset: Dataset) -> Mapping[OxigraphTerm, frozenset[OxigraphTerm]]:
    """Return each class of acts with all classes above it, by the axioms of a dataset."""
    above: dict[OxigraphTerm, set[OxigraphTerm]] = defaultdict(set)
    for quad in dataset.matching(None, read.SUBCLASS, None, _ONTOLOGY):
        above[quad.subject].add(quad.object)
    found: dict[OxigraphTerm, frozenset[OxigraphTerm]] = {read.ACT: frozenset()}
    for kind in above:
        reached, due = set[OxigraphTerm](), deque([kind])
        while due:
            fresh = above.get(due.popleft(), set()) - reached
            reached |= fresh
            due.extend(fresh)
        if read.ACT in reached and isinstance(kind, NamedNode) and kind.value.startswith(str(DG)):
            found[kind] = frozenset(reached)
    return {kind: up for kind, up in found.items() if kind not in _STAGED}


_STAGED = {NamedNode(str(DG[name])) for name in ("UnrealisedAct", "RealisedAct")}


def _acts(dataset: Dataset) -> set[Thing]:
    return set(read.things(quad.subject for quad in dataset.matching(None, read.TYPE, read.ACT)))


def _summary_of(dataset: Dataset, act: Thing) -> Iterator[Quad]:
    yield from dataset.matching(act, None, None, SUMMARY)
    for account in dataset.matching(None, ACCOUNT_OF, act, SUMMARY):
        yield from dataset.matching(account.subject, None, None, SUMMARY)


def _reading(rules: Iterable[Rule], terms: set[str]) -> list[Rule]:
    """Return the rules that read some terms, or what such rules make."""
    rest, found = list(rules), list[Rule]()
    while fresh := [rule for rule in rest if rule.reads & terms]:
        found += fresh
        terms = terms | {rule.makes for rule in fresh}
        rest = [rule for rule in rest if rule not in fresh]
    return found


def _add(dataset: Dataset, quads: Iterable[Quad]) -> None:
    found = list(quads)
    dataset.fill(found)
    dataset.fill(Quad(quad.subject, quad.predicate, quad.object) for quad in found)
