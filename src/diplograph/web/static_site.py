"""A release as a static site: `diplograph freeze DIR`.

The service is asked for all that it links to; links become relative, and none stays that nobody would answer.
"""

from __future__ import annotations

import hashlib
import posixpath
import re
import tempfile
import unicodedata
from collections import deque
from collections.abc import Callable, Sequence
from html import escape
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import parse_qsl, quote, unquote, urldefrag, urlsplit

from flask import Flask
from werkzeug.test import Client, TestResponse

from diplograph import media
from diplograph.errors import InternalError, InvalidParameter
from diplograph.namespaces import LANGUAGES
from diplograph.queries import CannedQuery
from diplograph.repository import Repository
from diplograph.web import create_app, links
from diplograph.web.addresses import below
from diplograph.web.parameters import LANG

ALIVE = re.compile(
    r"/(?:sparql|search|validate|graphs|reconcile|describe|changes|versions|health|metrics|q)(?:/|$)"
)
"""What only a service can answer."""
AS_THEY_ARE = re.compile(r"/(?:static|dumps|\.well-known)/.|.*\.(?:bib|json|jsonld|rq|svg|txt|xml)$")
SUFFIXES = frozenset(suffix for known in media.MEDIA_TYPES for suffix in known.suffixes)
INDEX = "index.html"
LONGEST = 255
"""How many bytes the name of a file may have, on most file systems."""
GONE = {404, 410}
HEADERS = "_headers"
NGINX = "nginx.conf"
NGINX_SERVER = """\
# Inside a `server` block that has this folder at {at}: the media types, and pages without their suffix.
charset utf-8;
default_type application/octet-stream;
add_header Access-Control-Allow-Origin *;
rewrite ^{pattern}/id/(.*)$ {prefix}/doc/$1 redirect;
location {prefix}/ {{
    try_files $uri $uri.html $uri/index.html =404;
}}
types {{
{types}
}}
{exact}"""
LINKS = {"href", "src"}
SEEDS = ("/", "/sitemap.xml", "/robots.txt", "/openapi.json", "/context.jsonld", "/.well-known/void")
LOCATION = re.compile(r"<loc>([^<]*)</loc>")
IN_WORDS = re.compile(r"\.(html|md|svg)$")
"""The files that hold words of the interface."""
Wanted = tuple[str, str]
"""A path, and the language that it is asked for in."""
Progress = Callable[[str, float], None]
__all__ = ["freeze"]


def local(address: str, page: str) -> str | None:
    """The path that a link on a page leads to; None for one that leads elsewhere or depends on a query."""
    parts = urlsplit(address)
    if parts.scheme or parts.netloc or (parts.query and language_of(address) is None):
        return None
    return posixpath.normpath(posixpath.join(posixpath.dirname(page), parts.path)) if parts.path else page


def language_of(address: str) -> str | None:
    """The language that a link asks for, where it asks for nothing else."""
    asked = parse_qsl(urlsplit(address).query)
    return asked[0][1] if [name for name, _ in asked] == [LANG.name] else None


def is_kept(path: str) -> bool:
    """Whether a static site can answer at this path."""
    return path.startswith("/") and not ALIVE.match(path) and ".." not in unquote(path).split("/")


def file_of(path: str) -> str:
    """The file, relative to the site, that holds the answer at a path: a page gets the suffix `.html`.

    A thing's own address is that of its page: a static site has no redirects.
    """
    if path.startswith("/id/"):
        path = "/doc/" + path.removeprefix("/id/")
    name = unquote(path.strip("/")) or INDEX
    has_suffix = name.rpartition(".")[2] in SUFFIXES and "." in posixpath.basename(name)
    return name if has_suffix or AS_THEY_ARE.match(path) or path == "/" else f"{name}.html"


def relative(target: str, page: str) -> str:
    """The address of a file as a link in another one, so that the site may stand in any folder."""
    return quote(posixpath.relpath(target, posixpath.dirname(page) or "."))


class FileNames:
    """The file of each address, its own on file systems too that take a capital for a small letter."""

    def __init__(self, languages: Sequence[str] = LANGUAGES[:1]) -> None:
        """Begin without any; pages in other languages than the first are in a folder of each."""
        self.languages = languages
        self._taken: dict[str, str] = {}
        self.unanswered: set[str] = set()

    def of(self, path: str, language: str | None = None) -> str | None:
        """The file that holds the answer at a path; None for a path at which nobody would answer."""
        name = file_of(path)
        if not is_kept(path) or name in self.unanswered:
            return None
        folded = unicodedata.normalize("NFC", name).casefold()
        is_own = self._taken.setdefault(folded, name) == name
        own = name if is_own and len(posixpath.basename(name).encode()) <= LONGEST else _renamed(name)
        return f"{language}/{own}" if self.has_own(path, language) else own

    def has_own(self, path: str, language: str | None) -> bool:
        """Whether the answer at a path is another one in a language than in the first."""
        is_other = language is not None and language != self.languages[0]
        return is_other and bool(IN_WORDS.search(file_of(path))) and not path.startswith("/static/")


