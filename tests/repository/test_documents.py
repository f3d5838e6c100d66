"""What the documents say is so: commands print what is printed there, edits can be made, and links lead on.

Documents that only ask share one knowledge base and one service; each section of one that tells how to change
something has a copy of its own.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from functools import cache, partial
from pathlib import Path

import click
import pytest

from diplograph.changes.drafting import SORTS
from diplograph.cli import main, new
from diplograph.client.service import RELEASE
from diplograph.sources import KnowledgeBase
from live import free_port, wait_for
from shell_examples import FENCE, HEADING, Edit, Example, NewFile, Section, Step, sections

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
CHANGING = ("CONTRIBUTING.md", "docs/curating.md")
CODEBOOK = ROOT / "docs/codebook.md"
"""Its commands, four score of them, run in tests/cli/test_new.py in one process."""
SECTIONS = [section for document in DOCUMENTS if document != CODEBOOK for section in sections(document)]
ELSEWHERE = {"git", "make"}
"""Commands that make the checkout or the environment that the tests stand in."""
PROGRAMS = ("bash", "curl", "cut", "grep", "oxigraph", "sed", "tr", "wc")
PORTS = (8000, 7878)
LEFT_OUT = (".*", "__pycache__", "build", "dist", "node_modules")
FOLDERS = "src|web|cli|tests|docs|data|shapes|queries|ontology|benchmarks"
PATH = re.compile(rf"`((?:{FOLDERS})/[\w./-]*|[\w/]+\.py|[a-z][a-z_/]*/)`")
CODE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
COMMAND = re.compile(r"(?<!from )\bdiplograph ([a-z]+)([^\n|&]*)")
OPTION = re.compile(r"(?<= )--?[a-z][a-z-]*")
LINK = re.compile(r"\]\((?!https?:)([^)#\s]*)(?:#([^)]*))?\)")


class Workspace:
    """A copy of the repository in which commands run, and the services that they speak to."""

    def __init__(self, folder: Path) -> None:
        """Start nothing yet."""
        programs = str(Path(sys.executable).parent)
        self.folder = folder
        self.ports = {port: free_port() for port in PORTS}
        self._ended = ExitStack()
        self._is_served = False
        self._environment = {
            **os.environ,
            "PATH": programs + os.pathsep + os.environ["PATH"],
            "PYTHONPATH": str(folder / "src"),
            "DIPLOGRAPH_KB": str(folder),
            "COLUMNS": "120",
        }

    def carry_out(self, step: Step) -> None:
        """Do what the reader is told to do, and see what the reader is told to see."""
        if isinstance(step, NewFile):
            (self.folder / step.path).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / step.path).write_text(step.text, encoding="utf-8")
        elif isinstance(step, Edit):
            file = self.folder / step.path
            file.write_text(step.applied(file.read_text(encoding="utf-8")), encoding="utf-8")
        else:
            self._run(step)

    def close(self) -> None:
        """End what still runs."""
        self._ended.close()

    def _enter(self, folder: str) -> None:
        """Go into a folder, whose knowledge base commands act on from now on."""
        self.folder /= folder
        self._environment.pop("DIPLOGRAPH_KB", None)

    def _run(self, example: Example) -> None:
        if example.command.startswith("cd "):
            self._enter(example.command.removeprefix("cd "))
            return
        if "localhost:8000" in example.command:
            self._serve()
        command = self._translated(example.command, there=True)
        if command.endswith("&"):
            self._start(command.removesuffix("&"))
            return
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=self.folder,
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=200,
            check=False,
        )
        output = self._translated(done.stdout, there=False)
        told = f"line {example.line}: {command}\n{output}\n{done.stderr}"
        assert example.matches(output), told
        assert example.expected or done.returncode == 0, told

    def _translated(self, text: str, *, there: bool) -> str:
        for port, free in self.ports.items():
            written, real = (f":{port}", f":{free}") if there else (f":{free}", f":{port}")
            text = text.replace(f"localhost{written}", f"localhost{real}")
            text = text.replace(f"127.0.0.1{written}", f"127.0.0.1{real}")
        return text

    def _serve(self) -> None:
        """Start the service the way `make serve` does, once."""
        if not self._is_served:
            self._start(f"diplograph serve --port {self.ports[8000]}")
            wait_for(f"http://127.0.0.1:{self.ports[8000]}/health/ready", self._last)
            self._is_served = True

    def _start(self, command: str) -> None:
        """Start what runs until it is ended, and wait until its port answers at all."""
        self._last = subprocess.Popen(
            ["bash", "-c", f"exec {command}"], cwd=self.folder, env=self._environment, start_new_session=True
        )
        self._ended.callback(partial(_end, self._last))
        if found := re.search(r"127\.0\.0\.1:(\d+)", command):
            wait_for(f"http://127.0.0.1:{found[1]}/", self._last)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    process.wait(timeout=20)


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the repository with its release, so that examples that write files leave no trace."""
    folder = tmp_path_factory.mktemp("documents") / "diplograph"
    shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(*LEFT_OUT))
    workspace = Workspace(folder)
    workspace.carry_out(Example("diplograph build", "", 0))
    return folder


