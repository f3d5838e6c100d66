"""The verbs that read and write files: fmt, convert, check, evidence check."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pyoxigraph
import pytest
from click.testing import Result
from pyoxigraph import RdfFormat
from rdflib import Graph

import tiny_kb
from diplograph.rdf import reading

Run = Callable[..., Result]

UNTIDY = "@prefix  dg: <https://w3id.org/diplograph/ontology#> .\ndg:b a dg:C . dg:a a dg:C .\n"
LABEL_MISSING = (
    "@prefix dg: <https://w3id.org/diplograph/ontology#> .\n"
    "@prefix act: <https://w3id.org/diplograph/id/act/> .\n"
    "@prefix state: <https://w3id.org/diplograph/id/state/> .\n"
    "act:new a dg:Expulsion ; dg:actor state:x .\n"
)


@pytest.fixture
def untidy(tmp_path: Path) -> Path:
    path = tmp_path / "untidy.ttl"
    path.write_text(UNTIDY)
    return path


# fmt


def test_fmt_writes_canonical_form_once(run: Run, untidy: Path) -> None:
    first = run("fmt", untidy)
    text = untidy.read_text()

    assert first.exit_code == 0
    assert first.stderr == f"formatted {untidy}\n"
    assert text != UNTIDY
    assert run("fmt", untidy).stderr == ""
    assert untidy.read_text() == text


def test_fmt_check_names_the_file_exits_1_and_writes_nothing(run: Run, untidy: Path) -> None:
    result = run("fmt", "--check", untidy)

    assert (result.exit_code, result.stdout) == (1, f"{untidy}:1: not canonical\n")
    assert untidy.read_text() == UNTIDY


def test_fmt_diff_shows_the_change_and_writes_nothing(run: Run, untidy: Path) -> None:
    result = run("fmt", "--diff", untidy)

    assert result.exit_code == 1
    assert "-dg:b a dg:C . dg:a a dg:C ." in result.stdout
    assert untidy.read_text() == UNTIDY


def test_fmt_reads_a_folder_and_standard_input(run: Run, untidy: Path) -> None:
    assert run("fmt", "--check", untidy.parent).exit_code == 1
    piped = run("fmt", "-", stdin=UNTIDY)
    run("fmt", untidy)
    assert piped.stdout == untidy.read_text()


def test_fmt_of_a_syntax_error_exits_2_with_its_place_and_writes_no_file(run: Run, untidy: Path) -> None:
    broken = untidy.with_name("broken.ttl")
    broken.write_text("<urn:a> <urn:p>\n  .")
    result = run("fmt", untidy, broken)

    assert result.exit_code == 2
    assert result.stderr.startswith(f"error: {broken}:2:3: ")
    assert untidy.read_text() == UNTIDY


def test_fmt_refuses_a_file_whose_comments_it_would_drop(run: Run, untidy: Path) -> None:
    remarked = untidy.with_name("remarked.ttl")
    text = "# above\n" + UNTIDY.replace(" dg:a a", "\n# between\ndg:a  # after\n a")
    remarked.write_text(text)

    for options in ((), ("--check",), ("--diff",)):
        result = run("fmt", *options, untidy, remarked)

        assert result.exit_code == 2
        assert f"{remarked}:4: this comment would be dropped: # between" in result.stderr
        assert f"{remarked}:5: this comment would be dropped: # after" in result.stderr
        assert ":1:" not in result.stderr
        assert (untidy.read_text(), remarked.read_text()) == (UNTIDY, text)


def test_fmt_drops_comments_when_it_is_told_to_and_keeps_those_above(run: Run, untidy: Path) -> None:
    untidy.write_text("# above\n" + UNTIDY + "# below\n")

    assert run("fmt", "--drop-comments", untidy).exit_code == 0
    assert untidy.read_text().startswith("# above\nPREFIX dg:")
    assert "below" not in untidy.read_text()
    assert run("fmt", "--check", untidy).exit_code == 0


def test_number_sign_in_an_iri_or_a_literal_is_no_comment(run: Run, untidy: Path) -> None:
    untidy.write_text("<urn:a#b> <urn:p> \"no # comment\", '''nor\n# this''' .\n")

    assert run("fmt", untidy).exit_code == 0


def test_fmt_keeps_line_ends_inside_literals_and_the_mode_of_the_file(run: Run, untidy: Path) -> None:
    untidy.write_bytes(b'<urn:a> <urn:p> """one\r\ntwo""" .\n')
    untidy.chmod(0o600)
    run("fmt", untidy)

    assert str(next(Graph().parse(untidy, format="turtle").objects())) == "one\r\ntwo"
    assert untidy.stat().st_mode & 0o777 == 0o600


def test_fmt_takes_the_line_ends_that_git_writes_on_windows_and_writes_line_feeds(
    run: Run, untidy: Path
) -> None:
    untidy.write_text(UNTIDY + '<urn:a> <urn:p> """one\ntwo""" .\n')
    run("fmt", untidy)
    canonical = untidy.read_bytes()
    untidy.write_bytes(canonical.replace(b"\n", b"\r\n"))

    assert run("fmt", "--check", untidy).exit_code == 0
    assert run("fmt", "--diff", untidy).stdout == ""
    assert run("fmt", untidy).exit_code == 0
    assert untidy.read_bytes() == canonical


def test_fmt_formats_what_is_packed(run: Run, untidy: Path) -> None:
    packed = untidy.with_name("packed.ttl.gz")
    packed.write_bytes(gzip.compress(UNTIDY.encode()))

    assert run("fmt", "--check", packed).exit_code == 1
    assert run("fmt", packed, untidy).exit_code == 0
    assert gzip.decompress(packed.read_bytes()) == untidy.read_bytes()


def test_fmt_of_another_encoding_exits_2_with_its_place(run: Run, untidy: Path) -> None:
    untidy.write_bytes(b'<urn:a> <urn:p>\n  "S\xe9oul" .\n')
    result = run("fmt", untidy)

    assert result.exit_code == 2
    assert result.stderr.startswith(f"error: {untidy}:2:5: Not UTF-8")


def test_fmt_checks_standard_input_without_printing_it(run: Run) -> None:
    result = run("fmt", "--check", "-", stdin=UNTIDY)

    assert (result.exit_code, result.stdout) == (1, "<stdin>:1: not canonical\n")


def test_file_that_is_not_there_is_wrong_use(run: Run, tmp_path: Path) -> None:
    result = run("fmt", tmp_path / "none.ttl")

    assert result.exit_code == 2
    assert "there is no file" in result.stderr


def test_pattern_that_the_shell_left_alone_is_expanded(run: Run, untidy: Path) -> None:
    assert run("fmt", "--check", untidy.parent / "*.ttl").stdout == f"{untidy}:1: not canonical\n"


# convert


@pytest.mark.parametrize("suffix", ["ttl", "nt", "jsonld", "rdf"])
def test_convert_keeps_the_graph_in_every_syntax(run: Run, untidy: Path, suffix: str) -> None:
    target = untidy.with_suffix(f".out.{suffix}")
    result = run("convert", untidy, "-o", target)
    back = run("convert", target, "--to", "nt").stdout

    assert result.exit_code == 0
    assert set(Graph().parse(data=back, format="nt")) == set(Graph().parse(data=UNTIDY, format="turtle"))


def test_convert_keeps_lexical_forms(run: Run) -> None:
    text = '<urn:a> <urn:p> "08"^^<http://www.w3.org/2001/XMLSchema#integer> .\n'

    assert run("convert", "-", "--from", "nt", "--to", "nt", stdin=text).stdout == text


def test_convert_to_rdf_xml_keeps_carriage_returns(run: Run) -> None:
    text = '<urn:s> <http://example.org/p> " a\\rb\\r\\n" .\n'
    xml = run("convert", "-", "--from", "nt", "--to", "rdf", stdin=text).stdout_bytes.decode()

    assert b"&#13;b&#13;\n" in xml.encode()
    assert run("convert", "-", "--from", "rdf", "--to", "nt", stdin=xml).stdout == text


@pytest.mark.parametrize("triple", ['<urn:s> <urn:uuid:1> "x" .', '<urn:s> <urn:p> "\\u0007" .'])
def test_convert_to_rdf_xml_refuses_what_xml_cannot_hold(run: Run, triple: str) -> None:
    result = run("convert", "-", "--from", "nt", "--to", "rdf", stdin=triple)

    assert (result.exit_code, result.stdout) == (2, "")
    assert "XML cannot hold" in result.stderr
    assert "text/turtle" in result.stderr


def test_convert_refuses_to_lose_named_graphs(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "a.nq"
    path.write_text("<urn:a> <urn:p> <urn:o> <urn:g> .\n")
    result = run("convert", path, "--to", "ttl")

    assert result.exit_code == 2
    assert "use trig or nq" in result.stderr
    assert run("convert", path, "--to", "nq").stdout == path.read_text()


def test_convert_says_which_keys_of_json_ld_it_drops(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "a.jsonld"
    path.write_text('{"@id": "urn:s", "urn:p": "kept",\n "note": "lost"}')
    result = run("convert", path, "--to", "nt")

    assert (result.exit_code, result.stdout) == (0, '<urn:s> <urn:p> "kept" .\n')
    assert result.stderr.startswith(f'{path}:2:2: The key "note" of JSON-LD means nothing')


def test_convert_of_an_unknown_suffix_says_how_to_name_the_syntax(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("")

    assert "Say --from" in run("convert", path).stderr


# whatever a file is named


TELLING = "PREFIX dg: <https://w3id.org/diplograph/ontology#> <urn:s> a dg:State ; dg:protests <urn:o> .\n"


def named_otherwise(folder: Path) -> list[Path]:
    """The same statements as OWL in Turtle, as OWL in RDF/XML of UTF-16, and packed."""
    quads = list(pyoxigraph.parse(TELLING, RdfFormat.TURTLE))
    xml = pyoxigraph.serialize([quad.triple for quad in quads], format=RdfFormat.RDF_XML).decode()
    contents = {
        "a.ttl": TELLING.encode(),
        "a.owl": TELLING.encode(),
        "b.owl": xml.replace('encoding="UTF-8"', 'encoding="UTF-16"').encode("utf-16"),
        "a.ttl.gz": gzip.compress(TELLING.encode()),
        "a.rdf.gz": gzip.compress(xml.encode()),
    }
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    return [folder / name for name in contents]


def test_files_by_any_name_of_rdf_are_read_by_every_verb(run: Run, shared_kb: Path, tmp_path: Path) -> None:
    plain, *others = named_otherwise(tmp_path)
    count = ("-q", "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }", "-r", "csv")

    for path in others:
        assert run("convert", path, "--to", "nt").stdout == run("convert", plain, "--to", "nt").stdout
        assert run("query", *count, "-d", path).stdout.split() == ["n", "2"]
        assert run("diff", plain, path, kb=shared_kb).exit_code == 0
        told = [run("check", "-q", file, kb=shared_kb).exit_code for file in (plain, path)]
        assert told[0] == told[1] == 1
        assert f"{path}:" in run("check", path, kb=shared_kb).stdout


def test_check_and_accept_of_an_unknown_suffix_print_those_that_are_known(
    run: Run, shared_kb: Path, tmp_path: Path
) -> None:
    path = tmp_path / "a.docx"
    path.write_text("")

    for verb in ("check", "accept"):
        result = run(verb, path, kb=shared_kb)

        assert result.exit_code == 2
        assert all(f".{suffix}" in result.stderr for suffix in reading.SUFFIXES)


# check


def test_check_of_the_whole_knowledge_base_exits_0(run: Run, shared_kb: Path) -> None:
    assert run("check", kb=shared_kb).exit_code == 0


def test_check_of_a_bad_file_exits_1_and_names_the_shape(run: Run, shared_kb: Path, tmp_path: Path) -> None:
    path = tmp_path / "new.ttl"
    path.write_text(LABEL_MISSING)
    result = run("check", path, kb=shared_kb)

    assert result.exit_code == 1
    assert "Act-label" in result.stdout
    assert f"{path}:4:1:" in result.stdout


def test_check_in_json_has_the_members_of_the_interface(run: Run, shared_kb: Path) -> None:
    report = json.loads(run("check", "-", "--format", "json", kb=shared_kb, stdin=LABEL_MISSING).stdout)

    assert report["conforms"] is False
    assert [finding["change"] for finding in report["findings"]] == ["new"]


def test_check_in_turtle_is_a_validation_report(run: Run, shared_kb: Path) -> None:
    result = run("check", "-", "--format", "turtle", kb=shared_kb, stdin=LABEL_MISSING)

    assert len(Graph().parse(data=result.stdout, format="turtle")) > 5


def test_quiet_check_tells_by_exit_code_alone(run: Run, shared_kb: Path) -> None:
    result = run("check", "-q", "-", kb=shared_kb, stdin=LABEL_MISSING)

    assert (result.exit_code, result.stdout) == (1, "")


def test_check_narrowed_to_another_shape_or_thing_finds_nothing(run: Run, shared_kb: Path) -> None:
    for option in (("--shape", "dgs:State-label"), ("--focus", "state:x")):
        assert run("check", "-", *option, kb=shared_kb, stdin=LABEL_MISSING).exit_code == 0


def test_check_of_a_syntax_error_exits_2(run: Run, shared_kb: Path) -> None:
    result = run("check", "-", kb=shared_kb, stdin="act:x a")

    assert result.exit_code == 2
    assert result.stdout == ""


def test_check_names_standing_findings_only_for_the_whole(run: Run, own_kb: Path, tmp_path: Path) -> None:
    path = own_kb / "data/a1.ttl"
    path.write_text(path.read_text().replace('rdfs:label "X expels"@en ; ', ""))
    good = tmp_path / "good.ttl"
    good.write_text(tiny_kb.PROLOGUE + 'state:z a dg:State ; rdfs:label "Z"@en .')

    assert run("check", kb=own_kb).exit_code == 1
    assert run("check", good, kb=own_kb).exit_code == 0


# evidence


def evidence_kb(root: Path, digest: str) -> Path:
    text = """
