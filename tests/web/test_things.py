"""Pages about things: what each kind is asked for, told apart by who says so, and nothing cut in silence."""

import re
from html import unescape

import pytest
from flask.testing import FlaskClient

from thing_pages import key_facts, page, parts, plain, section

USUAL_ENGINES = ("embedded",)


# An act


def test_act_tells_who_whom_and_how_far_it_got(client: FlaskClient) -> None:
    told = key_facts(page(client, "act/japan-expels-eight-russians-2022-04"))

    assert told["Who"] == ["Japan"]
    assert told["Against or to whom"] == ["Russia"]
    assert told["Stage"] == ["carried out"]
    assert told["When"] == ["8 April 2022", "the sources agree"]


def test_actor_that_follows_from_the_acting_body_is_marked_as_inferred(client: FlaskClient) -> None:
    _, _, statements = page(client, "act/fsb-detains-consul-2022").partition("<h2>Statements</h2>")

    assert "Russia inferred dgg:closure" in plain(statements)


def test_act_tells_when_in_whose_words_and_how_it_is_known(client: FlaskClient) -> None:
    rows = section(page(client, "act/japan-expels-eight-russians-2022-04"), "when")

    (row,) = (row for row in rows if row[1] == "when")
    assert row[0] == "between 1 and 26 April 2022"
    assert row[2:6] == [
        "1 April 2022",
        "26 April 2022",
        "earlier this month",
        "resolved from a relative expression",
    ]
    assert row[6] == "between 27 and 30 April 2022"


def test_act_tells_what_it_answers_and_what_answered_it_with_who_says_so(client: FlaskClient) -> None:
    text = page(client, "act/russia-expels-eight-japanese-2022-04")

    ((act, _, relation, _, claimant, status),) = section(text, "answers")
    assert (act, relation) == ("Japan expels eight Russian officials", "retaliates for")
    assert (claimant, status) == ("Unnamed author of the undated article", "reported")
    assert {row[2] for row in section(text, "answered")} == {"in response to", "protests against"}


def test_answer_that_is_only_claimed_is_told_as_a_claim(client: FlaskClient) -> None:
    ((act, _, relation, _, claimant, status),) = section(
        page(client, "act/russia-expels-motoki-2022"), "answered"
    )

    assert act == "Japan orders a Russian diplomat in Sapporo to leave"
    assert (relation, claimant, status) == ("claimed response", "Japan", "attributed")


def test_exchange_of_a_source_and_one_of_a_rule_are_told_apart(client: FlaskClient) -> None:
    (asserted,) = section(page(client, "act/russia-expels-eight-japanese-2022-04"), "reciprocal")
    (inferred,) = section(page(client, "act/russia-expels-motoki-2022"), "reciprocal")

    assert "inferred" not in " ".join(asserted)
    assert inferred[0].endswith(" inferred")
    assert inferred[2:4] == ["inferred reciprocal with", "Reciprocity by rule"]


def test_act_tells_its_measures_with_what_they_exempt(client: FlaskClient) -> None:
    ((_, kind, target, goods, exempted, completeness),) = section(
        page(client, "act/japan-bans-russian-imports-2022"), "measures"
    )

    assert (kind, target, goods, completeness) == ("import ban", "Russia", "all goods", "illustrative")
    assert exempted == "coal; gas; oil"


def test_act_tells_how_many_it_affects(client: FlaskClient) -> None:
    (row,) = section(page(client, "act/russia-expels-eight-japanese-2022-04"), "affected")

    assert row == ["Eight Japanese diplomats", "8", "Japan", "diplomat"]


def test_claims_about_an_act_name_who_says_so_and_the_status(client: FlaskClient) -> None:
    rows = section(page(client, "act/russia-expels-motoki-2022"), "claims")

    assert all(row[2] and row[3] for row in rows)
    assert ["TASS", "reported", "26 September 2022", ""] in [row[2:] for row in rows]


def test_threatened_act_is_told_with_how_far_it_got(client: FlaskClient) -> None:
    rows = section(page(client, "act/russia-warns-japan-and-us-2022-04"), "related")

    assert ["Threatened Russian military action", "this act", "threatens", "threatened"] in rows


