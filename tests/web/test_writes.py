"""Writes over HTTP: who may, what is refused and why, and that what was accepted is there at once."""

import errno
import gzip
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from werkzeug.test import Client, TestResponse

import tiny_kb
from diplograph import release as releases
from diplograph import repository
from diplograph.changes import accept
from diplograph.changes.journal import Journal
from diplograph.changes.tokens import Tokens
from diplograph.changes.writer import Writer
from diplograph.engine.frames import Message
from diplograph.engine.worker_process import WorkerProcess
from diplograph.errors import MemoryLimit
from diplograph.namespaces import DG, DGG, RDFS
from diplograph.release.versions import prune
from diplograph.settings import Settings
from diplograph.sources import Marker
from diplograph.web import create_app
from diplograph.web.release_swap import ReleaseSwap

ENGINES = ("embedded",)
pytestmark = pytest.mark.slow

A2, A3 = str(DGG.a2), str(DGG.a3)
NEW = tiny_kb.PROLOGUE + (
    'act:z a dg:Expulsion ; rdfs:label "Z"@en ; dg:actor state:y ; dg:target state:x .\n'
)
MORE = tiny_kb.PROLOGUE + (
    'act:w a dg:Expulsion ; rdfs:label "W"@en ; dg:actor state:y ; dg:target state:x .\n'
)
BARE = tiny_kb.PROLOGUE + "act:z a dg:Expulsion ; dg:actor state:y .\n"


class Service:
    """A service over a knowledge base of its own, and a client that holds a token."""

    def __init__(self, kb: Path) -> None:
        self.settings = Settings.resolve(kb, environ={}, workers=1, timeout=60.0)
        self.token = Tokens(self.settings.state).create("Ada")
        self.writer = Writer(self.settings)
        self.following = ReleaseSwap(
            repository.load(self.settings),
            lambda published: create_app(published, writer=self.writer),
            interval=3600,
        )
        self.client = Client(self.following)

    def send(self, method: str, graph: str | None = A2, body: str | bytes = b"", **more: str) -> TestResponse:
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "text/turtle"}
        query = {} if graph is None else {"graph": graph}
        headers |= {name.replace("_", "-"): value for name, value in more.items()}
        return self.client.open(
            "/graphs", method=method, query_string=query, data=body, headers=headers, content_length=len(body)
        )

    def holds(self, text: str, graph: str = A2) -> bool:
        answer = self.client.get("/graphs", query_string={"graph": graph})
        return answer.status_code == 200 and text in answer.text

    def etag(self, graph: str = A2) -> str:
        return self.client.get("/graphs", query_string={"graph": graph}).headers["ETag"]

    def changes(self) -> list[dict]:
        return self.client.get("/changes", headers={"Accept": "application/json"}).json["changes"]

    def close(self) -> None:
        self.following.close()
        self.writer.close()


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    made = Service(tiny_kb.write(tmp_path_factory.mktemp("writes") / "kb"))
    yield made
    made.close()


@pytest.fixture
def empty(service: Service) -> Service:
    """The service while no test's graph is in it."""
    for graph in (A2, A3):
        if (service.settings.kb / f"data/{graph.rpartition('/')[2]}.ttl").exists():
            assert service.send("DELETE", graph).status_code == 204
    return service


def problem(response: TestResponse) -> tuple[int, str]:
    return response.status_code, json.loads(response.data)["type"].rpartition("/")[2]


def test_a_graph_is_made_replaced_extended_and_removed_and_each_is_served_at_once(empty: Service) -> None:
    made = empty.send("PUT", body=NEW)
    assert (made.status_code, made.headers["Location"]) == (
        201,
        "/graphs?graph=https%3A%2F%2Fw3id.org%2Fdiplograph%2Fgraph%2Fa2",
    )
    assert empty.holds("act:z")
    assert empty.send("POST", body=MORE).status_code == 204
    assert empty.holds("act:z")
    assert empty.holds("act:w")
    assert empty.send("PUT", body=MORE).status_code == 204
    assert not empty.holds("act:z")
    assert empty.send("DELETE").status_code == 204
    assert empty.client.get("/graphs", query_string={"graph": A2}).status_code == 404
    assert problem(empty.send("DELETE")) == (404, "unknown-resource")


def test_a_new_graph_is_posted_without_a_name_and_gets_one(empty: Service) -> None:
    made = empty.send("POST", None, NEW)

    assert made.status_code == 201
    assert made.headers["Location"].startswith(f"{DGG}g-")
    assert empty.holds("act:z", made.headers["Location"])
    assert empty.send("DELETE", made.headers["Location"]).status_code == 204


