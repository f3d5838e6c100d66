"""Summary of an act: one answer to when, how far, how many, who and whom, from the accounts of all sources.

Everything follows the rule `summary-1`. The source that wins is told by its account, and whether the others
agree by a concept of the scheme of agreement.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from itertools import combinations

from pyoxigraph import Literal, NamedNode, Quad

from diplograph.namespaces import BASE, DG, DGG, DGV, EDTF, XSD, kind_of
from diplograph.rdf.terms import OxigraphTerm
from diplograph.summary import accounts as read
from diplograph.summary.accounts import Account, Accounts, Statements, Thing
from diplograph.summary.intervals import (
    Interval,
    Number,
    Range,
    combined,
    combined_number,
    conflicts,
    interval,
)

SUMMARY = NamedNode(str(DGG.summary))
_SINGLE = re.compile("[^-]+(-[^-]+)*")
"""A slug in which no two hyphens meet, as they do where slugs are joined."""
LONGEST = 100
"""How long the last part of an address may be."""
STAGES = (
    *("hypothetical", "called-for", "threatened", "proposed", "under-negotiation", "planned", "promised"),
    *("announced", "abandoned", "ordered", "in-effect", "carried-out"),
)
"""The stages of an act, each further than those before it."""
_RANK = {str(DGV[name]): rank for rank, name in enumerate(STAGES)}
_ABANDONED, _CARRIED_OUT = str(DGV.abandoned), str(DGV["carried-out"])


def _dg(name: str) -> NamedNode:
    return NamedNode(str(DG[name]))


def _dgv(name: str) -> NamedNode:
    return NamedNode(str(DGV[name]))


AGREE, DIFFER = _dgv("accounts-agree"), _dgv("accounts-differ")
PHASES, ORDER_UNKNOWN = _dgv("accounts-tell-phases"), _dgv("order-unknown")
STAGE = _dg("summaryStage")
ACCOUNT, ACCOUNT_OF, CARRIER = _dg("Account"), _dg("accountOf"), _dg("carrier")
_EARLIEST_BEGIN, _LATEST_BEGIN = _dg("earliestBegin"), _dg("latestBegin")
_EARLIEST_END, _LATEST_END = _dg("earliestEnd"), _dg("latestEnd")
_DATE, _DATE_AGREEMENT = _dg("summaryDate"), _dg("dateAgreement")
_STAGE_AGREEMENT, _NUMBER_AGREEMENT = _dg("stageAgreement"), _dg("numberAgreement")
_BODY, _BODY_AGREEMENT = _dg("summaryBody"), _dg("bodyAgreement")
_ACTOR_AGREEMENT, _TARGET_AGREEMENT = _dg("actorAgreement"), _dg("targetAgreement")
_DEADLINE_AGREEMENT, _COMPLETION_AGREEMENT = _dg("deadlineAgreement"), _dg("completionAgreement")
_OVERALL = _dg("overallAgreement")
_LEAST, _MOST = _dg("leastAffected"), _dg("mostAffected")
_AFFECTED_QUALIFIER = _dg("affectedQualifier")
_KIND, _ACTOR, _TARGET, _FORM = (_dg(f"summary{name}") for name in ("Kind", "Actor", "Target", "Form"))
_DEADLINE, _COMPLETION = _dg("summaryDeadline"), _dg("summaryCompletion")
_SOURCES, _LEAST_VOICES, _MOST_VOICES = _dg("sourceCount"), _dg("leastVoices"), _dg("mostVoices")
_TIME, _ACCOUNT_STAGE, _STATUS = _dg("accountTime"), _dg("accountStage"), _dg("accountStatus")
_SETS_DATE, _SETS_STAGE = _dg("setsDateOf"), _dg("setsStageOf")
_DAY, _EDTF_TYPE, _INTEGER = NamedNode(str(XSD.date)), NamedNode(str(EDTF.EDTF)), NamedNode(str(XSD.integer))
_PHASES_KIND = _dgv("phases")
_AGREEMENTS = frozenset(
    {
        *(_DATE_AGREEMENT, _STAGE_AGREEMENT, _NUMBER_AGREEMENT, _BODY_AGREEMENT),
        *(_ACTOR_AGREEMENT, _TARGET_AGREEMENT, _DEADLINE_AGREEMENT, _COMPLETION_AGREEMENT),
    }
)


@dataclass(frozen=True, slots=True)
class Dated:
    """The date of an act: the interval, how its accounts stand to each other, and which of them set it."""

    interval: Interval
    agreement: OxigraphTerm | None
    setting: tuple[Account, ...]


@dataclass(frozen=True, slots=True)
class Staged:
    """The stage of an act, in the same way."""

    stage: OxigraphTerm
    agreement: OxigraphTerm | None
    setting: tuple[Account, ...]


class Summaries:
    """The summaries of acts."""

    def __init__(
        self, statements: Statements, classes: Mapping[OxigraphTerm, frozenset[OxigraphTerm]]
    ) -> None:
        """Take statements and, of each class of acts, the classes above it."""
        self._told = statements
        self._above = classes
        self._accounts = Accounts(statements)
        self._issued: dict[OxigraphTerm, Range] = {}
        self._origins: dict[OxigraphTerm, frozenset[OxigraphTerm]] = {}

    def of(self, act: Thing) -> Iterator[Quad]:
        """Yield the summary of an act and the accounts of it."""
        accounts = self._accounts.of(act)
        if not accounts:
            return
        dated, staged = self.dated(act, accounts), self.staged(act, accounts)
        told = [*_dates(act, dated), *_stage(act, staged), *_numbers(act, accounts)]
        told += [*self._parties(act, accounts), *_parties_agreement(act, accounts), *_ends(act, accounts)]
        yield from told
        yield from _overall(act, told)
        yield from self._voices(act, accounts)
        for account in accounts:
            yield from _account(act, account, dated, staged, is_only=len(accounts) == 1)

    def stage_of(self, act: Thing) -> Iterator[Quad]:
        """Yield only the stage of an act."""
        yield from _stage(act, self.staged(act, self._accounts.of(act)), agreement=False)

    def dated(self, act: Thing, accounts: Sequence[Account]) -> Dated | None:
        """Return when an act was, by the accounts that count."""
        given = [account for account in accounts if account.counts and account.date is not None]
        if not given:
            return None
        found, agree = combined([_date(account) for account in given])
        agreement = None if len(given) == 1 else AGREE if agree else self._disagreement(act, given)
        preferred = [] if agree else self._preferred(act, given)
        if preferred:
            found, given = combined([_date(account) for account in preferred])[0], preferred
        return Dated(found, agreement, tuple(_saying_most(given)))

    def _disagreement(self, act: Thing, given: Sequence[Account]) -> OxigraphTerm:
        """Tell whether every pair of accounts that conflict are said to tell of different phases."""
        for one, two in combinations(given, 2):
            if conflicts(_date(one), _date(two)) and not self._are_phases(act, one, two):
                return DIFFER
        return PHASES

    def _are_phases(self, act: Thing, one: Account, two: Account) -> bool:
        for thing in one.preferred:
            for discrepancy, _ in self._told.to(read.CONCERNS, thing):
                concerned = set(self._told.values(discrepancy, read.CONCERNS))
                is_other = concerned & two.preferred or (act in concerned and not two.is_claim)
                if is_other and _PHASES_KIND in self._told.values(discrepancy, read.DISCREPANCY_KIND):
                    return True
        return False

    def _preferred(self, act: Thing, given: Sequence[Account]) -> list[Account]:
        """Return the accounts that a discrepancy on this act's accounts prefers."""
        of_act = {act, *(thing for account in given for thing in account.preferred)}
        found = []
        for account in given:
            for thing in account.preferred:
                for discrepancy, _ in self._told.to(read.CONCERNS, thing):
                    concerned = set(self._told.values(discrepancy, read.CONCERNS)) - account.preferred
                    if concerned & of_act and thing in self._told.values(discrepancy, read.PREFERS):
                        found.append(account)
        return list({id(account): account for account in found}.values())

    def staged(self, act: Thing, accounts: Sequence[Account]) -> Staged | None:
        """Return how far an act has come, by the latest account that counts and says so.

        Claims count where statements make it an act, so that no closure is needed to tell.
        """
        is_act = bool(self._told.of(act, read.REALISATION)) or bool(self._kinds(act))
        told = [account for account in accounts if account.counts and account.stage is not None]
        given = [account for account in told if is_act or not account.is_claim]
        if not given:
            return None
        ages = {id(account): self._age(account) for account in given}
        latest = [one for one in given if not any(_is_later(ages[id(two)], ages[id(one)]) for two in given)]
        stage = max((account.stage for account in latest if account.stage), key=_rank)
        setting = tuple(account for account in latest if account.stage == stage)
        if len(given) == 1:
            return Staged(stage, None, setting)
        if len({account.stage for account in latest}) > 1:
            return Staged(stage, ORDER_UNKNOWN, setting)
        rest = [account.stage for account in given if account.stage and account.stage != stage]
        furthest = max(map(_rank, rest), default=-1)
        is_given_up = str(stage)[1:-1] == _ABANDONED and furthest < _RANK[_CARRIED_OUT]
        is_back = furthest > _rank(stage) and not is_given_up
        return Staged(stage, DIFFER if is_back else PHASES if rest else AGREE, setting)

    def _age(self, account: Account) -> Range:
        """Return when the documents of an account were published."""
        found = [self._published(document) for document in account.documents]
        return Range() if not found else _joined(found)

    def _published(self, document: OxigraphTerm) -> Range:
        if document not in self._issued:
            days = [value for value in self._told.values(document, read.ISSUED) if isinstance(value, Literal)]
            spans = (self._accounts.interval(span) for span in self._told.values(document, read.PUBLISHED))
            found = [_issued(value) for value in days] or [s.begin for s in spans if s is not None]
            self._issued[document] = found[0] if found else Range()
        return self._issued[document]

    def _parties(self, act: Thing, accounts: Sequence[Account]) -> Iterator[Quad]:
        for kind in self._kinds(act):
            yield said(act, _KIND, kind)
        for predicate, agents in (
            (_ACTOR, {agent for account in accounts for agent in account.actors}),
            (_TARGET, {agent for account in accounts for agent in account.targets}),
        ):
            for agent in sorted(agents, key=str):
                yield said(act, predicate, agent)
        for form in self._sourced(act, read.FORM):
            yield said(act, _FORM, form)
        yield from _organs(act, accounts)

    def _sourced(self, act: Thing, predicate: NamedNode) -> list[OxigraphTerm]:
        """Return what sources state on an act: graphs that are for something else do not count."""
        kinds = self._told.graph_kinds
        return read.in_order([value for value, graph in self._told.of(act, predicate) if graph not in kinds])

    def _kinds(self, act: Thing) -> list[OxigraphTerm]:
        """Return the classes that statements give an act, but for those that say less than another one."""
        given = {kind for kind in self._sourced(act, read.TYPE) if kind in self._above}
        broader = {above for kind in given for above in self._above[kind]}
        if given - broader - {read.DIPLOMATIC_ACT}:
            broader.add(read.DIPLOMATIC_ACT)
        return sorted(given - broader, key=str)

    def _voices(self, act: Thing, accounts: Sequence[Account]) -> Iterator[Quad]:
        documents = {document for account in accounts for document in account.documents}
        origins = {document: self._origin(document) for document in documents}
        known = [found for found in origins.values() if found]
        separate = _components(known)
        unknown = len(documents) - len(known)
        yield said(act, _SOURCES, number(len(documents)))
        yield said(act, _LEAST_VOICES, number(separate or min(1, unknown)))
        yield said(act, _MOST_VOICES, number(separate + unknown))

    def _origin(self, document: OxigraphTerm) -> frozenset[OxigraphTerm]:
        """Return the agencies that a document repeats, else its publishers."""
        if document not in self._origins:
            told = self._told
            found = told.values(document, read.RELAYS) or told.values(document, read.PUBLISHER)
            self._origins[document] = frozenset(found)
        return self._origins[document]


