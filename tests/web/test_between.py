"""Pages about two states: in three languages, as Markdown too, each sentence with the way to its evidence."""

import re
from html import unescape
from pathlib import Path

import pytest
from flask.testing import FlaskClient

import tiny_kb
from diplograph import media, repository
from diplograph.settings import Settings
from diplograph.web import create_app
from thing_pages import page, plain

USUAL_ENGINES = ("embedded",)
PAGE = "/between/japan/russia.html"
HOSTILE = "<script>alert(1)</script> [x](javascript:1) {actor} *b*"


def text(client: FlaskClient, path: str, **headers: str) -> str:
    answer = client.get(path, headers=headers)
    assert answer.status_code == 200, path
    return answer.get_data(as_text=True)


def test_story_of_two_states_is_told_in_order_plans_and_claims_apart(client: FlaskClient) -> None:
    done, _, rest = text(client, PAGE).partition('<h2 id="plans">')
    plans, _, claims = rest.partition('<h2 id="claims">')

    assert plain(done).index("Japan expelled personnel of Russia.") < plain(done).index(
        "Russia ordered personnel of Japan to leave."
    )
    assert "Japan announced sanctions on Russia" in plain(plans)
    assert "Japan announced" not in plain(done)
    assert "According to Reuters (reported):" in plain(claims)
    assert "According to Reuters" not in plain(done + plans)


def test_every_sentence_leads_to_its_thing_and_to_its_evidence(client: FlaskClient) -> None:
    sentences = re.findall(r"<p><span lang=.*?</p>", text(client, PAGE), re.DOTALL)

    assert len(sentences) > 100
    for one in sentences:
        assert re.search(r'href="/doc/(act|measure|claim)/', one), one
        assert re.search(r'class="proof" href="/doc/[^"]*" aria-label="Evidence of ', one), one


@pytest.mark.parametrize(
    ("path", "accept", "kind"),
    [
        ("/between/japan/russia", "text/html", media.HTML),
        ("/between/japan/russia", "text/markdown", media.MARKDOWN),
        ("/between/japan/russia.md", "text/html", media.MARKDOWN),
        ("/between/japan/russia.html", "text/markdown", media.HTML),
    ],
)
def test_story_comes_as_page_and_as_markdown(client: FlaskClient, path: str, accept: str, kind: str) -> None:
    answer = client.get(path, headers={"Accept": accept})

    assert (answer.status_code, answer.mimetype) == (200, kind)
    assert any('rel="alternate"' in link for link in answer.headers.getlist("Link"))


def test_markdown_leads_to_pages_of_the_service(client: FlaskClient) -> None:
    told = text(client, "/between/japan/russia.md")

    assert told.startswith("# Japan and Russia\n")
    assert "](https://data.example.org/doc/act/japan-expels-eight-russians-2022-04)" in told
    assert "[evidence: sentence 31, a1](https://data.example.org/doc/span/a1-s31)" in told


def test_other_order_of_the_states_leads_to_the_one_order(client: FlaskClient) -> None:
    answer = client.get("/between/russia/japan.md?_lang=ja")

    assert answer.status_code == 301
    assert answer.headers["Location"] == "/between/japan/russia.md?_lang=ja"


@pytest.mark.parametrize("path", ["/between/japan/rusia", "/between/jappan/russia", "/between/japan/japan"])
def test_unknown_state_is_not_found_and_near_ones_are_named(client: FlaskClient, path: str) -> None:
    answer = client.get(path)

    assert answer.status_code == 404
    assert re.search("state/(japan|russia)", answer.get_data(as_text=True))


def test_two_states_without_acts_have_a_page_that_says_so(client: FlaskClient) -> None:
    assert "The release holds no acts between the two." in text(client, "/between/mongolia/russia.html")
    assert "The release holds no acts between the two." in text(client, "/between/mongolia/russia.md")


def test_sentences_that_stay_english_are_marked_as_such(client: FlaskClient) -> None:
    shown = text(client, f"{PAGE}?_lang=ru")
    told = text(client, "/between/japan/russia.md?_lang=ru")

    assert "8 апреля 2022\N{NO-BREAK SPACE}г. — Япония: высылка персонала" in shown
    assert '<span lang="en">Acting body: the Government of Japan.</span>' in shown
    assert "Acting body: the Government of Japan. (en) — " in told
    in_japanese = text(client, f"{PAGE}?_lang=ja")
    assert '<span lang="ja">2022年4月8日、日本はロシアの政府職員を国外に追放した。</span>' in in_japanese


def test_what_was_not_read_with_certainty_says_so(client: FlaskClient) -> None:
    shown = text(client, PAGE)
    item = shown[shown.index("Japan had put sanctions on Russia into effect") :].partition("</p>")[0]

    assert "certainty: " in item
    assert ">moderate</span>" in item
    assert "certainty: moderate" in text(client, "/between/japan/russia.md")
    sure = shown[shown.index("Japan expelled personnel of Russia") :].partition("</p>")[0]
    assert "certainty" not in sure


def test_reports_that_date_an_act_stand_beside_its_sentence(client: FlaskClient) -> None:
    shown = text(client, PAGE)
    item = shown[shown.index("On 26 September 2022, Russia ordered") :].partition("</p>")[0]

    assert 'href="/doc/span/a2-s15"' in item
    assert 'href="/doc/document/bg26"' in item


def test_wrong_language_tag_is_refused(client: FlaskClient) -> None:
    assert client.get(f"{PAGE}?_lang=!").status_code == 400


@pytest.mark.parametrize(
    ("thing", "link", "says"),
    [
        ("state/mongolia", "/between/japan/mongolia", "Japan"),
        ("act/russia-expels-motoki-2022", "/between/japan/russia", "Japan – Russia"),
        ("act/restoration-of-relations-1956", "/between/japan/soviet-union", "Japan – Soviet Union"),
    ],
)
def test_pages_of_states_and_acts_lead_to_their_stories(
    client: FlaskClient, thing: str, link: str, says: str
) -> None:
    assert f'<a href="{link}">{says}</a>' in page(client, thing)


def test_site_map_has_every_pair_with_acts_and_no_other(client: FlaskClient) -> None:
    listed = re.findall(r"/between/([^/<]*)/([^/<]*)</loc>", text(client, "/sitemap.xml"))

    assert ("japan", "russia") in listed
    assert ("mongolia", "russia") not in listed
    assert all(one < other for one, other in listed)


def test_hostile_label_of_a_state_is_only_text(tmp_path: Path) -> None:
    root = tiny_kb.write(tmp_path / "kb")
    entities = root / "data" / "entities.ttl"
    entities.write_text(entities.read_text("utf-8").replace('"X"@en', f'"{HOSTILE}"@en'), "utf-8")
    with repository.load(Settings.resolve(root, environ={}, workers=1)) as found:
        client = create_app(found).test_client()
        shown = client.get("/between/x/y.html").get_data(as_text=True)
        told = client.get("/between/x/y.md").get_data(as_text=True)

    assert "<script>alert" not in shown
    assert 'href="javascript' not in shown
    assert HOSTILE in unescape(re.sub(r"<[^>]*>", "", shown))
    assert "<script>" not in told
    assert "[x](" not in told
    assert "\\{actor\\} \\*b\\*" in told
