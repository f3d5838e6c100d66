"""Reciprocal pairs: two acts against each other, who says that they are an exchange, and how far apart.

A pair rests on a source that calls it an exchange, else on a claim that one act answers the other, else on
the rule alone. A source that denies it is shown, and the pair is disputed then.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product

from pyoxigraph import Literal, NamedNode, Quad

from diplograph.namespaces import DG, DGG, DGV, RDFS
from diplograph.rdf import Dataset
from diplograph.rdf.terms import OxigraphTerm
from diplograph.summary import accounts as read
from diplograph.summary.accounts import Account, Accounts, Statements, Thing
from diplograph.summary.acts import SUMMARY, Summaries, address, number, said
from diplograph.summary.intervals import Interval, farthest, lag

NEAR = 45
"""How many days two acts of a pair may be apart; the same as in the rule `reciprocity-1`."""
INFERRED_GRAPH = NamedNode(str(DGG.inferred))


def _dg(name: str) -> NamedNode:
    return NamedNode(str(DG[name]))


def _dgv(name: str) -> NamedNode:
    return NamedNode(str(DGV[name]))


PAIR, FIRST, SECOND = _dg("ReciprocalPair"), _dg("firstAct"), _dg("secondAct")
RECIPROCAL, INFERRED_PAIR = _dg("reciprocalWith"), _dg("inferredReciprocalWith")
RESPONSE, CAUSE, CLAIMED_BY = _dg("claimedResponse"), _dg("claimedCause"), _dg("claimedBy")
_BASIS, _CERTAINTY, _STATUS = _dg("pairBasis"), _dg("pairCertainty"), _dg("pairStatus")
_CLAIM, _LEAST, _MOST = _dg("pairClaim"), _dg("leastLag"), _dg("mostLag")
_KIND, _LABEL = _dg("summaryKind"), NamedNode(str(RDFS.label))
_ACTOR, _TARGET, _UNREALISED = _dg("summaryActor"), _dg("summaryTarget"), _dg("UnrealisedAct")
ASSERTED, ANSWERED, INFERRED = _dgv("asserted-pair"), _dgv("answered-pair"), _dgv("inferred-pair")
CERTAIN, POSSIBLE, DISPUTED = _dgv("certain-pair"), _dgv("possible-pair"), _dgv("disputed")
_REPORTED, _ATTRIBUTED, _DENIED = _dgv("reported"), _dgv("attributed"), _dgv("denied")
READ = (RECIPROCAL, RESPONSE, CAUSE, CLAIMED_BY)
"""The properties that pairs are read from, beside those of accounts."""
Two = tuple[Thing, Thing]


@dataclass
class _Pair:
    """What is known of two acts, the one with the lower IRI first."""

    asserted: bool = False
    inferred: bool = False
    answers: set[Two] = field(default_factory=set)
    """The response and the cause that claims name: both ways, where they contradict each other."""
    claims: set[OxigraphTerm] = field(default_factory=set)
    denied: bool = False

    @property
    def basis(self) -> NamedNode:
        if self.asserted:
            return ASSERTED
        return ANSWERED if self.answers else INFERRED

    @property
    def disputed(self) -> bool:
        return self.denied or len(self.answers) > 1


class Pairs:
    """The pairs of a dataset that holds its closure, the summaries of acts and what rules infer."""

    def __init__(self, dataset: Dataset, statements: Statements, summaries: Summaries) -> None:
        """Read from a dataset, with the statements and summaries that were read from it."""
        self._dataset, self._told, self._summaries = dataset, statements, summaries
        self._accounts = Accounts(statements)
        self._known: dict[Thing, tuple[list[Account], Interval | None]] = {}

    def all(self) -> Iterator[Quad]:
        """Yield every pair, and how far apart the acts of each claim of an answer are."""
        for two in self._candidates(None):
            yield from self._described(two)
        for claim in {quad.subject for quad in self._dataset.matching(None, RESPONSE, None)}:
            yield from self._answering(claim)

    def among(self, touched: frozenset[Thing]) -> Iterator[Quad]:
        """Yield the pairs that some acts are in, and the same of the claims of answers by and to them."""
        for two in self._candidates(touched):
            yield from self._described(two)
        for claim in self.claims(touched):
            yield from self._answering(claim)

    def claims(self, touched: frozenset[Thing]) -> set[Thing]:
        """Return those of some things that are claims of answers, and such claims on the acts among them."""
        found = {
            quad.subject
            for one in touched
            for pattern in ((one, RESPONSE, None), (None, RESPONSE, one), (None, CAUSE, one))
            for quad in self._dataset.matching(*pattern)
        }
        return set(read.things(found))

    def _answering(self, claim: OxigraphTerm) -> Iterator[Quad]:
        """Yield how many days may lie between the two acts of a claim that one answers the other."""
        causes, responses = (list(read.things(self._told.said(claim, p))) for p in (CAUSE, RESPONSE))
        if len(causes) == len(responses) == 1:
            for name in read.things([claim]):
                yield from self._lag(name, causes[0], responses[0])

    def _candidates(self, acts: frozenset[Thing] | None) -> list[Two]:
        found: set[Two] = set()
        for two in set(self._joined(acts)):
            one, other = (*read.things(two), None, None)[:2]
            if one is not None and other is not None and one != other and self._are_opposed(one, other):
                found.add(_ordered(one, other))
        return sorted(found, key=str)

    def _joined(self, acts: frozenset[Thing] | None) -> Iterator[tuple[OxigraphTerm, OxigraphTerm]]:
        """Yield acts that a source, a claim or a rule puts together."""
        wanted = [(None, None)] if acts is None else [p for act in acts for p in ((act, None), (None, act))]
        for subject, value in wanted:
            for predicate in (RECIPROCAL, INFERRED_PAIR):
                for quad in self._dataset.matching(subject, predicate, value):
                    yield quad.subject, quad.object
        for value in (None,) if acts is None else acts:
            for predicate, other in ((RESPONSE, CAUSE), (CAUSE, RESPONSE)):
                for quad in self._dataset.matching(None, predicate, value):
                    yield from ((quad.object, act) for act in self._told.values(quad.subject, other))

    def _are_opposed(self, one: Thing, other: Thing) -> bool:
        """Tell whether two acts of one kind have come about and have each other's actors for targets."""
        if not set(self._summary(one, _KIND)) & set(self._summary(other, _KIND)):
            return False
        if any(self._told.is_a(act, _UNREALISED) for act in (one, other)):
            return False
        actors, targets = set(self._summary(one, _ACTOR)), set(self._summary(one, _TARGET))
        mirrored = targets & set(self._summary(other, _ACTOR)), actors & set(self._summary(other, _TARGET))
        return all(mirrored)

    def _summary(self, act: Thing, predicate: NamedNode) -> list[OxigraphTerm]:
        return [quad.object for quad in self._dataset.matching(act, predicate, None, SUMMARY)]

    def _described(self, two: Two) -> Iterator[Quad]:
        pair = self._found(two)
        if not (pair.asserted or pair.inferred or pair.answers):
            return
        first, second = self._in_order(two, pair)
        name = address("pair", *two)
        yield said(name, read.TYPE, PAIR)
        yield said(name, FIRST, first)
        yield said(name, SECOND, second)
        yield said(name, _BASIS, pair.basis)
        yield said(name, _CERTAINTY, CERTAIN if self._is_certain(two) else POSSIBLE)
        if pair.disputed:
            yield said(name, _STATUS, DISPUTED)
        yield from self._lag(name, first, second)
        for claim in sorted(pair.claims, key=str):
            yield said(name, _CLAIM, claim)
        label = "; ".join(self._label(act) for act in (first, second))
        yield said(name, _LABEL, Literal(label, language="en"))
        for kind in sorted({*self._summary(first, _KIND)} & {*self._summary(second, _KIND)}, key=str):
            yield said(name, _PAIR_KIND, kind)

    def _found(self, two: Two) -> _Pair:
        """Find who says that two acts are an exchange, and who denies it."""
        pair = _Pair()
        for one, other in (two, two[::-1]):
            pair.asserted |= bool(
                {graph for value, graph in self._told.of(one, RECIPROCAL) if value == other}
            )
            pair.inferred |= any(True for _ in self._dataset.matching(one, INFERRED_PAIR, other))
            for claim in self._saying(RESPONSE, one):
                if other in self._told.said(claim, CAUSE):
                    self._answer(pair, claim, one, other)
        inferred = {quad.subject for quad in self._dataset.matching(None, read.ABOUT, two[0], INFERRED_GRAPH)}
        pair.claims |= {c for c in inferred if Quad(c, read.ABOUT, two[1], INFERRED_GRAPH) in self._dataset}
        for claim in self._saying(read.ABOUT, two[0]):
            if two[1] in self._told.said(claim, read.ABOUT):
                statuses = set(self._told.said(claim, read.STATUS))
                if not statuses & read.VOICES_ONLY or _DENIED in statuses:
                    pair.claims.add(claim)
                is_of_exchange = not any(self._told.said(claim, given) for given in read.GIVEN)
                pair.denied |= _DENIED in statuses and is_of_exchange
        return pair

    def _saying(self, predicate: NamedNode, act: Thing) -> list[OxigraphTerm]:
        """Return the claims that name an act where they speak."""
        told = self._told.to(predicate, act)
        return read.in_order([claim for claim, graph in told if graph in self._told.home(claim)])

    def _answer(self, pair: _Pair, claim: OxigraphTerm, response: Thing, cause: Thing) -> None:
        pair.claims.add(claim)
        statuses = self._told.said(claim, read.STATUS)
        pair.denied |= _DENIED in statuses
        is_own = _ATTRIBUTED in statuses and self._speaks_for(claim, response)
        if (_REPORTED in statuses or is_own) and not self._is_outvoted(claim, {response, cause}):
            pair.answers.add((response, cause))

    def _speaks_for(self, claim: OxigraphTerm, act: Thing) -> bool:
        """Tell whether a claim is made by the actor of an act or by its organ."""
        actors = {*self._summary(act, _ACTOR), *self._told.values(act, read.ACTING_BODY)}
        by = self._told.said(claim, CLAIMED_BY)
        return bool(actors & {whole for one in by for whole in (one, *self._told.values(one, read.ORGAN_OF))})

    def _is_outvoted(self, claim: OxigraphTerm, acts: set[Thing]) -> bool:
        """Tell whether a discrepancy that concerns a claim prefers another one on the same acts."""
        for discrepancy, _ in self._told.to(read.CONCERNS, claim):
            preferred = self._told.values(discrepancy, read.PREFERS)
            named = (
                thing
                for one in preferred
                for p in (read.ABOUT, RESPONSE, CAUSE)
                for thing in self._told.said(one, p)
            )
            if claim not in preferred and not acts.isdisjoint(named):
                return True
        return False

    def _in_order(self, two: Two, pair: _Pair) -> Two:
        """Return the act that comes first and the other: by an answer, else by the dates, else by address."""
        if len(pair.answers) == 1:
            response, cause = next(iter(pair.answers))
            return cause, response
        one, other = (self._dates(act)[1] for act in two)
        if one is None or other is None:
            return two
        least, most = lag(one, other)
        earlier = (most if least is None else least if most is None else least + most) or 0
        return two if earlier >= 0 else two[::-1]

    def _lag(self, name: Thing, first: Thing, second: Thing) -> Iterator[Quad]:
        one, other = self._dates(first)[1], self._dates(second)[1]
        if one is not None and other is not None:
            for predicate, days in zip((_LEAST, _MOST), lag(one, other), strict=True):
                if days is not None:
                    yield said(name, predicate, number(days))

    def _is_certain(self, two: Two) -> bool:
        """Tell whether the acts are near in time whichever source dates each."""
        dated = [[a.date for a in self._dates(act)[0] if a.counts and a.date is not None] for act in two]
        gaps = [farthest(one, other) for one, other in product(*dated)]
        return bool(gaps) and all(gap is not None and gap <= NEAR for gap in gaps)

    def _dates(self, act: Thing) -> tuple[list[Account], Interval | None]:
        if act not in self._known:
            accounts = self._accounts.of(act)
            dated = self._summaries.dated(act, accounts)
            self._known[act] = accounts, None if dated is None else dated.interval
        return self._known[act]

    def _label(self, act: Thing) -> str:
        names = [v for v in self._told.values(act, _LABEL) if isinstance(v, Literal) and v.language == "en"]
        return names[0].value if names else act.value


_PAIR_KIND = _dg("pairKind")


def _ordered(one: Thing, other: Thing) -> Two:
    return (one, other) if str(one) < str(other) else (other, one)
