"""A release as a static site, served by nginx from a folder, every link followed."""

import os
import re
import shutil
import subprocess
import time
import unicodedata
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin

import httpx
import pyoxigraph
import pytest

import tiny_kb
from diplograph import media, repository
from diplograph.errors import InvalidParameter
from diplograph.namespaces import ID, LANGUAGES
from diplograph.repository import Repository
from diplograph.settings import Settings
from diplograph.web.static_site import Rewriter, file_of, freeze, relative
from live import free_port

pytestmark = pytest.mark.slow
NGINX = shutil.which("nginx")
CONFIGURATION = """
{user}
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ }}
http {{
  access_log off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  server {{ listen 127.0.0.1:{port}; root {root}; include {site}/nginx.conf; }}
}}
"""
VOCAB = """
dgv:realisation a skos:ConceptScheme ; rdfs:label "realisation"@en .
dgv:ordered a skos:Concept ; skos:prefLabel "ordered"@en ; skos:inScheme dgv:realisation .
"""


class Links(HTMLParser):
    """The links of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(html)

    def handle_starttag(self, _: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if name in {"href", "src"} and value]


@pytest.fixture(scope="module", params=["", "/kg", "/doc/a.b"])
def prefix(request: pytest.FixtureRequest) -> str:
    """The path of the site on its host."""
    return str(request.param)


@pytest.fixture(scope="module")
def published(prefix: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Repository]:
    root = tiny_kb.write(tmp_path_factory.mktemp("kb"))
    (root / "ontology" / "vocab.ttl").write_text(tiny_kb.PROLOGUE + VOCAB, encoding="utf-8")
    base_url = f"https://data.example.org{prefix}"
    with repository.load(Settings.resolve(root, environ={}, workers=1, base_url=base_url)) as found:
        yield found


@pytest.fixture(scope="module")
def site(published: Repository, prefix: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = Path(f"{tmp_path_factory.mktemp('frozen')}{prefix or '/'}")
    freeze(published, folder, languages=LANGUAGES if prefix else LANGUAGES[:1])
    return folder


@pytest.fixture(scope="module")
def address(site: Path, prefix: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of nginx over the folder."""
    nginx = NGINX or pytest.skip("nginx is not installed")
    folder, port = tmp_path_factory.mktemp("nginx"), free_port()
    path = folder / "nginx.conf"
    user = "user root;" if os.geteuid() == 0 else ""  # pytest's folders are its owner's alone
    text = CONFIGURATION.format(
        user=user, folder=folder, port=port, site=site, root=str(site).removesuffix(prefix)
    )
    path.write_text(text, encoding="utf-8")
    process = subprocess.Popen([nginx, "-p", str(folder), "-e", str(folder / "error.log"), "-c", str(path)])
    try:
        for _ in range(100):
            try:
                httpx.get(f"http://127.0.0.1:{port}{prefix}/")
                break
            except httpx.TransportError:
                time.sleep(0.1)
        yield f"http://127.0.0.1:{port}{prefix}"
    finally:
        process.terminate()
        process.wait(20)


def test_every_link_of_every_page_answers(address: str) -> None:
    waiting, seen = [f"{address}/"], {f"{address}/"}
    with httpx.Client() as client:
        while waiting:
            page = waiting.pop()
            answer = client.get(page, follow_redirects=True)
            assert answer.status_code == 200, page
            if answer.headers["Content-Type"].startswith("text/html"):
                linked = {urldefrag(urljoin(str(answer.url), link))[0] for link in Links(answer.text).found}
                fresh = {link for link in linked - seen if link.startswith(address)}
                seen |= fresh
                waiting += fresh
    assert {f"{address}/doc/act/x-expels.html", f"{address}/queries/acts.csv"} <= seen


def test_pages_in_other_languages_are_in_a_folder_of_each_and_everything_else_is_there_once(
    site: Path, prefix: str
) -> None:
    pages = {path.relative_to(site).as_posix() for path in site.rglob("*.html")}
    others = {path.relative_to(site).as_posix() for path in (site / "ja").rglob("*")} if prefix else set()

    first = {page for page in pages if page.partition("/")[0] not in LANGUAGES}
    assert {f"ja/{page}" for page in first} == {
        page for page in pages if page.startswith("ja/")
    } or not prefix
    assert not any(name.endswith((".ttl", ".csv", ".json", ".css")) for name in others)
    if prefix:
        page = (site / "ja" / "doc" / "act" / "x-expels.html").read_text(encoding="utf-8")
        assert '<html lang="ja">' in page
        assert {"x-expels.html", "../../../doc/act/x-expels.html", "../../../ru/doc/act/x-expels.html"} >= {
            link for link in Links(page).found if link.endswith("/x-expels.html")
        }
        assert "../../../ru/doc/act/x-expels.html" in Links(page).found


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/doc/act/x-expels.ttl", media.TURTLE),
        ("/doc/act/x-expels.jsonld", media.JSON_LD),
        ("/doc/act/x-expels.rdf", media.RDF_XML),
        ("/between/x/y.html", media.HTML),
        ("/between/x/y.md", media.MARKDOWN),
        ("/queries/acts.csv", media.CSV),
        ("/queries/acts.json", media.RESULTS_JSON),
        ("/.well-known/void", media.TURTLE),
        ("/openapi.json", media.JSON),
        ("/static/style.css", "text/css"),
        ("/id/act/x-expels", media.HTML),
        ("/doc/act/x-expels", media.HTML),
    ],
)
def test_each_file_is_sent_with_its_media_type(address: str, path: str, kind: str) -> None:
    answer = httpx.get(address + path, follow_redirects=True)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].partition(";")[0] == kind
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_documents_hold_what_the_service_says(site: Path, published: Repository) -> None:
    from diplograph.web import create_app

    client = create_app(published).test_client()
    for name in ("doc/state/x.ttl", "doc/act/y-expels.nt", "queries/acts.csv", "ontology.ttl"):
        assert (site / name).read_bytes() == client.get(f"/{name}").data
    assert list(pyoxigraph.parse((site / ".well-known/void").read_bytes(), pyoxigraph.RdfFormat.TURTLE))


