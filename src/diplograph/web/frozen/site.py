"""Every page and document of a release written out: the service asked for all that it links to."""

from __future__ import annotations

import re
import tempfile
from collections import deque
from collections.abc import Callable
from pathlib import Path

from flask import Flask
from werkzeug.test import Client, TestResponse

from diplograph import media
from diplograph.errors import InternalError, InvalidParameter
from diplograph.publication import Publication
from diplograph.queries import CannedQuery
from diplograph.web import create_app
from diplograph.web.frozen.addresses import file_of, is_kept
from diplograph.web.frozen.hosting import Files
from diplograph.web.frozen.pages import Rewriter

SEEDS = ("/", "/sitemap.xml", "/robots.txt", "/openapi.json", "/context.jsonld", "/.well-known/void")
LOCATION = re.compile(r"<loc>([^<]*)</loc>")
Progress = Callable[[str, float], None]


def freeze(publication: Publication, folder: Path, progress: Progress | None = None) -> int:
    """Write the release as a site for any plain web host, and return how many files it has.

    Links are relative, so that it may stand in any folder of the host; `_headers` and `nginx.conf` tell
    hosts the media types. The folder must not exist yet, or be empty: it appears whole or not at all.
    Raises InvalidParameter for one that holds something, InternalError for a link that does not answer.
    """
    if folder.exists() and any(folder.iterdir()):
        raise InvalidParameter(f"{folder} is not empty.", parameters=["DIR"])
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".freezing-") as scratch:
        work = Path(scratch) / "site"
        count = _Site(create_app(publication), publication, Files(work)).write(progress)
        work.chmod(0o755)
        work.replace(folder)
    return count


class _Site:
    """The addresses still to be asked for, and those that were."""

    def __init__(self, app: Flask, publication: Publication, files: Files) -> None:
        self._client = Client(app)
        self._base = publication.settings.public_url
        self._files = files
        self._waiting = deque(SEEDS)
        self._known = {file_of(path) for path in SEEDS}
        for query in publication.queries.values():
            self._waiting.extend(_answers(query))

    def write(self, progress: Progress | None) -> int:
        """Ask for everything, each address once."""
        while self._waiting:
            path = self._waiting.popleft()
            if progress is not None:
                progress(path, self._files.count / (self._files.count + len(self._waiting) + 1))
            self._keep(path)
        self._files.finish()
        return self._files.count

    def _keep(self, path: str) -> None:
        answer = self._client.get(path, headers={"Accept": "text/html, */*;q=0.1"}, follow_redirects=True)
        if answer.status_code != 200:
            raise InternalError(f"{path} is linked to and answers {answer.status_code}.")
        body = answer.get_data()
        if answer.mimetype == media.HTML:
            rewriter = Rewriter(path)
            body = rewriter.page(body.decode("utf-8")).encode("utf-8")
            self._follow(rewriter.found)
        elif path == "/sitemap.xml":
            self._follow(
                [address.removeprefix(self._base) or "/" for address in LOCATION.findall(body.decode())]
            )
        self._follow(_alternates(answer))
        self._files.put(file_of(path), body, answer.content_type)

    def _follow(self, paths: list[str]) -> None:
        for path in paths:
            name = file_of(path)
            if is_kept(path) and name not in self._known:
                self._known.add(name)
                self._waiting.append(path)


def _alternates(answer: TestResponse) -> list[str]:
    """The other representations that a document links to."""
    found = []
    for link in answer.headers.getlist("Link"):
        address, _, about = link.partition(">")
        if 'rel="alternate"' in about and "?" not in address:
            found.append(address.removeprefix("<"))
    return found


def _answers(query: CannedQuery) -> list[str]:
    """The addresses of what a canned query answers by default; none where it needs a value first."""
    if any(not (p.optional or p.default) for p in query.parameters.values()):
        return [f"/queries/{query.name}.rq"]
    suffixes = media.SELECT_TYPES if query.form in {"select", "ask"} else media.GRAPH_TYPES
    names = [suffix for name, suffix in suffixes.items() if name != media.HTML]
    return [f"/queries/{query.name}.{suffix}" for suffix in ("rq", *names)]
