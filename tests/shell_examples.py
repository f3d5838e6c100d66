"""The examples of a Markdown file, in the order in which a reader meets them.

What stands after `$ ` in a `console` block is a command, what follows is its output. A `python` block is a
program, a `diff` block an edit, and a block whose language has a path behind it a file to be written.
"""

import re
import shlex
import textwrap
from dataclasses import dataclass
from pathlib import Path

FENCE = re.compile(r"^( *)```(\w+)(?: ([\w./-]+))?\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)
EDITED = re.compile(r"\+\+\+ (\S+)\n")


@dataclass(frozen=True)
class Example:
    """One command and the output it is said to give, in which a line `...` stands for any lines."""

    command: str
    expected: str
    line: int

    def matches(self, output: str) -> bool:
        """Tell whether the real output is the one printed, trailing blanks apart."""
        if not self.expected:
            return True
        pattern = "\n".join(
            r"(?:.*\n)*?.*" if line.strip() == "..." else re.escape(line.rstrip())
            for line in self.expected.rstrip().split("\n")
        )
        printed = "\n".join(line.rstrip() for line in output.rstrip().split("\n"))
        return re.fullmatch(pattern, printed) is not None


@dataclass(frozen=True)
class NewFile:
    """A file that the reader is told to write."""

    path: str
    text: str
    line: int


@dataclass(frozen=True)
class Edit:
    """Lines of a file that the reader is told to change: each hunk as it was and as it is to be."""

    path: str
    hunks: tuple[tuple[str, str], ...]
    line: int

    def applied(self, text: str) -> str:
        """Return the text with the change. Raises AssertionError for lines that do not stand there once."""
        for before, after in self.hunks:
            times = text.count(before)
            assert times == 1, f"{self.path} holds these lines {times} times:\n{before}"
            text = text.replace(before, after)
        return text


Step = Example | NewFile | Edit


@dataclass(frozen=True)
class Section:
    """What a reader of one section of a file is told to do, in its order."""

    path: Path
    heading: str
    steps: tuple[Step, ...]


def sections(path: Path) -> list[Section]:
    """Read the sections of a file that tell to do something."""
    text = path.read_text(encoding="utf-8")
    headings = [(found.start(), found[1]) for found in HEADING.finditer(FENCE.sub(_blank, text))]
    found: dict[str, list[Step]] = {}
    for block in FENCE.finditer(text):
        heading = [name for start, name in headings if start < block.start()][-1]
        found.setdefault(heading, []).extend(_steps(block, text[: block.start(4)].count("\n") + 1))
    return [Section(path, heading, tuple(steps)) for heading, steps in found.items() if steps]


def _blank(block: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", block[0])


def _steps(block: re.Match[str], first: int) -> list[Step]:
    language, path, text = block[2], block[3], textwrap.dedent(block[4])
    if language == "console":
        return list(_commands(text, first))
    if language == "python":
        return [Example(f"python -c {shlex.quote(text)}", "", first)]
    if language == "diff":
        return [_edit(text, first)]
    return [NewFile(path, text, first)] if path else []


def _edit(block: str, first: int) -> Edit:
    head, *hunks = re.split(r"^@@.*\n", block, flags=re.MULTILINE)
    named = EDITED.search(head)
    assert named, f"line {first}: a diff names its file: +++ PATH"
    return Edit(named[1], tuple((_side(hunk, "-"), _side(hunk, "+")) for hunk in hunks), first)


def _side(hunk: str, sign: str) -> str:
    return "".join(line[1:] for line in hunk.splitlines(keepends=True) if line[0] in {" ", sign})


def _commands(block: str, first: int) -> list[Example]:
    parts: list[tuple[int, list[str], list[str]]] = []
    for number, line in enumerate(block.splitlines(), first):
        if line.startswith("$ "):
            parts.append((number, [line[2:]], []))
        elif parts and _goes_on("\n".join(parts[-1][1])):
            parts[-1][1].append(line)
        elif parts:
            parts[-1][2].append(line)
    return [Example("\n".join(command), "\n".join(output), number) for number, command, output in parts]


def _goes_on(command: str) -> bool:
    """Whether a shell would wait for more: a quotation is open, or the line ends in a backslash."""
    try:
        shlex.split(command)
    except ValueError:
        return True
    return command.endswith("\\")
