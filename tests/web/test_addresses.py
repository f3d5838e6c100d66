"""The documents name every public address, no address that does not answer, and one function writes them."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

ENGINES = ("embedded",)
DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "linked-data.md"
ADDRESS = re.compile(r"`(/[^`\s]*)`")
SUFFIX = re.compile(r"\.(html|ttl|jsonld|nt|rdf)$")
CHOICE = re.compile(r"<any\(([^()]*)\):\w+>")
WEB = Path(__file__).resolve().parents[2] / "src" / "diplograph" / "web"
WRITERS = {"address", "absolute", "at", "Variants"}
ROUTES = {"add_url_rule", "startswith", "removeprefix", "endswith"}
"""What is done with the path of a request, which has no prefix."""
PATHS = {
    ("connections.py", "SOCKETS"),  # of the kernel
    *(("interface.py", None), ("openapi.py", None), ("static_site.py", None)),
    *(("links.py", "path_of"), ("links.py", "page_of")),
    *(("between.py", "path"), ("canned_page.py", "path"), ("downloads.py", "sitemap")),
    *(("__init__.py", "BUNDLE"), ("languages.py", "FILES"), ("languages.py", "MESSAGES")),
    ("reconcile.py", "manifest"),  # `service_path`, which follows `service_url`
}
"""Where paths are named that become addresses elsewhere, by module and function or constant."""
WRITTEN = re.compile(r"<?/[a-z.{]")
QUOTED = re.compile(r"""(?:["'`(=]|\}\})/[a-z.]|=["']/["']""")
WRITER = re.compile(r"""\b(?:address|absolute|at|startswith)\(["'`]/""")
PLACEHOLDER = re.compile(r"<(?:\w+:)?\w+>|\{\w+\}")


def named() -> set[str]:
    table = DOCUMENT.read_text(encoding="utf-8").partition("## Addresses")[2].partition("\n## ")[0]
    return {address.partition("?")[0] for address in ADDRESS.findall(table)}


def shape(path: str) -> str:
    return PLACEHOLDER.sub("{}", path)


def spelled(rule: str) -> list[str]:
    """A rule with a part that is one of a few words, once for each of them."""
    choice = CHOICE.search(rule)
    return [rule.replace(choice[0], word.strip()) for word in choice[1].split(",")] if choice else [rule]


def test_every_public_route_is_in_the_document(app: Flask):
    rules = {
        path
        for rule in app.url_map.iter_rules()
        if not rule.rule.startswith("/static/")
        for path in spelled(rule.rule)
    }
    routes = {
        shape(rule) for rule in rules if SUFFIX.sub("", rule) == rule or SUFFIX.sub("", rule) not in rules
    }

    assert routes - {shape(address) for address in named()} == set()


def test_every_address_of_the_document_answers(client: FlaskClient):
    fixed = sorted(address for address in named() if "{" not in address)

    assert [address for address in fixed if client.get(address).status_code >= 500] == []
    assert [address for address in fixed if client.get(address).status_code == 404] == []


def written_by_hand(node: ast.AST, module: str, within: str = "") -> Iterator[str]:
    """Every path in a module's texts that no function makes an address of."""
    if isinstance(node, ast.FunctionDef):
        within = node.name
    elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and not within:
        within = node.targets[0].id
    elif isinstance(node, ast.Call):
        called = getattr(node.func, "id", None) or getattr(node.func, "attr", "")
        if called in WRITERS | ROUTES:
            return
    if {(module, within), (module, None)} & PATHS or is_docstring(node):
        return
    text = node.values[0] if isinstance(node, ast.JoinedStr) and node.values else node
    if isinstance(text, ast.Constant) and isinstance(text.value, str) and WRITTEN.match(text.value):
        yield f"{module}:{text.lineno}: {text.value[:40]}"
    for child in ast.iter_child_nodes(node):
        yield from written_by_hand(child, module, within)


def is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


AT_THE_ROOT = {"curate.entry.ts"}
"""Scripts of the workbench, which answers at the root of its own port."""


def test_no_module_writes_an_address_by_hand():
    found = [
        one
        for path in sorted(WEB.rglob("*.py"))
        for one in written_by_hand(ast.parse(path.read_text(encoding="utf-8")), path.name)
    ]

    assert found == []


def test_no_template_and_no_script_writes_an_address_by_hand():
    scripts = (path for path in WEB.glob("frontend/src/*.ts") if path.name not in AT_THE_ROOT)
    files = [*WEB.glob("templates/*.html"), *scripts, WEB / "static" / "style.css"]

    found = [
        f"{path.name}: {line.strip()[:80]}"
        for path in files
        for line in path.read_text(encoding="utf-8").splitlines()
        if not line.lstrip().startswith(("//", "/*", "*")) and QUOTED.search(WRITER.sub("", line))
    ]

    assert found == []
