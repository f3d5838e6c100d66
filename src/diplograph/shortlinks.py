"""Short links to queries: files in a folder, each named by the hash of what it holds.

The same query on the same release has the same name on every service, so replicas may share the folder and a
link is never overwritten by another.
"""

import errno
import hashlib
import json
import os
import re
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from diplograph.errors import Conflict, NoSpace, ReadOnly
from diplograph.intake import disk

NAME = re.compile(r"[0-9a-f]{20}", re.ASCII)
SUFFIX = ".json"
UNWRITABLE = {errno.EACCES, errno.EPERM, errno.EROFS}


@dataclass(frozen=True, slots=True)
class Link:
    """A query, and the name of the release that it was asked of."""

    query: str
    release: str

    @property
    def text(self) -> str:
        """What the file holds."""
        return json.dumps({"query": self.query, "release": self.release}, ensure_ascii=False) + "\n"

    @property
    def name(self) -> str:
        """The first 20 hex digits of the SHA-256 of the text."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:20]


class ShortLinks:
    """The links in a folder; any number of threads and processes may share it."""

    def __init__(self, folder: Path, most: int) -> None:
        """Keep at most `most` links; the folder is made when the first one is kept."""
        self.folder = folder
        self.most = most

    def find(self, name: str) -> Link | None:
        """The link of a name; None for one that is not there, or is not what was written."""
        if not NAME.fullmatch(name):
            return None
        try:
            found = json.loads((self.folder / f"{name}{SUFFIX}").read_text(encoding="utf-8"))
            link = Link(str(found["query"]), str(found["release"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return link if link.name == name else None

    def keep(self, link: Link) -> bool:
        """Put a link on disk; tell whether it was not there yet.

        Raises NoSpace where the disk or the number of links is full, ReadOnly where nothing can be written,
        Conflict where another link has the name.
        """
        found = self.find(link.name)
        if found == link:
            return False
        if found is not None:
            raise Conflict("Another query has the same short link.")
        try:
            with disk.room():
                self.folder.mkdir(parents=True, exist_ok=True)
                self._refuse_more()
                self._write(link)
        except OSError as error:
            if error.errno in UNWRITABLE:
                raise ReadOnly("The folder for short links cannot be written.") from error
            raise
        return True

    def _refuse_more(self) -> None:
        with os.scandir(self.folder) as entries:
            kept = sum(entry.name.endswith(SUFFIX) for entry in entries)
        if kept >= self.most:
            raise NoSpace(
                f"This service keeps at most {self.most} short links, and has as many.",
                limit=self.most,
                hint="Use the long link: it holds the whole query.",
            )

    def _write(self, link: Link) -> None:
        """Write under a name that nobody else writes under, then rename."""
        descriptor, name = tempfile.mkstemp(dir=self.folder, prefix=".new-")
        try:
            try:
                disk.write(descriptor, link.text.encode())
                os.fchmod(descriptor, disk.READABLE)
            finally:
                os.close(descriptor)
            disk.rename(Path(name), self.folder / f"{link.name}{SUFFIX}")
        except OSError:
            with suppress(OSError):
                Path(name).unlink()
            raise