def test_absolute_addresses_are_those_that_the_site_will_have(site: Path, prefix: str) -> None:
    sitemap = (site / "sitemap.xml").read_text(encoding="utf-8")
    void = (site / ".well-known/void").read_text(encoding="utf-8")

    base = f"https://data.example.org{prefix}/"
    assert set(re.findall("https?://[^/<>]+/", sitemap)) == {
        "http://www.sitemaps.org/",
        "https://data.example.org/",
    }
    assert sitemap.count("<loc>") == sitemap.count(f"<loc>{base}")
    assert f"<{base}sparql>" in void


def test_pages_offer_nothing_that_only_a_service_answers(site: Path) -> None:
    for page in site.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert not [link for link in Links(text).found if link.startswith("/") or "sparql?" in link], page
        assert 'action="' not in text


@pytest.fixture(scope="module")
def odd_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site of things whose IRIs no address answers, are long, or differ by case alone."""
    root = tiny_kb.write(tmp_path_factory.mktemp("odd"))
    slugs = [
        "X-expels",
        "X-EXPELS",
        "slash/",
        "query?y=1",
        "a/b",
        "..%2F..%2Fb",
        "%2E%2E",
        "file.csv",
        "é" * 140,
    ]
    slugs += ["E\u0301", "\u00c9"]
    said = "".join(
        f'<{ID}act/{slug}> a dg:Expulsion ; rdfs:label "odd {number}"@en ; dg:actor state:x .\n'
        for number, slug in enumerate(slugs)
    )
    (root / "data" / "a2.ttl").write_text(tiny_kb.PROLOGUE + said, encoding="utf-8")
    folder = tmp_path_factory.mktemp("frozen") / "site"
    with repository.load(Settings.resolve(root, environ={}, workers=1)) as found:
        freeze(found, folder)
    return folder


def test_site_is_written_whatever_things_are_called_and_no_link_leads_nowhere(odd_site: Path) -> None:
    for page in odd_site.rglob("*.html"):
        for link in Links(page.read_text(encoding="utf-8")).found:
            path = unquote(urldefrag(link)[0])
            assert "://" in link or not path or (page.parent / path).is_file(), (page, link)
    actor = (odd_site / "doc" / "state" / "x.html").read_text(encoding="utf-8")
    assert all(f"odd {number}" in actor for number in range(11))


def test_no_two_files_are_told_apart_by_case_alone(odd_site: Path) -> None:
    names = [path.relative_to(odd_site).as_posix() for path in odd_site.rglob("*")]

    assert len({unicodedata.normalize("NFC", name).casefold() for name in names}) == len(names)
    titles = [path.read_text(encoding="utf-8") for path in (odd_site / "doc" / "act").glob("*.html")]
    assert [sum(f"<h1>{label}<" in text for text in titles) for label in ("X expels", "odd 0", "odd 1")] == [
        1,
        1,
        1,
    ]


def test_folder_that_holds_something_is_left_alone(published: Repository, tmp_path: Path) -> None:
    (tmp_path / "kept.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(InvalidParameter):
        freeze(published, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["kept.txt"]


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/", "index.html"),
        ("/doc/act/a", "doc/act/a.html"),
        ("/id/act/a", "doc/act/a.html"),
        ("/doc/act/a.ttl", "doc/act/a.ttl"),
        ("/doc/person/j.r.-x", "doc/person/j.r.-x.html"),
        ("/queries/acts.rq", "queries/acts.rq"),
        ("/.well-known/void", ".well-known/void"),
        ("/doc/name/%E6%97%A5", "doc/name/日.html"),
    ],
)
def test_each_address_has_its_file(path: str, name: str) -> None:
    assert file_of(path) == name


def test_hostile_text_in_a_page_stays_text() -> None:
    html = '<p>&lt;b&gt;</p><a href="/doc/act/a?x=&quot;&gt;&lt;b&gt;">a</a><a href="javascript:x()">j</a>'
    rewritten = Rewriter("/doc/act/b").page(html)
    assert rewritten == "<p>&lt;b&gt;</p><a>a</a><a>j</a>"


def test_links_lead_from_where_the_page_is() -> None:
    assert relative("doc/state/x.html", "doc/act/a.html") == "../state/x.html"
    assert relative("index.html", "index.html") == "index.html"
    assert relative("a/b c.html", "doc/act/x.html") == "../../a/b%20c.html"