def _renamed(name: str) -> str:
    """A short name that nothing else has."""
    folder, base = posixpath.split(name)
    stem, dot, suffix = base.rpartition(".")
    digest = hashlib.sha256(name.encode()).hexdigest()[:16]
    return posixpath.join(folder, f"{stem[:40]}-{digest}{dot}{suffix}")


class Files:
    """Writes files under a folder and remembers their media types."""

    def __init__(self, folder: Path, prefix: str) -> None:
        """Begin in a folder, which is made; `prefix` is the path that it will have on its host, if any."""
        self._folder = folder
        self._prefix = prefix
        self._types: dict[str, str] = {}
        folder.mkdir()

    @property
    def count(self) -> int:
        """How many files were written."""
        return len(self._types)

    def put(self, name: str, body: bytes, media_type: str) -> None:
        """Write one file, by its name relative to the folder."""
        path = self._folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
        self._types[name] = media_type

    def finish(self) -> None:
        """Write the media types: `_headers` for Cloudflare Pages and Netlify, and a part for nginx."""
        prefix, by_suffix = self._prefix, self._by_suffix()
        odd = {name: kind for name, kind in self._types.items() if by_suffix.get(_suffix(name)) != kind}
        lines = [f"{prefix}/*.{suffix}\n  Content-Type: {kind}" for suffix, kind in by_suffix.items()]
        lines += [f"{prefix}/{quote(name)}\n  Content-Type: {kind}" for name, kind in sorted(odd.items())]
        lines.append(f"{prefix}/*\n  Access-Control-Allow-Origin: *\n  X-Content-Type-Options: nosniff")
        (self._folder / HEADERS).write_text("\n".join(lines) + "\n", encoding="utf-8")
        types = "\n".join(f"    {_bare(kind)} {suffix};" for suffix, kind in by_suffix.items())
        exact = "".join(
            f"location = {prefix}/{quote(name)} {{ types {{ }} default_type '{kind}'; }}\n"
            for name, kind in sorted(odd.items())
        )
        text = NGINX_SERVER.format(
            at=prefix or "/", prefix=prefix, pattern=re.escape(prefix), types=types, exact=exact
        )
        (self._folder / NGINX).write_text(text, encoding="utf-8")

    def _by_suffix(self) -> dict[str, str]:
        """The type that most files of a suffix have."""
        kinds: dict[str, list[str]] = {}
        for name, kind in self._types.items():
            if _suffix(name):
                kinds.setdefault(_suffix(name), []).append(kind)
        return {suffix: max(sorted(found), key=found.count) for suffix, found in sorted(kinds.items())}


def _suffix(name: str) -> str:
    return Path(name).suffix.removeprefix(".")


def _bare(kind: str) -> str:
    return kind.partition(";")[0]


class Rewriter(HTMLParser):
    """Copies a page and turns its links; afterwards `found` are the paths and languages that it leads to."""

    def __init__(
        self, path: str, prefix: str = "", names: FileNames | None = None, language: str | None = None
    ) -> None:
        """Begin with a page in a language, whose links have the prefix.

        The names tell what is answered, and where.
        """
        super().__init__(convert_charrefs=False)
        self._path = path
        self._prefix = prefix
        self._names = names or FileNames()
        self._language = language or self._names.languages[0]
        self._file = self._names.of(path, language) or file_of(path)
        self._out: list[str] = []
        self.found: list[Wanted] = []

    def page(self, html: str) -> str:
        """The whole page, rewritten."""
        self.feed(html)
        self.close()
        return "".join(self._out)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A tag, its links turned; a form is hidden, because nobody would answer it."""
        if tag == "form":
            self._out.append("<form hidden>")
        elif any(name in LINKS for name, _ in attrs):
            kept = [pair for pair in (self._turned(name, value) for name, value in attrs) if pair]
            self._out.append(f"<{tag}{''.join(_attribute(*pair) for pair in kept)}>")
        else:
            self._out.append(self.get_starttag_text() or "")

    handle_startendtag = handle_starttag

    def handle_endtag(self, tag: str) -> None:
        """The end of an element."""
        self._out.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        """Text, as it was written."""
        self._out.append(data)

    def handle_entityref(self, name: str) -> None:
        """A named character, as it was written."""
        self._out.append(f"&{name};")

    def handle_charref(self, name: str) -> None:
        """A numbered character, as it was written."""
        self._out.append(f"&#{name};")

    def handle_decl(self, decl: str) -> None:
        """The document type."""
        self._out.append(f"<!{decl}>")

    def handle_comment(self, data: str) -> None:
        """Nothing: comments are for those who read the service's templates."""

    def _turned(self, name: str, value: str | None) -> tuple[str, str | None] | None:
        """An attribute; a link that a static site cannot answer is left out, its text stays."""
        if name not in LINKS or value is None or value.startswith("#"):
            return name, value
        address, fragment = urldefrag(value)
        path = local(below(address, self._prefix), self._path)
        if path is None:
            return (name, value) if "://" in value or value.startswith("mailto:") else None
        language = language_of(address) or self._language
        file = self._names.of(path, language)
        if file is None or language not in self._names.languages:
            return None
        self.found.append((path, language))
        link = relative(file, self._file)
        return name, f"{link}#{fragment}" if fragment else link