# States, persons, offices


def test_state_tells_its_acts_by_counterpart_in_time_order(client: FlaskClient) -> None:
    found = parts(section(page(client, "state/japan"), "acts"))

    russia = [row[0] for row in found["Russia"]]
    assert russia.index("Japan expels eight Russian officials") < russia.index(
        "Russia expels eight Japanese diplomats"
    )
    assert russia.index("Russia expels eight Japanese diplomats") < russia.index(
        "Japan orders a Russian diplomat in Sapporo to leave"
    )
    assert {row[3] for row in found["Russia"]} == {"acts", "is the target"}
    names = [name for name in found if name != "No counterpart named"]
    assert names == sorted(names)


def test_state_tells_its_officials_and_measures(client: FlaskClient) -> None:
    text = page(client, "state/japan")

    assert "Yoshimasa Hayashi" in {row[1] for row in section(text, "officials")}
    assert "import ban" in {row[1] for row in section(text, "measures")}
    assert "status listing" in {row[1] for row in section(text, "targeted")}
    assert 'href="/queries/officials?state=' in text


def test_link_to_every_row_is_a_query_that_answers(client: FlaskClient) -> None:
    text = page(client, "state/japan") + page(client, "place/islands-1")
    links = {unescape(link) for link in re.findall(r'href="(/queries/[^"]+\?[^"]+)"', text)}

    assert links
    assert {client.get(link).status_code for link in links} == {200}


def test_person_whose_relatives_are_hit_is_not_told_as_a_target(client: FlaskClient) -> None:
    text = page(client, "person/sergei-shoigu")

    ((_, way, through, *_),) = section(text, "sanctioned")
    assert (way, through) == ("by its relatives only", "Family of Sergei Shoigu")
    assert section(text, "offices")[0][1] == "Defence Minister of Russia"


def test_office_tells_its_holders(client: FlaskClient) -> None:
    (row,) = section(page(client, "office/foreign-minister-of-japan"), "holders")

    assert row[1] == "Yoshimasa Hayashi"


# Places, measures, documents


def test_place_tells_every_name_under_who_uses_it_in_alphabetical_order(client: FlaskClient) -> None:
    users = [row[0].casefold() for row in section(page(client, "place/islands-1"), "names")]

    assert users == sorted(users)
    assert {"japan", "russia"} <= set(users)


def test_place_tells_claims_side_by_side_in_alphabetical_order(client: FlaskClient) -> None:
    found = parts(section(page(client, "place/islands-1"), "sovereignty"))

    assert list(found) == sorted(found)
    assert {"Japan", "Russia"} <= set(found)


def test_place_tells_where_it_lies_as_people_write_it(client: FlaskClient) -> None:
    assert section(page(client, "place/islands-1"), "coordinates")[0][1] == "44.1607° N, 146.691° E"


def test_measure_tells_whom_it_hits_and_in_what_way(client: FlaskClient) -> None:
    rows = section(page(client, "measure/a2-additional-sanctions"), "targets")

    assert ["Family of Sergei Shoigu", "Eighty sanctioned individuals", "", "Sergei Shoigu", ""] in rows
    assert "Sergei Shoigu" not in {row[0] for row in rows}


def test_list_tells_who_is_on_it(client: FlaskClient) -> None:
    rows = section(page(client, "list/unfriendly-states"), "entries")

    assert [row[0] for row in rows] == ["European Union", "Japan", "United States"]


def test_document_tells_span_by_span_what_was_taken_from_it(client: FlaskClient) -> None:
    text = page(client, "document/a1")

    numbers = [int(number) for number in re.findall(r"<h3><a [^>]*>Sentence (\d+): ", text)]
    assert len(numbers) > 40
    assert numbers == sorted(numbers)
    span = text[text.index(">Sentence 28: ") : text.index(">Sentence 29: ")]
    assert "/doc/act/japan-expels-eight-russians-2022-04" in span
    assert "blockquote" not in text


