"""A service under a path of its host: no address that it writes leaves the path, whatever stands in front."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from html import unescape
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from flask import Flask
from werkzeug.test import Client, TestResponse

from diplograph import media
from diplograph.errors import InvalidParameter
from diplograph.repository import Repository
from diplograph.settings import Settings
from diplograph.web import create_app, release_swap
from diplograph.web.addresses import below

ENGINES = ("embedded",)
HOST = "https://data.example.org"
PAGE = "text/html, */*;q=0.1"
PER_KIND = 1
"""How many addresses of one kind are looked at: those of one folder, with one suffix and one parameter."""
SEEDS = (
    *("/", "/robots.txt", "/sitemap.xml", "/openapi.json", "/context.jsonld", "/editor.json", "/reconcile"),
    *("/.well-known/void", "/.well-known/sparql-examples", "/changes", "/versions", "/describe?uri=urn:x"),
    *("/id/act/nothing", "/nothing", "/sparql?query=SELECT", "/search?q=japan", "/id/state/japan"),
    "/reconcile/preview?id=https://w3id.org/diplograph/id/state/japan",
    "/sparql?query=SELECT * { ?s ?p ?o } LIMIT 3",
    "/sparql?query=SELECT * { ?s <https://w3id.org/diplograph/ontology%23actor> ?o } LIMIT 3",
    "/queries/expulsions?state=nowhere",
)
WRONG = {
    "/describe?uri=urn:x",
    "/queries/expulsions?state=nowhere",
    "/id/act/nothing",
    "/nothing",
    "/sparql?query=SELECT",
}
"""Seeds that end in an error, whose document is looked at."""
UNFINISHED = re.compile(r"\{|/describe\?uri=$|_spreadsheet=")
"""Addresses that somebody has yet to complete."""
OF_THE_HOST = re.compile(rf"{HOST}[^\s\"'<>\\)\]}}]*")
REFERENCE = re.compile(r"<(/[^>\s]*)>")
RULE = re.compile(r"^Disallow: (\S+)", re.MULTILINE)
STYLE = re.compile(r"url\(['\"]?([^'\")]+)")
PATH = re.compile(r"/[\w.~%/?=&:-]*")
OTHERS = (media.JSON, media.TURTLE)


class Proxy:
    """What stands in front: it takes the prefix away or leaves it, and adds headers."""

    def __init__(self, app: Any, prefix: str, headers: Mapping[str, str], *, strips: bool = True) -> None:
        self.app, self.prefix, self.headers, self.strips = app, prefix, headers, strips

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if below(path, self.prefix) == path:
            start_response("421 Misdirected Request", [("Content-Type", "text/plain")])
            return [b"outside"]
        added = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in self.headers.items()}
        inner = path.removeprefix(self.prefix) if self.strips else path
        return self.app({**environ, **added, "PATH_INFO": inner}, start_response)


class Attributes(HTMLParser):
    """The addresses in the attributes of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(html)

    def handle_starttag(self, _: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if name in {"href", "src", "action"} and value]


def strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping) and "service_path" in value:
        yield value["service_url"] + value["service_path"] + "?prefix=japan"
    elif isinstance(value, Mapping | list):
        for part in value.values() if isinstance(value, Mapping) else value:
            yield from strings(part)


def written(answer: TestResponse) -> Iterator[str]:
    """Every address that an answer writes, in its headers or its body."""
    for name in ("Link", "Location", "Content-Location"):
        for value in answer.headers.getlist(name):
            yield from re.findall("<([^>]*)>", value) if name == "Link" else [value]
    if not re.match("text/|application/(json|.*xml|.*json|n-triples)|image/svg", answer.content_type):
        return
    text = unescape(answer.text)
    yield from OF_THE_HOST.findall(text)
    kind = answer.mimetype
    if kind == media.HTML:
        yield from Attributes(answer.text).found
    elif kind.endswith("json"):
        yield from (one for one in strings(answer.json) if PATH.fullmatch(one))
    elif kind in {media.TURTLE, media.N_TRIPLES}:
        yield from REFERENCE.findall(text)
    else:
        yield from (STYLE if kind == "text/css" else RULE).findall(text)