@pytest.mark.parametrize(
    ("media", "body"),
    [
        ("application/n-triples", b"<https://w3id.org/diplograph/id/act/n> a <https://w3id.org/"),
        ("application/rdf+xml", b'<!DOCTYPE x [<!ENTITY a "b">]><rdf:RDF xmlns:rdf="http://www.w3.org/"/>'),
        ("application/ld+json", b'{"@context": "http://127.0.0.1:9/c", "@id": "urn:a"}'),
        ("text/turtle", b"\xff\xfe"),
    ],
)
def test_what_is_not_rdf_is_400_and_changes_nothing(empty: Service, media: str, body: bytes) -> None:
    assert problem(empty.send("PUT", body=body, Content_Type=media)) == (400, "malformed-rdf")
    assert not empty.holds("act")


@pytest.mark.parametrize("media", ["application/x-www-form-urlencoded", "text/plain", "", "application/trig"])
def test_a_body_of_another_kind_is_415(empty: Service, media: str) -> None:
    assert problem(empty.send("PUT", body=NEW, Content_Type=media)) == (415, "unsupported-media-type")


def test_json_ld_with_a_key_that_means_nothing_is_422_with_the_place_of_the_key(empty: Service) -> None:
    body = b'{"@id": "https://w3id.org/diplograph/id/act/z",\n "note": "lost"}'
    refused = empty.send("PUT", body=body, Content_Type="application/ld+json")

    assert problem(refused) == (422, "does-not-conform")
    found = refused.json["report"]["findings"]
    assert [(f["value"], f["line"], f["column"]) for f in found] == [('"note"', 2, 2)]
    assert not empty.holds("act:z")


def test_a_file_of_a_form_is_read_by_its_name_where_its_type_does_not_tell(empty: Service) -> None:
    head = (
        'Content-Disposition: form-data; name="file"; filename="a2.ttl.gz"\r\nContent-Type: application/gzip'
    )
    packed = gzip.compress(NEW.encode())
    body = b"--x\r\n" + head.encode() + b"\r\n\r\n" + packed + b"\r\n--x--\r\n"
    taken = empty.send("PUT", body=body, Content_Type="multipart/form-data; boundary=x")

    assert taken.status_code == 201, taken.data
    assert empty.holds("act:z")
    assert empty.send("DELETE").status_code == 204


def test_data_that_does_not_conform_is_422_with_the_report(empty: Service) -> None:
    before = len(empty.changes())
    refused = empty.send("PUT", body=BARE)

    assert problem(refused) == (422, "does-not-conform")
    assert [finding["message"] for finding in refused.json["report"]["findings"]] == [
        "An act without a label."
    ]
    assert not empty.holds("act:z")
    assert len(empty.changes()) == before


def test_uncovered_triples_are_422_and_shown_to_people_as_text(empty: Service) -> None:
    refused = empty.send("PUT", body=NEW + '<urn:spam> <urn:x> "buy" .', Accept="text/plain")

    assert refused.status_code == 422
    assert "<urn:spam>" in refused.text
    assert not empty.holds("act:z")


def test_an_empty_graph_is_not_put_and_nothing_posted_changes_nothing(empty: Service) -> None:
    assert problem(empty.send("PUT")) == (422, "does-not-conform")
    empty.send("PUT", body=NEW)
    assert empty.send("POST").status_code == 204
    assert len(empty.changes()[0]["graphs"]) == 1


@pytest.mark.parametrize(
    ("token", "scheme"),
    [("x", "Bearer"), ("", "Bearer"), (None, "Bearer"), ("right", "Basic"), ("é", "Bearer")],
)
def test_a_write_without_the_token_is_401_however_it_is_wrong(
    empty: Service, token: str | None, scheme: str
) -> None:
    value = f"{scheme} {empty.token if token == 'right' else token}"
    headers = {} if token is None else {"Authorization": value}
    answer = empty.client.put("/graphs", query_string={"graph": A2}, data=NEW, headers=headers)

    assert problem(answer) == (401, "unauthorized")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_revoked_token_is_401_at_once(empty: Service) -> None:
    tokens = Tokens(empty.settings.state)
    other = tokens.create("Bo")
    assert empty.send("PUT", body=NEW, Authorization=f"bearer {other}").status_code == 201
    assert empty.changes()[0]["who"] == "Bo"

    tokens.revoke("Bo")

    assert empty.send("DELETE", Authorization=f"Bearer {other}").status_code == 401


