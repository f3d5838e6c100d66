"""The embedded engine: real workers over a real store on disk."""

import json
import math
import os
import signal
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pyoxigraph
import pytest

from diplograph import media
from diplograph.engine import worker_process
from diplograph.engine.admission import CLIENT, PRESENT, UNDER_WAY
from diplograph.engine.local import LONG_PAYLOAD, LocalEngine
from diplograph.engine.protocol import Operation, Spool
from diplograph.engine.worker_process import WorkerProcess
from diplograph.errors import (
    Busy,
    EngineUnavailable,
    InternalError,
    InvalidParameter,
    MalformedQuery,
    MemoryLimit,
    NoSpace,
    NotAcceptable,
    Overloaded,
    QueryTimeout,
    ResultTooLarge,
    TooComplex,
)
from diplograph.rdf import Dataset
from diplograph.release.builder import freeze
from diplograph.settings import MEBIBYTE, Settings

G1, G2 = "http://example.org/g1", "http://example.org/g2"
ALL = Operation("SELECT ?s ?o WHERE { ?s <http://example.org/p> ?o } ORDER BY ?s ?o", "select")
NAMED = Operation("SELECT ?g ?o WHERE { GRAPH ?g { ?s <http://example.org/p> ?o } } ORDER BY ?g ?o", "select")
ENDLESS = Operation("SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }", "select")
TASKS = {
    "count": "builtins:len",
    "keys": "builtins:sorted",
    "fail": "operator:index",
    "none": "nowhere:nothing",
}

LOOPS = """PREFIX ex: <http://example.org/>
SELECT (COUNT(*) AS ?n) { ?a ex:from ?x ; ex:to ?y . ?b ex:from ?y ; ex:to ?x }"""


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    path = tmp_path_factory.mktemp("engine") / "store"
    dataset = Dataset.create(path)
    prefix = b"PREFIX ex: <http://example.org/> PREFIX state: <https://w3id.org/diplograph/id/state/> "
    dataset.load(prefix + b"ex:a ex:p 1 , 2 . ex:n ex:m state:japan .", "ttl", G1)
    dataset.load(prefix + b"ex:a ex:p 2 , 3 .", "ttl", G2)
    many = "".join(f"<http://example.org/n{i}> <http://example.org/q> 'value {i}' .\n" for i in range(300))
    dataset.load(many.encode(), "ttl", "http://example.org/many")
    dataset.write_default_merge()
    dataset.flush()
    dataset.close()
    return path


def engine_of(store, **given):
    settings = Settings(kb=store, state=store, **({"workers": 2, "timeout": 5.0} | given))
    return LocalEngine(store, settings, tasks=TASKS)


@pytest.fixture(scope="module")
def engine(store):
    with engine_of(store) as engine:
        yield engine


@pytest.fixture(scope="module")
def strict(store):
    """An engine with low limits."""
    with engine_of(store, workers=1, timeout=3.0, memory=64 * MEBIBYTE, max_result=10_000) as engine:
        yield engine


def rows(engine, operation):
    bindings = json.loads(engine.evaluate(operation, media.RESULTS_JSON).body)["results"]["bindings"]
    return [[cell["value"].removeprefix("http://example.org/") for cell in row.values()] for row in bindings]


def children():
    """The process ids of the live workers of this process."""
    found = set()
    for path in Path("/proc/self/task").glob("*/children"):
        with suppress(OSError):  # a thread that has ended meanwhile
            found |= {int(pid) for pid in path.read_text(encoding="ascii").split()}
    return found


def gone(pids):
    return not any(Path(f"/proc/{pid}").exists() for pid in pids)


# What is answered


def test_the_default_graph_has_each_triple_once(engine):
    assert rows(engine, ALL) == [["a", "1"], ["a", "2"], ["a", "3"]]


def test_named_graphs_are_all_there_without_dataset(engine):
    assert rows(engine, NAMED) == [["g1", "1"], ["g1", "2"], ["g2", "2"], ["g2", "3"]]


STARS = [
    ("SELECT * { ?s <http://example.org/p> ?o }", ["s", "o"]),
    ("SELECT*WHERE{?s <http://example.org/p> ?o}", ["s", "o"]),
    (
        "SELECT DISTINCT * { VALUES ?z { 1 } ?y ?p ?o FILTER(?y = ?y) } ORDER BY ?o LIMIT 1",
        ["z", "y", "p", "o"],
    ),
    ("SELECT * { ?b ?a 2 { SELECT (?z AS ?inner) ?b { ?b ?y ?z } } } LIMIT 1", ["b", "a", "inner"]),
    ("SELECT * { $second $first 1 }", ["second", "first"]),
]


