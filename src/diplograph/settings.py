"""Settings: one frozen object; nothing else reads the environment."""

import hashlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import platformdirs

from diplograph.errors import InvalidParameter

PACKAGE = Path(__file__).resolve().parent
SETTINGS_FILE = "diplograph.toml"
"""The file that marks the folder of a knowledge base."""
MEBIBYTE = 1 << 20
CONNECT_SECONDS = 2.0
"""How long a connection to another engine may take."""
HOST = re.compile(r"([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?")
"""A host with its port, if any (RFC 3986, 3.2.2)."""
PREFIX = re.compile(r"(/(?!\.\.?(/|$))[A-Za-z0-9._~-]+)*/?")
"""A path that a service may stand under: unreserved characters, no empty segments and no dots alone."""
BASE_URL = re.compile(f"https?://{HOST.pattern}{PREFIX.pattern}")
GRACE_SECONDS = 1.0
"""How much longer than a query may take its answer from another engine is waited for."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Where things live and which limits hold.

    Times are in seconds, sizes in bytes. `state` holds releases, journal and locks. `sources` is the folder
    with the articles, which passages are compared with, `passages` the one whose words the pages may quote:
    None for nothing. `project_url` is where the project itself is at home, if anywhere. A client has to send
    and to take at least `least_rate` bytes a second, over some seconds. It may use `client_seconds` of
    processor time a minute, and as many as `client_burst` after a pause.
    """

    kb: Path
    state: Path
    read_only: bool = False
    sources: Path | None = None
    passages: Path | None = None
    project_url: str | None = None
    java_home: Path | None = None
    host: str = "127.0.0.1"
    port: int = 8000
    base_url: str | None = None
    engine: str | None = field(default=None, repr=False)  # may hold a password
    workers: int = 2
    timeout: float = 10.0
    rewrite: bool = True
    memory: int = 1024 * MEBIBYTE
    max_rows: int | None = None
    max_result: int = 100 * MEBIBYTE
    max_upload: int = 2 * MEBIBYTE
    max_upload_triples: int = 100_000
    max_findings: int = 1000
    max_cache: int = 64 * MEBIBYTE
    max_under_way: int = 2048 * MEBIBYTE
    max_under_way_per_client: int = 512 * MEBIBYTE
    max_head: int = 128 * 1024
    head_seconds: float = 10.0
    most_connections: int = 4096
    connections_per_client: int = 256
    least_rate: float = 2048.0
    access_log: bool = False
    max_queue: int | None = None
    client_seconds: float = 60.0
    client_burst: float = 120.0
    limit_loopback: bool = False
    trusted_proxies: int = 0
    forwarded: bool = False
    trusted_hosts: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Raise InvalidParameter for a base URL that no address can begin with, or a host that is no name."""
        for name in self.trusted_hosts:
            found = HOST.fullmatch(name)
            if found is None or found[2]:
                raise InvalidParameter(
                    f"The trusted host is {name[:80]!r}: expected a name or an address, without a port.",
                    parameters=["trusted-host"],
                )
        if self.base_url is not None and not BASE_URL.fullmatch(self.base_url):
            raise InvalidParameter(
                f"The base URL is {self.base_url[:80]!r}: expected http or https, a host and perhaps a path.",
                parameters=["base-url"],
            )

    @property
    def public_url(self) -> str:
        """The address that absolute links start with, without a final slash."""
        return (self.base_url or f"http://{_bracketed(self.host)}:{self.port}").rstrip("/")

    @property
    def queue_length(self) -> int:
        """How many requests may wait for a worker; one more is told to come back."""
        return 32 * self.workers if self.max_queue is None else self.max_queue

    @property
    def patience(self) -> float:
        """How long a client may take nothing and send less than the least rate: longer than an answer takes.

        One answer may need several queries in a row.
        """
        return 3 * self.timeout

    @property
    def queries_per_client(self) -> int:
        """How many queries of one client may run or wait at once."""
        return 4 * self.workers

    @classmethod
    def resolve(
        cls, kb: Path | None = None, environ: Mapping[str, str] | None = None, **overrides: Any
    ) -> Self:
        """Find the knowledge base and settle every setting.

        The knowledge base is `kb`, else DIPLOGRAPH_KB, else the one that the current folder is in, else the
        checkout that the code runs from, else the copy in the wheel. Overrides that are None count as not
        given. Raises InvalidParameter when the folder does not exist.
        """
        env = os.environ if environ is None else environ
        root = find_knowledge_base(kb, env)
        read_only = root == PACKAGE / "kb" or not os.access(root, os.W_OK)
        found: dict[str, Any] = {
            "state": cache_folder(root) if read_only else root / ".diplograph",
            "read_only": read_only,
            "sources": Path(env["DIPLOGRAPH_SOURCES"]) if env.get("DIPLOGRAPH_SOURCES") else None,
            "project_url": env.get("DIPLOGRAPH_PROJECT_URL") or None,
            "engine": env.get("DIPLOGRAPH_ENGINE") or None,
            "java_home": Path(env["JAVA_HOME"]) if env.get("JAVA_HOME") else None,
            "workers": max(2, os.cpu_count() or 2),
        }
        given = {name: value for name, value in overrides.items() if value is not None}
        return cls(kb=root, **(found | given))

    def packed(self) -> dict[str, Any]:
        """What a writer in another process needs of the settings, as JSON values."""
        return {
            "kb": str(self.kb.resolve()),
            "state": str(self.state.resolve()),
            "read_only": self.read_only,
            "max_upload": self.max_upload,
            "max_upload_triples": self.max_upload_triples,
            "max_findings": self.max_findings,
        }

    @classmethod
    def unpacked(cls, members: Mapping[str, Any]) -> Self:
        """The settings that `packed` took apart."""
        return cls(**{**members, "kb": Path(members["kb"]), "state": Path(members["state"])})


def find_knowledge_base(kb: Path | None, environ: Mapping[str, str]) -> Path:
    """Return the folder of the knowledge base that is meant.

    The current folder is in one where `diplograph.toml` stands in it or above it, as git finds its own.
    """
    named = kb or (Path(environ["DIPLOGRAPH_KB"]) if environ.get("DIPLOGRAPH_KB") else None)
    if named is None:
        here = Path.cwd()
        within = (folder for folder in (here, *here.parents) if (folder / SETTINGS_FILE).is_file())
        return next(within, None) or packaged()
    if not named.is_dir():
        raise InvalidParameter(f"There is no knowledge base at {named}.", parameters=["kb"])
    return named.resolve()


def packaged() -> Path:
    """Return the folder of the knowledge base that comes with the code: the checkout, else a copy."""
    checkout = PACKAGE.parents[1]
    return checkout if (checkout / "ontology").is_dir() else PACKAGE / "kb"


def cache_folder(root: Path) -> Path:
    """Return the user's cache folder for a knowledge base that cannot be written."""
    name = hashlib.sha256(os.fsencode(root)).hexdigest()[:16]
    return Path(platformdirs.user_cache_dir("diplograph")) / name


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
