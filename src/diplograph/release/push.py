"""Push of a release into an engine elsewhere: as one dataset, by graphs, or as files for a bulk loader.

One PUT of N-Quads replaces everything in one visible change, on engines whose store takes a dataset.
Elsewhere the graphs go one by one by the Graph Store Protocol, each replaced whole, with the merge in a graph
of its own: such an engine should not be in service meanwhile.
"""

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import httpx

from diplograph.errors import EngineTimeout, EngineUnavailable
from diplograph.namespaces import MERGED
from diplograph.rdf import Dataset
from diplograph.release.folder import Release

Way = Literal["dataset", "graphs"]
Progress = Callable[[str, float], None]

SECONDS = 3600.0
CHUNK = 1 << 20
DATASET_STORES = ("oxigraph", "apache jena fuseki", "rdf4j", "graphdb")
SCRIPT = """\
-- isql HOST:PORT USER PASSWORD load.sql, where this folder is one of DirsAllowed in virtuoso.ini
delete from DB.DBA.load_list where ll_file like '{folder}/%';
{clear}
ld_dir('{folder}', '*.nt', 'urn:none');
rdf_loader_run();
checkpoint;
"""


@dataclass(frozen=True, slots=True)
class Account:
    """A name and a password that an engine asks for."""

    name: str
    password: str


def push(
    release: Release,
    url: str,
    way: Way | None = None,
    account: Account | None = None,
    progress: Progress | None = None,
) -> Way:
    """Replaces what a store holds by a release and returns how it was done.

    `url` is the address of the store (Graph Store Protocol). Without a `way` the store's name decides.
    Raises EngineUnavailable and EngineTimeout, saying which graphs were already replaced.
    """
    with httpx.Client(timeout=httpx.Timeout(SECONDS, connect=5.0), trust_env=False) as client:
        store = _Store(client, url, account)
        server = store.greet()
        chosen = way or ("dataset" if server.lower().startswith(DATASET_STORES) else "graphs")
        with tempfile.TemporaryDirectory(prefix="diplograph-push-") as folder:
            dataset = Dataset.open_read_only(release.store_path)
            if chosen == "dataset":
                _push_dataset(dataset, store, Path(folder), progress or _silent)
            else:
                _push_graphs(dataset, store, Path(folder), progress or _silent)
    return chosen


def write_files(release: Release, folder: Path) -> list[Path]:
    """Writes a release for a bulk loader: N-Triples, the name of each graph beside it, and Virtuoso's script.

    The merge of the graphs is one of them. Returns the files.
    """
    folder.mkdir(parents=True, exist_ok=True)
    dataset = Dataset.open_read_only(release.store_path)
    found = []
    for iri, path in _graph_files(dataset, folder):
        name = path.with_name(f"{path.name}.graph")
        name.write_text(iri, encoding="utf-8")
        found += [path, name]
    clear = "\n".join(f"sparql clear graph <{iri}>;" for iri in [*dataset.graph_names(), MERGED])
    script = folder / "load.sql"
    script.write_text(SCRIPT.format(folder=folder.resolve(), clear=clear), encoding="utf-8")
    return [*found, script]


@dataclass(frozen=True, slots=True)
class _Store:
    """A graph store and the connection to it."""

    client: httpx.Client
    url: str
    account: Account | None

    def greet(self) -> str:
        """Returns the name of the server, after agreeing with it on how the account is proved."""
        response = self._request("GET", {"graph": MERGED}, None, {"Accept": "application/n-triples"})
        challenge = response.headers.get("www-authenticate", "").lower()
        if response.status_code == 401 and self.account:
            name, password = self.account.name, self.account.password
            kind = httpx.DigestAuth if challenge.startswith("digest") else httpx.BasicAuth
            self.client.auth = kind(name, password)
            response = self._request("GET", {"graph": MERGED}, None, {"Accept": "application/n-triples"})
        if response.status_code in (401, 403):
            raise EngineUnavailable(
                f"The store refuses to be read ({response.status_code}).",
                hint="Give --user and its password.",
            )
        return str(response.headers.get("server", ""))

    def put(self, path: Path, media: str, parameters: dict[str, str]) -> None:
        """Replaces a graph, or everything, by a file."""
        headers = {"Content-Type": media, "Content-Length": str(path.stat().st_size)}
        response = self._request("PUT", parameters, _Content(path), headers)
        if not response.is_success:
            text = " ".join(response.text.split())[:300]
            raise EngineUnavailable(
                f"The store answered {response.status_code}. {text}".strip(),
                hint="Check the address: it has to be that of the Graph Store Protocol.",
            )

    def _request(
        self, method: str, parameters: dict[str, str], content: "_Content | None", headers: dict[str, str]
    ) -> httpx.Response:
        try:
            return self.client.request(
                method, self.url, params=parameters or None, content=content, headers=headers
            )
        except httpx.TimeoutException as error:
            raise EngineTimeout("The store did not answer in time.") from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise EngineUnavailable(f"The store cannot be reached: {error}") from error


@dataclass(frozen=True, slots=True)
class _Content:
    """The bytes of a file, read anew each time that they are sent."""

    path: Path

    def __iter__(self) -> Iterator[bytes]:
        with self.path.open("rb") as stream:
            while part := stream.read(CHUNK):
                yield part


def _push_dataset(dataset: Dataset, store: _Store, folder: Path, progress: Progress) -> None:
    progress("writing", 0.0)
    path = folder / "dataset.nq"
    dataset.dump(path, "nq", default=True)
    progress("sending", 0.3)
    store.put(path, "application/n-quads", {})


def _push_graphs(dataset: Dataset, store: _Store, folder: Path, progress: Progress) -> None:
    done: list[str] = []
    graphs = len(dataset.graph_names()) + 1
    for iri, path in _graph_files(dataset, folder):
        progress(f"sending {iri}", len(done) / graphs)
        try:
            store.put(path, "text/turtle", {"graph": iri})
        except (EngineUnavailable, EngineTimeout) as error:
            raise type(error)(f"{error.detail} Already replaced: {', '.join(done) or 'nothing'}.") from error
        done.append(iri)
        path.unlink()


def _graph_files(dataset: Dataset, folder: Path) -> Iterator[tuple[str, Path]]:
    """Writes each named graph, and the merge last, and yields its IRI and its file."""
    for iri in dataset.graph_names():
        path = folder / f"{iri.rpartition('/')[2]}.nt"
        dataset.dump_graph(path, iri)
        yield iri, path
    merged = folder / "merged.nt"
    dataset.dump_graph(merged, None)
    yield MERGED, merged


def _silent(phase: str, fraction: float) -> None:
    """Progress for nobody."""