def _date(account: Account) -> Interval:
    return account.date or Interval.moment(Range())


def _saying_most(accounts: Sequence[Account]) -> list[Account]:
    """Leave out the accounts whose date only says less than that of another one: such a date sets nothing."""
    dates = {_date(account) for account in accounts}
    return [a for a in accounts if not any(each in _date(a) and each != _date(a) for each in dates)]


def _issued(value: Literal) -> Range:
    text = value.value
    return interval(text, None, None).begin if "/" in text else _written(text)


@lru_cache(maxsize=1 << 12)
def _written(text: str) -> Range:
    """Read a day, a month or a year."""
    return interval(f"{text}/", None, None).begin


def _joined(ranges: Iterable[Range]) -> Range:
    first, *rest = ranges
    for each in rest:
        first |= each
    return first


def _is_later(one: Range, two: Range) -> bool:
    """Tell whether the earliest day of one is after the latest day of the other."""
    return one.earliest is not None and two.latest is not None and one.earliest > two.latest


def _rank(stage: OxigraphTerm) -> int:
    return _RANK.get(str(stage)[1:-1], -1)


def _dates(act: Thing, dated: Dated | None) -> Iterator[Quad]:
    if dated is None:
        return
    begin, end = dated.interval.begin, dated.interval.end
    for predicate, value in (
        (_EARLIEST_BEGIN, begin.earliest),
        (_LATEST_BEGIN, begin.latest),
        (_EARLIEST_END, end.earliest),
        (_LATEST_END, end.latest),
    ):
        if value is not None:
            yield said(act, predicate, Literal(value.isoformat(), datatype=_DAY))
    text = dated.interval.edtf
    if text is not None:
        yield said(act, _DATE, Literal(text, datatype=_EDTF_TYPE))
    if dated.agreement is not None:
        yield said(act, _DATE_AGREEMENT, dated.agreement)


