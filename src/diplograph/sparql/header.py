"""Header of a query file: `#+` lines of YAML with grlc's own key names where they exist."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

MARK = "#+"
LOADER: type[yaml.SafeLoader | yaml.CSafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The parser in C, ten times as quick, where PyYAML was built with it."""


class HeaderError(ValueError):
    """A header that cannot be used: the line it is on, counted from one, and what is wrong."""

    def __init__(self, line: int, detail: str) -> None:
        super().__init__(detail)
        self.line = line
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Header:
    """The mapping that the header holds, and the line each of its keys stands on."""

    values: Mapping[str, Any]
    lines: Mapping[tuple[str, ...], int]

    def fail(self, path: tuple[str, ...], detail: str) -> HeaderError:
        """The error about the key at `path`, at its line."""
        known = (path[:length] for length in range(len(path), 0, -1))
        return HeaderError(next((self.lines[part] for part in known if part in self.lines), 1), detail)

    def text(self, *path: str, default: str | None = None) -> str:
        """The string at `path`; without a default it has to be there."""
        value = self._at(path)
        if value is None and default is not None:
            return default
        if not isinstance(value, str) or not value.strip():
            raise self.fail(path, f"{path[-1]!r} has to be a text")
        return value.strip()

    def flag(self, *path: str) -> bool:
        """The boolean at `path`, false when absent."""
        value = self._at(path)
        if value is not None and not isinstance(value, bool):
            raise self.fail(path, f"{path[-1]!r} has to be true or false")
        return bool(value)

    def number(self, *path: str) -> int:
        """The whole number at `path`, 0 or more; 0 when absent."""
        value = self._at(path)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < 0):
            raise self.fail(path, f"{path[-1]!r} has to be a whole number")
        return value or 0

    def texts(self, *path: str) -> tuple[str, ...]:
        """The list of scalars at `path` as strings; a lone scalar is a list of one."""
        value = self._at(path)
        items = [] if value is None else value if isinstance(value, list) else [value]
        if any(isinstance(item, dict | list) or item is None for item in items):
            raise self.fail(path, f"{path[-1]!r} has to be a value or a list of values")
        return tuple(scalar(item) for item in items)

    def mapping(self, *path: str) -> Mapping[str, Any]:
        """The mapping at `path`, empty when absent."""
        value = self._at(path)
        if value is not None and not isinstance(value, dict):
            raise self.fail(path, f"{path[-1]!r} has to be a mapping")
        return value or {}

    def only(self, path: tuple[str, ...], known: set[str]) -> None:
        """Refuses keys nobody reads: a misspelt key must not be silent."""
        for key in self.mapping(*path) if path else self.values:
            if key not in known:
                names = ", ".join(sorted(known))
                raise self.fail((*path, str(key)), f"unknown key {key!r}; known are {names}")

    def _at(self, path: tuple[str, ...]) -> Any:
        value: Any = self.values
        for key in path:
            value = value.get(key) if isinstance(value, dict) else None
        return value


def scalar(value: object) -> str:
    """A YAML scalar as the text a caller would have sent: true, 2022-04-01, 45."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def read_header(text: str) -> Header:
    """Reads the header of a query file. Raises HeaderError with the line."""
    numbered = [(n, line[2:]) for n, line in enumerate(text.splitlines(), 1) if line.startswith(MARK)]
    if not numbered:
        raise HeaderError(1, f"no header: the first lines have to begin with {MARK}")
    source = "\n".join(line[1:] if line.startswith(" ") else line for _, line in numbered)
    numbers = [number for number, _ in numbered]
    try:
        loader = LOADER(source)
        node = loader.get_single_node()
        values = loader.construct_document(node) if node else None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line if error.problem_mark else 0
        raise HeaderError(_number(numbers, line), f"not YAML: {error.problem}") from error
    except yaml.YAMLError as error:
        raise HeaderError(numbers[0], f"not YAML: {error}") from error
    if not isinstance(values, dict):
        raise HeaderError(numbers[0], "the header has to be a mapping")
    return Header(values, {path: _number(numbers, line) for path, line in _lines(node, ())})


def split(path: Path) -> tuple[Header, str]:
    """The header of a file and its whole text. Raises HeaderError."""
    text = path.read_text(encoding="utf-8")
    return read_header(text), text


def _number(numbers: list[int], line: int) -> int:
    return numbers[min(line, len(numbers) - 1)]


def _lines(node: yaml.Node | None, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], int]]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            here = (*path, str(key.value))
            yield here, key.start_mark.line
            yield from _lines(value, here)
