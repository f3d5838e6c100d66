"""Imports point down, each heavy package has one door, and modules keep to a size in which a subject fits."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "src" / "diplograph"
MODULES = sorted(SOURCE.rglob("*.py"))

RANKS = (
    ("namespaces", "errors", "settings", "media", "translations"),
    ("sources", "rdf"),
    ("sparql",),
    ("engine",),
    ("reasoning", "evidence"),
    ("summary",),
    ("validation",),
    ("incremental",),
    ("documents",),
    ("queries", "exports"),
    ("search",),
    ("release",),
    ("changes",),
    ("tables",),
    ("repository",),
    ("client",),
    ("web",),
    ("workbench",),
    ("cli",),
)
"""Each part of the package, the lowest first; `docs/architecture.md` draws them."""
RANK = {part: rank for rank, parts in enumerate(RANKS) for part in parts}
BESIDE = {("media", "errors"), ("settings", "errors"), ("translations", "namespaces")}
"""Who may import whom within a rank."""
DOORS = {
    "pyoxigraph.Store": ("rdf", "engine"),
    "pyshacl": ("validation",),
    "owlready2": ("reasoning",),
    "flask": ("web", "workbench"),
    "granian": ("cli", "web"),
    "subprocess": ("engine", "reasoning", "validation"),  # validation: git tells what changed
    "os.environ": ("settings",),
}
TARGET = re.compile(r"diplograph((?:\.\w+)+):\w+")
"""A function that is named in a string, for another process to import."""
MOST_MODULES, MOST_LINES = 220, 500
FEW_LINES, MOST_SMALL = 80, 10


OLD_WORDS = {
    *("front", "flights", "watched", "meters", "figures", "asked", "glances", "around", "atlas", "codings"),
    *("clients", "following", "generation", "represent", "bodies", "enriched", "frozen", "outbox", "census"),
    *("meaning", "judged", "material", "known", "places", "lexical", "late", "seal", "loose", "publication"),
    *("fitness", "inventory", "vocab", "intake", "resources"),
}
"""Words that say nothing to whoever knows the field, or mean something else there: no name is one of them."""
FIELD_WORDS = {
    ("documents/locations.py", "places"),  # geographic ones
    ("reasoning/owl_rl.py", "_bodies"),  # of rules
    ("web/documents.py", "vocab"),  # the address /vocab
    ("web/documents.py", "_vocab"),
}


def part_of(path: Path) -> str | None:
    """The part of the package that a file belongs to; the package itself has none."""
    first = path.relative_to(SOURCE).parts[0].removesuffix(".py")
    return None if first == "__init__" else first


@cache
def nodes(path: Path) -> list[ast.AST]:
    """Every node of a file's syntax tree."""
    return list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


def imports(path: Path) -> Iterator[str]:
    """Every name that a file imports, wherever in it, as a dotted path."""
    for node in nodes(path):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def attributes(path: Path) -> Iterator[str]:
    """Every `module.name` that a file reads."""
    for node in nodes(path):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            yield f"{node.value.id}.{node.attr}"


def named_in_strings(path: Path) -> Iterator[str]:
    """Every function of ours that a file names in a string, as a dotted path."""
    for node in nodes(path):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from (f"diplograph{found}" for found in TARGET.findall(node.value))


def ours(path: Path) -> set[str]:
    """The other parts of the package that a file needs."""
    dotted = [name.split(".") for name in (*imports(path), *named_in_strings(path))]
    parts = {name[1] for name in dotted if name[0] == "diplograph" and len(name) > 1}
    return {name for name in parts if not name.startswith("__version")} - {part_of(path)}


def label(path: Path) -> str:
    return path.relative_to(SOURCE).as_posix()