def test_a_client_that_guesses_tokens_has_to_wait_and_no_other_does(empty: Service) -> None:
    def write(client: str, token: str) -> TestResponse:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "text/turtle"}
        where = {"REMOTE_ADDR": client}
        query = {"graph": A2}
        return empty.client.put("/graphs", query_string=query, data=NEW, headers=headers, environ_base=where)

    told = [write("192.0.2.7", f"guess {number}") for number in range(30)]
    known = write("192.0.2.7", empty.token)

    assert [answer.status_code for answer in told[:10]] == [401] * 10
    assert {problem(answer) for answer in [*told[15:], known]} == {(429, "busy")}
    assert int(known.headers["Retry-After"]) >= 1
    assert write("192.0.2.8", empty.token).status_code == 201
    assert {write("127.0.0.1", "wrong").status_code for _ in range(20)} == {401}


@pytest.mark.parametrize("left", ['[{"name": "Ada", "crea', "", "[]]", '[{"name": "Ada"}]', "{}3"])
def test_a_damaged_file_of_tokens_is_503_and_says_so(empty: Service, left: str) -> None:
    path = empty.settings.state / "tokens.json"
    whole = path.read_text(encoding="utf-8")
    path.write_text(left, encoding="utf-8")
    try:
        answer = empty.send("PUT", body=NEW)
    finally:
        path.write_text(whole, encoding="utf-8")

    assert problem(answer) == (503, "storage-unavailable")
    assert "tokens.json" in answer.json["detail"]
    assert int(answer.headers["Retry-After"]) > 0
    assert empty.send("PUT", body=NEW).status_code == 201


@pytest.mark.parametrize("reason", [errno.EROFS, errno.EACCES, errno.EIO], ids=os.strerror)
def test_a_disk_that_cannot_be_written_is_503_with_its_reason_and_changes_nothing(
    empty: Service, monkeypatch: pytest.MonkeyPatch, reason: int
) -> None:
    def refused(*_: object) -> int:
        raise OSError(reason, os.strerror(reason))

    def accepted_here(request: dict) -> dict:
        with monkeypatch.context() as patched:
            patched.setattr(os, "open", refused)
            return accept.accept_task(request | {"settings": empty.settings.packed()})

    monkeypatch.setattr(empty.writer, "accept", accepted_here)
    before = empty.changes()
    answer = empty.send("PUT", body=NEW)

    assert problem(answer) == (503, "storage-unavailable")
    assert os.strerror(reason) in answer.json["detail"]
    assert empty.changes() == before
    assert not empty.holds("act:z")


@pytest.mark.parametrize(
    "name", ["ontology", "vocab", "closure", "inferred", "A", "a/b", "..%2f", "", "a" * 201, "a" * 30_000]
)
def test_a_graph_that_is_not_of_data_is_403(empty: Service, name: str) -> None:
    assert problem(empty.send("PUT", f"{DGG}{name}", NEW)) == (403, "read-only")


def test_the_default_graph_and_graphs_by_path_are_405(empty: Service) -> None:
    headers = {"Authorization": f"Bearer {empty.token}", "Content-Type": "text/turtle"}
    for path, allowed in (("/graphs?default", "GET, HEAD, OPTIONS"), ("/graphs/person/1.ttl", "OPTIONS")):
        answer = empty.client.put(path, data=NEW, headers=headers)
        assert problem(answer) == (405, "method-not-allowed")
        assert answer.headers["Allow"] == allowed
    patched = empty.send("PATCH", body=NEW)
    assert (patched.status_code, "PATCH" in patched.headers["Allow"]) == (405, False)


def test_an_update_of_another_state_is_412(empty: Service) -> None:
    empty.send("PUT", body=NEW)
    seen = empty.etag()
    assert empty.send("POST", body=MORE, If_Match=seen).status_code == 204

    assert problem(empty.send("PUT", body=NEW, If_Match=seen)) == (412, "precondition-failed")
    assert problem(empty.send("PUT", body=NEW, If_Match='"0"')) == (412, "precondition-failed")
    assert problem(empty.send("PUT", body=NEW, If_None_Match="*")) == (412, "precondition-failed")
    assert problem(empty.send("DELETE", A3, If_Match="*"))[0] in {404, 412}
    assert empty.holds("act:w")
    assert empty.send("PUT", body=NEW, If_Match=empty.etag()).status_code == 204
    assert empty.send("PUT", A3, body=MORE, If_None_Match="*").status_code == 201


def test_a_write_sent_again_is_answered_again_and_done_once(empty: Service) -> None:
    first = empty.send("POST", None, NEW, Idempotency_Key="k-1")
    again = empty.send("POST", None, NEW, Idempotency_Key="k-1")

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.headers["Location"] == again.headers["Location"]
    assert empty.changes()[0]["number"] == int(first.headers["Link"].partition(">")[0].rpartition("/")[2])
    assert problem(empty.send("POST", None, MORE, Idempotency_Key="k-1")) == (409, "conflict")
    assert empty.send("DELETE", first.headers["Location"]).status_code == 204


