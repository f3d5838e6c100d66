"""Entries of a form: what they become, what is said beside which field, and where they are put."""

import json
from collections.abc import Iterator
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from diplograph.cli import init
from diplograph.errors import DoesNotConform, InvalidParameter, UnknownResource
from diplograph.namespaces import in_space
from diplograph.settings import Settings
from diplograph.sources import Marker
from diplograph.workbench.app import create_workbench
from diplograph.workbench.entries import Entry
from diplograph.workbench.workspace import Workspace

OWN = "https://example.org/desk/"
TEXT = "Japan expelled eight Russian diplomats on 8 April 2022. Russia objected.\n"
ACT = {"sort": "act", "class": "Expulsion", "passages": [{"start": 0, "end": 55}]}
SAID = {"actor": ["JP"], "target": ["Russia"], "realisation": ["ordered"], "when": ["2022-04-08"]}


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """An own knowledge base with one recorded text, and one that is not."""
    kb = tmp_path_factory.mktemp("desk") / "kb"
    init.write(kb, Marker(base=OWN, extends=version("diplograph")))
    (kb / "sources/desk.txt").write_text(TEXT, encoding="utf-8")
    (kb / "sources/new.txt").write_text("Nothing yet.\n", encoding="utf-8")
    with in_space(OWN):
        made = Workspace(Settings.resolve(kb, environ={}), kb / "sources", "somebody")
        with made.at_hand():
            values = {"copyright-notice": ["none stated"], "in-language": ["en"], "published": ["2022-05"]}
            facts = {"sort": "source", "class": "PinnedDocument", "label": "Desk", "values": values}
            assert made.record("desk.txt", Entry.read(facts, made.form)) == {"slug": "desk"}
        with made.at_hand():
            yield made


def entry(workspace: Workspace, **members: Any) -> Entry:
    return Entry.read(ACT | members, workspace.form)


def test_articles_are_those_recorded_and_the_texts_that_are_not(workspace: Workspace):
    found = {one.file: (one.slug, one.sentences, one.open) for one in workspace.articles()}

    assert found == {"desk.txt": ("desk", 2, 2), "new.txt": ("", 0, 0)}


def test_an_entry_becomes_a_block_with_its_evidence_and_a_label_made_of_it(workspace: Workspace):
    found = workspace.preview(entry(workspace, values={**SAID, "count": ["8"], "role": ["diplomat"]}), "desk")

    assert found["remarks"] == []
    assert found["accepted"]
    assert found["label"] == "Japan: expulsion (Russia), 8 April 2022"
    assert found["dates"] == {"when": "8 April 2022"}
    assert "dg:evidence ev:desk-0-55" in found["turtle"]
    assert "dg:memberCount 8" in found["turtle"]
    assert TEXT[:20] not in found["turtle"]


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("2022-04-08", "8 April 2022"),
        ("8 April 2022", "2022-04-08"),
        ("2022年4月8日", "2022-04-08, 8 April 2022"),
        ("between 1 and 26 March 2018", "[2018-03-01..2018-03-26]"),
        ("early 2022", "[2022-01..2022-04], between January 2022 and April 2022"),
    ],
)
def test_a_date_is_shown_the_other_way_than_it_is_typed(workspace: Workspace, typed: str, told: str):
    found = workspace.preview(entry(workspace, values=SAID | {"when": [typed]}), "desk")

    assert found["dates"] == {"when": told}
    assert f'"{typed if typed == "2022-04-08" else told.partition(",")[0]}"' in found["turtle"]


@pytest.mark.parametrize(
    ("values", "field", "text"),
    [
        ({"when": ["03/04/2022"]}, "when", "either 2022-04-03 (3 April 2022) or 2022-03-04"),
        ({"actor": ["Atlantis"]}, "actor", "which nothing defines"),
        ({"when": ["8 April"]}, "when", "is no date"),
        ({"realisation": ["done"]}, "realisation", "none of these"),
        ({"count": ["many"]}, "count", "no number of people"),
        ({"count": ["0"]}, "count", "no number of people"),
        ({"date-basis": ["guessed"]}, "date-basis", "none of these"),
    ],
)
def test_what_is_no_value_is_said_beside_its_field(
    workspace: Workspace, values: dict[str, list[str]], field: str, text: str
):
    remarks = workspace.preview(entry(workspace, values=SAID | values), "desk")["remarks"]

    assert [(one["field"], text in one["text"]) for one in remarks] == [(field, True)]


def test_what_a_shape_asks_for_is_said_beside_its_field(workspace: Workspace):
    found = workspace.preview(entry(workspace, values={"actor": ["JP"], "target": ["RU"]}), "desk")

    assert {one["field"] for one in found["remarks"] if one["severity"] == "violation"} == {"realisation"}
    assert not found["accepted"]


def test_what_nothing_defines_is_chosen_from_near_names_or_made(workspace: Workspace):
    (remark,) = workspace.preview(entry(workspace, values=SAID | {"actor": ["Mauritanja"]}), "desk")[
        "remarks"
    ]

    assert ("state:mauritania", "Mauritania") in remark["near"]
    assert "state" in remark["make"]
    assert "act" not in remark["make"]


def test_a_passage_that_is_none_or_missing_is_said(workspace: Workspace):
    for passages in ([], [{"start": 0, "end": 56}], [{"start": 5, "end": 9999}]):
        found = workspace.preview(entry(workspace, values=SAID, passages=passages), "desk")
        assert [one["field"] for one in found["remarks"]] == [""], passages
        with pytest.raises(DoesNotConform):
            workspace.accept(entry(workspace, values=SAID, passages=passages), "desk")


