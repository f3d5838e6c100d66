"""A validation report as one page that can be sent to somebody: no scripts, nothing from elsewhere."""

from functools import cache
from importlib.resources import files

from jinja2 import Environment, Template

from diplograph.validation.renderings import words
from diplograph.validation.report import Report


def to_html(report: Report) -> str:
    """Return the page: the verdict, the findings by shape with places and cures, the uncovered triples."""
    return _template().render(report=report, words=words)


@cache
def _template() -> Template:
    text = files(__package__).joinpath("page.html").read_text(encoding="utf-8")
    return Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string(text)