@pytest.mark.parametrize(("text", "names"), STARS)
def test_the_columns_of_select_star_come_as_the_query_first_has_them(engine, text, names):
    operation = Operation(text, "select")
    head = json.loads(engine.evaluate(operation, media.RESULTS_JSON).body)["head"]["vars"]
    csv, tsv = (
        engine.evaluate(operation, kind).body.decode().splitlines() for kind in (media.CSV, media.TSV)
    )
    limited = engine.evaluate(Operation(text, "select", limit=1), media.CSV).body.decode().splitlines()

    assert head == names
    assert csv[0].split(",") == limited[0].split(",") == names
    assert tsv[0].split("\t") == [f"?{name}" for name in names]
    assert len(csv[1].split(",")) == len(names)


def test_a_sub_select_of_every_column_leaves_the_order_of_the_query_alone(engine):
    inner = Operation("SELECT ?o ?s { SELECT * { ?s <http://example.org/p> ?o } }", "select")

    assert engine.evaluate(inner, media.CSV).body.startswith(b"o,s\r\n")


DATASETS = [
    # default-graph-uri, named-graph-uri, objects in the default graph, rows of named graphs
    ((G1,), None, ["1", "2"], []),
    ((G1, G2), None, ["1", "2", "3"], []),
    (None, (G2,), [], [["g2", "2"], ["g2", "3"]]),
    ((G1,), (G2,), ["1", "2"], [["g2", "2"], ["g2", "3"]]),
    ((), (), [], []),
    (("http://example.org/unknown",), None, [], []),
]


@pytest.mark.parametrize(("default", "named", "objects", "quads"), DATASETS)
def test_either_list_of_graphs_replaces_the_whole_dataset(engine, default, named, objects, quads):
    in_default = Operation(ALL.text, "select", None, default, named)
    in_named = Operation(NAMED.text, "select", None, default, named)

    assert [row[1] for row in rows(engine, in_default)] == objects
    assert rows(engine, in_named) == quads


def test_from_in_the_text_counts_when_the_request_names_no_graph(engine):
    text = f"SELECT ?o FROM <{G2}> WHERE {{ ?s <http://example.org/p> ?o }} ORDER BY ?o"

    assert rows(engine, Operation(text, "select")) == [["2"], ["3"]]
    assert rows(engine, Operation(text, "select", None, (G1,))) == [["1"], ["2"]]


FROM_BOTH = [
    f"SELECT ?s ?o FROM <{G1}> FROM <{G2}> {{ ?s <http://example.org/p> ?o }} ORDER BY ?o",
    f"PREFIX : <http://example.org/> SELECT ?s ?o FROM :g1 from#x\n:g2 FROM <{G1}> {{?s :p ?o}} ORDER BY ?o",
    "BASE <http://example.org/> SELECT ?s ?o FROM <g1> FROM <g2> FROM NAMED <g2> { ?s <p> ?o } ORDER BY ?o",
    "SELECT ?s ?o FROM <g1> FROM <g2> { ?s <p> ?o } ORDER BY ?o",
]


@pytest.mark.parametrize("text", FROM_BOTH)
def test_several_from_clauses_are_merged_and_a_shared_triple_counts_once(engine, text):
    found = rows(engine, Operation(text, "select", "http://example.org/sparql"))

    assert [row[1] for row in found] == ["1", "2", "3"]


def test_named_graphs_stand_beside_a_merge(engine):
    text = f"SELECT ?g ?o FROM <{G1}> FROM <{G2}> FROM NAMED <{G2}> {{ GRAPH ?g {{ ?s ?p ?o }} }} ORDER BY ?o"

    assert rows(engine, Operation(text, "select")) == [["g2", "2"], ["g2", "3"]]


def test_relative_iris_are_resolved_against_the_base(engine):
    operation = Operation("SELECT ?o WHERE { <a> <p> ?o } ORDER BY ?o", "select", "http://example.org/sparql")

    assert rows(engine, operation) == [["1"], ["2"], ["3"]]


@pytest.mark.parametrize("name", [media.RESULTS_JSON, media.RESULTS_XML, media.CSV, media.TSV])
def test_select_and_ask_come_in_every_result_syntax(engine, name):
    selected = engine.evaluate(ALL, name)
    asked = engine.evaluate(Operation("ASK { ?s ?p ?o }", "ask"), name)

    assert (selected.media, selected.complete) == (name, True)
    assert selected.rows in (3, None)
    assert asked.rows is None
    assert b"true" in asked.body


