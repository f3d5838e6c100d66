"""Empty sheets for a group to code in: heads, notes and pick-lists, for the map `sheet`."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from pyoxigraph import NamedNode
from rdflib import RDF, RDFS, Literal, URIRef

from diplograph.changes.drafting import Lexicon
from diplograph.errors import BadRequest, InvalidParameter
from diplograph.evidence.adding import CERTAINTIES
from diplograph.namespaces import DG, split
from diplograph.rdf.terms import to_rdflib
from diplograph.tables.mapping import read
from diplograph.tables.reading import EXTRA

ROWS = 2000
"""How many rows of a sheet have pick-lists."""
NOTES: Mapping[str, str] = {
    "id": "A key of your own, which stays with the act: 1, 2, 3 or any other. Needed.",
    "class": "What kind of act it is. Needed.",
    "label": "A short English name. Made of who does what to whom where it is empty.",
    "actor": "Who acts: a name or a code. Several with a semicolon between. Needed.",
    "target": "Whom it is done to. Several with a semicolon between.",
    "acting body": "The ministry, court or other body that acts for the actor.",
    "stage": "How far it came: announced, ordered, carried out. Needed.",
    "form": "In which form it was done, where its kind has several.",
    "count": "How many people it affects, in digits.",
    "role": "What these people are.",
    "of": "Whom they represent, where it is not the target.",
    "date": "2018-03-26, 2018-03, 2018, or a range: [2018-03-01..2018-03-26]. As text.",
    "wording of the date": "How the source says it: on Monday.",
    "wording": "A few words of the source that say what was done.",
    "note": "What a reader has to know.",
    "certainty": "How surely you read it so: high, moderate, low.",
    "answers": "The id of the row that this act answers.",
    "how it answers": "How it answers it.",
    "source": "The address of the page that says so.",
    "publisher of the source": "Who published that page.",
}
"""What each column of the sheet is for."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """An empty sheet: its heads in order, and what may be picked in some of its columns."""

    heads: Sequence[str]
    picks: Mapping[str, Sequence[str]]


def sheet(lexicon: Lexicon, name: str) -> Sheet:
    """Return the sheet for acts of a class, by its name; `act` is for all. Raises InvalidParameter."""
    known = {split(one)[1]: one for one in lexicon.form.classes(DG.Act)}
    group = DG.Act if name == "act" else known.get(name)
    if group is None:
        hint = f"Say act, or one of {', '.join(known)}."
        raise InvalidParameter(f"There is no class of acts {name!r}.", parameters=["template"], hint=hint)
    fields = {one.name: one for one in lexicon.form.fields(group)}
    roles = {one.name: one for one in lexicon.form.fields(DG.Group)}

    def concepts(name: str, fields: Mapping[str, Any], of: URIRef) -> list[str]:
        scheme = fields[name].scheme if name in fields else None
        return [split(one)[1] for one in lexicon.form.fitting(scheme, of)] if scheme else []

    picks = {
        "class": [split(one)[1] for one in lexicon.form.classes(group)],
        "actor": _states(lexicon),
        "target": _states(lexicon),
        "of": _states(lexicon),
        "stage": concepts("realisation", fields, group),
        "form": concepts("form", fields, group),
        "role": concepts("role", roles, DG.Group),
        "certainty": list(CERTAINTIES),
        "how it answers": list(read("sheet").lookups["relation"]),
    }
    return Sheet(list(NOTES), {head: values for head, values in picks.items() if values})


def as_csv(made: Sheet) -> str:
    """Return the sheet as CSV: its heads alone."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(made.heads)
    return text.getvalue()


def as_xlsx(made: Sheet) -> bytes:
    """Return the sheet as a workbook, with notes and pick-lists. Raises BadRequest without openpyxl."""
    try:
        openpyxl, comments = import_module("openpyxl"), import_module("openpyxl.comments")
        validation = import_module("openpyxl.worksheet.datavalidation")
        letter = import_module("openpyxl.utils").get_column_letter
    except ImportError as error:
        raise BadRequest("Workbooks are not written here.", hint=EXTRA) from error
    book = openpyxl.Workbook()
    acts, lists = book.active, book.create_sheet("lists")
    acts.title, acts.freeze_panes = "acts", "A2"
    for column, head in enumerate(made.heads, start=1):
        cell = acts.cell(row=1, column=column, value=head)
        cell.comment = comments.Comment(NOTES[head], "diplograph")
        acts.column_dimensions[letter(column)].width = max(12, len(head) + 2)
        if head == "date":  # as text, so that a spreadsheet leaves it as it is typed
            for row in range(2, ROWS):
                acts.cell(row=row, column=column).number_format = "@"
    for column, (head, values) in enumerate(made.picks.items(), start=1):
        for row, value in enumerate([head, *values], start=1):
            lists.cell(row=row, column=column, value=value)
        place = letter(made.heads.index(head) + 1)
        several = head in {"actor", "target"}
        rule = validation.DataValidation(
            type="list",
            formula1=f"lists!${letter(column)}$2:${letter(column)}${len(values) + 1}",
            allow_blank=True,
            showErrorMessage=not several,  # several states in a cell are none of the list
        )
        acts.add_data_validation(rule)
        rule.add(f"{place}2:{place}{ROWS}")
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _states(lexicon: Lexicon) -> list[str]:
    """The English labels of the states that there are today."""
    found = []
    for quad in lexicon.dataset.matching(None, NamedNode(RDF.type), NamedNode(DG.State)):
        iri = to_rdflib(quad.subject)
        if isinstance(iri, URIRef) and not any(lexicon.values(iri, DG.lastYear)):
            labels = (one for one in lexicon.values(iri, RDFS.label) if isinstance(one, Literal))
            found += [str(one) for one in labels if one.language == "en"]
    return sorted(set(found))
