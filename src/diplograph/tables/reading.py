"""Reading of tables: rows with their place, from CSV, TSV, JSON lines, XLSX and XML, a few at a time."""

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from importlib import import_module
from itertools import chain
from pathlib import Path
from typing import Any, TextIO
from zipfile import BadZipFile

from diplograph.errors import BadRequest, InvalidParameter
from diplograph.evidence.records import digest_of

FORMATS = ("csv", "tsv", "jsonl", "xlsx", "xml")
SUFFIXES: Mapping[str, str] = {
    **{f".{name}": name for name in FORMATS},
    ".tab": "tsv",
    ".txt": "csv",
    ".ndjson": "jsonl",
    ".ftm": "jsonl",
}
MEDIA: Mapping[str, str] = {
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
    "jsonl": "application/x-ndjson",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "xml": "application/xml",
}
DELIMITERS = ",;\t|"
SEPARATOR = "\x1f"
"""What stands between several values of one cell, as JSON and XML have them; no table has it."""
SAMPLE = 65_536
"""How many bytes or characters are looked at to tell the encoding and the delimiter."""
LONGEST_CELL = 1_000_000
BEYOND = ""
"""The head of a cell beyond the heads."""
_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
EXTRA = "Install what reads it: pip install 'diplograph[tables]'."