doc:t dcterms:identifier "t.txt" ; schema:sha256 "%s" ; dg:codePointLength 5 .
span:t oa:hasSource doc:t ; oa:hasSelector span:t-p ; schema:sha256 "%s" .
span:t-p oa:start 0 ; oa:end 5 .
"""
    (tiny_kb.write(root) / "data/a2.ttl").write_text(tiny_kb.PROLOGUE + text % (digest, digest))
    return root


@pytest.fixture
def span_kb(tmp_path: Path) -> Path:
    return evidence_kb(tmp_path / "kb", "486ea46224d1bb4fb680f34f7c9ad96a8f24ec88be73ea8e5a6c65260e9cb8a7")


@pytest.mark.parametrize(
    "case",
    [
        ("world", 0, "1 spans: 1 matching"),
        ("a world", 1, "t.txt:0-5: moved, now at 2-7"),
        ("worms", 1, "t.txt:0-5: changed"),
    ],
)
def test_evidence_check_tells_what_became_of_each_span(
    run: Run, span_kb: Path, tmp_path: Path, case: tuple[str, int, str]
) -> None:
    source, code, said = case
    (tmp_path / "t.txt").write_text(source)
    result = run("evidence", "check", "--sources", tmp_path, kb=span_kb)

    assert result.exit_code == code
    assert said in result.stdout


def test_evidence_check_without_a_source_at_hand_exits_2(run: Run, span_kb: Path, tmp_path: Path) -> None:
    result = run("evidence", "check", "--sources", tmp_path, kb=span_kb)

    assert (result.exit_code, result.stdout) == (2, "")
    assert f"1 spans are not compared: the texts that they stand in are not in {tmp_path}." in result.stderr


def test_evidence_check_that_knows_no_folder_says_in_three_lines_what_to_do(
    run: Run, span_kb: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DIPLOGRAPH_SOURCES", raising=False)
    result = run("evidence", "check", kb=span_kb)

    first, second, third = result.stderr.splitlines()
    assert (result.exit_code, result.stdout) == (2, "")
    assert first.startswith("1 spans are not compared")
    assert second == "Save each in one folder: t.txt."
    assert "--sources DIR" in third
    assert "shared" not in result.stderr + run("evidence", "check", "--help").stdout