def test_claim_begins_with_who_says_so_and_its_status(client: FlaskClient) -> None:
    told = list(key_facts(page(client, "claim/a1-islands-russian")).items())

    assert told[:2] == [("Who says so", ["Russia"]), ("Status", ["disputed", "interpretation"])]


# Passages: what they say, where they stand, whose they are


def test_passage_is_called_by_what_it_says_and_tells_where_it_stands(client: FlaskClient) -> None:
    text = page(client, "span/a1-s31")
    told = plain(text[: text.index("<details>")])

    assert "<h1>Sentence 31: Russia expels eight Japanese diplomats</h1>" in text
    assert "Sentence 31 of 46 of Russia-Japan relations are at" in told
    assert "Author not known · publisher not known, between 27 and 30 April 2022" in told
    assert "The Russian order retaliates for the Japanese one. Russia’s retaliation" in told
    assert "says Unnamed author of the undated article (reported) · certainty: high" in told
    assert "The text is not reproduced here." in told
    assert "3061–3177" not in told
    assert "3061–3177" in plain(text)


def test_what_a_passage_leaves_open_is_not_told_as_what_it_says(client: FlaskClient) -> None:
    says, _, remarks = page(client, "span/a1-s31").partition('<h2 id="remarks">')

    assert "The eight Japanese are not named" not in says
    assert "The eight Japanese are not named" in remarks


def test_evidence_tells_what_rests_on_it_alone_and_how_surely_it_was_read(client: FlaskClient) -> None:
    low = page(client, "evidence/a1-s33-low")
    told = plain(low[low.index('<h2 id="says">') : low.index("<details>")])

    assert "certainty: low" in low[: low.index("</h1>")]
    assert "has frozen" in told
    assert "one half of an exchange" not in told
    assert 'href="/doc/span/a1-s33"' in low


def test_outside_report_as_evidence_names_publisher_date_and_address(client: FlaskClient) -> None:
    text = page(client, "claim/bg06")
    told = plain(text[text.index('<section aria-labelledby="evidence">') :])

    assert "published by Reuters, 27 April 2022 · https://www.reuters.com/world/" in told
    assert "The document as a whole" in told


def test_fact_and_row_lead_to_the_passage_that_they_rest_on(client: FlaskClient) -> None:
    act = page(client, "act/japan-expels-eight-russians-2022-04")
    claim = page(client, "claim/a1-exchange-frozen")
    claims = act[act.index('<section aria-labelledby="claims">') :]

    assert '<a class="proof" href="#evidence" aria-label="Evidence of japan-expels' in act
    assert '<a class="proof" href="/doc/span/a1-s33"' in claims
    assert claim.count('<a class="proof" href="/doc/span/a1-s33"') > 3


def test_summary_says_what_it_is_computed_from_and_each_account_what_it_rests_on(client: FlaskClient) -> None:
    text = page(client, "act/japan-expels-eight-russians-2022-04")
    accounts = text[text.index('<section aria-labelledby="accounts">') : text.index('<h2 id="when">')]

    assert 'from <a href="#accounts">each source' in text
    assert '<a class="proof" href="/doc/document/bg' in accounts
    assert 'aria-label="account of Kyodo report of 27 April 2022' in accounts


def test_what_was_recorded_of_a_text_rests_on_no_passage_of_it(client: FlaskClient) -> None:
    facts = page(client, "document/a2").partition('<dl class="key-facts">')[2].partition("</dl>")[0]

    assert re.search(r"<dt>Sentences</dt><dd><span[^>]*>24</span></dd>", facts)
    assert 'class="proof"' in facts


def test_what_is_only_entailed_leads_to_the_graph_that_says_why_and_to_no_passage(
    client: FlaskClient,
) -> None:
    text = page(client, "act/fsb-detains-consul-2022")
    entailed = [row for row in re.findall(r"<li>.*?</li>", text) if 'class="inferred"' in row]

    assert any(">Russia</a>" in row for row in entailed)
    assert all('<a href="/graph/' in row and "proof" not in row for row in entailed)