@pytest.mark.parametrize("name", media.GRAPH_TYPES)
def test_graphs_come_in_every_graph_syntax(engine, name):
    text = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o FILTER(?p != <http://example.org/q>) }"

    answer = engine.evaluate(Operation(text, "construct"), name)

    assert answer.rows == 4
    assert len(list(pyoxigraph.parse(answer.body, pyoxigraph.RdfFormat.from_media_type(name)))) == 4


def test_turtle_carries_the_prefixes_that_it_uses_and_no_others(engine):
    text = "DESCRIBE <http://example.org/n>"

    turtle = engine.evaluate(Operation(text, "describe"), media.TURTLE).body.decode()

    assert "@prefix state: <https://w3id.org/diplograph/id/state/> ." in turtle
    assert "state:japan" in turtle
    assert turtle.count("@prefix") == 1


def test_the_same_query_has_the_same_bytes(engine):
    text = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
    bodies = {engine.evaluate(Operation(text, "construct"), media.TURTLE).body for _ in range(4)}

    assert len(bodies) == 1


@pytest.mark.parametrize(
    ("limit", "complete", "count"),
    [(2, False, 2), (3, True, 3), (4, True, 3), (0, False, 0), (None, True, None)],
)
def test_a_limit_that_the_client_set_is_marked_only_when_it_cuts(engine, limit, complete, count):
    answer = engine.evaluate(Operation(ALL.text, "select", limit=limit), media.RESULTS_JSON)

    assert (answer.complete, answer.rows) == (complete, count)
    assert json.loads(answer.body)["head"].get("complete", True) is complete


def test_a_limit_cuts_graphs_too(engine):
    operation = Operation("CONSTRUCT WHERE { ?s <http://example.org/q> ?o }", "construct", limit=10)

    answer = engine.evaluate(operation, media.N_TRIPLES)

    assert (answer.rows, answer.complete) == (10, False)
    assert len(answer.body.splitlines()) == 10


def test_rows_past_our_own_cap_are_refused_unless_the_client_asked_for_a_cut(store):
    with engine_of(store, workers=1, max_rows=2) as engine:
        with pytest.raises(ResultTooLarge) as caught:
            engine.evaluate(ALL, media.CSV)
        answer = engine.evaluate(Operation(ALL.text, "select", limit=100), media.CSV)

    assert caught.value.facts["limit"] == 2
    assert (answer.rows, answer.complete) == (2, False)


@pytest.mark.parametrize("name", [media.RESULTS_JSON, media.RESULTS_XML, media.CSV, media.TSV])
def test_bytes_past_the_cap_are_refused_for_results(strict, name):
    with pytest.raises(ResultTooLarge) as caught:
        strict.evaluate(Operation("SELECT * { ?a ?b ?c . ?d ?e ?f }", "select"), name)

    assert caught.value.facts["limit"] == 10_000


@pytest.mark.parametrize("name", media.GRAPH_TYPES)
def test_bytes_past_the_cap_are_refused_for_graphs(strict, name):
    with pytest.raises(ResultTooLarge):
        strict.evaluate(Operation("CONSTRUCT WHERE { ?s ?p ?o }", "construct"), name)


# What is refused


@pytest.mark.parametrize(
    ("text", "line"), [("SELECT * {\n ?s ?p }", 2), ("SELECT", 1), ("SELECT ?x (1 AS ?x) {}", 1)]
)
def test_a_syntax_error_has_a_position(engine, text, line):
    with pytest.raises(MalformedQuery) as caught:
        engine.evaluate(Operation(text, "select"), media.CSV)

    assert caught.value.facts["position"]["line"] == line
    assert caught.value.facts["position"]["column"] > 0


def test_an_unknown_function_is_the_queries_fault(engine):
    with pytest.raises(MalformedQuery, match="not supported"):
        engine.evaluate(Operation("SELECT (<http://example.org/f>(1) AS ?x) {}", "select"), media.CSV)


def test_a_graph_that_is_not_an_iri_is_an_invalid_parameter(engine):
    with pytest.raises(InvalidParameter):
        engine.evaluate(Operation(ALL.text, "select", None, ("not an iri",)), media.CSV)


@pytest.mark.parametrize(
    ("form", "name"), [("select", media.TURTLE), ("construct", media.CSV), ("ask", "image/png")]
)
def test_a_media_type_of_another_form_is_not_acceptable(engine, form, name):
    with pytest.raises(NotAcceptable):
        engine.evaluate(Operation("ASK {}", form), name)


@pytest.mark.parametrize("timeout", [0, -1, float("nan")])
def test_a_timeout_that_is_no_time_is_an_invalid_parameter(engine, timeout):
    with pytest.raises(InvalidParameter):
        engine.evaluate(ALL, media.CSV, timeout)


# What is stopped


def test_a_late_query_is_stopped_and_its_process_is_gone(store):
    with engine_of(store, workers=1, timeout=0.5) as engine:
        engine.evaluate(ALL, media.CSV)
        before = children()
        began = time.monotonic()
        with pytest.raises(QueryTimeout) as caught:
            engine.evaluate(ENDLESS, media.CSV)
        took = time.monotonic() - began
        killed = before - children()
        assert killed
        assert gone(killed)
        assert len(rows(engine, ALL)) == 3

    assert 0.4 < took < 1.5
    assert caught.value.facts["limit"] == 0.5
    assert caught.value.facts["elapsed"] >= 0.5


def test_no_worker_is_asked_when_the_time_is_over_already(store):
    with engine_of(store, workers=1) as engine:
        ready(engine, 2)
        before = {worker.pid for worker in engine._pool._idle}
        with pytest.raises(QueryTimeout) as caught:
            engine.evaluate(ALL, media.CSV, 1e-9)
        assert {worker.pid for worker in engine._pool._idle} == before
    assert caught.value.facts["elapsed"] == 0


def test_query_that_is_put_off_at_its_deadline_was_stopped_there(store, monkeypatch):
    kill = WorkerProcess.kill

    def slow(worker):
        time.sleep(0.6)
        return kill(worker)

    with engine_of(store, workers=2) as engine, engine._pool.worker(5), engine._pool.worker(5):
        ready(engine, 3)
        monkeypatch.setattr(WorkerProcess, "kill", slow)
        with pytest.raises(QueryTimeout) as caught:
            engine.evaluate(ENDLESS, media.CSV, 0.6)
    assert caught.value.facts["limit"] == 0.6


def test_a_caller_may_lower_the_timeout_and_not_raise_it(strict):
    with pytest.raises(QueryTimeout) as lowered:
        strict.evaluate(ENDLESS, media.CSV, 0.2)
    assert lowered.value.facts["limit"] == 0.2

    assert strict._seconds(1000) == 3.0


HUNGRY = {
    "ORDER BY of a cross join": "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?c ?f ?i",
    "DISTINCT of a cross join": "SELECT DISTINCT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "doubled string": "SELECT (STRLEN(?x25) AS ?n) { BIND('0123456789' AS ?x0) "
    + " ".join(f"BIND(CONCAT(?x{i}, ?x{i}) AS ?x{i + 1})" for i in range(25))
    + " }",
}


@pytest.mark.parametrize("name", HUNGRY)
def test_a_query_that_eats_memory_is_stopped_by_its_limit_and_the_pool_goes_on(strict, name):
    with pytest.raises((MemoryLimit, ResultTooLarge, QueryTimeout)) as caught:
        strict.evaluate(Operation(HUNGRY[name], "select"), media.CSV)

    assert len(rows(strict, ALL)) == 3
    if caught.type is MemoryLimit:
        assert caught.value.facts["limit"] == 64 * MEBIBYTE


def test_memory_past_the_limit_is_named_as_such(strict):
    with pytest.raises(MemoryLimit):
        strict.evaluate(Operation(HUNGRY["doubled string"], "select"), media.CSV)


NESTED = {
    "exists": ("ASK { FILTER ", "EXISTS { FILTER ", "EXISTS {}", " }", " }"),
    "function": ("SELECT (", "STR(", "1", ")", " AS ?x) {}"),
    "sub-select": ("SELECT * ", "{ SELECT * ", "{}", "}", ""),
    "group": ("SELECT * ", "{", "", "}", ""),
    "optional": ("ASK {", "OPTIONAL {", "", "}", "}"),
    "parenthesis": ("SELECT (", "(", "1", ")", " AS ?x) {}"),
    "not": ("SELECT (", "!", "1", "", " AS ?x) {}"),
    "path": ("ASK { ?s ", "(", "<a:p>", ")*", " ?o }"),
}


@pytest.mark.parametrize("name", NESTED)
def test_nesting_that_ends_a_worker_is_too_complex_and_the_pool_goes_on(engine, name):
    start, opened, middle, closed, end = NESTED[name]
    text = start + opened * 12_000 + middle + closed * 12_000 + end

    with pytest.raises(TooComplex):
        engine.evaluate(Operation(text, "ask" if text.startswith("ASK") else "select"), media.CSV)
    assert len(rows(engine, ALL)) == 3


@pytest.mark.parametrize("name", NESTED)
def test_nesting_that_the_guard_allows_does_not_end_a_worker(engine, name):
    start, opened, middle, closed, end = NESTED[name]
    depth = 2000 if name == "not" else 95 // opened.count("{") if "{" in opened else 95
    text = start + opened * depth + middle + closed * depth + end

    assert engine.evaluate(Operation(text, "ask" if text.startswith("ASK") else "select"), media.CSV).size


@pytest.mark.slow
def test_a_worker_that_spends_its_processor_time_ends_by_itself(store):
    with engine_of(store, workers=1, timeout=10.0) as engine, engine._pool.worker(5) as worker:
        message = engine._query(ENDLESS, media.CSV)
        with pytest.raises(QueryTimeout):
            worker.request(message | {"seconds": 0.05}, 10)


def test_a_worker_killed_from_outside_is_replaced(store):
    with engine_of(store, workers=1) as engine:
        with engine._pool.worker(5) as worker:
            first = worker.pid
            worker.interrupt()
        with engine._pool.worker(5) as worker:
            assert worker.pid != first
        assert len(rows(engine, ALL)) == 3


# Many at once


def test_many_threads_share_few_workers(engine):
    others = len(children())
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: engine.evaluate(ALL, media.CSV).body, range(80)))

    assert len(set(answers)) == 1
    assert len(children()) - others <= 5