def _stage(act: Thing, staged: Staged | None, *, agreement: bool = True) -> Iterator[Quad]:
    if staged is not None:
        yield said(act, STAGE, staged.stage)
        if agreement and staged.agreement is not None:
            yield said(act, _STAGE_AGREEMENT, staged.agreement)


def _numbers(act: Thing, accounts: Sequence[Account]) -> Iterator[Quad]:
    found = [account.number for account in accounts if account.counts and account.number is not None]
    if not found:
        return
    summed, agree = combined_number(found)
    yield from _number(act, summed)
    if len(found) > 1:
        yield said(act, _NUMBER_AGREEMENT, AGREE if agree else DIFFER)


def _number(subject: Thing, found: Number) -> Iterator[Quad]:
    """Yield a number: its bounds as far as they are known, and whether it is only about."""
    if found.least is not None:
        yield said(subject, _LEAST, number(found.least))
    if found.most is not None:
        yield said(subject, _MOST, number(found.most))
    if found.is_about:
        yield said(subject, _AFFECTED_QUALIFIER, _dgv("about"))


def _organs(act: Thing, accounts: Sequence[Account]) -> Iterator[Quad]:
    given = [set(account.bodies) for account in accounts if account.counts and account.bodies]
    if not given:
        return
    every = set.union(*given)
    if len(every) == 1:
        yield said(act, _BODY, every.pop())
    if len(given) > 1:
        yield said(act, _BODY_AGREEMENT, AGREE if all(one == given[0] for one in given) else DIFFER)


