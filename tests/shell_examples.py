"""The shell examples of a Markdown file: what stands after `$ ` is a command, what follows is its output."""

import re
import shlex
import textwrap
from dataclasses import dataclass
from pathlib import Path

FENCE = re.compile(r"^( *)```console\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)


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


def examples(path: Path) -> list[Example]:
    """Read the examples in the order in which a reader meets them."""
    text = path.read_text(encoding="utf-8")
    found = []
    for block in FENCE.finditer(text):
        first = text[: block.start(2)].count("\n") + 1
        found.extend(_commands(textwrap.dedent(block[2]), first))
    return found


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
