"""Summary of an act, a pair or an account as its page begins with it: what the build computed, in words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from diplograph.documents import ResourceView, Value
from diplograph.namespaces import DCTERMS, DG, DGV, RULE
from diplograph.translations import gettext, gettext_noop, ngettext
from diplograph.web import links, thing_facts
from diplograph.web.links import Cell

AGREEMENT = gettext_noop(
    {
        str(DGV["accounts-agree"]): "the sources agree",
        str(DGV["accounts-differ"]): "the sources differ",
        str(DGV["accounts-tell-phases"]): "different steps of one course",
        str(DGV["order-unknown"]): "which is later is not known",
    }
)
"""How accounts stand to each other."""
BASIS = gettext_noop(
    {
        str(DGV["asserted-pair"]): "a source calls it an exchange",
        str(DGV["answered-pair"]): "one act is given as the answer to the other",
        str(DGV["inferred-pair"]): "only the rule finds it",
    }
)
"""Who says of a pair that it is an exchange."""
CERTAINTY = gettext_noop(
    {
        str(DGV["certain-pair"]): "near in time on the dates of every source",
        str(
            DGV["possible-pair"]
        ): "not near in time on the dates of every source, or one leaves its date open",
    }
)
"""Why a pair is certain or possible."""
ANSWERED_BY = {"when": "summaryDate", "realisation": "summaryStage"}
"""Properties of statements that a summary gives one value for."""
NAMED_BY = {"actor": "summaryActor", "actingBody": "summaryBody", "target": "summaryTarget"}
"""Properties of statements that a summary repeats where it names the same."""
Told = Mapping[str, tuple[Value, ...]]
"""The values of a thing by property."""


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """One thing that a summary tells: what it is called, the values, and how sources stand to each other."""

    title: str
    cells: tuple[Cell, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Summary:
    """What a page begins with."""

    heading: str
    rows: tuple[SummaryRow, ...]
    rules: tuple[Cell, ...]


def summary(view: ResourceView) -> Summary | None:
    """Return what the build sums up of a thing; None where it does not."""
    kind = KINDS.get(view.kind or "")
    if kind is None:
        return None
    heading, rows, rules = kind
    told = {entry.predicate.iri: entry.values for entry in view.outgoing}
    found = tuple(row for row in rows(told) if row.cells)
    cells = tuple(links.iri_cell(str(RULE[name]), gettext("rule %(name)s", name=name)) for name in rules)
    return Summary(gettext(heading), found, cells) if found else None


def heading(view: ResourceView) -> str:
    """Return what the page of a thing is called: an account by its source and its act, else the label.

    A time span has what it dates before the date.
    """
    if view.kind != "account":
        return view.told[0]
    acts = (e.values[0].text for e in view.outgoing if e.predicate.iri == str(DG.accountOf))
    for act in acts:
        return gettext("%(source)s, on: %(act)s", source=view.label, act=act)
    return view.label


def beside(view: ResourceView, proven: Mapping[str, thing_facts.Proof]) -> list[thing_facts.Row]:
    """Return the key facts of a thing that its summary does not tell, with what they rest on."""
    told = {entry.predicate.iri: entry.values for entry in view.outgoing}
    is_told = {str(DG[name]) for name, ours in ANSWERED_BY.items() if str(DG[ours]) in told}
    for name, ours in NAMED_BY.items():
        named = {value.text for value in told.get(str(DG[ours]), ())}
        if {value.text for value in told.get(str(DG[name]), ())} <= named:
            is_told.add(str(DG[name]))
    return [row for row in thing_facts.key_facts(view, proven) if row.predicate.title not in is_told]


def _act(told: Told) -> Iterator[SummaryRow]:
    if str(DG.sourceCount) not in told:
        return
    yield SummaryRow(gettext("When"), _dates(told, "summaryDate"), _agreement(told, "date"))
    yield SummaryRow(gettext("Stage"), _links(told, "summaryStage"), _agreement(told, "stage"))
    yield SummaryRow(gettext("Who"), _links(told, "summaryActor"), _agreement(told, "actor"))
    yield SummaryRow(gettext("Against or to whom"), _links(told, "summaryTarget"), _agreement(told, "target"))
    yield SummaryRow(gettext("How many are affected"), _number(told), _agreement(told, "number"))
    bodies, agreement = _links(told, "summaryBody"), _agreement(told, "body")
    yield SummaryRow(
        gettext("Through"), bodies or ((Cell(gettext("not one body")),) if agreement else ()), agreement
    )
    yield SummaryRow(gettext("Deadline"), _dates(told, "summaryDeadline"), _agreement(told, "deadline"))
    yield SummaryRow(gettext("Completed"), _dates(told, "summaryCompletion"), _agreement(told, "completion"))
    yield SummaryRow(gettext("Sources"), (Cell(_sources(told)),))


def _pair(told: Told) -> Iterator[SummaryRow]:
    yield SummaryRow(gettext("First act"), _links(told, "firstAct"))
    yield SummaryRow(gettext("Second act"), _links(told, "secondAct"))
    yield SummaryRow(gettext("Kind"), _links(told, "pairKind"))
    yield SummaryRow(
        gettext("Who says that it is an exchange"), _links(told, "pairBasis"), _why(told, "pairBasis", BASIS)
    )
    certainty = _links(told, "pairCertainty")
    yield SummaryRow(gettext("Certain or possible"), certainty, _why(told, "pairCertainty", CERTAINTY))
    is_denied = gettext(
        "a source denies that it is an exchange, or sources name each act as the answer to the other"
    )
    yield SummaryRow(gettext("Status"), _links(told, "pairStatus"), is_denied)
    yield _lag(told)


def _account(told: Told) -> Iterator[SummaryRow]:
    yield SummaryRow(gettext("Of which act"), _links(told, "accountOf"))
    yield SummaryRow(
        gettext("By which source"), tuple(map(thing_facts.value_cell, told.get(str(DCTERMS.source), ())))
    )
    yield SummaryRow(gettext("Where it stands"), _links(told, "carrier"))
    yield SummaryRow(gettext("Date that it gives"), _links(told, "accountTime"))
    yield SummaryRow(gettext("Stage that it gives"), _links(told, "accountStage"))
    yield SummaryRow(gettext("How many are affected"), _number(told))
    yield SummaryRow(
        gettext("Only a voice"), _links(told, "accountStatus"), gettext("sets nothing of the summary")
    )
    yield SummaryRow(gettext("What of the summary it sets"), _sets(told))


def _sets(told: Told) -> tuple[Cell, ...]:
    is_date, is_stage = _has(told, "setsDateOf"), _has(told, "setsStageOf")
    if is_date and is_stage:
        return (Cell(gettext("the date and the stage")),)
    found = [gettext("the date")] * is_date + [gettext("the stage")] * is_stage
    return tuple(map(Cell, found))


Rows = Callable[[Told], Iterator[SummaryRow]]
KINDS: Mapping[str, tuple[str, Rows, tuple[str, ...]]] = {
    "act": (gettext_noop("What all sources come to"), _act, ("summary-1",)),
    "pair": ("What all sources come to", _pair, ("summary-1", "reciprocity-1")),
    "account": (gettext_noop("What this source says"), _account, ("summary-1",)),
}
"""The heading of each kind of summary, what it tells, and the rules that computed it."""


def _has(told: Told, name: str) -> bool:
    return str(DG[name]) in told


def _text(told: Told, name: str) -> str | None:
    values = told.get(str(DG[name]))
    return values[0].text if values else None


def _whole(told: Told, name: str) -> int | None:
    text = _text(told, name)
    return int(text) if text is not None and re.fullmatch(r"-?\d{1,9}", text, re.ASCII) else None


def _links(told: Told, name: str) -> tuple[Cell, ...]:
    return tuple(map(thing_facts.value_cell, told.get(str(DG[name]), ())))


def _dates(told: Told, name: str) -> tuple[Cell, ...]:
    return tuple(Cell(value.text, title=value.edtf) for value in told.get(str(DG[name]), ()))


def _agreement(told: Told, name: str) -> str:
    return _why(told, f"{name}Agreement", AGREEMENT)


def _why(told: Told, name: str, sentences: Mapping[str, str]) -> str:
    value = next(iter(told.get(str(DG[name]), ())), None)
    if value is None:
        return ""
    return gettext(sentences[value.link.iri]) if value.link and value.link.iri in sentences else value.text


def _number(told: Told) -> tuple[Cell, ...]:
    least, most = _whole(told, "leastAffected"), _whole(told, "mostAffected")
    text = thing_facts.amount(least, most, is_about=_has(told, "affectedQualifier"))
    return (Cell(text),) if text else ()


def _sources(told: Told) -> str:
    count, least, most = (_whole(told, name) or 0 for name in ("sourceCount", "leastVoices", "mostVoices"))
    sources = ngettext("%(n)s source", "%(n)s sources", count)
    if count < 2:
        return sources
    if most == 1:
        return gettext("%(sources)s, of one origin", sources=sources)
    return gettext(
        "%(sources)s, of %(count)s separate origins", sources=sources, count=thing_facts.amount(least, most)
    )


def _lag(told: Told) -> SummaryRow:
    """Tell the days from the first act to the second, which a claim may call the answer to a later act."""
    least, most = _whole(told, "leastLag"), _whole(told, "mostLag")
    if least is None or most is None:
        return SummaryRow(gettext("Days between"), (Cell(gettext("not known: a date is open")),))
    if most < 0:
        note = gettext("by the dates the second act comes first: their order is that of the claim")
        return SummaryRow(gettext("Days between"), (Cell(thing_facts.amount(-most, -least)),), note)
    return SummaryRow(gettext("Days between"), (Cell(thing_facts.amount(least, most)),))