def _parties_agreement(act: Thing, accounts: Sequence[Account]) -> Iterator[Quad]:
    """Yield whether the accounts that name actors or targets name one in common, each with each."""
    for predicate, named in (
        (_ACTOR_AGREEMENT, [account.actors for account in accounts if account.actors]),
        (_TARGET_AGREEMENT, [account.targets for account in accounts if account.targets]),
    ):
        if len(named) > 1:
            agree = all(one & two for one, two in combinations(named, 2))
            yield said(act, predicate, AGREE if agree else DIFFER)


def _ends(act: Thing, accounts: Sequence[Account]) -> Iterator[Quad]:
    """Yield by when an act was to be done and when it had been, and whether the accounts agree."""
    counting = [account for account in accounts if account.counts]
    for predicate, agreement, spans in (
        (_DEADLINE, _DEADLINE_AGREEMENT, [a.deadline for a in counting if a.deadline is not None]),
        (_COMPLETION, _COMPLETION_AGREEMENT, [a.completion for a in counting if a.completion is not None]),
    ):
        if not spans:
            continue
        found, agree = combined(spans)
        if found.edtf is not None:
            yield said(act, predicate, Literal(found.edtf, datatype=_EDTF_TYPE))
        if len(spans) > 1:
            yield said(act, agreement, AGREE if agree else DIFFER)


