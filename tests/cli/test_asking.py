"""The verbs that build and ask: build, query, run, describe, dump, serve --get."""

import json
import threading
from collections.abc import Callable, Iterator
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import ClassVar
from urllib.parse import parse_qs

import pytest
from click.testing import Result
from rdflib import Graph

from diplograph import release as releases
from diplograph.settings import Settings
from tiny_kb import PROLOGUE

Run = Callable[..., Result]
DIGEST = sha256(b"Some words.").hexdigest()
QUOTING = f"""{PROLOGUE}
act:a dg:evidence ev:a . ev:a oa:hasTarget span:a .
span:a oa:hasSource doc:a ; oa:hasSelector span:p ; schema:sha256 "{DIGEST}" . span:p oa:start 0 ; oa:end 11 .
doc:a dcterms:identifier "a.txt" ; dg:codePointLength 11 ; schema:sha256 "{DIGEST}" .
"""


# the command itself


def test_help_lists_every_verb(run: Run) -> None:
    text = run("--help").stdout

    assert all(
        f"\n  {verb}" in text for verb in ("serve", "build", "query", "run", "check", "fmt", "evidence")
    )


@pytest.mark.parametrize("arguments", [["nonsense"], ["build", "--nonsense"], ["run"], ["query"], ["fmt"]])
def test_wrong_use_exits_2(run: Run, arguments: list[str]) -> None:
    assert run(*arguments).exit_code == 2


def test_knowledge_base_that_is_not_there_is_named(run: Run, tmp_path: Path) -> None:
    result = run("build", "--kb", tmp_path / "none")

    assert result.exit_code == 2
    assert "error: There is no knowledge base at" in result.stderr


