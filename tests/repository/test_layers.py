"""Imports point down, and each heavy package has one door."""

import ast
from functools import cache
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "src" / "diplograph"
MODULES = sorted(SOURCE.rglob("*.py"))

RANKS = (
    ("errors", "settings", "vocab", "media", "dates"),
    ("turtle", "terms", "sources", "store", "delta", "engine"),
    (
        *("sparql", "queries", "resources", "validation", "evidence", "names", "reconciliation", "scaffold"),
        *("reasoning", "closure", "reciprocity", "counts"),
    ),
    ("incremental",),
    (
        "release",
        "preparation",
        "publication",
        "push",
        "intake",
        "client",
        "comparison",
        "inventory",
        "fitness",
    ),
    ("web",),
    ("cli", "__main__"),
)
RANK = {part: rank for rank, parts in enumerate(RANKS) for part in parts}
DOORS = {
    "pyoxigraph.Store": ("store", "engine"),
    "pyshacl": ("validation",),
    "owlready2": ("reasoning",),
    "flask": ("web",),
    "granian": ("cli", "web"),
    "subprocess": ("engine", "reasoning", "validation"),  # validation: git tells what changed
    "os.environ": ("settings",),
}


def part_of(path):
    """The part of the package that a file belongs to; the package itself has none."""
    first = path.relative_to(SOURCE).parts[0].removesuffix(".py")
    return None if first == "__init__" else first


@cache
def nodes(path):
    """Every node of a file's syntax tree."""
    return list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


def imports(path):
    """Every name that a file imports, wherever in it, as a dotted path."""
    for node in nodes(path):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def attributes(path):
    """Every `module.name` that a file reads."""
    for node in nodes(path):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            yield f"{node.value.id}.{node.attr}"


def ours(path):
    """The parts of the package that a file imports."""
    dotted = [name.split(".") for name in imports(path) if name.split(".")[0] == "diplograph"]
    return {name[1] for name in dotted if len(name) > 1 and not name[1].startswith("__version")}


def label(path):
    return path.relative_to(SOURCE).as_posix()


@pytest.mark.parametrize("path", MODULES, ids=label)
def test_every_module_has_a_rank(path):
    assert part_of(path) is None or part_of(path) in RANK


@pytest.mark.parametrize("path", MODULES, ids=label)
def test_imports_point_down(path):
    part = part_of(path)
    offered = (
        {"client"} if part is None else set()
    )  # `from diplograph import Client`, imported when asked for
    above = {name for name in set(ours(path)) - offered if part is None or RANK[name] > RANK[part]}

    assert above == set()


@pytest.mark.parametrize("path", MODULES, ids=label)
def test_no_import_is_relative(path):
    assert [node for node in nodes(path) if isinstance(node, ast.ImportFrom) and node.level] == []


@pytest.mark.parametrize("path", MODULES, ids=label)
def test_heavy_packages_are_entered_by_their_doors(path):
    used = {*imports(path), *attributes(path)}
    through = {
        door
        for door, parts in DOORS.items()
        if part_of(path) not in parts and any(name == door or name.startswith(f"{door}.") for name in used)
    }

    assert through == set()


def test_the_command_line_alone_prints():
    printing = {
        part_of(path)
        for path in MODULES
        for node in nodes(path)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    }

    assert printing <= {"cli"}


def test_a_worker_imports_little():
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

    assert seen == {
        *("engine/worker.py", "engine/dataset.py", "engine/frames.py", "engine/lexer.py"),
        *("engine/limits.py", "engine/outbox.py", "engine/results.py", "engine/sandbox.py"),
        *("engine/serialise.py", "engine/syntax.py", "engine/tokens.py", "engine/expressions.py"),
        *("engine/grammar.py", "engine/hints.py", "engine/meaning.py"),
        *(f"engine/rewriting/{name}.py" for name in ("outline", "parts", "plan", "rewriter", "statistics")),
        "engine/rewriting/proof.py",  # imported with rdflib's grammar, for a query that takes long without
        "errors.py",
    }