def test_times_are_told_apart_by_what_they_date_and_passages_by_what_they_say(client: FlaskClient) -> None:
    text = page(client, "document/a2")
    pointing = text[text.index("<h2>What points here</h2>") :]
    texts = re.findall(r'<li><a href="/doc/span/[^"]+"[^>]*>([^<]+)</a>', pointing)

    assert len(texts) > 20
    assert len(set(texts)) > len(texts) - 4
    assert "<h1>Japan expels eight Russian officials: between 1" in page(client, "time/a1-japan-expels")


def test_accounts_of_a_document_are_told_apart_by_the_act(client: FlaskClient) -> None:
    text = page(client, "document/a2")

    leading: dict[str, set[str]] = {}
    for address, label in re.findall(r'<a href="(/doc/account/[^"]+)"[^>]*>([^<]+)</a>', text):
        leading.setdefault(label, set()).add(address.partition("--")[0])
    assert len(leading) > 20
    assert [label for label, addresses in leading.items() if len(addresses) > 1] == []


# Languages


def test_labels_come_in_the_language_of_the_reader_and_say_so(client: FlaskClient) -> None:
    japanese = client.get("/doc/state/japan.html", headers={"Accept-Language": "de, ja-JP;q=0.8, en;q=0.2"})

    assert "<h1>日本</h1>" in japanese.get_data(as_text=True)
    assert "Accept-Language" in japanese.vary
    assert "<h1>Japan</h1>" in page(client, "state/japan")
    assert "<h1>Япония</h1>" in page(client, "state/japan", **{"Accept-Language": "ru"})


def test_language_in_the_address_wins_and_nothing_else_matters(client: FlaskClient) -> None:
    answer = client.get("/doc/state/japan.html?_lang=ja", headers={"Accept-Language": "ru"})

    assert "<h1>日本</h1>" in answer.get_data(as_text=True)
    assert "Accept-Language" not in answer.vary


def test_thing_without_a_label_in_a_language_keeps_the_one_it_has(client: FlaskClient) -> None:
    text = client.get("/doc/place/islands-1.html?_lang=ja").get_data(as_text=True)

    assert '<h1 lang="en">Four disputed islands near Hokkaido</h1>' in text


@pytest.mark.parametrize("value", ["<script>", "ja en", "ja,,en", "x" * 9])
def test_language_that_is_no_tag_is_refused(client: FlaskClient, value: str) -> None:
    answer = client.get("/doc/state/japan.html", query_string={"_lang": value})

    assert answer.status_code == 400
    assert answer.get_json(force=True)["parameters"] == ["_lang"]


def test_kept_page_is_not_sent_to_a_reader_of_another_language(client: FlaskClient) -> None:
    path = "/doc/state/russia.html"
    tags = [client.get(path, headers={"Accept-Language": tag}).headers["ETag"] for tag in ("ja", "en", "ja")]

    assert tags[0] == tags[2] != tags[1]
    again = client.get(path, headers={"Accept-Language": "en", "If-None-Match": tags[0]})
    assert again.status_code == 200


def test_table_of_a_canned_query_names_things_in_the_language_of_the_reader(client: FlaskClient) -> None:
    path = "/queries/acts-between-states?state=japan"

    japanese = client.get(f"{path}&_lang=ja", headers={"Accept": "text/html"})
    english = client.get(path, headers={"Accept": "text/html"})

    assert '<a href="/doc/state/russia?_lang=ja"' in japanese.get_data(as_text=True)
    assert ">ロシア</a>" in japanese.get_data(as_text=True)
    assert ">ロシア</a>" not in english.get_data(as_text=True)
    assert "Accept-Language" in english.vary
    assert (
        client.get(path.replace("?", ".csv?") + "&_lang=ja").data
        == client.get(path.replace("?", ".csv?")).data
    )


def test_each_code_says_which_scheme_it_is_of(client: FlaskClient) -> None:
    page = client.get("/doc/state/canada.html").get_data(as_text=True)
    codes = re.findall(
        r'<span title="dgv:[^"]*">CAN</span> <span class="kind"><a href="/vocab/([^"]+)"', page
    )

    assert set(codes) == {"cow-abbreviation", "iso-3166-1-alpha-3", "gw-abbreviation"}