def _overall(act: Thing, summary: Sequence[Quad]) -> Iterator[Quad]:
    """Yield the worst of how accounts stand to each other on what a summary holds."""
    found = {quad.object for quad in summary if quad.predicate in _AGREEMENTS}
    worst = next((each for each in (DIFFER, ORDER_UNKNOWN, PHASES, AGREE) if each in found), None)
    if worst is not None:
        yield said(act, _OVERALL, worst)


def _account(
    act: Thing, account: Account, dated: Dated | None, staged: Staged | None, *, is_only: bool
) -> Iterator[Quad]:
    name = address("account", act, account.carrier)
    yield said(name, read.TYPE, ACCOUNT)
    yield said(name, ACCOUNT_OF, act)
    yield said(name, CARRIER, account.carrier)
    for document in account.documents:
        yield said(name, read.DOCUMENT, document)
    yield from _given(name, account)
    if not is_only and dated is not None and any(each is account for each in dated.setting):
        yield said(name, _SETS_DATE, act)
    if not is_only and staged is not None and any(each is account for each in staged.setting):
        yield said(name, _SETS_STAGE, act)


def _given(name: NamedNode, account: Account) -> Iterator[Quad]:
    """Yield what an account gives."""
    values = ((_TIME, account.time), (_ACCOUNT_STAGE, account.stage), (_STATUS, account.status))
    for predicate, value in values:
        if value is not None:
            yield said(name, predicate, value)
    if account.number is not None:
        yield from _number(name, account.number)


def _components(sets: Sequence[frozenset[OxigraphTerm]]) -> int:
    """Count groups of sets that share no member with another group."""
    apart: list[set[OxigraphTerm]] = []
    for each in sets:
        joined = set(each)
        rest = []
        for other in apart:
            if other & joined:
                joined |= other
            else:
                rest.append(other)
        apart = [*rest, joined]
    return len(apart)


def address(kind: str, *things: Thing) -> NamedNode:
    """Return the IRI of what the build makes of these things alone: their slugs, joined by two hyphens.

    It ends with a hash of their IRIs where a slug could be mistaken, or all are too long.
    """
    base = _base(things[0])
    slugs = [_slug(thing, base) for thing in things]
    slug = "--".join("" if one is None else one for one in slugs)
    if None in slugs or len(slug) > LONGEST:
        digest = sha256(" ".join(map(str, things)).encode()).hexdigest()[:16]
        slug = digest if None in slugs else f"{slug[: LONGEST - 19].rstrip('-')}---{digest}"
    return NamedNode(f"{base}id/{kind}/{slug}")


def _base(thing: Thing) -> str:
    """Return what the IRIs of the knowledge base begin with that a thing is of; the package's for others."""
    return thing.value.rsplit("id/", 1)[0] if kind_of(thing.value) else BASE


def _slug(thing: Thing, base: str) -> str | None:
    """Return what tells a thing of a base from every other: an act or a graph by its name, a claim as one."""
    space, _, name = thing.value.rpartition("/")
    if not _SINGLE.fullmatch(name) or not isinstance(thing, NamedNode):
        return None
    told = {f"{base}id/claim": f"claim--{name}"}
    return told.get(space, name if space in {f"{base}id/act", f"{base}graph", str(DGG)[:-1]} else None)


def said(subject: Thing, predicate: NamedNode, value: OxigraphTerm) -> Quad:
    """Return a statement of the summary."""
    return Quad(subject, predicate, value, SUMMARY)


@lru_cache(maxsize=1 << 12)
def number(value: int) -> Literal:
    """Return a whole number as a literal."""
    return Literal(str(value), datatype=_INTEGER)