@dataclass
class Crawl:
    """Everything that can be reached, each kind of page a few times, and what is wrong with it."""

    client: Client
    prefix: str
    wrong: list[str] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    kinds: Counter[tuple[str, ...]] = field(default_factory=Counter)

    def run(self) -> None:
        seeds = [self.prefix + seed for seed in SEEDS]
        waiting = [*seeds]
        while waiting:
            address = waiting.pop(0)
            if address not in self.seen and (address in seeds or self.is_wanted(address)):
                self.seen.add(address)
                waiting += self.look(address)

    def is_wanted(self, address: str) -> bool:
        path, _, query = below(address, self.prefix).partition("?")
        *folders, name = path.split("/")
        kind = (*folders, name.partition(".")[2] if len(folders) > 1 else name, query.partition("=")[0])
        self.kinds[kind] += 1
        return self.kinds[kind] <= PER_KIND

    def look(self, address: str) -> list[str]:
        """Ask for one address; returns those that it leads to."""
        answer = self.client.get(address, base_url=HOST, headers={"Accept": PAGE})
        path = below(address, self.prefix)
        if answer.status_code not in {200, 301, 303} and path not in WRONG:
            self.wrong.append(f"{address} answers {answer.status_code}")
        found = set(self.inside(address, answer))
        if answer.mimetype in {media.HTML, media.TURTLE}:
            for accept in OTHERS:
                other = self.client.get(address, base_url=HOST, headers={"Accept": accept})
                found |= set(self.inside(address, other))
        return sorted(found)

    def inside(self, address: str, answer: TestResponse) -> Iterator[str]:
        for one in set(written(answer)):  # a dump names each thing many times
            url = urlsplit(urldefrag(urljoin(HOST + address, one))[0])
            if f"{url.scheme}://{url.netloc}" != HOST:
                continue
            if below(url.path, self.prefix) == url.path:
                self.wrong.append(f"{address} as {answer.mimetype} leads out to {one}")
            elif not UNFINISHED.search(one):
                yield f"{url.path}?{url.query}" if url.query else url.path


def under(published: Repository, **settings: Any) -> Flask:
    """The service with other settings, over the same release and workers."""
    return create_app(replace(published, settings=replace(published.settings, **settings)))


FORWARDED = {
    "X-Forwarded-Prefix": "/kg",
    "X-Forwarded-Host": "data.example.org",
    "X-Forwarded-Proto": "https",
}
BEHIND = {"base_url": None, "trusted_proxies": 1}
WAYS: Mapping[str, Callable[[Repository], Proxy]] = {
    "base URL, prefix taken away": lambda found: Proxy(under(found, base_url=f"{HOST}/kg"), "/kg", {}),
    "base URL, prefix left": lambda found: Proxy(
        under(found, base_url=f"{HOST}/kg/"), "/kg", {}, strips=False
    ),
    "headers, prefix taken away": lambda found: Proxy(under(found, **BEHIND), "/kg", FORWARDED),
    "base URL with the name of a route": lambda found: Proxy(
        under(found, base_url=f"{HOST}/graphs"), "/graphs", {}
    ),
}


@pytest.fixture(params=WAYS)
def proxy(request: pytest.FixtureRequest, published: Repository) -> Proxy:
    return WAYS[request.param](published)


@pytest.mark.slow
@pytest.mark.timeout(900)  # some hundred pages, each in every format
@pytest.mark.parametrize("proxy", [way for way in WAYS if way.endswith("taken away")], indirect=True)
def test_no_address_leaves_the_path_and_each_one_answers(proxy: Proxy):
    crawl = Crawl(Client(proxy), proxy.prefix)

    crawl.run()

    assert crawl.wrong == []
    assert {below(address, proxy.prefix) for address in crawl.seen} >= {
        "/static/style.css",
        "/dumps",
        "/docs",
    }
    assert len(crawl.seen) > 150


def test_same_paths_are_found_however_the_request_comes(proxy: Proxy):
    client = Client(proxy)
    paths = ("", "/", "/graphs", "/graphs?default", "/sparql?query=ASK {}", "/graph/meta.ttl", "/docs/")

    answers = [client.get(proxy.prefix + path, base_url=HOST).status_code for path in paths]
    posted = client.post(f"{proxy.prefix}/sparql", data={"query": "ASK {}"}, base_url=HOST)
    thing = client.get(f"{proxy.prefix}/id/state/japan", base_url=HOST)

    assert answers == [200] * len(paths)
    assert (posted.status_code, thing.headers["Location"]) == (200, f"{proxy.prefix}/doc/state/japan.ttl")


def test_names_of_things_stay_what_they_are(proxy: Proxy):
    path = f"{proxy.prefix}/doc/state/japan"
    text = Client(proxy).get(f"{path}.ttl", base_url=HOST).text

    assert "PREFIX state: <https://w3id.org/diplograph/id/state/>\n" in text
    assert HOST not in text


def test_description_of_the_interface_names_its_server(proxy: Proxy):
    described = Client(proxy).get(f"{proxy.prefix}/openapi.json", base_url=HOST).json

    assert described is not None
    assert described["servers"] == [{"url": HOST + proxy.prefix}]
    assert "/sparql" in described["paths"]


def test_answers_under_one_path_are_not_given_under_another(published: Repository):
    app = under(published, **BEHIND)
    found = {}
    for prefix in ("/a", "/b", "/a"):
        client = Client(Proxy(app, prefix, {**FORWARDED, "X-Forwarded-Prefix": prefix}))
        for path in ("/", "/sparql?query=ASK {}", "/id/state/japan", "/.well-known/void"):
            answer = client.get(prefix + path, base_url=HOST, headers={"Accept": "text/html, text/turtle"})
            other = "/a" if prefix == "/b" else "/b"
            text = answer.text + str(answer.headers)
            assert f"{prefix}/" in text
            assert f"{other}/" not in text
            found.setdefault(path, set()).add(
                (prefix, answer.headers.get("ETag", answer.headers.get("Location")))
            )

    assert all(len({tag for _, tag in tags}) == 2 for tags in found.values())