def test_a_late_query_of_one_thread_does_not_disturb_another(engine):
    with ThreadPoolExecutor(4) as threads:
        late = [threads.submit(engine.evaluate, ENDLESS, media.CSV, 0.4) for _ in range(2)]
        fine = [threads.submit(engine.evaluate, ALL, media.CSV) for _ in range(20)]

        assert {len(answer.result().body.splitlines()) for answer in fine} == {4}
        assert all(isinstance(query.exception(), QueryTimeout | Busy) for query in late)


def test_a_caller_that_finds_no_free_worker_in_time_is_told_so(store):
    with engine_of(store, workers=1, timeout=0.8) as engine:
        engine.evaluate(ALL, media.CSV)
        with ThreadPoolExecutor(1) as threads:
            busy = threads.submit(engine.evaluate, ENDLESS, media.CSV)
            time.sleep(0.1)
            with pytest.raises(Busy):
                engine.evaluate(ALL, media.CSV, 0.2)
            assert isinstance(busy.exception(), QueryTimeout)


def test_one_more_than_may_wait_is_told_so_at_once(store):
    with engine_of(store, workers=1, timeout=3.0, max_queue=1) as engine:
        engine.evaluate(ALL, media.CSV)
        with ThreadPoolExecutor(2) as threads:
            for _ in range(2):
                threads.submit(engine.evaluate, ENDLESS, media.CSV, 1.5)
            time.sleep(0.3)
            began = time.monotonic()
            with pytest.raises(Busy) as caught:
                engine.evaluate(ALL, media.CSV)
            took = time.monotonic() - began

    assert took < 0.5
    assert (caught.value.facts["limit"], caught.value.facts["retry_after"]) == (1, 1)