def _attribute(name: str, value: str | None) -> str:
    return f" {name}" if value is None else f' {name}="{escape(value)}"'


def freeze(
    repository: Repository,
    folder: Path,
    progress: Progress | None = None,
    languages: Sequence[str] = LANGUAGES[:1],
) -> int:
    """Write the release as a site for any plain web host, and return how many files it has.

    Pages are in the first of the languages; those in the others are in a folder of each.

    Links are relative, so that it may stand in any folder of the host; `_headers` and `nginx.conf` tell
    hosts the media types. The folder must not exist yet, or be empty: it appears whole or not at all.
    A link to what is unknown or gone, or to what no source mentions, is left out. Raises InvalidParameter for
    a folder that holds something, InternalError for a link that does not answer otherwise.
    """
    if folder.exists() and any(folder.iterdir()):
        hint = "Name a folder that is empty, or that is not there yet."
        raise InvalidParameter(f"{folder} is not empty.", parameters=["DIR"], hint=hint)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".freezing-") as scratch:
        work = Path(scratch) / "site"
        count = _Site(create_app(repository), repository, work, languages).write(progress)
        work.chmod(0o755)
        work.replace(folder)
    return count


class _Site:
    """The addresses still to be asked for, and those that were."""

    def __init__(self, app: Flask, repository: Repository, folder: Path, languages: Sequence[str]) -> None:
        self._client = Client(app)
        self._base = repository.settings.public_url
        self._prefix = urlsplit(self._base).path
        self._files = Files(folder, self._prefix)
        self._names = FileNames(languages)
        left_out = (links.page_of(iri) for iri in repository.unmentioned)
        self._names.unanswered |= {file_of(path) for path in left_out if path is not None}
        self._pages: list[Wanted] = []
        self._waiting: deque[Wanted] = deque()
        self._known: set[str] = set()
        self._found_missing = False
        self._follow([(path, language) for path in SEEDS for language in languages])
        for query in repository.queries.values():
            self._follow([(path, languages[0]) for path in _answers(query)])

    def write(self, progress: Progress | None) -> int:
        """Ask for everything, each address once."""
        while self._waiting:
            path, language = self._waiting.popleft()
            if progress is not None:
                progress(path, self._files.count / (self._files.count + len(self._waiting) + 1))
            self._keep(path, language)
        for path, language in list(self._pages) if self._found_missing else ():
            self._keep(path, language)
        self._files.finish()
        return self._files.count

    def _keep(self, path: str, language: str) -> None:
        accept = {"Accept": "text/html, */*;q=0.1", "Accept-Language": language}
        answer = self._client.get(path, base_url=self._base, headers=accept, follow_redirects=True)
        if answer.status_code in GONE and path not in SEEDS:
            self._names.unanswered.add(file_of(path))
            self._found_missing = True
            return
        if answer.status_code != 200:
            raise InternalError(f"{path} is linked to and answers {answer.status_code}.")
        body = answer.get_data()
        if answer.mimetype == media.HTML:
            rewriter = Rewriter(path, self._prefix, self._names, language)
            body = rewriter.page(body.decode("utf-8")).encode("utf-8")
            self._pages.append((path, language))
            self._follow(rewriter.found)
        elif path == "/sitemap.xml":
            listed = LOCATION.findall(body.decode())
            self._follow([(address.removeprefix(self._base) or "/", language) for address in listed])
        self._follow([(below(link, self._prefix), language) for link in _alternates(answer)])
        self._files.put(self._names.of(path, language) or file_of(path), body, answer.content_type)

    def _follow(self, wanted: list[Wanted]) -> None:
        for path, language in wanted:
            name = self._names.of(path, language)
            if name is not None and name not in self._known:
                self._known.add(name)
                self._waiting.append((path, language))


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