@pytest.mark.parametrize(
    "members",
    [
        [],
        {"sort": "deed"},
        {"sort": "act", "class": "State"},
        {"sort": "act", "label": 3},
        {"sort": "act", "values": []},
        {"sort": "act", "values": {"actor": "JP"}},
        {"sort": "act", "values": {"actor": ["x"] * 51}},
        {"sort": "act", "passages": [[0, 1]]},
        {"sort": "act", "passages": [{"start": True, "end": 2}]},
        {"sort": "act", "certainty": "sure"},
        {"sort": "act", "label": "x" * 10_001},
    ],
)
def test_a_body_that_is_no_entry_is_refused(workspace: Workspace, members: Any):
    with pytest.raises(InvalidParameter):
        Entry.read(members, workspace.form)


@pytest.mark.parametrize("slug", ["nowhere", "../desk", "", "a1"])
def test_an_article_that_is_not_there_is_said_to_be_missing(workspace: Workspace, slug: str):
    with pytest.raises(UnknownResource):
        workspace.article(slug)


@pytest.mark.parametrize("file", ["absent.txt", "../kb/diplograph.toml", "/etc/passwd"])
def test_a_text_outside_the_folder_is_not_recorded(workspace: Workspace, file: str):
    with pytest.raises(UnknownResource):
        workspace.record(file, entry(workspace, values={}))


@pytest.mark.parametrize(
    ("typed", "first"), [("Jap", "state:japan"), ("日本", "state:japan"), ("Росс", "state:russia")]
)
def test_what_is_typed_so_far_proposes_what_fits_the_field(workspace: Workspace, typed: str, first: str):
    found = workspace.suggest(entry(workspace).group, "actor", typed)

    assert found[0]["value"] == first


def compared(folder: Path, source: str, digest: str, start: int = 0) -> Path:
    """What `agree` writes of one disagreement."""
    span = {"source": source, "start": start, "end": 55}
    told = {"feature": "stage", "A": "dgv:ordered", "B": "", "unit": "act:x", "passages": "", "spans": [span]}
    members = {"articles": [{"article": source, "sha256": digest}], "disagreements": [told]}
    (folder / "d.json").write_text(json.dumps(members), encoding="utf-8")
    return folder / "d.json"


@pytest.mark.parametrize(
    ("source", "digest", "start"),
    [
        (f"{OWN}id/document/desk", "", 0),
        ("https://example.org/theirs/id/document/d", sha256(TEXT.encode()).hexdigest(), 0),
        ("https://example.org/theirs/id/document/d", "00", None),  # another text
        (f"{OWN}id/document/desk", "", None),  # no passage
    ],
)
def test_disagreements_are_those_of_the_article_or_of_one_with_its_text(
    workspace: Workspace, tmp_path: Path, source: str, digest: str, start: int | None
):
    made = Workspace(
        workspace.settings,
        workspace.sources,
        "somebody",
        compared(tmp_path, source, digest, 99 if start is None else start),
    )
    with made.at_hand():
        told = made.article("desk")["disagreements"]
        counted = [one.disagreements for one in made.articles() if one.slug == "desk"]

    once = {"feature": "stage", "first": "dgv:ordered", "second": "", "unit": "act:x"}
    assert told == ([] if start is None else [{**once, "spans": [{"start": start, "end": 55}]}])
    assert counted == [len(told)]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"articles": [], "disagreements": [{}]}'])
def test_a_file_that_holds_no_disagreements_is_refused(workspace: Workspace, tmp_path: Path, text: str):
    (tmp_path / "d.json").write_text(text, encoding="utf-8")
    with pytest.raises(InvalidParameter, match="holds no disagreements"):
        Workspace(workspace.settings, workspace.sources, "somebody", tmp_path / "d.json")


@pytest.fixture(scope="module")
def client(workspace: Workspace) -> FlaskClient:
    app = create_workbench(workspace, "secret", 8123)
    made = app.test_client()
    made.get("/?token=secret", base_url="http://127.0.0.1:8123")
    return made


@pytest.mark.parametrize("sort", ["act", "claim", "person", "source"])
def test_a_form_has_the_fields_that_shapes_ask_for_first(client: FlaskClient, sort: str):
    found = client.get(f"/forms/{sort}", base_url="http://127.0.0.1:8123").get_json()
    asked = [one["asked"] for one in found["fields"] if one["name"] not in {"count", "role", "of", "measure"}]

    assert asked == sorted(asked, reverse=True)
    assert found["classes"]


def test_answers_are_kept_nowhere_and_shared_with_no_other_site(client: FlaskClient):
    headers = client.get("/articles/desk/text", base_url="http://127.0.0.1:8123").headers

    assert headers["Cache-Control"] == "no-store"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Access-Control-Allow-Origin" not in headers
    assert "default-src 'self'" in headers["Content-Security-Policy"]


def test_the_cookie_is_for_this_site_and_no_script(workspace: Workspace):
    answer = (
        create_workbench(workspace, "secret", 8123)
        .test_client()
        .get("/?token=secret", base_url="http://127.0.0.1:8123")
    )

    assert answer.status_code == 302
    assert {"HttpOnly", "SameSite=Strict"} <= set(answer.headers["Set-Cookie"].split("; "))


def test_an_error_says_what_and_how_to_go_on(client: FlaskClient):
    where = {"base_url": "http://127.0.0.1:8123", "headers": {"Origin": "http://127.0.0.1:8123"}}
    answer = client.post("/articles/desk/accept", json=ACT | {"values": {"actor": ["Atlantis"]}}, **where)

    assert answer.status_code == 422
    assert [one["field"] for one in json.loads(answer.data)["remarks"]] == ["actor", "label"]