def test_no_more_work_at_once_than_there_are_workers_although_one_stands_ready(store):
    with engine_of(store, workers=1) as engine:
        before = children()
        engine.evaluate(ALL, media.CSV)
        ready(engine, 2)
        with engine._pool.worker(5), pytest.raises(Busy), engine._pool.worker(0.2):
            pass
        assert len(children() - before) <= 2


def test_short_work_goes_on_while_long_work_has_every_place(store):
    with engine_of(store, workers=2, timeout=9.0) as engine, ThreadPoolExecutor(4) as threads:
        engine.evaluate(ALL, media.CSV)
        began = time.monotonic()
        late = [threads.submit(engine.evaluate, ENDLESS, media.CSV) for _ in range(4)]
        answered = 0
        while time.monotonic() - began < 8:
            assert len(rows(engine, ALL)) == 3
            answered += 1
        assert {type(query.exception()) for query in late} <= {QueryTimeout, Busy}
        took = time.monotonic() - began

    assert answered > 3  # a busy machine takes seconds to replace a worker
    assert took < 11


def test_task_with_much_to_read_waits_for_an_ordinary_place_and_a_small_one_does_not(store):
    with engine_of(store, workers=2, timeout=3.0) as engine, ThreadPoolExecutor(2) as threads:
        engine.run("count", {"a": b"b"})
        for _ in range(2):
            threads.submit(engine.evaluate, ENDLESS, media.CSV)
        time.sleep(0.3)

        assert engine.run("count", {"a": b"b" * LONG_PAYLOAD}) == 1
        with pytest.raises(Busy):
            engine.run("count", {"a": b"b" * (LONG_PAYLOAD + 1)}, 0.5)


