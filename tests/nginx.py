"""A live nginx with the configuration of the documentation, in a folder and on a port of its own."""

import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from answers import ROOT
from engines import running
from live import free_port

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
required = pytest.mark.skipif(NGINX is None, reason="nginx is not installed")


def configuration(port: int, replicas: Sequence[int], other: Mapping[str, str] | None = None) -> str:
    """The configuration of the documentation with other ports, and other words for some of its own."""
    text = (ROOT / "docs" / "nginx.conf").read_text(encoding="utf-8")
    documented = (f"127.0.0.1:{number}" for number in (8000, 8001, 8002))
    used = (f"127.0.0.1:{number}" for number in (port, *replicas))
    for before, after in [*(other or {}).items(), *zip(documented, used, strict=True)]:
        assert before in text
        text = text.replace(before, after)
    return text


def placed(folder: Path, text: str) -> Path:
    """A configuration with everything that nginx writes in one folder."""
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    head = f"daemon off;\npid {folder}/nginx.pid;\nerror_log {folder}/error.log;\n"
    if os.geteuid() == 0:
        head += "user root;\n"
    path = folder / "nginx.conf"
    path.write_text(
        head + text.replace("http {", f"http {{\naccess_log off;\n{temporary}", 1), encoding="utf-8"
    )
    return path


@contextmanager
def serving(folder: Path, text: str, ready: str) -> Iterator[None]:
    """An nginx that runs until the block ends, once an address of it answers."""
    folder.mkdir()
    assert NGINX
    with running([NGINX, "-p", str(folder), "-c", str(placed(folder, text))], folder, ready):
        yield


@contextmanager
def proxy(folder: Path, replicas: Sequence[int], other: Mapping[str, str] | None = None) -> Iterator[int]:
    """The port of an nginx in front of replicas at these ports."""
    port = free_port()
    text = configuration(port, replicas, other)
    with serving(folder, text, f"http://127.0.0.1:{port}/health/live"):
        yield port
