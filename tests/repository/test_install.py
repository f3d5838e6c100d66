"""From a fresh clone or a wheel to an answer, the way a stranger gets there."""

import csv
import io
import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from live import fetch, free_port, wait_for

ROOT = Path(__file__).resolve().parents[2]
EXPECTED = ROOT / "tests/queries/expected/reciprocal-expulsions.csv"

pytestmark = [pytest.mark.install, pytest.mark.slow, pytest.mark.timeout(900)]


def bare_environment() -> dict[str, str]:
    """The environment of a stranger: nothing of ours set, and no virtual environment active."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("DIPLOGRAPH_", "VIRTUAL_ENV"))
    }


def rows(text: str) -> list[list[str]]:
    return sorted(csv.reader(io.StringIO(text)))


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("needs git and a checkout to clone from")
    folder = tmp_path_factory.mktemp("fresh") / "diplograph"
    subprocess.run(["git", "clone", "--quiet", "--no-hardlinks", str(ROOT), str(folder)], check=True)
    return folder


def test_make_serve_on_a_fresh_clone_answers_with_the_two_reciprocal_pairs(clone: Path):
    if shutil.which("make") is None:
        pytest.skip("needs make")
    port = free_port()
    base = f"http://localhost:{port}"
    command = ["make", "serve", f"PORT={port}", f"PYTHON={sys.executable}"]
    process = subprocess.Popen(command, cwd=clone, env=bare_environment(), start_new_session=True)
    try:
        wait_for(f"{base}/health/ready", process, 600)
        fetch(f"{base}/queries", "*/*")
        begun = time.monotonic()
        answer = fetch(f"{base}/queries/reciprocal-expulsions", "text/csv")
        elapsed = time.monotonic() - begun
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=60)

    assert rows(answer) == rows(EXPECTED.read_text(encoding="utf-8"))
    assert elapsed < 1


def test_a_wheel_serves_its_own_knowledge_base_from_an_empty_folder(tmp_path: Path):
    wheels, site, empty = tmp_path / "wheels", tmp_path / "site", tmp_path / "empty"
    empty.mkdir()
    pip = [sys.executable, "-m", "pip", "--quiet"]
    subprocess.run([*pip, "wheel", "--no-deps", "--wheel-dir", str(wheels), str(ROOT)], check=True)
    wheel = next(wheels.glob("diplograph-*.whl"))
    with zipfile.ZipFile(wheel) as archive:
        packed = archive.namelist()
    assert "diplograph/web/static/built/manifest.json" in packed
    assert [name for name in packed if "/frontend/" in name] == []
    subprocess.run([*pip, "install", "--no-deps", "--target", str(site), str(wheel)], check=True)
    environment = {**bare_environment(), "PYTHONPATH": str(site), "XDG_CACHE_HOME": str(tmp_path / "cache")}

    done = subprocess.run(
        [sys.executable, "-m", "diplograph.cli", "serve", "--get", "/queries/reciprocal-expulsions.csv"],
        cwd=empty, env=environment, capture_output=True, text=True, check=True, timeout=300,
    )  # fmt: skip

    assert rows(done.stdout) == rows(EXPECTED.read_text(encoding="utf-8"))
    assert list(empty.iterdir()) == []