@dataclass(frozen=True, slots=True)
class Layout:
    """How a table is to be read: its format and encoding, and what is not in the file itself.

    `head` names the columns of a table without a row of heads. `record` is the name of the elements of XML
    that are records, `sheet` that of the sheet. What is in `none` is an empty cell. Whatever is empty is
    told from the file.
    """

    format: str = ""
    encoding: str = ""
    delimiter: str = ""
    head: Sequence[str] = ()
    sheet: str = ""
    record: str = ""
    none: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number in the table, from 1 and the head counted, and its cells by the heads of columns.

    `start` and `end` bound its text in code points, and `digest` is the hash of that; `line` is the line that
    it begins on. A cell that holds nothing is not among them.
    """

    number: int
    line: int
    cells: Mapping[str, str]
    start: int = -1
    end: int = -1
    digest: str = ""
    sheet: str = ""


class Table:
    """A table on disk: its layout, and its rows as often as they are asked for."""

    def __init__(self, path: Path, layout: Layout) -> None:
        """Take the file. Raises InvalidParameter for a format that is none of those read."""
        self.path = path
        self.format = layout.format or SUFFIXES.get(path.suffix.lower(), "")
        if self.format not in FORMATS:
            raise InvalidParameter(
                f"{path.name}: the format of this table is not known.",
                parameters=["format"],
                hint=f"Say `table: format:` in the map, one of {', '.join(FORMATS)}.",
            )
        self.layout = layout
        self.heads: list[str] = []
        self._encoding = layout.encoding or (_encoding(path) if self.is_text else "")

    @property
    def is_text(self) -> bool:
        """Whether rows are lines of a text."""
        return self.format in ("csv", "tsv", "jsonl")

    @property
    def is_pinned_as_text(self) -> bool:
        """Whether rows have bounds in code points: the table is a text in UTF-8."""
        return self.is_text and self._encoding in ("utf-8", "utf-8-sig")

    def rows(self) -> Iterator[Row]:
        """Yield the rows. Raises BadRequest for what cannot be read as the table that it should be."""
        made = {"jsonl": self._lines, "xlsx": self._sheet, "xml": self._records}.get(self.format, self._csv)
        try:
            yield from made()
        except UnicodeDecodeError as error:
            detail = f"{self.path.name} is not {self._encoding}: {error.reason} at byte {error.start}."
            raise BadRequest(detail, hint="Say `table: encoding:` in the map.") from error
        except csv.Error as error:
            hint = "Look at quotes and delimiters: a quote that is opened has to be closed."
            raise BadRequest(f"{self.path.name} is no table: {error}.", hint=hint) from error

    def _text(self) -> TextIO:
        # an own mark of the byte order is a character of the text, as in the text that is recorded
        encoding = "utf-8" if self.is_pinned_as_text else self._encoding
        return self.path.open(encoding=encoding, newline="")

    def _csv(self) -> Iterator[Row]:
        csv.field_size_limit(LONGEST_CELL)
        with self._text() as text:
            counted = _Counted(text)
            reader = csv.reader(counted, delimiter=self._delimiter(), strict=True)
            head = self.heads = list(self.layout.head)
            start, line = 0, 1
            for number, found in enumerate(reader, start=1):
                cells = [cell.removeprefix("\ufeff") if not start else cell for cell in found]
                place = counted.taken()
                start, began, line = counted.at, line, reader.line_num + 1
                if not head:
                    head = self.heads = _heads(cells, self.path)
                elif any(cell.strip() for cell in cells):
                    beyond = [(BEYOND, cell) for cell in cells[len(head) :]]
                    told = self._filled(chain(zip(head, cells, strict=False), beyond))
                    yield Row(number, began, told, *place)

    def _delimiter(self) -> str:
        if self.layout.delimiter or self.format == "tsv":
            return self.layout.delimiter or "\t"
        with self._text() as text:
            sample = text.read(SAMPLE)
        first = sample.splitlines()[0] if sample.strip() else ""
        return max(DELIMITERS, key=first.count)

    def _lines(self) -> Iterator[Row]:
        with self._text() as text:
            counted = _Counted(text)
            for number, line in enumerate(counted, start=1):
                place = counted.taken()
                if not line.strip():
                    continue
                try:
                    members = json.loads(line.removeprefix("\ufeff"))
                except ValueError as error:
                    detail = f"Line {number} of {self.path.name} is not JSON: {error}."
                    raise BadRequest(detail, hint=_LINES) from error
                if not isinstance(members, dict):
                    raise BadRequest(f"Line {number} of {self.path.name} is no JSON object.", hint=_LINES)
                yield Row(number, number, self._filled(flattened(members)), *place)

    def _sheet(self) -> Iterator[Row]:
        try:
            openpyxl = import_module("openpyxl")
        except ImportError as error:
            raise BadRequest(f"{self.path.name} is XLSX, which is not read here.", hint=EXTRA) from error
        try:
            book = openpyxl.load_workbook(self.path, read_only=True, data_only=True)
        except (BadZipFile, KeyError, OSError, ValueError) as error:
            hint = "Save it again as XLSX, or as CSV."
            raise BadRequest(f"{self.path.name} is no workbook: {error}.", hint=hint) from error
        names = book.sheetnames
        if self.layout.sheet and self.layout.sheet not in names:
            raise InvalidParameter(f"There is no sheet {self.layout.sheet!r}.", problems=names)
        sheet = book[self.layout.sheet or names[0]]
        head = list(self.layout.head)
        for number, found in enumerate(sheet.iter_rows(values_only=True), start=1):
            cells = [_shown(cell) for cell in found]
            if not head:
                head = _heads(cells, self.path)
            elif any(cell.strip() for cell in cells):
                yield Row(number, number, self._filled(zip(head, cells, strict=False)), sheet=sheet.title)
        book.close()

    def _records(self) -> Iterator[Row]:
        try:
            parser = import_module("defusedxml.ElementTree")
        except ImportError as error:
            raise BadRequest(f"{self.path.name} is XML, which is not read here.", hint=EXTRA) from error
        if not self.layout.record:
            raise InvalidParameter(
                "The map does not say which elements of the XML are records.", hint=_RECORD
            )
        number = 0
        try:
            for _, element in parser.iterparse(self.path, events=("end",), forbid_dtd=True):
                if _local(element.tag) == self.layout.record:
                    number += 1
                    yield Row(number, number, self._filled(_members(element)))
                    element.clear()
        except (SyntaxError, ValueError) as error:  # of the parser, and of what it forbids
            hint = "Only XML that is whole and has no document type is read."
            raise BadRequest(f"{self.path.name} is no XML that is read here: {error}.", hint=hint) from error

    def _filled(self, cells: Any) -> dict[str, str]:
        none = self.layout.none
        kept = ((head, cell.strip()) for head, cell in cells)
        return {head: cell for head, cell in kept if cell and cell not in none}


_LINES = "Each line is one object of JSON."
_RECORD = "Say `table: record: NAME`."


class _Counted:
    """The lines of a text, with the count of the characters read and what was read since it was asked."""

    def __init__(self, text: TextIO) -> None:
        self._text = text
        self.at = 0
        self._read: list[str] = []

    def __iter__(self) -> Iterator[str]:
        for line in self._text:
            self.at += len(line)
            self._read.append(line)
            yield line

    def taken(self) -> tuple[int, int, str]:
        """Return the bounds of what was read since last time, without its last line ending, and its hash."""
        text = "".join(self._read)
        self._read.clear()
        bare = text.rstrip("\r\n")
        start = self.at - len(text)
        return start, start + len(bare), digest_of(bare)


def flattened(members: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    """Yield the values of a JSON object by their names, those within others with a point between.

    The values of a list are one cell.
    """
    for name, value in members.items():
        if isinstance(value, Mapping):
            yield from flattened(value, f"{before}{name}.")
        elif isinstance(value, list):
            yield (
                f"{before}{name}",
                SEPARATOR.join(_shown(one) for one in value if not isinstance(one, Mapping)),
            )
        else:
            yield f"{before}{name}", _shown(value)


def canonical_cells(row: Row) -> str:
    """Return the cells of a row as canonical JSON, in one line: the same for the same cells, in any file."""
    cells = {name: cell.split(SEPARATOR) if SEPARATOR in cell else cell for name, cell in row.cells.items()}
    return json.dumps(cells, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _members(element: Any) -> Iterator[tuple[str, str]]:
    """Yield attributes and texts of an element and those below it, by the names on the way, joined by points.

    What comes several times is one cell.
    """
    found: dict[str, list[str]] = {}

    def walk(one: Any, way: str) -> None:
        for name, value in one.attrib.items():
            found.setdefault(f"{way}@{_local(name)}", []).append(value.strip())
        if one.text and one.text.strip():
            found.setdefault(way.rstrip(".") or _local(one.tag), []).append(one.text.strip())
        for child in one:
            walk(child, f"{way}{_local(child.tag)}.")

    walk(element, "")
    for name, values in found.items():
        yield name, SEPARATOR.join(values)


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _shown(cell: Any) -> str:
    """A cell as a text: days as ISO 8601 has them, whole numbers without a point."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat() if not (cell.hour or cell.minute or cell.second) else cell.isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def _heads(cells: Sequence[str], path: Path) -> list[str]:
    names = [cell.strip() or f"column {number}" for number, cell in enumerate(cells, start=1)]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise BadRequest(f"{path.name} has two columns called {twice[0]!r}.", hint="Name each once.")
    return names


def _encoding(path: Path) -> str:
    """The encoding of a text: by its mark, UTF-8 where it is that, else what fits best."""
    with path.open("rb") as file:
        sample = file.read(SAMPLE)
    for mark, name in _MARKS.items():
        if sample.startswith(mark):
            return name
    try:
        with path.open(encoding="utf-8", newline="") as text:
            for _ in iter(lambda: text.read(SAMPLE), ""):
                pass
    except UnicodeDecodeError:
        try:
            found = import_module("charset_normalizer").from_bytes(sample).best()
        except ImportError as error:
            raise BadRequest(f"{path.name} is not UTF-8.", hint=f"Save it so. Or: {EXTRA}") from error
        if found is None:
            raise BadRequest(
                f"{path.name} is a text in no usual encoding.", hint="Say `table: encoding:` in the map."
            ) from None
        return str(found.encoding)
    return "utf-8"
