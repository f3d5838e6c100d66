"""Other engines, started for a test session on the loopback interface and ended by their own process."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from diplograph.release import Release
from diplograph.release.push import Account, push, write_files
from live import free_port, wait_for

VIRTUOSO = shutil.which("virtuoso-t")
ISQL = shutil.which("isql-vt") or shutil.which("isql-v")
DBA = Account("dba", "dba")
INI = """
[Database]
DatabaseFile = virtuoso.db
ErrorLogFile = virtuoso.log
LockFile = virtuoso.lck
TransactionFile = virtuoso.trx
xa_persistent_file = virtuoso.pxa
FileExtend = 200
TempStorage = TempDatabase
[TempDatabase]
DatabaseFile = virtuoso-temp.db
TransactionFile = virtuoso-temp.trx
[Parameters]
ServerPort = 127.0.0.1:{isql}
DisableUnixSocket = 1
CaseMode = 2
SchedulerInterval = 10
DirsAllowed = {folder}
NumberOfBuffers = 20000
MaxDirtyBuffers = 12000
CheckpointInterval = 0
MaxClientConnections = 20
ThreadsPerQuery = 2
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerRoot = {folder}
ServerThreads = 20
MaxKeepAlives = 20
KeepAliveTimeout = 30
EnabledGzipContent = 0
Charset = UTF-8
[SPARQL]
ResultSetMaxRows = 0
MaxQueryExecutionTime = 0
[URIQA]
DynamicLocal = 0
DefaultHost = localhost:{http}
"""


@dataclass(frozen=True, slots=True)
class Server:
    """A running engine: where it is asked, where it is loaded, and how."""

    query: str
    store: str
    folder: Path
    account: Account | None = None
    isql: int = 0

    def load(self, release: Release) -> None:
        """Puts a release into it."""
        push(release, self.store, account=self.account)

    def load_in_bulk(self, release: Release) -> None:
        """Puts a release into Virtuoso with its bulk loader."""
        write_files(release, self.folder / "bulk")
        assert ISQL
        assert self.account
        command = [ISQL, f"127.0.0.1:{self.isql}", self.account.name, self.account.password]
        subprocess.run([*command, str(self.folder / "bulk" / "load.sql")], check=True, capture_output=True)


@contextmanager
def oxigraph(folder: Path) -> Iterator[Server]:
    """`oxigraph serve`, the PyPI package."""
    program = Path(sys.executable).parent / "oxigraph"
    if not program.exists():
        pytest.skip("oxigraph is not installed (PyPI package oxigraph)")
    address = f"127.0.0.1:{free_port()}"
    command = [str(program), "serve", "--location", str(folder / "store"), "--bind", address]
    with running(command, folder, f"http://{address}/"):
        yield Server(f"http://{address}/query", f"http://{address}/store", folder)


@contextmanager
def virtuoso(folder: Path) -> Iterator[Server]:
    """Virtuoso 7 with a configuration and a database of its own."""
    if VIRTUOSO is None or ISQL is None:
        pytest.skip("Virtuoso 7 is not installed (Debian package virtuoso-opensource-7)")
    http, isql = free_port(), free_port()
    ini = folder / "virtuoso.ini"
    ini.write_text(INI.format(folder=folder, http=http, isql=isql), encoding="utf-8")
    address = f"http://127.0.0.1:{http}"
    command = [VIRTUOSO, "+configfile", str(ini), "+foreground"]
    with running(command, folder, f"{address}/sparql"):
        yield Server(f"{address}/sparql", f"{address}/sparql-graph-crud-auth", folder, DBA, isql)


@contextmanager
def running(command: list[str], folder: Path, ready: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process that runs until the block ends, once an address of it answers."""
    with (folder / "output").open("wb") as output:
        process = subprocess.Popen(command, cwd=folder, stdout=output, stderr=output)
    try:
        wait_for(ready, process)
        yield process
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


SERVERS = {"oxigraph": oxigraph, "virtuoso": virtuoso}
