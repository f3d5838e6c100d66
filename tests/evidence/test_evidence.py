"""What the check of recorded passages reports about sources that are intact, changed, missing or hostile."""

import csv
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rdflib import Graph, Literal, URIRef

from diplograph import evidence
from diplograph.errors import BadRequest, DoesNotConform, InvalidParameter
from diplograph.evidence.coverage import cut
from diplograph.evidence.records import quote, sentence_of, sentences, spans_of
from diplograph.namespaces import DCTERMS, DG, ID, OA, SCHEMA

TEXT = "The envoy “left” on Monday.\r\nНикто не ответил. 大使は帰国した。 The envoy “left” on Monday."
SPANS = ((0, 27), (29, 46), (47, 55), (56, 83))
FILE = "a.txt"
ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60)


def digest(text: str) -> str:
    return sha256(text.encode("utf-8")).hexdigest()


def record(text: str, spans: tuple[tuple[int, int], ...] = SPANS, file: str = FILE) -> Graph:
    """A graph that records passages of a text, as the curated files do."""
    graph, document = Graph(), ID["document/a"]
    graph.add((document, DCTERMS.identifier, Literal(file)))
    graph.add((document, SCHEMA.sha256, Literal(digest(text))))
    graph.add((document, DG.codePointLength, Literal(len(text))))
    for number, (start, end) in enumerate(spans):
        add_span(graph, document, f"s{number}", (str(start), str(end)), digest(text[start:end]))
    return graph


def add_span(graph: Graph, document: URIRef, slug: str, bounds: tuple[str, str], hash_: str) -> None:
    span, position = ID[f"span/{slug}"], ID[f"span/{slug}-position"]
    graph.add((span, OA.hasSource, document))
    graph.add((span, OA.hasSelector, position))
    graph.add((span, SCHEMA.sha256, Literal(hash_)))
    graph.add((position, OA.start, Literal(int(bounds[0]))))
    graph.add((position, OA.end, Literal(int(bounds[1]))))


def write(folder: Path, text: str) -> Path:
    (folder / FILE).write_bytes(text.encode("utf-8"))
    return folder


def statuses(graph: Graph, sources: Path | None) -> list[str]:
    return [found.status for found in evidence.check(graph, sources)]


def test_sentences_end_at_full_stops_and_lines_and_dots_are_none():
    text = "A heading\n\n“It is over.” He said so at 1.5 p.m. today. . . .\n大使は帰国した。Никто не ответил."
    starts = sentences(text)

    assert [text[start : start + 4] for start in starts] == ["A he", "“It ", "He s", "大使は帰", "Никт"]
    assert sentence_of(starts, text.index("said"), text.index("p.m.")) == 3
    assert sentence_of(starts, text.index("over"), text.index("p.m.")) is None


SPELLED = "It said: “The so — called\r\n‘co-operation’ ended.” It said so."


@pytest.mark.parametrize(
    ("phrase", "found"),
    [
        ("“The so — called", "“The so — called"),
        ('"the SO - called', "“The so — called"),
        ("called \"CO–operation'", "called\r\n‘co-operation’"),
        ("  co\u2011operation\u2019\u00a0ended ", "co-operation’ ended"),
    ],
)
def test_a_phrase_is_found_with_other_quotes_dashes_spaces_and_case(phrase, found):
    start, end = evidence.by_phrase(SPELLED, phrase)

    assert SPELLED[start:end] == found


@pytest.mark.parametrize("phrase", ["so called", "cooperation", "ended!", "It said, The"])
def test_a_phrase_is_not_found_with_other_words_or_marks(phrase):
    with pytest.raises(InvalidParameter, match="does not occur"):
        evidence.by_phrase(SPELLED, phrase)


@given(ANY_TEXT.filter(str.strip), ANY_TEXT, ANY_TEXT)
def test_what_stands_in_a_text_is_found_there(phrase, before, after):
    text = before + phrase + after
    places = []
    start, end = evidence.by_phrase(text, phrase, lambda _, found: places.extend(found) or found[0])

    assert text[start:end] == phrase
    assert not places or len(places) > 1


def test_of_two_places_the_choice_is_taken_and_an_exact_one_needs_none():
    assert evidence.by_phrase("One. one. ONE.", "one") == (5, 8)
    assert evidence.by_phrase("one. one.", "one", lambda _, places: places[1]) == (5, 8)
    with pytest.raises(InvalidParameter) as caught:
        evidence.by_phrase("One. ONE.", "one")
    assert caught.value.facts["problems"] == ["0-3", "5-8"]


