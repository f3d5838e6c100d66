"""The command line: parse arguments, call, print.

Each verb is in a module that is imported when the verb is used.
"""

import os
import signal
import sys

if sys.argv[1:2] == ["serve"]:  # Ctrl-C ends a service with 0, also while this is still being imported
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: os._exit(0))
elif sys.argv[0] == "-m" or sys.argv[0].endswith("diplograph"):  # no other program imports this
    signal.signal(signal.SIGINT, lambda *_: os._exit(128 + signal.SIGINT))

import gc
import traceback
from collections.abc import Mapping
from difflib import get_close_matches
from importlib import import_module
from types import MappingProxyType
from typing import Any

import click

from diplograph.cli import console
from diplograph.errors import DiplographError

VERBS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "serve": ("serve", "Serve the knowledge base, or files, over HTTP."),
        "build": ("release", "Build a checked, immutable release from the sources."),
        "query": ("query", "Ask a SPARQL query of the release, of files or of an endpoint."),
        "run": ("query", "Run a canned query with its parameters."),
        "describe": ("query", "Show what is known about a thing."),
        "find": ("query", "Find things by name, in spite of spelling."),
        "tell": ("query", "Tell what two states did towards each other, in sentences."),
        "check": ("check", "Check files, or the whole knowledge base, against the shapes."),
        "fmt": ("files", "Bring Turtle files into canonical form."),
        "convert": ("files", "Convert RDF from one syntax to another."),
        "dump": ("files", "Write the whole release, or one graph of it."),
        "export": ("export", "Write acts for network tools, calendars, Wikidata or as a table."),
        "diff": ("release", "Compare two releases, folders or files."),
        "stats": ("release", "Count what the release holds."),
        "freeze": ("release", "Write the release as a static site."),
        "accept": ("accept", "Check files, then add them to the knowledge base."),
        "changes": ("accept", "List the accepted changes, or show one."),
        "undo": ("accept", "Take an accepted change back."),
        "prune": ("release", "Remove old releases."),
        "token": ("accept", "Make, list and revoke the tokens that allow writing."),
        "push": ("release", "Load the release into an engine elsewhere."),
        "doctor": ("doctor", "Look whether the machine is fit to build and to serve."),
        "init": ("init", "Make a knowledge base of your own."),
        "new": ("new", "Make a canonical block for a new thing."),
        "import": ("tables", "Make acts and claims of the rows of a table."),
        "curate": ("curate", "Read articles in the browser and enter what they say."),
        "agree": ("agree", "Say how far two codings of one text agree."),
        "evidence": ("evidence", "Check recorded spans against the sources, and make new ones."),
    }
)
"""Each verb with the module that holds its command, and what it does."""
SELDOM = (100_000, 20, 50)
"""How seldom a command looks for circles of objects: a tenth of the time of a large change went there."""
STOPPED = 128 + signal.SIGINT
"""The exit code of a command that Ctrl-C ended, as in shells."""
OVERVIEW = """\
A knowledge graph of diplomatic acts, each with the passages it rests on.
  read it      serve (in a browser), find, describe, tell, stats
  ask it       run (questions that are ready: run --list), query (SPARQL)
  take it out  export, dump, convert, freeze (a static site), push (elsewhere)
  add to it    init, curate, import, new, evidence, check, accept, changes, undo
  keep it      build, fmt, diff, agree (two coders), prune, token, doctor
Begin with `diplograph serve`, or `diplograph find japan`.
`diplograph VERB --help` explains a verb, `diplograph --help` lists them all.
"""
"""What is said to whoever names no verb: the verbs by purpose."""
__all__ = ["main"]


def version() -> click.Option:
    """The option `--version`."""
    return click.Option(
        ["--version"],
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=_show_version,
        help="Show the version.",
    )


def _show_version(context: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted and not context.resilient_parsing:
        from importlib.metadata import version as installed_version  # noqa: PLC0415 - slow, and asked for seldom

        click.echo(f"diplograph {installed_version('diplograph')}")
        context.exit()


class Verbs(click.Group):
    """A group that knows its verbs by name and says in plain words why one failed."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Tells what there is to do where nothing is asked for."""
        if not args:
            click.echo(OVERVIEW, nl=False)
            ctx.exit()
        return super().parse_args(ctx, args)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Finds the verb, or else says which ones are spelled nearly alike."""
        if args[0] not in VERBS and not args[0].startswith("-"):
            near = get_close_matches(args[0], VERBS)
            meant = f" Did you mean {' or '.join(near)}?" if near else " `diplograph --help` lists the verbs."
            ctx.fail(f"There is no verb {args[0]!r}.{meant}")
        return super().resolve_command(ctx, args)

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """The verbs in the order of their use."""
        return list(VERBS)

    def get_command(self, _ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Imports the module of a verb and takes its command."""
        if cmd_name not in VERBS:
            return None
        module = import_module(f"diplograph.cli.{VERBS[cmd_name][0]}")
        command: click.Command = getattr(module, f"{cmd_name}_command")
        return command

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Lists the verbs without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in VERBS.items()])

    def invoke(self, ctx: click.Context) -> Any:
        """Runs a verb; every failure ends with a message and exit code 1 or 2, never with silence.

        Ctrl-C ends it without a word, with exit code 130.
        """
        if sys.argv[1:2] != ["serve"]:
            signal.signal(signal.SIGINT, signal.default_int_handler)
            gc.set_threshold(*SELDOM)
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise
        except KeyboardInterrupt:
            ctx.exit(STOPPED)
        except Exception as error:  # noqa: BLE001 - the last resort: a fault of ours must not look like findings
            ctx.exit(_told(error))


def _told(error: Exception) -> int:
    """Say on standard error what went wrong, and return the exit code."""
    if isinstance(error, DiplographError):
        console.report(error)
        return 1 if error.facts.get("findings") else 2
    if isinstance(error, OSError):
        console.complain(f"{error.filename}: {error.strerror}" if error.filename else str(error))
        return 2
    if isinstance(error.__cause__, KeyboardInterrupt | SystemExit):  # as Python 3.11 has it, within a class
        return STOPPED if isinstance(error.__cause__, KeyboardInterrupt) else 0
    console.complain("".join(traceback.format_exception(error)).rstrip())
    console.complain("This is a fault of diplograph itself; please report it with the lines above.")
    return 2


main = Verbs(
    name="diplograph",
    help="A knowledge graph of diplomatic acts: build it, serve it, ask it, check what you add.",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    params=[version()],
)
