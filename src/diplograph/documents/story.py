"""Story: what two states did towards each other, in sentences, each with the triples that it is made from.

A pure function of triples. What took place, what was only planned or threatened, and what somebody claims are
told apart, in words of the closed table `documents/verbs.py`. A sentence in which a name has no label in the
language is told in English.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType

from rdflib import Literal, URIRef

from diplograph.documents.sentences import (
    ENGLISH,
    Draft,
    Index,
    NoLabelError,
    Sentence,
    Triple,
    best_label,
    has_label,
    local,
    narrowest,
)
from diplograph.documents.verb_table import JOINT
from diplograph.documents.verbs import DONE, WORDINGS
from diplograph.namespaces import DCTERMS, DG, DGV, kind_of

GENERIC = frozenset({JOINT, "Act", "DiplomaticAct", "ActSeries"})
"""Rows that say so little that the label of the act is told, too."""
RELATIONS = (
    *("reciprocalWith", "retaliatesFor", "inResponseTo", "protestsAgainst", "motivatedBy"),
    *("threatens", "envisages", "conditionalOn", "mayInclude"),
)
"""What an act answers, and what it announces, in the order in which it is told."""
CHANGED = (
    *("changeKind", "changes", "changedFrom", "changedTo", "movedFrom", "movedTo"),
    *("outcome", "aidType"),
)
"""What is told of a change, a vote or aid: the property and its row among the details have one name."""
DIFFERENCES = (("date", "accountTime"), ("stage", "accountStage"), ("number", "leastAffected"))
"""What sources may differ in, and the property of an account that has it."""
_ONE = Literal(1)
_DAY, _MONTH = re.compile(r"\d{4}-\d\d-\d\d(T.*)?"), re.compile(r"\d{4}(-\d\d)?")


@dataclass(frozen=True, slots=True)
class Entry:
    """What is told of one act, or what is claimed about it; `iri` is empty for the two states themselves."""

    iri: str
    label: str
    language: str
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Story:
    """What took place, what did not but was announced, planned or threatened, and what is claimed.

    `language` is the one that was asked for; `complete` is False when there is more than was read.
    """

    language: str
    done: tuple[Entry, ...] = ()
    plans: tuple[Entry, ...] = ()
    claims: tuple[Entry, ...] = ()
    complete: bool = True

    @property
    def sentences(self) -> Iterator[Sentence]:
        """Every sentence."""
        return (one for entry in self.done + self.plans + self.claims for one in entry.sentences)


def story(
    triples: Iterable[Triple],
    acts: Iterable[str],
    claims: Mapping[str, Iterable[str]] = MappingProxyType({}),
    language: str = ENGLISH,
) -> Story:
    """Tell some acts and claims, by their IRIs and in their order, in a language of `WORDINGS`, else English.

    An act is told when the triples have its class, its actors, and its targets or a second actor. Claims
    come by the act that they are about, under an empty text those about the states as such.
    """
    index = Index(triples)
    spoken = language if language in WORDINGS else ENGLISH
    told = [_entry(index, act, spoken, _of_act(index, act, spoken)) for act in acts]
    acts_told = [entry for entry in told if entry.sentences and entry.sentences[0].verb[0] != "details"]
    said = (
        _entry(index, about, spoken, ((_claim, "claim", claim) for claim in found))
        for about, found in claims.items()
    )
    return Story(
        spoken,
        tuple(entry for entry in acts_told if entry.sentences[0].verb[1] in DONE),
        tuple(entry for entry in acts_told if entry.sentences[0].verb[1] not in DONE),
        tuple(entry for entry in said if entry.sentences),
    )


_Builder = Callable[[Draft, str], str | None]
_Telling = tuple[_Builder, str, str]
"""How a sentence is made, the name of its row among the details, and the thing that it tells of."""


def _entry(index: Index, iri: str, language: str, tellings: Iterable[_Telling]) -> Entry:
    """All sentences on one thing that can be made."""
    made = (_sentence(index, language, *telling) for telling in tellings)
    return Entry(iri, *best_label(index, iri, language), tuple(one for one in made if one))


def _sentence(index: Index, language: str, build: _Builder, name: str, about: str) -> Sentence | None:
    """One sentence, in English where a label is missing; None where there is nothing to tell."""
    for spoken in dict.fromkeys((language, ENGLISH)):
        draft = Draft(index, spoken, ("details", name), (about,))
        try:
            text = build(draft, about)
        except NoLabelError:
            continue
        return draft.finished(text, about, best_label(index, about, language)) if text else None
    return None


def _of_act(index: Index, act: str, language: str) -> Iterator[_Telling]:
    """What may be told of an act, the act itself first."""
    yield _core, "act", act
    for name, detail in _DETAILS.items():
        if name != "matter" or not _matters(index, act, language):
            yield detail, name, act
    for name in RELATIONS:
        yield partial(_relation, name=name), name, act
    for name, value in DIFFERENCES:
        yield partial(_difference, name=name, value=value), f"{name}-differs", act
    for measure in map(str, index.values(act, str(DG.imposes))):
        yield _measure, "measure", measure
        yield _NAMED["list"], "list", measure


def _core(draft: Draft, act: str) -> str | None:
    """What was done, or planned, by whom, to whom and when."""
    words = draft.wording
    actors = draft.all(act, str(DG.summaryActor))
    has_targets = bool(draft.index.values(act, str(DG.summaryTarget)))
    names_matter = _matters(draft.index, act, draft.language)
    row = draft.row(act) if has_targets or names_matter else JOINT
    if not actors or (has_targets and not row) or (not has_targets and len(actors) < 2):
        return None
    stage = local(draft.one(act, str(DG.summaryStage)))
    edtf = draft.one(act, str(DG.summaryDate))
    given = {"actor": draft.labels(act, "summaryActor"), "had": "had " if edtf.startswith("[..") else ""}
    if names_matter:
        matters = [words.quoted.format(draft.label(str(one))) for one in draft.all(act, str(DG.discontinues))]
        text = words.matters[row].format(matter=draft.listed(matters), **given)
    else:
        text = _told(draft, act, row, stage, given)
    if _ONE in draft.index.values(act, str(DG.sourceCount)):
        text = words.one_source.format(sentence=text)
        draft.used.add((URIRef(act), DG.sourceCount, _ONE))
    draft.verb = (row, stage)
    draft.rests_on = (act, *_setting(draft.index, act))
    if not edtf:
        return text
    if stage in DONE:
        return words.dated.format(date=_when(draft, edtf), sentence=text)
    return words.planned.format(date=draft.date(edtf), sentence=text)


def _told(draft: Draft, act: str, row: str, stage: str, given: dict[str, str]) -> str:
    """The words of the table for a row and a stage."""
    words, verb = draft.wording, draft.wording.verbs[row]
    are_many = len(draft.index.values(act, str(DG.summaryTarget))) > 1
    given = given | {name: both[are_many] for name, both in words.forms.items()}
    given["target"] = draft.labels(act, "summaryTarget")
    given["kind"] = draft.label(draft.one(act, str(DG.summaryKind))) if row == JOINT else ""
    if (own := words.own.get((row, stage))) is not None:
        return own.format(**given)
    if stage == "carried-out":
        return verb.done.format(**given)
    if stage == "in-effect":
        reached = draft.label(draft.one(act, str(DG.summaryStage)))
        return words.noted.format(verb.done.format(**given), reached)
    return words.stages.get(stage, words.unknown).format(noun=verb.noun.format(**given), **given)


def _when(draft: Draft, edtf: str) -> str:
    """A date as what took place begins with it."""
    words, told = draft.wording, draft.date(edtf)
    if _DAY.fullmatch(edtf):
        return words.on_day.format(told)
    return words.in_month.format(told) if _MONTH.fullmatch(edtf) else told


def _matters(index: Index, act: str, language: str) -> bool:
    """Whether what an act discontinues is named in its own sentence: it took place, and there are words."""
    words, matters = WORDINGS[language], index.values(act, str(DG.discontinues))
    is_done = any(local(str(one)) == "carried-out" for one in index.values(act, str(DG.summaryStage)))
    is_told = is_done and bool(matters) and all(has_label(index, str(one), language) for one in matters)
    return is_told and narrowest(index, act, words)[0] in words.matters


def _label(draft: Draft, act: str) -> str | None:
    has_targets = bool(draft.index.values(act, str(DG.summaryTarget)))
    if has_targets and narrowest(draft.index, act, draft.wording)[0] not in GENERIC:
        return None
    return draft.wording.details["label"].format(draft.label(act))


def _stance(draft: Draft, act: str) -> str | None:
    """What a statement says of what it is about, where its class does not tell that."""
    if narrowest(draft.index, act, draft.wording)[0] not in {"CommunicativeAct", "Declaration"}:
        return None
    return _named(draft, act, name="stance", detail="stance")


def _named(draft: Draft, thing: str, *, name: str, detail: str) -> str | None:
    """Whatever a property names."""
    if not draft.index.values(thing, str(DG[name])):
        return None
    return draft.wording.details[detail].format(draft.labels(thing, name))


def _some(draft: Draft, act: str, *, name: str, detail: str, may: Callable[[Index, str], bool]) -> str | None:
    """Those that a property names and that may be told."""
    values = [one for one in draft.index.values(act, str(DG[name])) if may(draft.index, str(one))]
    if not values:
        return None
    draft.used |= {(URIRef(act), DG[name], value) for value in values}
    return draft.wording.details[detail].format(draft.listed([draft.label(str(one)) for one in values]))


def _is_matter(_: Index, iri: str) -> bool:
    """Whether a thing that an act concerns is told here: other acts and claims are told elsewhere."""
    return kind_of(iri) not in {"act", "claim"}


def _is_form(_: Index, iri: str) -> bool:
    """Whether a form says more than the sentence about the act."""
    return iri not in {str(DGV[name]) for name in ("message", "order-to-leave", "statement")}


def _is_public(index: Index, iri: str) -> bool:
    """Whether those who bear an act are named: a group, or a person whose public role a source states."""
    return kind_of(iri) == "group" or bool(index.values(iri, str(DG.role)))


def _number(draft: Draft, act: str) -> str | None:
    number = _range(draft, act)
    return draft.wording.details["number"].format(number) if number else None


def _range(draft: Draft, thing: str) -> str | None:
    """How many persons, at least and at most as far as each is known."""
    words = draft.wording
    least, most = (draft.one(thing, str(DG[name])) for name in ("leastAffected", "mostAffected"))
    first, last = (draft.slot(each) if each else "" for each in (least, most))
    if draft.one(thing, str(DG.affectedQualifier)) and (least or most):
        first, last = (words.about.format(first), last) if first else ("", words.about.format(last))
    if least == most:
        return words.exactly.format(first) if least else None
    if not most:
        return words.least.format(first)
    return words.between.format(first, last) if least else words.most.format(last)


def _dated(draft: Draft, act: str, *, name: str, detail: str) -> str | None:
    edtf = draft.one(act, str(DG[name]))
    return draft.wording.details[detail].format(draft.date(edtf)) if edtf else None


def _completion(draft: Draft, act: str) -> str | None:
    """When an act was completed; nothing where it did not take place."""
    stages = draft.index.values(act, str(DG.summaryStage))
    is_done = any(local(str(stage)) in DONE for stage in stages)
    return _dated(draft, act, name="summaryCompletion", detail="completion") if is_done else None


_NAMED: Mapping[str, _Builder] = {
    detail: partial(_named, name=name, detail=detail)
    for detail, name in (
        ("body", "summaryBody"),
        ("speaker", "speaker"),
        ("visitor", "visitor"),
        ("list", "onList"),
    )
}
_DETAILS: Mapping[str, _Builder] = {
    "label": _label,
    "stance": _stance,
    "form": partial(_some, name="summaryForm", detail="form", may=_is_form),
    **{name: build for name, build in _NAMED.items() if name != "list"},
    **{name: partial(_named, name=name, detail=name) for name in CHANGED},
    "matter": partial(_named, name="discontinues", detail="subject"),
    "subject": partial(_some, name="concerns", detail="subject", may=_is_matter),
    "number": _number,
    "affects": partial(_some, name="affects", detail="affects", may=_is_public),
    "deadline": partial(_dated, name="summaryDeadline", detail="deadline"),
    "completion": _completion,
}
"""What more is told of an act, in this order."""


def _measure(draft: Draft, measure: str) -> str | None:
    """What a measure is, and which goods it is about; nothing where its kind is not known."""
    words = draft.wording.measure
    properties = {"goods": "coversGoods", "exempt": "exemptsGoods", "currency": "currency"}
    if not draft.index.values(measure, str(DG.measureType)):
        return None
    if {str(value) for value in draft.index.values(measure, str(DG.measureType))} == {str(DGV.unspecified)}:
        return None
    parts = [words["type"].format(draft.labels(measure, "measureType"))]
    for name, predicate in properties.items():
        if draft.index.values(measure, str(DG[predicate])):
            parts.append(words[name].format(draft.labels(measure, predicate)))
    return draft.wording.semicolon.join(parts)


def _relation(draft: Draft, act: str, *, name: str) -> str | None:
    """The acts that an act stands in a relation to; those told alike are told once, with their number."""
    others = Counter(_other(draft, str(other)) for other in draft.all(act, str(DG[name])))
    if not others:
        return None
    told = [text if count == 1 else f"{text} × {count}" for text, count in others.items()]
    return draft.wording.relations[name].format(other=draft.wording.semicolon.join(told))


def _other(draft: Draft, act: str) -> str:
    """Another act in few words: its label, or its class and actors; its date, and that it is only planned."""
    words = draft.wording
    actors = draft.index.values(act, str(DG.summaryActor))
    if has_label(draft.index, act, draft.language) or not actors:
        text = words.quoted.format(draft.label(act))
    else:
        kind = draft.label(draft.one(act, str(DG.summaryKind)))
        text = words.act.format(kind=kind, actor=draft.labels(act, "summaryActor"))
    notes = []
    if edtf := draft.one(act, str(DG.summaryDate)):
        notes.append(draft.date(edtf))
    if any(local(str(one)) not in DONE for one in draft.index.values(act, str(DG.summaryStage))):
        notes.append(words.only.format(draft.label(draft.one(act, str(DG.summaryStage)))))
    return words.noted.format(text, words.comma.join(notes)) if notes else text


def _difference(draft: Draft, act: str, *, name: str, value: str) -> str | None:
    """What each source says where they differ, side by side; a voice that sets no summary is none of them."""
    differ = (URIRef(act), DG[f"{name}Agreement"], DGV["accounts-differ"])
    if differ[2] not in draft.index.values(act, str(differ[1])):
        return None
    draft.used.add(differ)
    versions = []
    for account in draft.index.subjects(str(DG.accountOf), act):
        is_voice = bool(draft.index.values(account, str(DG.accountStatus)))
        told = "" if is_voice else _version(draft, account, value)
        if not told:
            continue
        draft.used.add((URIRef(account), DG.accountOf, URIRef(act)))
        document = draft.one(account, str(DCTERMS.source))
        source = draft.label(draft.one(document, str(DCTERMS.publisher)) or document)
        versions.append(draft.wording.version.format(source, told))
    if len(versions) < 2:
        return None
    return draft.wording.details[f"{name}-differs"].format(draft.wording.semicolon.join(versions))


def _version(draft: Draft, account: str, value: str) -> str:
    """What one source says."""
    if value == "leastAffected":
        return _range(draft, account) or ""
    thing = draft.one(account, str(DG[value]))
    if not thing:
        return ""
    return draft.label(thing) if value == "accountStage" else draft.date(draft.one(thing, str(DG.edtf)))


def _claim(draft: Draft, claim: str) -> str | None:
    """What somebody says, who says so, and the standing of it."""
    says = draft.text(claim, str(DG.proposition))
    who, status = draft.labels(claim, "claimedBy"), draft.labels(claim, "epistemicStatus")
    if not says or not who or not status:
        return None
    return draft.wording.claim.format(who=who, status=status, says=says)


def _setting(index: Index, act: str) -> list[str]:
    """The claims, of whatever source, whose date is the date of an act."""
    accounts = index.subjects(str(DG.setsDateOf), act)
    carriers = {str(one) for account in accounts for one in index.values(account, str(DG.carrier))}
    return sorted(one for one in carriers if kind_of(one) == "claim")
