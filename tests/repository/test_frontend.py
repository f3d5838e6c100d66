"""The build of the scripts: pinned, made once, left out on request, and honest when it cannot be done."""

import json
import re
import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import hatch_build
import pytest

ROOT = Path(__file__).resolve().parents[2]
FRONTEND = ROOT / hatch_build.SOURCES


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The sources of the scripts alone, with nothing made from them yet."""
    shutil.copytree(FRONTEND, tmp_path / hatch_build.SOURCES)
    return tmp_path


def made(checkout: Path) -> None:
    """Write what a build leaves behind, without building."""
    folder = checkout / hatch_build.OUTPUT
    folder.mkdir(parents=True)
    (folder / "editor-1.js").touch()
    manifest = {"sources": hatch_build.hash_of(checkout), "files": {"editor.js": "editor-1.js"}}
    (folder / hatch_build.MANIFEST).write_text(json.dumps(manifest))


def hook(checkout: Path) -> hatch_build.CustomBuildHook:
    warnings: list[str] = []
    app: Any = SimpleNamespace(display_warning=warnings.append)
    made_hook = hatch_build.CustomBuildHook(str(checkout), {}, None, None, str(checkout), "wheel", app)
    made_hook.warnings = warnings
    return made_hook


def test_every_package_is_pinned_and_no_registry_is_named():
    packages = json.loads((FRONTEND / "package.json").read_text())
    lock = (FRONTEND / "package-lock.json").read_text()

    wanted = packages["dependencies"] | packages["devDependencies"]
    assert [version for version in wanted.values() if not version.replace(".", "").isdigit()] == []
    assert "://" not in lock
    locked = {path: facts for path, facts in json.loads(lock)["packages"].items() if path}
    assert [path for path, facts in locked.items() if "integrity" not in facts] == []


def test_what_was_made_from_the_same_sources_is_used_again_without_node(checkout: Path):
    assert hook(checkout).dependencies() == [hatch_build.NODE]
    made(checkout)

    assert hook(checkout).dependencies() == []
    hook(checkout).initialize("standard", {})
    assert (checkout / hatch_build.OUTPUT / "editor-1.js").is_file()


@pytest.mark.parametrize("change", ["package-lock.json", "src/code.ts", "src/new.ts"])
def test_a_changed_source_or_lock_file_asks_for_a_new_build(checkout: Path, change: str):
    made(checkout)
    with (checkout / hatch_build.SOURCES / change).open("a") as file:
        file.write("\n")

    assert not hatch_build.is_fresh(checkout)


def test_a_file_that_is_gone_asks_for_a_new_build(checkout: Path):
    made(checkout)
    (checkout / hatch_build.OUTPUT / "editor-1.js").unlink()

    assert not hatch_build.is_fresh(checkout)


def test_scripts_are_left_out_on_request(checkout: Path, monkeypatch: pytest.MonkeyPatch):
    made(checkout)
    monkeypatch.setenv("DIPLOGRAPH_FRONTEND", "off")

    hook(checkout).initialize("standard", {})

    assert hook(checkout).dependencies() == []
    assert not (checkout / hatch_build.OUTPUT).exists()


@pytest.mark.slow
def test_without_a_registry_a_wheel_fails_with_the_cure_and_an_editable_install_goes_on(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:1/")
    monkeypatch.setenv("npm_config_cache", str(checkout / "cache"))

    with pytest.raises(hatch_build.FrontendError, match="DIPLOGRAPH_FRONTEND=off"):
        hook(checkout).initialize("standard", {})
    editable = hook(checkout)
    editable.initialize("editable", {})

    assert "ECONNREFUSED" in editable.warnings[0]
    assert not (checkout / hatch_build.OUTPUT).exists()


def test_land_is_cut_small_and_holds_no_country():
    script = (FRONTEND / hatch_build.LAND).read_text()

    assert re.findall(r'landOf\("([^"]+)"\)', script) == ["land-110m", "land-10m"]
    if not hatch_build.is_fresh(ROOT):
        pytest.skip("the scripts of the pages are not built")
    tiles = list((ROOT / hatch_build.OUTPUT).glob("*_*-????????.js"))
    assert len(tiles) > 100
    assert max(tile.stat().st_size for tile in tiles) < 120_000
    assert "world-atlas" in (ROOT / hatch_build.OUTPUT / hatch_build.LICENCES).read_text()


@pytest.mark.slow
def test_types_of_the_sources_hold():
    work = ROOT / hatch_build.WORK
    hatch_build.install(ROOT, work, tests=True)
    checked = work / "checked"  # beside the packages, where TypeScript looks for them
    shutil.rmtree(checked, ignore_errors=True)
    shutil.copytree(FRONTEND, checked)

    hatch_build.run(work, "node_modules/typescript/bin/tsc", "--project", "checked")
