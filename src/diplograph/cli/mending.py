"""The fixes that change no meaning, made in the files themselves."""

from collections.abc import Sequence
from pathlib import Path

from diplograph import turtle
from diplograph.cli import console
from diplograph.intake import disk
from diplograph.validation import Report, edits


def mend(paths: Sequence[Path], report: Report) -> bool:
    """Make the safe fixes of a report, format the Turtle files, and say what was done; False for nothing.

    Each file is replaced whole or not at all. A file whose comments the canonical form would lose is not
    formatted.
    """
    changed = [path for path in paths if _mended(path, report)]
    return bool(changed)


def _mended(path: Path, report: Report) -> bool:
    before = path.read_bytes().decode("utf-8").removeprefix("\ufeff")
    found = [f for f in report.findings if f.file == str(path) and f.fix and f.fix.safe]
    text, made = edits.applied(before, dict.fromkeys(f.fix for f in found if f.fix))
    done = [f"{path}:{fix.edits[0].line}: {fix.title}" for fix in made]
    if path.suffix == ".ttl":
        text, said = _formatted(path, text)
        done += said
    if text != before:
        disk.replace(path, text)
    for line in done:
        console.note(line)
    return text != before


def _formatted(path: Path, text: str) -> tuple[str, list[str]]:
    if lost := [found.line for found in turtle.remarks(text) if not found.in_head]:
        lines = ", ".join(map(str, lost[:5]))
        return text, [f"{path}: not formatted, for it would lose the comments in line {lines}"]
    formatted = turtle.format_text(text)
    return formatted, [] if formatted == text else [f"{path}: formatted"]