def test_fault_of_ours_never_looks_like_findings(
    run: Run, monkeypatch: pytest.MonkeyPatch, own_kb: Path
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("boom")

    monkeypatch.setattr(releases, "build", fail)
    result = run("build", kb=own_kb)

    assert result.exit_code == 2
    assert "ZeroDivisionError: boom" in result.stderr


# build


def test_build_prints_the_release_and_makes_it_current(run: Run, own_kb: Path) -> None:
    result = run("build", kb=own_kb)
    release = releases.current(Settings.resolve(own_kb))

    assert release is not None
    assert result.exit_code == 0
    assert result.stdout.startswith(f"release {release.name} ")
    assert result.stderr == f"knowledge base {own_kb}\n"


def test_build_puts_releases_where_it_is_told(run: Run, own_kb: Path, tmp_path: Path) -> None:
    assert run("build", "--out", tmp_path / "out", kb=own_kb).exit_code == 0
    assert (tmp_path / "out" / "current").is_file()
    assert not (own_kb / ".diplograph").exists()


def test_build_of_data_that_does_not_conform_exits_1_with_findings_on_stdout(run: Run, own_kb: Path) -> None:
    path = own_kb / "data/a1.ttl"
    path.write_text(path.read_text().replace('rdfs:label "X expels"@en ; ', ""))
    result = run("build", kb=own_kb)

    assert result.exit_code == 1
    assert result.stdout.startswith("data/a1.ttl:")
    assert result.stderr.splitlines()[1] == "error: The data does not conform."


def test_build_of_a_syntax_error_exits_2_with_its_place(run: Run, own_kb: Path) -> None:
    (own_kb / "data/a1.ttl").write_text("\n<urn:a> <urn:b>")
    result = run("build", kb=own_kb)

    assert (result.exit_code, result.stdout) == (2, "")
    assert "\ndata/a1.ttl:2:" in result.stderr


# query


def test_query_answers_in_a_table_with_short_names(run: Run, shared_kb: Path) -> None:
    result = run(
        "query", "-q", "SELECT ?s WHERE { ?s a <https://w3id.org/diplograph/ontology#State> }", kb=shared_kb
    )

    assert result.exit_code == 0
    assert {"state:x", "state:y"} <= {line.strip() for line in result.stdout.splitlines()}


def test_query_shows_labels_in_the_first_language_that_has_one(run: Run, shared_kb: Path) -> None:
    text = "SELECT ?s WHERE { ?s a <https://w3id.org/diplograph/ontology#State> } ORDER BY ?s"
    result = run("query", "-q", text, "--labels", "ja,en", kb=shared_kb)

    assert [line.strip() for line in result.stdout.splitlines()[-2:]] == ["エックス", "Y"]


@pytest.mark.parametrize(
    ("form", "start"), [("csv", "s\r\n"), ("tsv", "?s\n"), ("json", '{"head"'), ("xml", "<?xml")]
)
def test_query_answers_in_the_format_asked_for(run: Run, shared_kb: Path, form: str, start: str) -> None:
    result = run("query", "-q", "SELECT ?s WHERE { ?s ?p ?o }", "-r", form, kb=shared_kb)

    assert result.stdout_bytes.decode().startswith(start)


def test_query_reads_standard_input_and_files(run: Run, shared_kb: Path, tmp_path: Path) -> None:
    (tmp_path / "q.rq").write_text("ASK { ?s ?p ?o }")

    assert run("query", "-", kb=shared_kb, stdin="ASK { ?s ?p ?o }").stdout == "true\n"
    assert run("query", "-f", tmp_path / "q.rq", kb=shared_kb).stdout == "true\n"


def test_run_without_rows_says_which_value_nothing_matches(run: Run, shared_kb: Path) -> None:
    name = next((shared_kb / "queries" / "canned").glob("*.rq")).stem

    result = run("run", name, "actor=dg:State", kb=shared_kb)

    assert result.exit_code == 0
    assert "actor=dg:State: there are rows without it" in result.stderr


@pytest.mark.parametrize("form", ["table", "csv", "json"])
def test_run_with_a_value_that_names_nothing_exits_2_with_what_is_near(
    run: Run, shared_kb: Path, tmp_path: Path, form: str
) -> None:
    result = run("run", "acts", "actor=x", "actor=xx", "-r", form, "-o", tmp_path / "out", kb=shared_kb)

    assert result.exit_code == 2
    assert "no thing of kind state is called 'xx'; near: state:x." in result.stderr
    assert not (tmp_path / "out").exists()


def test_query_by_name_takes_the_defaults_of_a_canned_query(run: Run, shared_kb: Path) -> None:
    assert run("query", "acts", "-r", "csv", kb=shared_kb).stdout.startswith("act,label,actor")


def test_a_pipe_gets_the_same_answer_whatever_a_terminal_would_show(run: Run, shared_kb: Path) -> None:
    plain = run("run", "acts", kb=shared_kb).stdout

    assert run("run", "acts", "--all-columns", kb=shared_kb).stdout == plain
    assert run("query", "acts", "--all-columns", kb=shared_kb).stdout == plain


def test_query_over_files_asks_no_release(run: Run, tmp_path: Path, own_kb: Path) -> None:
    (tmp_path / "a.ttl").write_text("<urn:a> <urn:p> 1 .")
    result = run("query", "-d", tmp_path / "a.ttl", "-q", "ASK { <urn:a> ?p ?o }", kb=own_kb)

    assert result.stdout == "true\n"
    assert not (own_kb / ".diplograph").exists()


def test_graph_is_answered_in_turtle(run: Run, shared_kb: Path) -> None:
    result = run("query", "-q", "CONSTRUCT { ?s a ?c } WHERE { ?s a ?c }", kb=shared_kb)

    assert len(Graph().parse(data=result.stdout, format="turtle")) > 4


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("SELECT * WHERE { ?s ?p }", "error: 1:"),
        ("INSERT DATA { <urn:a> <urn:b> 1 }", "SPARQL Update"),
        ("SELECT * { SERVICE <http://localhost/> { ?s ?p ?o } }", "does not query others"),
    ],
)
def test_query_that_cannot_be_answered_exits_2_and_says_why(
    run: Run, shared_kb: Path, text: str, said: str
) -> None:
    result = run("query", "-q", text, kb=shared_kb)

    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr


def test_graph_asked_for_as_csv_is_wrong_use(run: Run, shared_kb: Path) -> None:
    result = run("query", "-q", "CONSTRUCT WHERE { ?s ?p ?o }", "-r", "csv", kb=shared_kb)

    assert result.exit_code == 2
    assert "ttl, nt, jsonld, rdf" in result.stderr


def test_timeout_of_a_query_is_kept(run: Run, shared_kb: Path) -> None:
    text = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n1 ?o }"
    result = run("query", "-q", text, "--timeout", "0.3", kb=shared_kb)

    assert result.exit_code == 2
    assert "error: " in result.stderr


# an endpoint elsewhere