@pytest.mark.parametrize(
    ("language", "text", "number"),
    [
        ("en", "Mr. Smith met Gen. Brown on Jan. 5. The U.S. Treasury agreed. It cost 3.5 million.", 3),
        ("en", "He spoke to Dr. J. Smith. “We go!” he said. Then he left. . . .", 3),
        ("en", "A heading\n\nThe order of Sept. 30 was signed. Nothing followed.", 3),
        ("ru", "А. С. Пушкин был поэтом. Он жил в Москве.", 2),
        ("ja", "首相は会見した！何も言わなかった。", 2),
    ],
)
def test_a_sentence_does_not_end_at_an_abbreviation(language, text, number):
    found = list(cut(text, language))

    assert len(found) == number
    assert all(text[start:end].strip() == text[start:end] != "" for start, end in found)


@pytest.mark.sources
def test_the_sentences_of_the_articles_are_cut_nearly_as_a_reader_cut_them(sources_dir):
    with (sources_dir / "spans.tsv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t"))
    same = 0
    for file in {row["file"] for row in rows}:
        text = (sources_dir / file).read_bytes().decode("utf-8")
        read = {(int(row["start_cp"]), int(row["end_cp"])) for row in rows if row["file"] == file}
        same += len(read & set(cut(text, "en")))

    assert (same, len(rows)) == (79, 82)


def test_a_passage_is_quoted_between_the_sentences_beside_it():
    text = "One came. Two came. Three came. Four came."
    (span,) = next(iter(spans_of(record(text, ((10, 19),))).values()))
    found, alone = quote(span, text, starts=sentences(text)), quote(span, text)

    assert (found.before, found.text, found.after) == ("One came.", "Two came.", "Three came.")
    assert (alone.before, alone.text, alone.after) == ("", "Two came.", "")


def test_untouched_sources_match(tmp_path):
    found = evidence.check(record(TEXT), write(tmp_path, TEXT))

    assert [one.status for one in found] == ["matching"] * 4
    assert [(one.start, one.end) for one in found] == list(SPANS)
    assert {one.as_recorded for one in found} == {True}
    assert {(one.file, one.document) for one in found} == {(FILE, str(ID["document/a"]))}


def test_offsets_count_code_points_and_not_bytes(tmp_path):
    graph = record(TEXT, spans=((47, 55),))

    (found,) = evidence.check(graph, write(tmp_path, TEXT))

    assert found.status == "matching"
    assert len(TEXT[:47].encode("utf-8")) > 47


def test_line_ends_are_not_translated(tmp_path):
    found = evidence.check(record(TEXT), write(tmp_path, TEXT.replace("\r\n", "\n")))

    assert [one.status for one in found] == ["matching", "moved", "moved", "moved"]
    assert found[1].found == (28, 45)


def test_a_byte_order_mark_moves_everything(tmp_path):
    found = evidence.check(record(TEXT), write(tmp_path, "\ufeff" + TEXT))

    assert [one.found for one in found] == [(start + 1, end + 1) for start, end in SPANS]


@pytest.mark.parametrize("sources", [None, Path("/nonexistent/folder")])
def test_missing_sources_are_absent_and_never_matching(sources):
    found = evidence.check(record(TEXT), sources)

    assert {(one.status, one.as_recorded, one.found) for one in found} == {("absent", None, None)}


def test_one_missing_file_leaves_the_others_checked(tmp_path):
    both = record(TEXT)
    other = ID["document/b"]
    both.add((other, DCTERMS.identifier, Literal("b.txt")))
    both.add((other, SCHEMA.sha256, Literal(digest("x" * 50))))
    both.add((other, DG.codePointLength, Literal(50)))
    add_span(both, other, "b0", ("0", "40"), digest("x" * 40))

    assert statuses(both, write(tmp_path, TEXT)) == ["matching"] * 4 + ["absent"]


def test_a_passage_that_occurs_twice_is_found_at_the_nearer_place(tmp_path):
    graph = record(TEXT, spans=((56, 83),))

    (found,) = evidence.check(graph, write(tmp_path, "--" + TEXT))

    assert found.found == (58, 85)


def test_a_shorter_file_changes_what_it_no_longer_holds(tmp_path):
    assert statuses(record(TEXT, spans=((29, 46), (47, 55))), write(tmp_path, TEXT[:46])) == [
        "matching",
        "changed",
    ]


