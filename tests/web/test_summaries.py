"""Pages of what all sources come to: the summary of an act in words, its accounts, its pairs."""

import re

import pytest
from flask.testing import FlaskClient

from diplograph.documents import neighbourhood
from thing_pages import key_facts, page, plain, section

USUAL_ENGINES = ("embedded",)
DETENTION = "act/fsb-detains-consul-2022"
TOUR = "act/kishida-visits-southeast-asia-planned"
EXPULSION = "act/japan-expels-eight-russians-2022-04"
SAPPORO = "pair/japan-expels-sapporo-diplomat-2022-10--russia-expels-motoki-2022"
LAST_REPORT = "account/kishida-visits-southeast-asia-planned--claim--bg47"


def accounts(text: str) -> list[list[str]]:
    return section(text, "accounts")


# In words


# An act


def test_act_begins_with_what_all_sources_come_to_and_that_they_differ(client: FlaskClient) -> None:
    told = key_facts(page(client, DETENTION))

    assert told["When"] == ["between 22 and 26 September 2022", "the sources differ"]
    assert (told["Who"], told["Against or to whom"], told["Through"]) == (["Russia"], ["Japan"], ["FSB"])
    assert (told["Stage"], told["How many are affected"]) == (["carried out"], ["1"])
    assert told["Sources"] == ["4 sources, of 4 separate origins"]


def test_act_of_which_sources_tell_phases_or_in_unknown_order_says_so(client: FlaskClient) -> None:
    (stage, sentence) = key_facts(page(client, TOUR))["Stage"]
    assert (stage, sentence) == ("carried out", "different steps of one course")

    other = key_facts(page(client, "act/hayashi-visits-central-asia-and-mongolia-planned"))
    assert other["Stage"][1] == "which is later is not known"


def test_act_with_sources_that_agree_says_so(client: FlaskClient) -> None:
    assert key_facts(page(client, EXPULSION))["When"] == ["8 April 2022", "the sources agree"]


def test_number_that_sources_differ_on_is_told_from_least_to_most(client: FlaskClient) -> None:
    number, sentence = key_facts(page(client, "act/japan-additional-sanctions-2022-10"))[
        "How many are affected"
    ]

    assert re.fullmatch(r"\d+ to \d+", number)
    assert sentence == "the sources differ"


def test_each_account_is_a_row_with_its_own_date_in_the_order_of_publication(client: FlaskClient) -> None:
    rows = accounts(page(client, DETENTION))

    assert [row[0] for row in rows if len(row) == 1] == ["Articles", "Outside reports"]
    reports = rows[rows.index(["Outside reports"]) + 1 :]
    assert [row[1] for row in reports] == sorted(row[1] for row in reports)
    assert [row[2] for row in reports if row[2]] == [
        "26 September 2022 sets the date",
        "22 September 2022 sets the date",
    ]


def test_mark_stands_on_the_account_that_sets_the_stage_alone(client: FlaskClient) -> None:
    stages = [row[3] for row in accounts(page(client, TOUR)) if len(row) > 1 and row[3]]

    assert stages == ["planned", "carried out sets the stage"]


def test_account_that_only_says_less_than_another_does_not_set_the_date(client: FlaskClient) -> None:
    rows = accounts(page(client, DETENTION))

    assert rows[1][2] == "by 31 October 2022"


def test_account_that_is_only_a_voice_says_so(client: FlaskClient) -> None:
    voices = client.get(
        "/sparql.json",
        query_string={
            "query": "PREFIX dg: <https://w3id.org/diplograph/ontology#> "
            "SELECT ?act WHERE { ?account dg:accountStatus ?status ; dg:accountOf ?act }"
        },
    ).json["results"]["bindings"]

    name = voices[0]["act"]["value"].partition("/id/")[2]
    assert any("only a voice: " in row[0] for row in accounts(page(client, name)))


def test_rule_by_which_a_value_won_is_linked(client: FlaskClient) -> None:
    assert 'href="/rule/summary-1"' in page(client, DETENTION)
    assert client.get("/rule/summary-1.html").status_code == 200


def test_statements_of_the_summary_are_marked_as_computed_and_kept_apart(client: FlaskClient) -> None:
    text = page(client, DETENTION)
    stated, _, computed = text.partition("<summary>Statements of the summary</summary>")

    assert ">computed</a></span>" not in stated
    assert "date in summary" not in plain(stated)
    assert "date in summary" in plain(computed)
    assert ">inferred</a></span>" not in computed
    assert ">computed</a></span>" in computed