def length(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


@pytest.mark.parametrize("path", MODULES, ids=label)
def test_every_module_has_a_rank(path: Path) -> None:
    assert part_of(path) is None or part_of(path) in RANK


@pytest.mark.parametrize("path", MODULES, ids=label)
def test_imports_and_functions_named_in_strings_point_down(path: Path) -> None:
    part = part_of(path)
    above = {
        name
        for name in ours(path)
        if part is None or (RANK[name] >= RANK[part] and (part, name) not in BESIDE)
    }

    assert above == set()


def test_every_pair_within_a_rank_is_used() -> None:
    used = {(part_of(path), name) for path in MODULES for name in ours(path)}

    assert used >= BESIDE


@pytest.mark.parametrize("path", MODULES, ids=label)
def test_no_import_is_relative(path: Path) -> None:
    assert [node for node in nodes(path) if isinstance(node, ast.ImportFrom) and node.level] == []


@pytest.mark.parametrize("path", MODULES, ids=label)
def test_heavy_packages_are_entered_by_their_doors(path: Path) -> None:
    used = {*imports(path), *attributes(path)}
    through = {
        door
        for door, parts in DOORS.items()
        if part_of(path) not in parts and any(name == door or name.startswith(f"{door}.") for name in used)
    }

    assert through == set()


def test_the_command_line_alone_prints() -> None:
    printing = {
        part_of(path)
        for path in MODULES
        for node in nodes(path)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    }

    assert printing <= {"cli"}


def test_modules_are_few_and_each_is_a_subject() -> None:
    modules = {label(path): length(path) for path in MODULES if path.name != "__init__.py"}

    assert len(modules) <= MOST_MODULES
    assert {name: lines for name, lines in modules.items() if lines > MOST_LINES} == {}
    small = {name: lines for name, lines in modules.items() if lines < FEW_LINES}
    assert len(small) <= MOST_SMALL, small


def test_no_room_class_or_function_bears_a_word_that_misleads() -> None:
    found = set()
    for path in MODULES:
        defined = [node for node in nodes(path) if isinstance(node, ast.ClassDef | ast.FunctionDef)]
        names = [*path.relative_to(SOURCE).with_suffix("").parts, *(node.name for node in defined)]
        found |= {(label(path), name) for name in names if name.strip("_").lower() in OLD_WORDS}

    assert found == FIELD_WORDS


def test_no_two_modules_of_a_package_bear_one_name() -> None:
    stems: dict[str, list[str]] = {}
    for path in MODULES:
        if path.name != "__init__.py":
            stems.setdefault(f"{part_of(path)}/{path.stem}", []).append(label(path))

    assert {name: paths for name, paths in stems.items() if len(paths) > 1} == {}


def test_a_worker_does_without_rdflib_flask_and_http() -> None:
    shown = "import sys, diplograph.engine.worker; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", shown], capture_output=True, text=True, check=True).stdout

    assert not {"rdflib", "flask", "ssl", "diplograph.settings"} & set(loaded.split())


def test_a_worker_imports_little() -> None:
    """A worker that answers queries must be ready in tens of milliseconds: no rdflib, no settings."""
    waiting, seen = [SOURCE / "engine" / "worker.py"], set()
    while waiting:
        path = waiting.pop()
        seen.add(label(path))
        for name in imports(path):
            parts = name.split(".")[1:]
            files = (SOURCE.joinpath(*parts[:end]).with_suffix(".py") for end in (len(parts), len(parts) - 1))
            found = (file for file in files if name.startswith("diplograph.") and file.is_file())
            waiting += [file for file in found if label(file) not in seen]

    rewriting = ("groups", "joins", "ordered", "outline", "rewriter", "statistics")
    assert seen == {
        *(f"engine/{name}.py" for name in ("dataset", "frames", "sandbox", "serialization", "slices")),
        *("engine/worker.py", "sparql/lexer.py", "sparql/results.py", "rdf/rdf_xml.py", "errors.py"),
        *(
            f"sparql/{name}.py"
            for name in ("alternatives", "clauses", "diagnostics", "expressions", "grammar")
        ),
        *(f"sparql/rewriting/{name}.py" for name in rewriting),
        "sparql/rewriting/proof.py",  # imported with rdflib's grammar, for a query that takes long without
    }
