"""Entries: what a form was filled with, made into a block of triples, with what is wrong beside its field."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from rdflib import RDFS, URIRef

from diplograph.changes.drafting import SORTS, Draft, Lexicon, fitting_sorts, option
from diplograph.documents.date_parsing import edtf_of
from diplograph.documents.dates import in_words
from diplograph.errors import DiplographError, InvalidParameter, UnknownResource
from diplograph.evidence.adding import CERTAINTIES
from diplograph.evidence.scaffold import Name
from diplograph.namespaces import DG, split
from diplograph.validation.fields import Field, Form

COMPUTED = frozenset(
    {"label", "evidence", "sha256", "codePointLength", "notBefore", "notAfter", "sentenceCount"}
)
"""Fields that are made of others, or of the passage."""
BESIDE = ("count", "role", "of", "measure", "bearer", "date-basis")
"""What is said by a form and makes a thing beside the one that is entered."""
UNNAMED = Name("unnamed", "unnamed")
"""What an entry is called until it says enough to be called something."""
MOST_VALUES, LONGEST, MOST_SORTS = 50, 10_000, 6
_PEOPLE = re.compile(r"[1-9][0-9]{0,8}")


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage of an article, in code points with the end excluded."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Entry:
    """What a form was filled with: the sort and class of a thing, and texts by the names of its fields."""

    sort: str
    group: URIRef
    label: str
    slug: str | None
    values: Mapping[str, Sequence[str]]
    passages: Sequence[Passage] = ()
    certainty: str = "high"

    @classmethod
    def read(cls, members: Any, form: Form) -> "Entry":
        """Return the entry that the JSON of a request holds. Raises InvalidParameter for what is none."""
        if not isinstance(members, Mapping):
            raise _malformed("entry", "no object")
        sort = _text(members, "sort")
        if sort not in SORTS:
            raise _malformed("sort", f"none of {', '.join(SORTS)}")
        return cls(
            sort,
            class_of(form, sort, _text(members, "class")),
            _text(members, "label").strip(),
            _text(members, "slug").strip() or None,
            _values(members.get("values", {})),
            [_passage(one) for one in _list(members.get("passages", []), "passages")],
            _certainty(_text(members, "certainty")),
        )


@dataclass(frozen=True, slots=True)
class Remark:
    """Something said of an entry, beside one of its fields or, where that is empty, of the whole.

    `near` are things or concepts that may be meant, each with its label, and `make` the sorts of things that
    can be made to be meant.
    """

    field: str
    severity: str
    text: str
    cure: str = ""
    near: Sequence[tuple[str, str]] = ()
    make: Sequence[str] = ()


@dataclass(slots=True)
class Composition:
    """An entry made into a block: the thing, its triples so far, and what is wrong with the values."""

    draft: Draft
    remarks: list[Remark] = field(default_factory=list)
    dates: dict[str, str] = field(default_factory=dict)

    @property
    def is_named(self) -> bool:
        """Whether the thing is called something."""
        return self.draft.name is not UNNAMED


def class_of(form: Form, sort: str, said: str) -> URIRef:
    """Return the class of a sort by its local name, the usual one where none is said; InvalidParameter."""
    if not said:
        return SORTS[sort].usual
    found = next((one for one in form.classes(*SORTS[sort].roots) if split(one)[1] == said), None)
    if found is None:
        raise _malformed("class", f"no class of this sort: {said[:80]!r}")
    return found


def fields_of(form: Form, group: URIRef) -> list[Field]:
    """Return the fields of a class that are filled by hand, those that are asked for first."""
    return [one for one in form.fields(group) if one.name not in COMPUTED]


def compose(entry: Entry, lexicon: Lexicon) -> Composition:
    """Make the block of an entry; what is no value of its field becomes a remark.

    Where no label is given it is made of what the entry says. Raises InvalidParameter for a label or a slug
    that cannot be one.
    """
    if entry.label:
        return _composed(entry, Name.of(entry.label, entry.slug), lexicon)
    made = _composed(entry, UNNAMED, lexicon)
    label = proposed_label(made.draft)
    return _composed(entry, Name.of(label, entry.slug), lexicon) if label else made


def _composed(entry: Entry, name: Name, lexicon: Lexicon) -> Composition:
    draft = Draft(lexicon, name, SORTS[entry.sort].kind, entry.group)
    made = Composition(draft)
    draft.begin()
    for basis in entry.values.get("date-basis", ()):
        with _beside("date-basis", made.remarks):
            draft.take_basis(basis)
    for one in fields_of(lexicon.form, entry.group):
        for text in entry.values.get(option(one), ()):
            with _beside(option(one), made.remarks, _sorts(lexicon.form, one)):
                draft.put(one, [text])
                if one.is_time:
                    made.dates[option(one)] = _told(text)
    _put_beside(made, entry)
    return made


def _told(text: str) -> str:
    """A date the other way than it is written, to be held against that: EDTF in words, words as EDTF."""
    if text.startswith("time:") or "://" in text:
        return ""
    edtf = edtf_of(text)
    words = in_words(edtf, "en")
    return words if text == edtf else f"{edtf}, {words}" if words != text else edtf


def _put_beside(made: Composition, entry: Entry) -> None:
    """Put in what is made beside the thing: the people it affects, its measures, what bears it."""
    said = {name: entry.values.get(name, ()) for name in BESIDE}
    for count in said["count"][:1]:
        with _beside("count", made.remarks):
            role, side = (next(iter(said[name]), None) for name in ("role", "of"))
            made.draft.add_group(_number(count), role, side)
    for measure in said["measure"]:
        with _beside("measure", made.remarks):
            made.draft.add_measure(measure)
    for bearer in said["bearer"]:
        with _beside("bearer", made.remarks):
            made.draft.add_bearer(bearer)


@contextmanager
def _beside(name: str, remarks: list[Remark], sorts: Sequence[str] = ()) -> Iterator[None]:
    """Makes a remark beside a field of what is wrong with its value; `sorts` may be made to be one."""
    try:
        yield
    except UnknownResource as error:
        remark = remark_of(error, name)
        remarks.append(replace(remark, cure="Choose another name or a code, or make it.", make=sorts))
    except DiplographError as error:
        remarks.append(remark_of(error, name))


def _sorts(form: Form, one: Field) -> list[str]:
    """The sorts of things that a field takes, where they are few enough to choose from."""
    found = fitting_sorts(form, one.classes) if one.is_link and one.classes else []
    return [name for name, sort in SORTS.items() if sort in found][:MOST_SORTS]


def remark_of(error: DiplographError, name: str = "") -> Remark:
    """Return an error as a remark beside a field."""
    problems = error.facts.get("problems")
    lines = problems if isinstance(problems, Sequence) else ()
    near = [(one.partition("  ")[0], one.partition("  ")[2]) for one in map(str, lines)]
    text = error.detail.replace(f"--{name} ", "This ", 1)
    return Remark(name, "violation", text, error.hint, near)


def proposed_label(draft: Draft) -> str:
    """Return a label made of who does what to whom and when; empty where nothing says who."""
    by = _named(draft, DG.actor) or _named(draft, DG.actingBody) or _named(draft, DG.claimedBy)
    if not by:
        return ""
    to = _named(draft, DG.target) or _named(draft, DG.claimAbout)
    kind = _english(draft.lexicon, draft.group)
    span = draft.block.value(draft.iri, DG.when)
    when = [in_words(str(one)) for one in draft.block.objects(span, DG.edtf)] if span is not None else []
    return ", ".join([f"{by}: {kind}{f' ({to})' if to else ''}", *when])


def _named(draft: Draft, predicate: URIRef) -> str:
    values = draft.block.objects(draft.iri, predicate)
    return ", ".join(sorted(_english(draft.lexicon, one) for one in values if isinstance(one, URIRef)))


def _english(lexicon: Lexicon, iri: URIRef) -> str:
    texts = [one for one in lexicon.values(iri, RDFS.label) if getattr(one, "language", None) == "en"]
    return str(texts[0]) if texts else split(iri)[1]


def _number(text: str) -> int:
    if not _PEOPLE.fullmatch(text):
        raise InvalidParameter(f"{text[:80]!r} is no number of people.", hint="Write it in digits: 8.")
    return int(text)


def _malformed(name: str, what: str) -> InvalidParameter:
    return InvalidParameter(f"{name} is {what}.", parameters=[name])


def _text(members: Mapping[str, Any], name: str) -> str:
    value = members.get(name, "")
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > LONGEST:
        raise _malformed(name, "no text of usual length")
    return value


def _certainty(text: str) -> str:
    if text and text not in CERTAINTIES:
        raise _malformed("certainty", f"none of {', '.join(CERTAINTIES)}")
    return text or CERTAINTIES[0]


def _list(value: Any, name: str) -> list[Any]:
    if not isinstance(value, list) or len(value) > MOST_VALUES:
        raise _malformed(name, "no list of usual length")
    return value


def _values(members: Any) -> Mapping[str, Sequence[str]]:
    if not isinstance(members, Mapping):
        raise _malformed("values", "no object")
    found = {str(name): _texts(texts, str(name)) for name, texts in members.items()}
    return {name: texts for name, texts in found.items() if texts}


def _texts(texts: Any, name: str) -> list[str]:
    found = [_text({name: one}, name).strip() for one in _list(texts, name)]
    return [one for one in found if one]


def _passage(members: Any) -> Passage:
    if isinstance(members, Mapping):
        start, end = members.get("start"), members.get("end")
        if isinstance(start, int) and isinstance(end, int) and not isinstance(start, bool):
            return Passage(start, end)
    raise _malformed("passages", "no list of start and end")
