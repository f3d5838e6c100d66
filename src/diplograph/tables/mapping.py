"""Maps: what the rows of a table say, written in YAML as acts and claims and not as triples."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from diplograph.errors import DiplographError, InvalidParameter
from diplograph.tables.reading import Layout

_REFERENCE = re.compile(r"\$\{([^${}]+)\}")
_SHIPPED = re.compile(r"[a-z0-9-]+")
LONGEST = 1_000_000
OF_SOURCE = "source."
"""How a template names what the map says of the table: `${source.published}`."""
SOURCE = ("slug", "label", "publisher", "published", "language", "rights", "licence", "page", "note")
TABLE = ("format", "encoding", "delimiter", "head", "sheet", "record", "none", "dates")
TOP = ("source", "table", "row", "rows", "lookups", "duplicates", "claims")
SPECIAL: tuple[str, ...] = ("key", "kind", "class", "label", "if", "note", "certainty", "source", "when")
SPECIAL += ("affects", "measures", "answers", "coded", "threatens", "claim", "once")
"""What a row says besides the fields of its class."""
WHEN = ("edtf", "from", "to", "wording", "basis")
PARTS = ("year", "month", "day")
AFFECTS = ("count", "role", "represents", "qualifier")
ANSWERS = ("row", "relation", "status")
CODED = ("scheme", "code", "mode")
CLAIM = ("status", "proposition", "by")
DATES = ("iso", "ymd", "dmy", "mdy", "excel1900", "excel1904")


@dataclass(frozen=True, slots=True)
class Reference:
    """A place in a template that a cell fills: the column, and what is done with the cell in turn."""

    column: str
    filters: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class Template:
    """A text with places that cells fill, such as `${sender|state}`."""

    parts: Sequence[str | Reference]

    @classmethod
    def of(cls, value: Any) -> "Template":
        """Read a template; numbers and days of YAML stand for themselves."""
        text = "" if value is None else str(value)
        parts: list[str | Reference] = []
        at = 0
        for found in _REFERENCE.finditer(text):
            if found.start() > at:
                parts.append(text[at : found.start()])
            column, *filters = found[1].split("|")
            parts.append(Reference(column.strip(), [_filter(one) for one in filters]))
            at = found.end()
        if at < len(text):
            parts.append(text[at:])
        return cls(parts)

    @property
    def columns(self) -> list[str]:
        """The columns that it takes, the first one first."""
        return [one.column for one in self.parts if isinstance(one, Reference)]


@dataclass(frozen=True, slots=True)
class Rule:
    """What becomes of a row, or of some rows: one thing, by templates.

    `wanted` are the texts of which a column has to have one; a column with none has to be filled. A rule for
    what several rows name is followed `once` for each key.
    """

    kind: str
    group: Template | None
    key: Template | None
    wanted: Mapping[str, frozenset[str]]
    texts: Mapping[str, Template]
    fields: Mapping[str, Sequence[Template]]
    when: Mapping[str, Template] = field(default_factory=dict)
    affects: Mapping[str, Template] = field(default_factory=dict)
    measures: Mapping[str, Template] = field(default_factory=dict)
    answers: Mapping[str, Template] = field(default_factory=dict)
    coded: Mapping[str, Template] = field(default_factory=dict)
    threatens: Template | None = None
    once: bool = False
    claim: Mapping[str, Template] = field(default_factory=dict)
    source: Mapping[str, Template] = field(default_factory=dict)

    def templates(self) -> Iterator[Template]:
        """Yield every template."""
        yield from (one for one in (self.group, self.key, self.threatens) if one is not None)
        several = (self.texts, self.when, self.affects, self.measures, self.answers, self.coded, self.claim)
        for some in (*several, self.source):
            yield from some.values()
        for each in self.fields.values():
            yield from each


@dataclass(frozen=True, slots=True)
class TableMap:
    """A map: the table as a source, how it is read, what its rows say, and what words of it stand for."""

    name: str
    source: Mapping[str, str]
    layout: Layout
    rules: Sequence[Rule]
    lookups: Mapping[str, Mapping[str, str]]
    dates: str = "iso"
    merges_duplicates: bool = False
    claims: Mapping[str, str] = field(default_factory=dict)

    @property
    def slug(self) -> str:
        """What the names of all that comes of the table begin with."""
        return self.source["slug"]

    @property
    def names_things_of_several_kinds(self) -> bool:
        """Whether what a row names may be of one kind or another, as the row that makes it says."""
        filters = (
            one
            for rule in self.rules
            for template in rule.templates()
            for part in template.parts
            if isinstance(part, Reference)
            for one in part.filters
        )
        return any(name == "thing" and "," in argument for name, argument in filters)

    def saying(self, pairs: Mapping[str, str]) -> "TableMap":
        """Return the map with other things said of the table as a source."""
        return replace(self, source={**self.source, **pairs})

    def columns(self) -> set[str]:
        """Return the columns that the map takes."""
        found = {column for rule in self.rules for one in rule.templates() for column in one.columns}
        found |= {column for rule in self.rules for column in rule.wanted}
        return {column for column in found if not column.startswith(OF_SOURCE)}


def shipped() -> list[str]:
    """Return the names of the maps that come with the package."""
    folder = files("diplograph.tables") / "maps"
    return sorted(one.name.removesuffix(".yaml") for one in folder.iterdir() if one.name.endswith(".yaml"))


def read(name: str) -> TableMap:
    """Read a map: a file, or the name of one that comes with the package.

    Raises InvalidParameter for one that is not there or says what no map says.
    """
    path = Path(name)
    try:
        if _SHIPPED.fullmatch(name) and name in shipped() and not path.is_file():
            text = (files("diplograph.tables") / "maps" / f"{name}.yaml").read_text(encoding="utf-8")
        else:
            text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        detail = f"The map {name} cannot be read: {error}."
        hint = f"Name a file, or one of {', '.join(shipped())}."
        raise InvalidParameter(detail, parameters=["map"], hint=hint) from error
    return parse(text, name)


def parse(text: str, name: str) -> TableMap:
    """Return the map of a YAML text. Raises InvalidParameter with the place for what no map says."""
    if len(text) > LONGEST:
        raise InvalidParameter(f"The map {name} is longer than a map ever is.", parameters=["map"])
    try:
        found = yaml.load(text, yaml.BaseLoader)  # noqa: S506 - texts alone: NO is the code of Norway, and not false
    except yaml.YAMLError as error:
        raise InvalidParameter(f"The map {name} is no YAML: {error}.", parameters=["map"]) from error
    return _Reader(name).map(found)


def _filter(text: str) -> tuple[str, str]:
    name, _, argument = text.strip().partition(":")
    return name.strip(), argument.strip()


class _Reader:
    """Reads a map, and says where in it something is wrong."""

    def __init__(self, name: str) -> None:
        self._name = name

    def map(self, found: Any) -> TableMap:
        top = self._members(found, "the map", TOP)
        source = {k: str(v) for k, v in self._members(top.get("source"), "source", SOURCE).items()}
        for needed in ("slug", "label", "publisher", "published"):
            if not source.get(needed):
                raise self._wrong(f"source has no {needed}")
        if not _SHIPPED.fullmatch(source["slug"]):
            raise self._wrong("source: slug has letters a-z, digits and hyphens")
        table = self._members(top.get("table", {}), "table", TABLE)
        rows = top.get("rows", [top["row"]] if "row" in top else [])
        if not isinstance(rows, list) or not rows or ("row" in top and "rows" in top):
            raise self._wrong("say what a row says by `row:`, or by a list in `rows:`")
        dates = str(table.get("dates", "iso"))
        if dates not in DATES:
            raise self._wrong(f"table: dates is one of {', '.join(DATES)}")
        duplicates = top.get("duplicates", "error")
        if duplicates not in ("error", "merge"):
            raise self._wrong("duplicates is error or merge")
        lookups = self._members(top.get("lookups", {}), "lookups", None)
        return TableMap(
            self._name,
            source,
            self._layout(table),
            [self._rule(row, f"row {number}") for number, row in enumerate(rows, start=1)],
            {str(name): self._lookup(name, values) for name, values in lookups.items()},
            dates,
            duplicates == "merge",
            {k: str(v) for k, v in self._members(top.get("claims", {}), "claims", None).items()},
        )

    def _layout(self, table: Mapping[str, Any]) -> Layout:
        texts = {k: str(table.get(k, "")) for k in ("format", "encoding", "delimiter", "sheet", "record")}
        head = table.get("head", [])
        if isinstance(head, str):
            head = head.split()
        none = table.get("none", [])
        if not isinstance(head, list) or not isinstance(none, list | str | int):
            raise self._wrong("table: head and none are lists of texts")
        empty = frozenset(str(one) for one in (none if isinstance(none, list) else [none]))
        return Layout(head=[str(one) for one in head], none=empty, **texts)

    def _rule(self, found: Any, where: str) -> Rule:
        row = self._members(found, where, None)
        if ("class" in row) == ("coded" in row):
            raise self._wrong(f"{where} has one class, or is `coded:` by a scheme")
        own = {k: v for k, v in row.items() if k in SPECIAL}
        texts = {str(k): Template.of(own[k]) for k in ("label", "note", "certainty") if k in own}
        return Rule(
            kind=str(own.get("kind", "act")),
            group=Template.of(own["class"]) if "class" in own else None,
            key=Template.of(own["key"]) if "key" in own else None,
            wanted=self._wanted(own.get("if", {}), where),
            texts=texts,
            fields={k: self._list(v, f"{where}: {k}") for k, v in row.items() if k not in SPECIAL},
            when=self._when(own.get("when", {}), where),
            affects=self._templates(own.get("affects", {}), f"{where}: affects", AFFECTS),
            measures=self._templates(own.get("measures", {}), f"{where}: measures", None),
            answers=self._templates(own.get("answers", {}), f"{where}: answers", ANSWERS),
            coded=self._templates(own.get("coded", {}), f"{where}: coded", CODED),
            once=own.get("once") == "yes",
            threatens=Template.of(own["threatens"]) if "threatens" in own else None,
            claim=self._templates(own.get("claim", {}), f"{where}: claim", CLAIM),
            source=self._source(own.get("source"), where),
        )

    def _wanted(self, found: Any, where: str) -> dict[str, frozenset[str]]:
        """The texts that columns have to have: none, one, or one of several."""
        if isinstance(found, str):
            return {found: frozenset()}
        members = self._members(found, f"{where}: if", None)
        wanted = {k: v if isinstance(v, list) else [v] for k, v in members.items()}
        return {k: frozenset(str(one) for one in v if one is not None) for k, v in wanted.items()}

    def _when(self, found: Any, where: str) -> dict[str, Template]:
        """A date: in EDTF, or from and to, each as one text or by its parts."""
        if not isinstance(found, Mapping):
            return {"edtf": Template.of(found)}
        if found and set(found) <= {*PARTS, "wording", "basis"}:
            found = {"edtf": {k: v for k, v in found.items() if k in PARTS}} | {
                k: v for k, v in found.items() if k not in PARTS
            }
        members = self._members(found, f"{where}: when", WHEN)
        made: dict[str, Template] = {}
        for name, value in members.items():
            if isinstance(value, Mapping):
                parts = self._members(value, f"{where}: when: {name}", PARTS)
                made |= {f"{name}.{part}": Template.of(text) for part, text in parts.items()}
            else:
                made[name] = Template.of(value)
        return made

    def _source(self, found: Any, where: str) -> dict[str, Template]:
        if found is None or isinstance(found, str):
            return {"page": Template.of(found)} if found else {}
        return self._templates(found, f"{where}: source", ("page", "label", "publisher", "published"))

    def _templates(self, found: Any, where: str, names: Sequence[str] | None) -> dict[str, Template]:
        return {k: Template.of(v) for k, v in self._members(found, where, names).items()}

    def _list(self, found: Any, where: str) -> list[Template]:
        if isinstance(found, Mapping):
            raise self._wrong(f"{where} is a text or a list of texts")
        return [Template.of(one) for one in (found if isinstance(found, list) else [found])]

    def _lookup(self, name: Any, found: Any) -> dict[str, str]:
        values = self._members(found, f"lookups: {name}", None)
        return {k: "" if v is None else str(v) for k, v in values.items()}

    def _members(self, found: Any, where: str, names: Sequence[str] | None) -> dict[str, Any]:
        if not isinstance(found, Mapping):
            raise self._wrong(f"{where} has no names with values")
        members = {str(name): value for name, value in found.items()}
        for name in members:
            if names is not None and name not in names:
                near = get_close_matches(name, names, n=1)
                meant = f"; {near[0]} may be meant" if near else f"; there are {', '.join(names)}"
                raise self._wrong(f"{where} says {name!r}, which means nothing there{meant}")
        return members

    def _wrong(self, what: str) -> DiplographError:
        hint = "docs/importing.md says what a map says."
        return InvalidParameter(f"The map {self._name}: {what}.", parameters=["map"], hint=hint)