def test_long_query_is_begun_anew_where_a_place_for_it_comes_free(store):
    with engine_of(store, workers=2, timeout=6.0) as engine, ThreadPoolExecutor(2) as threads:
        engine.evaluate(ALL, media.CSV)
        for _ in range(2):
            threads.submit(engine.evaluate, ENDLESS, media.CSV, 3.0)
        time.sleep(0.2)
        with pytest.raises(QueryTimeout) as caught:
            engine.evaluate(ENDLESS, media.CSV)

    assert "of which it waited" in caught.value.detail
    assert caught.value.facts["limit"] == 6.0


def test_nothing_is_done_for_a_client_that_went_away_while_it_waited(store, monkeypatch):
    monkeypatch.setattr(PRESENT, "_seen", PRESENT._seen)

    def ask(client):
        CLIENT.set(client)
        return engine.evaluate(ALL, media.CSV)

    with engine_of(store, workers=1, timeout=9.0) as engine, ThreadPoolExecutor(3) as threads:
        engine.evaluate(ALL, media.CSV)
        busy = threads.submit(engine.evaluate, ENDLESS, media.CSV, 1.5)
        time.sleep(0.3)
        gone, there = (threads.submit(ask, client) for client in ("192.0.2.1", "192.0.2.2"))
        time.sleep(0.3)
        PRESENT.note(time.monotonic(), frozenset({"192.0.2.2"}))

        assert isinstance(busy.exception(), QueryTimeout)
        assert "went away" in gone.exception().detail
        assert there.result().size


def test_long_work_is_stopped_when_its_client_goes(store, monkeypatch):
    monkeypatch.setattr(PRESENT, "_seen", PRESENT._seen)

    def ask():
        CLIENT.set("192.0.2.1")
        return engine.evaluate(ENDLESS, media.CSV)

    with engine_of(store, workers=2, timeout=30.0) as engine, ThreadPoolExecutor(1) as threads:
        engine.evaluate(ALL, media.CSV)
        began = time.monotonic()
        late = threads.submit(ask)
        time.sleep(0.3)
        PRESENT.note(time.monotonic(), frozenset())

        assert "went away" in late.exception().detail
        assert time.monotonic() - began < 10.0


def test_worker_of_a_long_query_gives_way_and_serves_no_other(store):
    def niceness():
        with engine._pool._change:
            return [os.getpriority(os.PRIO_PROCESS, worker.pid) for worker in engine._pool._lent]

    with engine_of(store, workers=2, timeout=8.0) as engine, ThreadPoolExecutor(1) as threads:
        engine.evaluate(ALL, media.CSV)
        late = threads.submit(engine.evaluate, ENDLESS, media.CSV)
        while niceness() != [worker_process.NICENESS] and not late.done():
            time.sleep(0.05)
        assert niceness() == [worker_process.NICENESS]
        assert isinstance(late.exception(), QueryTimeout)


def test_a_worker_that_served_long_enough_makes_room_for_a_fresh_one(store, monkeypatch):
    monkeypatch.setattr(worker_process, "RECYCLE_AFTER", 3)
    with engine_of(store, workers=1) as engine:
        pids = set()
        for _ in range(10):
            with engine._pool.worker(5) as worker:
                pids.add(worker.pid)
                worker.request(engine._query(ALL, media.CSV) | {"seconds": 5}, 5)
        assert len(pids) >= 3
        ready(engine, 2)
        assert len(pids & children()) <= 2


def test_an_idle_worker_that_was_killed_costs_nobody_a_request(store):
    with engine_of(store, workers=1) as engine:
        ready(engine, 2)
        for worker in list(engine._pool._idle):
            os.kill(worker.pid, signal.SIGKILL)
            os.waitid(os.P_PID, worker.pid, os.WEXITED | os.WNOWAIT)
        assert len(rows(engine, ALL)) == 3


def test_no_processor_time_is_used_after_a_query_was_stopped(store):
    with engine_of(store, workers=2, timeout=0.5) as engine:
        engine.evaluate(ALL, media.CSV)
        with ThreadPoolExecutor(2) as threads:
            stopped = [threads.submit(engine.evaluate, ENDLESS, media.CSV) for _ in range(2)]
            assert all(isinstance(query.exception(), QueryTimeout) for query in stopped)
        ready(engine, 5)
        before = processor_time()
        time.sleep(0.5)
        used = processor_time() - before

    assert used < 0.1


def ready(engine, count):
    """Wait until so many workers stand ready."""
    end = time.monotonic() + 20
    while len(engine._pool._idle) < count and time.monotonic() < end:
        time.sleep(0.01)