def test_a_body_past_the_limit_is_413(empty: Service) -> None:
    assert problem(empty.send("PUT", body=b"#" * (empty.settings.max_upload + 1))) == (413, "too-large")


def test_a_form_with_several_files_is_one_change(empty: Service) -> None:
    files = "".join(
        f'--b\r\nContent-Disposition: form-data; name="{n}"; filename="{n}.ttl"\r\n'
        f"Content-Type: text/turtle; charset=utf-8\r\n\r\n{text}\r\n"
        for n, text in enumerate((NEW, MORE))
    )

    made = empty.send("POST", body=files + "--b--\r\n", Content_Type="multipart/form-data; boundary=b")

    assert made.status_code == 201
    assert empty.changes()[0]["graphs"][0]["added"] == 8


def test_changes_tell_who_when_and_what_and_page(empty: Service) -> None:
    headers = {"Authorization": f"Bearer {empty.token}", "Content-Type": "text/turtle"}
    query = {"graph": A2, "message": "a third expulsion"}
    empty.client.put("/graphs", query_string=query, data=NEW, headers=headers)
    newest = empty.changes()[0]

    assert (newest["who"], newest["message"]) == ("Ada", "a third expulsion")
    assert newest["release"] == empty.following.release.name
    assert newest["graphs"] == [
        {
            "graph": A2,
            "before": None,
            "after": empty.etag().strip('"').partition("-")[0],
            "added": 4,
            "removed": 0,
        }
    ]
    added = empty.client.get(newest["added"])
    assert (added.content_type, added.text.count("\n")) == ("application/n-quads", 4)
    assert empty.client.get(newest["removed"]).text == ""
    page = empty.client.get("/changes?limit=1", headers={"Accept": "application/json"}).json
    assert len(page["changes"]) == 1
    older = empty.client.get(page["next"], headers={"Accept": "application/json"}).json["changes"]
    assert older[0]["number"] == newest["number"] - 1
    for address in ("/changes", newest["address"]):
        page = empty.client.get(address, headers={"Accept": "text/html"}).text
        assert "a third expulsion" in page
        assert re.search(rf'title="{re.escape(newest["at"])}">\d+ [A-Z]\w+ \d{{4}}, \d\d:\d\d UTC<', page)
        assert re.search(r"<code>dgg:\w+</code> \d+ added, 0 removed", page)
        assert "{&#39;" not in page


def test_a_feed_tells_the_changes_by_ids_that_stay(empty: Service) -> None:
    feedparser = pytest.importorskip("feedparser")
    headers = {"Authorization": f"Bearer {empty.token}", "Content-Type": "text/turtle"}
    query = {"graph": A2, "message": "fish & chips"}
    empty.client.put("/graphs", query_string=query, data=NEW, headers=headers)
    newest = empty.changes()[0]

    answer = empty.client.get("/changes.atom")
    feed = feedparser.parse(answer.text)

    assert answer.mimetype == "application/atom+xml"
    assert (feed.bozo, feed.version) == (False, "atom10")
    entry = feed.entries[0]
    assert entry.id == f"https://w3id.org/diplograph/changes/{newest['number']}"
    assert (entry.title, entry.author, entry.updated) == ("fish & chips", "Ada", newest["at"])
    assert entry.summary == "dgg:a2: 4 added, 0 removed"
    page = empty.client.get("/changes", headers={"Accept": "text/html"}).text
    assert page.count('href="/changes.atom"') == 2
    assert problem(empty.client.get("/changes/99999")) == (404, "unknown-resource")
    assert problem(empty.client.get("/changes?limit=x")) == (400, "invalid-parameter")


