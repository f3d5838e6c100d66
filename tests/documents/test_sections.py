"""The parts of a page: solutions become rows, rows stand in parts, and nothing is cut in silence."""

import pytest

from diplograph.documents import sections as module
from diplograph.documents.sections import Question, sections
from diplograph.engine.local import LocalEngine
from diplograph.errors import QueryTimeout
from diplograph.namespaces import DGG, ID, PREFIXES
from diplograph.rdf import Dataset
from diplograph.settings import Settings

X = f"{ID}state/x"
A1 = """
state:x rdfs:label "X"@en , "エックス"@ja . state:y rdfs:label "Y"@en . state:z rdfs:label "A to Z"@en .
act:one rdfs:label "one"@en ; dg:actor state:x ; dg:target state:y ; dg:topic dgv:p , dgv:q .
act:two rdfs:label "two"@en ; dg:actor state:x ; dg:target state:y , state:z .
act:three rdfs:label "three"@en ; dg:actor state:x .
"""
ACTS = Question(
    "acts",
    "Acts",
    """?act dg:actor ?this OPTIONAL { ?act dg:target ?whom } OPTIONAL { ?act dg:topic ?topic }
       OPTIONAL { GRAPH ?graph { ?act dg:actor ?this } }""",
    {"act": "act", "topic": "topic"},
    order=("act", "topic"),
    part="whom",
)


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    path = tmp_path_factory.mktemp("sections") / "store"
    prologue = "".join(f"PREFIX {prefix}: <{namespace}>\n" for prefix, namespace in PREFIXES.items())
    dataset = Dataset.create(path)
    dataset.load((prologue + A1).encode(), "ttl", str(DGG.a1))
    dataset.load((prologue + "act:four dg:actor state:x .").encode(), "ttl", str(DGG.closure))
    dataset.write_default_merge()
    dataset.flush()
    dataset.close()
    with LocalEngine(path, Settings(kb=path, state=path, workers=1)) as engine:
        yield engine


def texts(part):
    return [tuple(tuple(value.text for value in cell) for cell in entry.cells) for entry in part.entries]


def test_solutions_about_one_thing_make_one_row_with_every_value_once(engine):
    (found,) = sections(engine, X, [ACTS])

    (y,) = (part for part in found.parts if part.of and part.of.text == "Y")
    assert texts(y) == [(("one",), ("dgv:p", "dgv:q")), (("two",), ())]


def test_parts_come_by_their_labels_and_rows_without_one_last(engine):
    (found,) = sections(engine, X, [ACTS])

    assert [part.of and part.of.text for part in found.parts] == ["A to Z", "Y", None]


def test_row_that_only_the_build_states_is_inferred(engine):
    (found,) = sections(engine, X, [ACTS])

    inferred = {entry.cells[0][0].text: entry.inferred for part in found.parts for entry in part.entries}
    assert inferred == {"one": False, "two": False, "three": False, "act:four": True}


def test_question_without_an_answer_makes_no_section(engine):
    assert sections(engine, f"{ID}state/nobody", [ACTS]) == []


def test_rows_that_are_not_shown_are_counted(engine):
    short = Question("acts", "Acts", "?act dg:actor ?this", {"act": "act"}, order=("act",), shown=1)

    (found,) = sections(engine, X, [short])

    (part,) = found.parts
    assert (len(part.entries), part.total, found.complete) == (1, 4, True)


def test_answer_that_is_not_read_to_its_end_says_so(engine, monkeypatch):
    monkeypatch.setattr(module, "FETCHED", 2)

    (found,) = sections(engine, X, [ACTS])

    assert not found.complete
    assert sum(part.total for part in found.parts) <= 2


def test_question_that_takes_too_long_says_so_and_the_others_are_answered(engine):
    class Slow:
        def evaluate(self, operation, media_type, timeout=None):
            if "?slow" in operation.text:
                raise QueryTimeout("Too long.", limit=timeout, elapsed=timeout)
            return engine.evaluate(operation, media_type, timeout)

    slow = Question("slow", "Slow", "?this ?slow ?o", {"o": "o"})

    late, acts = sections(Slow(), X, [slow, ACTS])

    assert (late.late, late.parts, acts.late) == (True, (), False)
    assert acts.parts


def test_questions_that_no_time_is_left_for_say_so(engine, monkeypatch):
    monkeypatch.setattr(module, "ALL_SECONDS", 0.0)

    (found,) = sections(engine, X, [ACTS])

    assert (found.late, found.parts) == (True, ())


def test_labels_are_in_the_language_asked_for(engine):
    asked = Question("same", "Same", "?act dg:actor ?this BIND(?this AS ?who)", {"who": "who"})

    (found,) = sections(engine, X, [asked], ("ja",))

    value = found.parts[0].entries[0].cells[0][0]
    assert (value.text, value.language) == ("エックス", "ja")