def processor_time():
    """Seconds of processor time that the children of this process have used."""
    ticks = 0
    for pid in children():
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


# Long answers

LONG = Operation("SELECT ?a ?f { ?a <http://example.org/q> ?b . ?d <http://example.org/q> ?f }", "select")


@pytest.mark.parametrize("name", [media.RESULTS_JSON, media.RESULTS_XML, media.CSV, media.TSV])
def test_a_long_answer_waits_in_a_file_and_is_whole(engine, name):
    answer = engine.evaluate(LONG, name)

    assert isinstance(answer.content, Spool)
    assert answer.content._file._rolled
    assert answer.size == len(answer.body) > 1_000_000
    assert b"".join(answer) == answer.body
    assert answer.body.count(b"value 299") == 300
    answer.close()


@pytest.mark.parametrize("name", media.GRAPH_TYPES)
def test_a_long_graph_is_whole(engine, name):
    text = "CONSTRUCT { ?a <urn:p> ?f } { ?a <http://example.org/q> ?b . ?d <http://example.org/q> ?f }"

    answer = engine.evaluate(Operation(text, "construct"), name)

    assert len(list(pyoxigraph.parse(answer.body, pyoxigraph.RdfFormat.from_media_type(name)))) == 90_000
    answer.close()


def test_an_error_after_parts_were_sent_is_an_error_and_the_worker_goes_on(store):
    with engine_of(store, workers=1, max_result=2 * MEBIBYTE) as engine:
        engine.evaluate(ALL, media.CSV)
        before = children()
        with pytest.raises(ResultTooLarge):
            engine.evaluate(LONG, media.RESULTS_JSON)
        assert len(rows(engine, ALL)) == 3
        assert before <= children()


def test_a_long_answer_counts_as_under_way_until_it_is_closed_or_forgotten(engine):
    answer = engine.evaluate(LONG, media.CSV)
    assert UNDER_WAY.taken == answer.size
    answer.close()
    answer.close()
    assert UNDER_WAY.taken == 0
    forgotten = engine.evaluate(LONG, media.CSV)
    assert UNDER_WAY.taken == forgotten.size
    del forgotten
    assert UNDER_WAY.taken == 0


@pytest.mark.parametrize(
    ("limits", "refusal"), [((MEBIBYTE, 1 << 40), Overloaded), ((1 << 40, MEBIBYTE), Busy)]
)
def test_an_answer_past_what_may_be_under_way_is_refused_and_nothing_stays(store, limits, refusal):
    client = CLIENT.set("somebody")
    UNDER_WAY.allow(*limits)
    try:
        with engine_of(store, workers=1) as engine:
            with pytest.raises(refusal):
                engine.evaluate(LONG, media.RESULTS_JSON)
            assert UNDER_WAY.taken == 0
            assert len(rows(engine, ALL)) == 3
    finally:
        UNDER_WAY.allow(math.inf, math.inf)
        CLIENT.reset(client)


def test_an_answer_that_finds_no_room_on_the_disk_is_told_and_the_pool_goes_on(store, monkeypatch):
    def full(_spool, _content):
        raise NoSpace("An answer cannot be put aside: No space left on device.")

    with engine_of(store, workers=1) as engine:
        with monkeypatch.context() as patch:
            patch.setattr(Spool, "write", full)
            with pytest.raises(NoSpace):
                engine.evaluate(LONG, media.RESULTS_JSON)
        assert len(rows(engine, ALL)) == 3


def test_a_worker_whose_answer_was_not_read_to_its_end_serves_no_other(store, monkeypatch):
    def exhausted(_spool, _content):
        raise MemoryError

    with engine_of(store, workers=1) as engine:
        with monkeypatch.context() as patch:
            patch.setattr(Spool, "write", exhausted)
            with pytest.raises(MemoryError):
                engine.evaluate(LONG, media.RESULTS_JSON)
        for _ in range(2):
            assert len(rows(engine, ALL)) == 3


def test_triple_terms_are_refused_wherever_they_come_from(engine):
    text = "SELECT (TRIPLE(<a:a>, <a:b>, <a:c>) AS ?t) {}"

    with pytest.raises(MalformedQuery, match="triple terms"):
        engine.evaluate(Operation(text, "select"), media.RESULTS_JSON)
    assert len(rows(engine, ALL)) == 3


# Beginning and end


def test_closing_lets_what_runs_finish_and_leaves_no_process(store):
    before = children()
    engine = engine_of(store, timeout=0.8)
    engine.evaluate(ALL, media.CSV)
    with ThreadPoolExecutor(1) as threads:
        late = threads.submit(engine.evaluate, ENDLESS, media.CSV)
        time.sleep(0.1)
        engine.close()
        assert isinstance(late.exception(), QueryTimeout | EngineUnavailable)

    assert children() <= before
    with pytest.raises(EngineUnavailable):
        engine.evaluate(ALL, media.CSV)
    engine.close()