def test_a_passage_is_not_cut_at_the_end_of_the_file(tmp_path):
    graph = record(TEXT, spans=())
    add_span(graph, ID["document/a"], "long", ("56", "999999999999"), digest(TEXT[56:]))

    assert statuses(graph, write(tmp_path, TEXT)) == ["changed"]


def test_a_change_outside_every_passage_is_told_by_the_whole_file(tmp_path):
    found = evidence.check(record(TEXT, spans=((0, 27),)), write(tmp_path, TEXT + "!"))

    assert [(one.status, one.as_recorded) for one in found] == [("matching", False)]


@pytest.mark.parametrize(
    "file", ["../a.txt", "/etc/hostname", "b/a.txt", "..\\a.txt", "C:a.txt", "..", "", "a\0b"]
)
def test_a_document_cannot_name_a_file_outside_the_folder(tmp_path, file):
    with pytest.raises(DoesNotConform, match="plain file name"):
        evidence.check(record(TEXT, file=file), write(tmp_path, TEXT))


@pytest.mark.parametrize(
    ("start", "end"), [("-1", "5"), ("9", "5"), ("5", "5"), ("zero", "5"), ("1.5", "9"), ("0", "9" * 5000)]
)
def test_hostile_offsets_are_refused(tmp_path, start, end):
    graph = record(TEXT, spans=())
    span, position = ID["span/bad"], ID["span/bad-position"]
    add_span(graph, ID["document/a"], "bad", ("0", "1"), "0" * 64)
    graph.set((position, OA.start, Literal(start)))
    graph.set((position, OA.end, Literal(end)))

    with pytest.raises(DoesNotConform) as caught:
        evidence.check(graph, write(tmp_path, TEXT))

    assert "span/bad" in caught.value.detail
    assert (span, OA.hasSource, ID["document/a"]) in graph


@pytest.mark.parametrize(
    "missing", [OA.hasSelector, OA.start, DCTERMS.identifier, SCHEMA.sha256, DG.codePointLength]
)
def test_an_incomplete_record_is_refused_by_name(missing):
    graph = record(TEXT)
    graph.remove((None, missing, None))

    with pytest.raises(DoesNotConform, match="one is needed"):
        evidence.check(graph, None)


def test_two_selectors_are_refused():
    graph = record(TEXT)
    graph.add((ID["span/s0"], OA.hasSelector, ID["span/s1-position"]))

    with pytest.raises(DoesNotConform, match="2 values"):
        evidence.check(graph, None)


def test_a_source_that_is_not_utf8_is_named_with_the_byte(tmp_path):
    (tmp_path / FILE).write_bytes(b"caf\xe9 and more")

    with pytest.raises(BadRequest, match=r"a\.txt is not UTF-8: .* at byte 3"):
        evidence.check(record(TEXT), tmp_path)


def expected(graph_text: str, now: str, start: int, end: int) -> str:
    """The status by plain comparison of texts."""
    passage = graph_text[start:end]
    if now[start:end] == passage:
        return "matching"
    return "moved" if passage in now else "changed"


@st.composite
def passages(draw: st.DrawFn) -> tuple[str, tuple[tuple[int, int], ...]]:
    """A text and some passages of it, in order and each once."""
    text = draw(ANY_TEXT)
    bounds = st.tuples(st.integers(0, len(text) - 1), st.integers(1, len(text)))
    chosen = draw(st.sets(bounds.filter(lambda pair: pair[0] < pair[1]), min_size=1, max_size=5))
    return text, tuple(sorted(chosen))


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(case=passages(), where=st.integers(0, 60), character=st.characters(exclude_categories=["Cs"]))
def test_an_inserted_character_is_reported_exactly(tmp_path, case, where, character):
    text, spans = case
    now = text[:where] + character + text[where:]

    found = evidence.check(record(text, spans), write(tmp_path, now))

    assert [one.status for one in found] == [expected(text, now, *span) for span in spans]
    assert all(now[slice(*one.found)] == text[one.start : one.end] for one in found if one.found)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(case=passages(), where=st.integers(0, 59), character=st.characters(exclude_categories=["Cs"]))
def test_a_replaced_character_is_reported_exactly(tmp_path, case, where, character):
    text, spans = case
    now = text[:where] + character + text[where + 1 :]

    found = evidence.check(record(text, spans), write(tmp_path, now))

    assert [one.status for one in found] == [expected(text, now, *span) for span in spans]
