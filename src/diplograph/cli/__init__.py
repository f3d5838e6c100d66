"""The command line: parse arguments, call, print.

Exit codes: 0 clean, 1 findings, 2 wrong use or could not run. Answers and findings go to standard output,
progress and diagnostics to standard error.
"""

from diplograph.cli.verbs import Verbs, version

main = Verbs(
    name="diplograph",
    help="A knowledge graph of diplomatic acts: build it, serve it, ask it, check what you add.",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    no_args_is_help=True,
    params=[version()],
)

__all__ = ["main"]