def test_a_store_that_cannot_be_opened_makes_the_engine_unavailable(tmp_path):
    with engine_of(tmp_path / "nowhere", workers=1) as engine:
        for _ in range(2):
            with pytest.raises(EngineUnavailable) as caught:
                engine.evaluate(ALL, media.CSV)

    assert str(tmp_path) not in caught.value.detail


# Tasks


def test_a_task_gets_json_values_and_bytes(engine):
    assert engine.run("count", {"text": "日本", "rdf": b"\x00\xff"}) == 2
    assert engine.run("keys", {"b": [1, None], "a": b""}) == ["a", "b"]


def test_a_task_finds_the_folder_of_the_release(store):
    settings = Settings(kb=store, state=store, workers=1)
    with LocalEngine(store, settings, store.parent, tasks=TASKS) as engine:
        assert engine.run("keys", {"rdf": b""}) == ["rdf", "release"]


@pytest.mark.parametrize("task", ["fail", "none", "unknown"])
def test_a_task_that_fails_is_an_internal_error_and_the_worker_lives(engine, task):
    before = children()

    with pytest.raises(InternalError) as caught:
        engine.run(task, {})

    assert "Traceback" not in str(caught.value)
    assert children() == before


@pytest.fixture(scope="module")
def shared_values(tmp_path_factory):
    """A release's store in which many things share few values, with the counts that say so."""
    path = tmp_path_factory.mktemp("loops") / "store"
    dataset = Dataset.memory()
    thing = "<http://example.org/{}>".format
    lines = (
        f"{thing(f'n{i}')} {thing('from')} {thing(i % 150)} ; {thing('to')} {thing(i // 150 % 150)} .\n"
        for i in range(26_000)
    )
    dataset.load("".join(lines).encode(), "ttl")
    freeze(dataset, path)
    return path


@pytest.mark.slow
def test_query_that_would_look_up_too_much_is_rewritten(shared_values):
    with engine_of(shared_values, timeout=120.0) as engine:
        rewritten = engine.evaluate(Operation(LOOPS, "select"), media.CSV)
        small = engine.evaluate(ALL, media.CSV)

    assert (rewritten.rewritten, small.rewritten) == (True, False)
    pairs = Counter((i % 150, i // 150 % 150) for i in range(26_000))
    assert int(rewritten.body.split()[1]) == sum(many * pairs[y, x] for (x, y), many in pairs.items())


IN_ORDER = "SELECT ?a ?x { ?a <http://example.org/from> ?x } ORDER BY ?a ?x"


@pytest.mark.slow
@pytest.mark.parametrize("form", [media.CSV, media.RESULTS_JSON, media.RESULTS_XML, media.TSV])
@pytest.mark.parametrize(
    ("text", "limit"),
    [(f"{IN_ORDER} LIMIT 30 OFFSET 40", None), (IN_ORDER, 25), (f"{IN_ORDER} LIMIT 25", 25)],
)
def test_first_rows_that_are_found_in_slices_are_those_of_the_whole(shared_values, form, text, limit):
    with engine_of(shared_values, timeout=120.0) as engine:
        sliced = engine.evaluate(Operation(text, "select", limit=limit), form)
        whole = engine.evaluate(Operation(text, "select", limit=limit, rewrite=False), form)

    assert (sliced.rewritten, whole.rewritten) == (True, False)
    assert (sliced.body, sliced.complete) == (whole.body, whole.complete)


@pytest.mark.slow
@pytest.mark.parametrize(("setting", "asked"), [(False, True), (True, False)])
def test_late_query_that_was_not_rewritten_is_told_how_to_be_written(shared_values, setting, asked):
    with (
        engine_of(shared_values, timeout=1.0, rewrite=setting) as engine,
        pytest.raises(QueryTimeout) as late,
    ):
        engine.evaluate(Operation(LOOPS, "select", rewrite=asked), media.CSV)

    assert "{ SELECT * WHERE { ?a … } } { SELECT * WHERE { ?b … } }" in late.value.facts["hint"]
    assert "joined in ?x, ?y" in late.value.facts["hint"]


def test_late_query_of_another_kind_gets_the_general_cure(engine):
    with pytest.raises(QueryTimeout) as late:
        engine.evaluate(ENDLESS, media.CSV, timeout=0.3)

    assert "hint" not in late.value.facts
