"""The messages of the scripts of pages, as `make messages` finds them in their sources."""

from collections.abc import Iterator
from pathlib import Path

from babel.messages.extract import extract_from_file

import diplograph.web

SOURCES = sorted((Path(diplograph.web.__file__).parent / "frontend" / "src").glob("*.ts"))
KEYWORDS = {"t": None, "tn": (1, 2)}


def messages(*paths: Path) -> Iterator[tuple[str, ...]]:
    """Every message of some scripts, with its plural where it has one."""
    for path in paths:
        for _, message, _, _ in extract_from_file("javascript", path, keywords=KEYWORDS):
            yield (message,) if isinstance(message, str) else tuple(message)