def test_older_releases_are_read_by_version_until_they_are_pruned(empty: Service) -> None:
    def asked(path: str, version: str) -> TestResponse:
        return empty.client.get(f"{path}&version={version}", headers={"Accept": "text/turtle, text/csv"})

    empty.send("PUT", body=NEW)
    old = empty.following.release
    empty.send("PUT", body=MORE)
    graph, query = f"/graphs?graph={A2}", "/sparql?query=SELECT+*+%7B%3Fs+%3Fp+%22Z%22%40en%7D"
    listed = empty.client.get("/versions", headers={"Accept": "application/json"}).json

    assert [r["name"] for r in listed if r["current"]] == [empty.following.release.name]
    for version in (old.name, old.id, old.id[:8]):
        seen = asked(graph, version)
        assert ("act:z" in seen.text, seen.headers["Diplograph-Release"]) == (True, old.name)
        assert ("immutable" in seen.headers["Cache-Control"]) is (len(version) >= 16)
        assert "Memento-Datetime" in seen.headers
    assert "act/z" in asked(query, old.name).text
    assert "act:w" in asked(graph, empty.following.release.name).text
    assert asked(graph, "2999-01-01").status_code == 200
    assert [asked(graph, v).status_code for v in ("2001-01-01", "0" * 16, "abc", "x")] == [404] * 4

    removed = prune(empty.settings, 1)

    assert old.path in [release.path for release in removed]
    assert problem(asked(graph, old.name)) == (410, "gone")
    assert asked(graph, empty.following.release.name).status_code == 200
    assert [
        r["name"] for r in empty.client.get("/versions", headers={"Accept": "application/json"}).json
    ] == [empty.following.release.name]


def test_a_release_accepted_on_the_command_line_is_followed(empty: Service, tmp_path: Path) -> None:
    (tmp_path / "a2.ttl").write_text(NEW)
    command = [
        sys.executable,
        "-m",
        "diplograph.cli",
        "accept",
        "--kb",
        str(empty.settings.kb),
        str(tmp_path / "a2.ttl"),
    ]
    subprocess.run(command, check=True)

    assert empty.following.follow()
    assert empty.holds("act:z")


def test_a_writer_that_is_killed_is_replaced(empty: Service) -> None:
    empty.send("PUT", body=NEW)
    with empty.writer._started().worker(5) as worker:
        os.kill(worker.pid, signal.SIGKILL)
        while worker.alive:
            time.sleep(0.01)

    assert empty.send("POST", body=MORE).status_code == 204
    assert empty.holds("act:w")


def test_a_writer_that_is_killed_while_it_works_is_no_limit_of_memory(
    empty: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    spawned = WorkerProcess.request

    def killed(process: WorkerProcess, message: Message, timeout: float) -> Message:
        threading.Timer(0.05, os.kill, (process.pid, signal.SIGKILL)).start()
        return spawned(process, message, timeout)

    monkeypatch.setattr(WorkerProcess, "request", killed)
    answer = empty.send("PUT", body=NEW)

    assert problem(answer) == (503, "worker-killed")
    assert "from outside" in answer.json["detail"]
    monkeypatch.undo()
    assert empty.send("PUT", body=NEW).status_code == 201


@pytest.mark.parametrize("kilobytes", range(512, 4096, 512))
def test_a_writer_that_needs_too_much_memory_is_told_as_such_wherever_it_ran_out(
    empty: Service, kilobytes: int
) -> None:
    tight = Writer(replace(empty.settings, memory=kilobytes << 10))
    with closing(tight), pytest.raises(MemoryLimit):
        tight.accept({"who": "Ada", "key": "k"})


def test_a_change_whose_writer_died_after_it_counted_is_answered_like_any_other(empty: Service) -> None:
    kb, state = empty.settings.kb, empty.settings.state
    empty.send("PUT", body=NEW)
    journal = Journal(state)
    empty.send("POST", body=MORE, Idempotency_Key="cut")
    # as if the writer had been killed right after the record was on disk
    journal.mark(journal.changes()[-2].number)
    (kb / "data/a2.ttl").write_text((kb / "data/a2.ttl").read_text().replace('"W"', '"lost"'))

    assert empty.send("POST", body=MORE, Idempotency_Key="cut").status_code == 204
    assert '"W"' in (kb / "data/a2.ttl").read_text()
    assert journal.pending() == []
    assert "lost" in (state / f"journal/edited/{journal.applied()}-a2.ttl").read_text()
    assert releases.up_to_date(empty.settings)
    empty.following.follow()
    assert empty.holds("act:w")


def test_a_base_with_names_of_its_own_has_graphs_under_them_and_writes_them_with_its_prefixes(
    tmp_path: Path,
) -> None:
    kb, iri = tiny_kb.write(tmp_path / "kb"), "https://example.org/kb/"
    (kb / "diplograph.toml").write_text(Marker(base=iri).text())
    act = f"<{iri}id/act/w> a <{DG.Act}> ; <{RDFS.label}> 'W'@en .\n"
    made = Service(kb)
    try:
        assert made.send("PUT", A2, act).status_code == 403
        assert made.send("PUT", f"{iri}graph/a2", act).status_code == 201
        assert made.client.get("/id/act/w", headers={"Accept": "text/turtle"}).status_code == 303
    finally:
        made.close()

    assert f"PREFIX act: <{iri}id/act/>" in (kb / "data" / "a2.ttl").read_text()
