"""Virtuoso 7 (Debian: virtuoso-opensource-7) with a configuration and a database of its own."""

import subprocess
import time
from collections.abc import Sequence
from urllib.parse import quote

from benchmarks.machine import disk, memory
from benchmarks.servers.base import HOST, PATIENCE, Absent, Loaded, Server, program
from diplograph.namespaces import DGG
from diplograph.sources import KnowledgeBase

SQL_PORT = 21704
MERGED = "https://w3id.org/diplograph/graph/merged"
"""Where the default graph stands: Virtuoso has no default graph of its own."""

EMPTY_IS_READY = "ASK { FILTER(true) }"
BUFFERS = 340_000
"""Pages of 8 KiB kept in memory: what its manual recommends for 4 GB."""

CONFIGURATION = """
[Database]
DatabaseFile = {folder}/virtuoso.db
ErrorLogFile = {folder}/virtuoso.log
LockFile = {folder}/virtuoso.lck
TransactionFile = {folder}/virtuoso.trx
xa_persistent_file = {folder}/virtuoso.pxa
ErrorLogLevel = 7
FileExtend = 200
MaxCheckpointRemap = 2000
TempStorage = TempDatabase
[TempDatabase]
DatabaseFile = {folder}/virtuoso-temp.db
TransactionFile = {folder}/virtuoso-temp.trx
MaxCheckpointRemap = 2000
[Parameters]
ServerPort = {host}:{sql}
DisableUnixSocket = 1
MaxClientConnections = 40
CheckpointInterval = 0
CaseMode = 2
DirsAllowed = {folder}, {data}
NumberOfBuffers = {buffers}
MaxDirtyBuffers = {dirty}
MaxQueryMem = 2G
VectorSize = 1000
MaxVectorSize = 1000000
ThreadsPerQuery = 4
AsyncQueueMaxThreads = 10
[HTTPServer]
ServerPort = {host}:{http}
ServerRoot = {folder}
ServerThreads = 40
MaxClientConnections = 40
MaxKeepAlives = 40
KeepAliveTimeout = 60
EnabledGzipContent = 0
[SPARQL]
ResultSetMaxRows = 10000000
MaxQueryExecutionTime = 600
DeferInferenceRulesInit = 0
"""


class Virtuoso(Server):
    """`virtuoso-t` in the foreground; the merge of the graphs is its default graph."""

    name = "virtuoso"
    port = 28704

    def locate(self) -> None:
        """Finds the server and its command line client."""
        self._program = program("virtuoso-t")
        self._client = program("isql-vt", "isql-v")

    def load(self) -> Loaded:
        """Loads the dumps by the bulk loader into a running server, then ends that."""
        self._configure()
        self.start(EMPTY_IS_READY)
        began = time.perf_counter()
        data = self.data.named.parent
        self._sql(f"ld_dir('{data}', '{self.data.named.name}', '{MERGED}-unused');")
        self._sql(f"ld_dir('{data}', '{self.data.merged.name}', '{MERGED}');")
        self._sql("rdf_loader_run();")
        self._sql("checkpoint;")
        seconds = time.perf_counter() - began
        peak = memory(self.process.pid) if self.process else None
        failed = self._sql("select count(*) from DB.DBA.LOAD_LIST where ll_error is not null;")
        self.stop()
        if failed.split()[-1:] != ["0"]:
            raise Absent(f"virtuoso could not load {failed.split()[-1]} of the two files")
        return Loaded(seconds, peak, disk(self.folder / "virtuoso.db"))

    def command(self) -> Sequence[str]:
        """Serves the database."""
        return (self._program, "+foreground", "+configfile", str(self.folder / "virtuoso.ini"))

    def request(self, query: str) -> str:
        """The default graph has to be named, and then so do the others, or GRAPH would find it too."""
        named = "".join(f"&named-graph-uri={quote(graph, safe='')}" for graph in self._graphs())
        return f"{super().request(query)}&default-graph-uri={quote(MERGED, safe='')}{named}"

    def _graphs(self) -> list[str]:
        built = [str(DGG[name]) for name in ("closure", "inferred")]
        return [*KnowledgeBase(self.data.kb).graphs(), *built]

    def _configure(self) -> None:
        text = CONFIGURATION.format(
            folder=self.folder.resolve(),
            data=self.data.named.parent.resolve(),
            host=HOST,
            sql=SQL_PORT,
            http=self.port,
            buffers=BUFFERS,
            dirty=BUFFERS * 3 // 4,
        )
        (self.folder / "virtuoso.ini").write_text(text, encoding="utf-8")

    def _sql(self, statement: str) -> str:
        command = (self._client, f"{HOST}:{SQL_PORT}", "dba", "dba", "VERBOSE=OFF", f"exec={statement}")
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
        if done.returncode or "Error" in done.stderr:
            raise Absent(f"isql: {' '.join((done.stderr or done.stdout).split()[:40])}")
        return done.stdout