@pytest.fixture(scope="module")
def shared(checkout: Path) -> Iterator[Workspace]:
    """The copy and the one service for all that only ask."""
    workspace = Workspace(checkout)
    yield workspace
    workspace.close()


@pytest.fixture
def own(checkout: Path, tmp_path: Path) -> Iterator[Workspace]:
    """A copy for one section."""
    folder = tmp_path / "diplograph"
    shutil.copytree(checkout, folder, ignore=shutil.ignore_patterns("__pycache__"))
    workspace = Workspace(folder)
    yield workspace
    workspace.close()


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def title(section: Section) -> str:
    return f"{name(section.path)}-{section.heading}"


def first_word(step: Step) -> str:
    return step.command.split()[0] if isinstance(step, Example) else ""


def needs(step: Step) -> list[str]:
    """Programs of a step that this machine lacks."""
    words = re.findall(r"\w+", step.command) if isinstance(step, Example) else []
    return [each for each in PROGRAMS if each in {"bash", *words} and not there(each)]


def there(program: str) -> bool:
    places = str(Path(sys.executable).parent) + os.pathsep + os.environ["PATH"]
    return shutil.which(program, path=places) is not None


def test_the_readme_starts_with_the_two_commands_of_a_fresh_clone():
    steps = [step for section in sections(ROOT / "README.md") for step in section.steps]
    commands = [step.command for step in steps if isinstance(step, Example)]

    assert commands[:2] == ["make serve", "make test"]


def test_the_readme_has_examples_with_their_real_answers():
    steps = [step for section in sections(ROOT / "README.md") for step in section.steps]

    assert sum(1 for step in steps if isinstance(step, Example) and step.expected) >= 4


@pytest.mark.slow
@pytest.mark.parametrize("section", SECTIONS, ids=title)
def test_what_a_section_tells_to_do_can_be_done_and_prints_what_it_says(
    section: Section, request: pytest.FixtureRequest
):
    steps = [step for step in section.steps if first_word(step) not in ELSEWHERE]
    if missing := [each for step in steps for each in needs(step)]:
        pytest.skip(f"needs {', '.join(sorted(set(missing)))}")
    workspace = request.getfixturevalue("own" if name(section.path) in CHANGING else "shared")

    for step in steps:
        workspace.carry_out(step)


@pytest.mark.parametrize("document", DOCUMENTS, ids=name)
def test_every_turtle_of_a_document_is_a_file_that_a_command_there_checks(document: Path):
    blocks = FENCE.findall(document.read_text(encoding="utf-8"))
    steps = [step for section in sections(document) for step in section.steps]
    checked = {step.command for step in steps if isinstance(step, Example)}
    written = [path for _, language, path, _ in blocks if language in {"turtle", "ttl", "trig"}]

    assert [path for path in written if not path or f"diplograph check {path}" not in checked] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=name)