class Endpoint(BaseHTTPRequestHandler):
    """Answers every query with the same boolean, row or triple, or with an error below /broken."""

    answers: ClassVar[dict[str, tuple[str, bytes]]] = {
        "/": ("application/sparql-results+json", b'{"head": {}, "boolean": true}'),
        "/rows": (
            "application/sparql-results+json",
            b"""{"head": {"vars": ["a", "b"]}, "results": {"bindings": [{
            "a": {"type": "uri", "value": "http://dbpedia.org/resource/Paris,_Texas"},
            "b": {"type": "literal", "value": "1,5"}}]}}""",
        ),
        "/triple": ("application/n-triples", b'<urn:a> <http://example.org/p> "a\\rb" .\n'),
        "/nameless": ("text/plain", b'<urn:a> <urn:uuid:1> "x" .\n'),
    }

    def do_POST(self) -> None:
        """Reads the query of a form and answers."""
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        broken = self.path == "/broken" or "query" not in form
        media, body = ("text/plain", b"out of order") if broken else self.answers[self.path]
        self.send_response(500 if broken else 200)
        self.send_header("Content-Type", media)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Keeps quiet."""


NATURAL = """PREFIX ex: <http://example.org/>
SELECT (COUNT(*) AS ?n) { ?a ex:from ?x ; ex:to ?y . ?b ex:from ?y ; ex:to ?x }"""


def test_explain_says_why_a_query_is_left_alone_and_asks_nothing(run: Run, shared_kb: Path) -> None:
    result = run("query", "--explain", "-q", NATURAL, kb=shared_kb)

    assert result.stdout == f"# Evaluated as it is written. The graph is small.\n{NATURAL}\n"


@pytest.mark.slow
def test_explain_shows_the_query_as_it_is_rewritten(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "many.ttl"
    triples = (f":{i} :from :v{i % 150} ; :to :v{i // 150} ." for i in range(26_000))
    file.write_text("PREFIX : <http://example.org/>\n" + "\n".join(triples), encoding="utf-8")

    shown = run("query", "--explain", "-d", file, "-q", NATURAL).stdout
    switched_off = run("query", "--explain", "--no-rewrite", "-d", file, "-q", NATURAL).stdout

    assert shown.startswith("# Rewritten. 2 sub-selects are joined: by the counts of the release, ")
    assert "{ SELECT * WHERE {\n    ?b ex:from ?y ; ex:to ?x .\n  } }" in shown
    assert switched_off == f"# Evaluated as it is written. Rewriting is switched off.\n{NATURAL}\n"

    in_order = "SELECT ?a { ?a ?from ?x } ORDER BY ?a LIMIT 10"
    why = "Its rows are found for some values of ?a after the other, in their order."
    explained = run("query", "--explain", "-d", file, "-q", in_order).stdout
    assert explained == f"# Evaluated in slices. {why}\n{in_order}\n"


@pytest.fixture
def endpoint() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Endpoint) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_query_may_ask_an_endpoint_elsewhere(run: Run, endpoint: str) -> None:
    assert run("query", "--endpoint", endpoint, "-q", "ASK {}").stdout == "true\n"


def test_answers_of_an_endpoint_elsewhere_are_written_here(run: Run, endpoint: str) -> None:
    rows = run("query", "--endpoint", f"{endpoint}/rows", "-q", "SELECT * {}", "-r", "csv")
    graph = run("query", "--endpoint", f"{endpoint}/triple", "-q", "DESCRIBE <urn:a>", "-r", "rdf")

    assert rows.stdout_bytes == b'a,b\r\n"http://dbpedia.org/resource/Paris,_Texas","1,5"\r\n'
    assert b">a&#13;b</p>" in graph.stdout_bytes


def test_what_rdf_xml_cannot_hold_exits_2_and_names_other_formats(run: Run, endpoint: str) -> None:
    result = run("query", "--endpoint", f"{endpoint}/nameless", "-q", "DESCRIBE <urn:a>", "-r", "rdf")

    assert (result.exit_code, result.stdout) == (2, "")
    assert "<urn:uuid:1>" in result.stderr
    assert "text/turtle" in result.stderr


@pytest.mark.parametrize("path", ["/broken", "x:1"])
def test_endpoint_that_does_not_answer_exits_2(run: Run, endpoint: str, path: str) -> None:
    result = run("query", "--endpoint", endpoint + path, "-q", "ASK {}")

    assert result.exit_code == 2
    assert result.stderr.startswith(f"error: {endpoint}")


# run


def test_run_lists_the_canned_queries(run: Run, shared_kb: Path) -> None:
    text = run("run", "--list", kb=shared_kb).stdout

    assert "Which acts did a state do?" in text
    assert "[actor]" in text


def test_run_binds_its_parameters(run: Run, shared_kb: Path) -> None:
    result = run("run", "acts", "actor=x", "-r", "csv", kb=shared_kb)

    assert len(result.stdout.splitlines()) == 2
    assert "X expels" in result.stdout


def test_run_takes_a_parameter_several_times(run: Run, shared_kb: Path) -> None:
    assert len(run("run", "acts", "actor=x", "actor=y", "-r", "csv", kb=shared_kb).stdout.splitlines()) == 3


def test_run_show_prints_the_query_and_runs_nothing(run: Run, own_kb: Path) -> None:
    result = run("run", "acts", "actor=x", "--show", kb=own_kb)

    assert "VALUES ?actor { <https://w3id.org/diplograph/id/state/x> }" in result.stdout
    assert not (own_kb / ".diplograph").exists()


def test_run_of_an_unknown_query_names_near_ones(run: Run, shared_kb: Path) -> None:
    result = run("run", "act", kb=shared_kb)

    assert result.exit_code == 2
    assert "Did you mean acts?" in result.stderr


@pytest.mark.parametrize("value", ["actr=x", "actor=No Such", "actor"])
def test_run_with_a_wrong_parameter_exits_2_and_names_it(run: Run, shared_kb: Path, value: str) -> None:
    result = run("run", "acts", value, kb=shared_kb)

    assert (result.exit_code, result.stdout) == (2, "")
    assert value.partition("=")[0] in result.stderr


# describe, dump


def test_describe_shows_a_thing(run: Run, shared_kb: Path) -> None:
    graph = Graph().parse(data=run("describe", "state:x", kb=shared_kb).stdout, format="turtle")

    assert len(graph) > 3


@pytest.mark.parametrize(
    ("form", "start"), [("nt", "<https://"), ("jsonld", "["), ("rdf", "<?xml"), ("ttl", "@prefix")]
)
def test_describe_writes_the_syntax_asked_for(run: Run, shared_kb: Path, form: str, start: str) -> None:
    assert run("describe", "state:x", "-r", form, kb=shared_kb).stdout.startswith(start)


def test_describe_of_an_unknown_thing_exits_2(run: Run, shared_kb: Path) -> None:
    result = run("describe", "state:xx", kb=shared_kb)
    assert result.exit_code == 2
    assert "Near names: https://w3id.org/diplograph/id/state/x." in result.stderr
    assert run("describe", "no iri", kb=shared_kb).exit_code == 2


def test_dump_writes_all_named_graphs_or_one(run: Run, shared_kb: Path) -> None:
    whole = run("dump", "-r", "nq", kb=shared_kb).stdout
    one = Graph().parse(data=run("dump", "--graph", "dgg:a1", kb=shared_kb).stdout, format="turtle")

    assert "/graph/closure>" in whole
    assert len(one) == 8
    assert run("dump", "--graph", "dgg:none", kb=shared_kb).exit_code == 2


def test_dump_of_the_merge_is_one_graph(run: Run, shared_kb: Path) -> None:
    ttl = Graph().parse(data=run("dump", "-r", "ttl", kb=shared_kb).stdout, format="turtle")
    nt = Graph().parse(data=run("dump", "-r", "nt", kb=shared_kb).stdout, format="nt")

    assert len(ttl) == len(nt) > 20


# serve --get


def test_serve_get_answers_one_request(run: Run, shared_kb: Path) -> None:
    result = run("serve", "--get", "/queries/acts.csv?actor=x", kb=shared_kb)

    assert result.exit_code == 0
    assert result.stdout.splitlines()[0] == "act,label,actor,evidence"


def test_serve_get_of_an_unknown_address_exits_2_with_the_problem(run: Run, shared_kb: Path) -> None:
    result = run("serve", "--get", "/nowhere", kb=shared_kb)

    assert result.exit_code == 2
    assert json.loads(result.stdout)["status"] == 404
    assert result.stderr.startswith("404 ")


def test_serve_get_tells_where_a_redirect_leads(run: Run, shared_kb: Path) -> None:
    result = run("serve", "--get", "/id/state/x", kb=shared_kb)

    assert result.exit_code == 0
    assert "303 SEE OTHER -> /doc/state/x" in result.stderr


def test_serve_of_files_answers_from_them(run: Run, tmp_path: Path, own_kb: Path) -> None:
    (tmp_path / "a.ttl").write_text("<urn:a> <urn:p> 1 .")
    result = run("serve", tmp_path / "a.ttl", "--get", "/sparql?query=ASK{<urn:a>+?p+?o}", kb=own_kb)

    assert json.loads(result.stdout)["boolean"] is True


def test_serve_with_sources_quotes_the_passages_and_without_them_does_not(
    run: Run, tmp_path: Path, own_kb: Path
) -> None:
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "a.txt").write_text("Some words.", encoding="utf-8")
    (tmp_path / "a.ttl").write_text(QUOTING, encoding="utf-8")
    asked = ("serve", tmp_path / "a.ttl", "--get", "/doc/act/a.html")

    assert "Some words" not in run(*asked, kb=own_kb).stdout
    assert (
        "<mark>Some words.</mark></blockquote>"
        in run(*asked, "--sources", tmp_path / "sources", kb=own_kb).stdout
    )


def test_serve_refuses_a_folder_of_sources_that_is_not_there(run: Run, tmp_path: Path, own_kb: Path) -> None:
    result = run("serve", "--get", "/", "--sources", tmp_path / "nowhere", kb=own_kb)

    assert result.exit_code == 2
    assert "nowhere" in result.stderr