def test_neighbourhood_leaves_out_what_only_a_summary_says(client: FlaskClient) -> None:
    for name in (DETENTION, SAPPORO, LAST_REPORT):
        assert (
            "in summary" not in page(client, name).partition('id="neighbourhood"')[2].partition("</table>")[0]
        )
    assert {"account", "pair"}.isdisjoint(neighbourhood.DRAWN)


# A pair and an account


def test_act_names_the_exchanges_that_it_is_part_of(client: FlaskClient) -> None:
    (row,) = section(page(client, "act/russia-expels-motoki-2022"), "pairs")

    assert row[1:4] == ["answered", "possible", "8"]


def test_pair_tells_who_says_so_how_certain_and_how_far_apart(client: FlaskClient) -> None:
    text = page(client, SAPPORO)
    told = key_facts(text)

    assert told["First act"] == ["Russia declares Motoki persona non grata"]
    assert told["Who says that it is an exchange"] == [
        "answered",
        "one act is given as the answer to the other",
    ]
    assert told["Certain or possible"][0] == "possible"
    assert told["Days between"] == ["8"]
    assert [row[1] for row in section(text, "acts")] == ["26 September 2022", "4 October 2022"]
    assert {row[3] for row in section(text, "claims")} == {"attributed", "inferred"}
    assert all(row[0].endswith("inferred") for row in section(text, "joined"))
    assert ["by 31 October 2022", "Russia declares Motoki persona non grata"] in [
        row[:2] for row in section(text, "dates")
    ]


def test_pair_that_a_source_states_tells_the_statement(client: FlaskClient) -> None:
    rows = section(page(client, f"pair/{EXPULSION[4:]}--russia-expels-eight-japanese-2022-04"), "joined")

    assert "reciprocal with" in {row[1] for row in rows}


def test_pair_whose_answer_is_dated_before_its_cause_says_so(client: FlaskClient) -> None:
    name = "pair/japan-announces-asset-seizure-2022--russia-lists-unfriendly-states-2022"
    days, note = key_facts(page(client, name))["Days between"]

    assert days == "36"
    assert "the second act comes first" in note


def test_account_tells_its_act_its_source_and_what_it_sets(client: FlaskClient) -> None:
    text = page(client, LAST_REPORT)
    told = key_facts(text)

    assert told["Of which act"] == ["Kishida's planned tour of three Southeast Asian countries"]
    assert told["By which source"][0].startswith("La Difesa del Popolo report")
    assert (told["Date that it gives"], told["Stage that it gives"]) == (
        ["from 29 April to 5 May 2022"],
        ["carried out"],
    )
    assert told["What of the summary it sets"] == ["the date and the stage"]
    heading = re.search(r"<h1>(.*?)</h1>", text)
    assert heading is not None
    assert heading[1].endswith("on: Kishida&#39;s planned tour of three Southeast Asian countries")


@pytest.mark.parametrize("name", [SAPPORO, LAST_REPORT])
@pytest.mark.parametrize("suffix", ["html", "ttl", "jsonld", "nt", "rdf"])
def test_pair_and_account_answer_in_every_format(client: FlaskClient, name: str, suffix: str) -> None:
    kinds = {"html": "text/html", "ttl": "text/turtle", "jsonld": "application/ld+json"}
    kinds |= {"nt": "application/n-triples", "rdf": "application/rdf+xml"}
    redirect = client.get(f"/id/{name}", headers={"Accept": kinds[suffix]})

    assert (redirect.status_code, redirect.headers["Location"]) == (303, f"/doc/{name}.{suffix}")
    answer = client.get(redirect.headers["Location"])
    assert answer.status_code == 200
    assert name.partition("/")[2] in answer.get_data(as_text=True)


def test_accounts_are_not_found_by_name(client: FlaskClient) -> None:
    found = client.get(
        "/search", query_string={"q": "FSB detains a Japanese consul"}, headers={"Accept": "text/csv"}
    )

    assert "/id/act/fsb-detains-consul-2022" in found.text
    assert "/id/account/" not in found.text


# Elsewhere


def test_pages_of_others_show_one_date_and_one_stage_of_an_act(client: FlaskClient) -> None:
    rows = section(page(client, "body/fsb"), "acts")

    (row,) = (row for row in rows if row[0].startswith("The FSB detains a Japanese consul"))
    assert "between 22 and 26 September 2022" in row
    assert "carried out" in row


def test_home_dates_the_newest_acts_by_their_summary(client: FlaskClient) -> None:
    newest = (
        client.get("/", headers={"Accept": "text/html"})
        .get_data(as_text=True)
        .partition("The newest acts")[2]
    )

    dates = re.findall(r'<span class="kind">(.*?)</span>', newest)
    assert dates
    assert not any(date.startswith("[..") for date in dates)