@pytest.mark.parametrize(
    "said",
    [
        *(
            "kg",
            "//evil.example",
            "/kg//x",
            "/../x",
            "/kg/..",
            "/./x",
            "/kg/.",
            "/a b",
            "/kg?x",
            "/kg#x",
            "/",
        ),
        *('/"><script>', "/kg\\x", "/%2e%2e", "https://evil.example", "/@evil.example", "/kg;x", "/k\u00e9"),
        *("/a\r\nX: y", "/" + "a" * 300, "/kg, //evil.example", "javascript:alert(1)"),
    ],
)
def test_hostile_prefix_is_ignored(published: Repository, said: str):
    client = Client(under(published, **BEHIND))
    environ = {"HTTP_X_FORWARDED_PREFIX": said}
    answer = client.get("/", base_url=HOST, headers={"Accept": PAGE}, environ_overrides=environ)

    assert answer.status_code == 200
    assert 'href="/static/style.css"' in answer.text
    assert "evil" not in answer.text


@pytest.mark.parametrize(
    ("name", "said"),
    [
        *(
            ("Host", said)
            for said in ("evil.example/x", "a b", "user@evil.example", "evil.example#", "[::1", "")
        ),
        *(("Proto", said) for said in ("javascript", "ftp", "https:", "https://evil.example/?")),
    ],
)
def test_hostile_host_or_scheme_is_ignored(published: Repository, name: str, said: str):
    client = Client(under(published, **BEHIND))
    answer = client.get("/robots.txt", base_url="http://inner:81", headers={f"X-Forwarded-{name}": said})

    assert "Sitemap: http://inner:81/sitemap.xml\n" in answer.text


@pytest.mark.parametrize("trusted", [0, 1])
def test_headers_count_only_from_trusted_proxies_and_never_against_the_base_url(
    published: Repository, trusted: int
):
    client = Client(under(published, base_url=f"{HOST}/kg", trusted_proxies=trusted))
    untrusting = Client(under(published, base_url=None, trusted_proxies=0))
    evil = {**FORWARDED, "X-Forwarded-Prefix": "/evil", "X-Forwarded-Host": "evil.example"}

    assert f"Sitemap: {HOST}/kg/sitemap.xml\n" in client.get("/robots.txt", headers=evil).text
    assert "evil" not in untrusting.get("/robots.txt", headers=evil).text


@pytest.mark.parametrize(("trusted", "base"), [(1, "/inner"), (2, "/outer"), (3, "/outer")])
def test_the_outermost_trusted_proxy_says_the_prefix(published: Repository, trusted: int, base: str):
    client = Client(under(published, base_url=HOST, trusted_proxies=trusted))
    headers = {"X-Forwarded-Prefix": "/outer/, /inner"}

    assert f"Sitemap: {HOST}{base}/sitemap.xml" in client.get("/robots.txt", headers=headers).text


def test_application_may_be_mounted_by_its_server(published: Repository):
    answer = Client(under(published, base_url=HOST)).get("/id/state/japan", base_url="http://inner/kg")

    assert answer.headers["Location"] == "/kg/doc/state/japan.ttl"


def test_older_release_is_asked_for_under_the_path_too():
    environ = {"REQUEST_METHOD": "POST", "PATH_INFO": "/kg/sparql", "QUERY_STRING": "version=1"}

    assert release_swap.requested_version(environ) == "1"
    assert release_swap.requested_version({**environ, "PATH_INFO": "/kg/graphs"}) is None


@pytest.mark.parametrize("path", ["/robots.txt", "/kg/robots.txt"])
def test_one_answer_on_the_command_line_knows_the_path(published: Repository, path: str):
    settings = replace(published.settings, base_url=f"{HOST}/kg")

    assert f"{HOST}/kg/sitemap.xml" in release_swap.answer_once(settings, published.release, path).text


@pytest.mark.parametrize(
    "url",
    [
        *(
            "data.example.org",
            "ftp://data.example.org",
            "https://",
            "https://data.example.org/a//b",
            "//x/kg",
        ),
        *("https://data.example.org/../x", "https://data.example.org/kg?x", "https://data.example.org/#x"),
        *("https://user@data.example.org/", "https://data.example.org/a b", "javascript:alert(1)", ""),
    ],
)
def test_base_url_that_is_none_is_refused_at_the_start(published: Repository, url: str):
    with pytest.raises(InvalidParameter, match="expected http or https"):
        Settings.resolve(published.settings.kb, {}, base_url=url)