def test_every_path_and_link_of_a_document_leads_to_something(document: Path):
    text = document.read_text(encoding="utf-8")
    steps = [step for section in sections(document) for step in section.steps]
    written = {step.path for step in steps if isinstance(step, NewFile)}
    paths = {path for path in PATH.findall(text) if path not in written}
    places = {path: [ROOT / path, ROOT / "src" / "diplograph" / path] for path in paths}
    links = LINK.findall(text)
    targets = {link: [document.parent / link] for link, _ in links}

    assert [path for path, found in {**places, **targets}.items() if not any(p.exists() for p in found)] == []
    assert [link for link in links if link[1] and link[1] not in anchors(document.parent / link[0])] == []


def anchors(document: Path) -> set[str]:
    """What the headings of a document are called in an address."""
    headings = HEADING.findall(FENCE.sub("", document.read_text(encoding="utf-8")))
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_decision_is_in_the_list_of_decisions():
    folder = ROOT / "docs" / "decisions"
    listed = [link for link, _ in LINK.findall((folder / "README.md").read_text(encoding="utf-8"))]

    assert [link for link in listed if link[0].isdigit()] == sorted(
        path.name for path in folder.glob("0*.md")
    )


@pytest.mark.parametrize("document", DOCUMENTS, ids=name)
def test_lines_of_a_document_are_read_without_scrolling(document: Path):
    prose = FENCE.sub("", document.read_text(encoding="utf-8"))

    assert [line for line in prose.splitlines() if len(line) > 120 and not line.startswith(("|", "!"))] == []


def options(command: click.Command) -> set[str]:
    """Every option of a command and of the commands below it."""
    below = command.commands.values() if isinstance(command, click.Group) else ()
    own = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}
    return own.union(*map(options, below))


@pytest.mark.parametrize("document", DOCUMENTS, ids=name)
def test_every_verb_and_option_of_a_document_exists(document: Path):
    text = document.read_text(encoding="utf-8")
    code = "\n".join((*(block[4] for block in FENCE.finditer(text)), *CODE.findall(FENCE.sub("", text))))
    steps = [step for section in sections(document) for step in section.steps]
    edited = "".join(after for step in steps if isinstance(step, Edit) for _, after in step.hunks)
    wrong = [
        f"diplograph {verb}{rest}"
        for verb, rest in COMMAND.findall(code)
        if f'"{verb}": (' not in edited and not known(verb, OPTION.findall(rest))
    ]

    assert wrong == []


def known(verb: str, named: list[str]) -> bool:
    command = main.get_command(click.Context(main), verb)
    made = options_of_sorts() if verb == "new" else frozenset()
    return command is not None and options(command) | made >= set(named)


@cache
def options_of_sorts() -> frozenset[str]:
    """Every option of `new`, which follow from the shapes and the ontology."""
    form = new.form_of(KnowledgeBase(ROOT))
    classes = [(name, group) for name, sort in SORTS.items() for group in form.classes(*sort.roots)]
    made = (new.Making(name, form, group).command() for name, group in classes)
    return frozenset({"--help", *(option for command in made for option in options(command))})


@pytest.mark.slow
def test_the_picture_in_the_readme_is_what_the_service_draws(shared: Workspace):
    shared.carry_out(
        Example("diplograph serve --get /queries/reciprocal-expulsions.svg | cmp - docs/exchange.svg", "", 0)
    )


def test_citation_file_names_a_header_that_answers_have():
    named = re.search(r"header ([\w-]+)", (ROOT / "CITATION.cff").read_text(encoding="utf-8"))

    assert named
    assert named[1] == RELEASE


@pytest.mark.skipif(shutil.which("make") is None, reason="needs make")
def test_make_says_what_pip_does_before_it_is_silent(tmp_path: Path):
    command = ["make", "--dry-run", "serve", f"VENV={tmp_path / 'venv'}"]
    lines = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()

    told, silent = (next(i for i, line in enumerate(lines) if word in line) for word in ("echo", "--quiet"))
    assert told < silent


def test_every_make_target_of_the_checks_before_landing_exists():
    targets = re.findall(r"^make (\S+)$", (ROOT / ".ci/run").read_text("utf-8"), flags=re.MULTILINE)
    assert targets, ".ci/run calls make"
    make = [shutil.which("make") or "make", "--dry-run", *targets]
    run = subprocess.run(make, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
