"""Pictures in SVG: the one that the header of a query asks for; no script is needed to see it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from diplograph.engine.protocol import Engine
from diplograph.queries import CannedQuery
from diplograph.translations import translated
from diplograph.web.answers import Shown
from diplograph.web.pictures import canvas, charts, exchange, matrix
from diplograph.web.pictures.canvas import Accounts, Chart, Picture

__all__ = ["MEDIA_TYPE", "SUFFIX", "Picture", "draw", "of_query"]

MEDIA_TYPE = "image/svg+xml"
SUFFIX = "svg"

TIMED: Mapping[str, Callable[[Shown, Chart, str, Accounts], Picture | None]] = {
    "exchange": exchange.draw,
    "timeline": charts.draw_timeline,
}
"""Pictures of time, which show the date of every source."""
COUNTED: Mapping[str, Callable[[Shown, Chart, str], Picture | None]] = {
    "bar": charts.draw_bars,
    "matrix": matrix.draw,
}


def of_query(engine: Engine, query: CannedQuery, shown: Shown, languages: Sequence[str]) -> Picture | None:
    """Draw the answer to a canned query as its header says; None where there is nothing to draw.

    Things have their labels in the first of the languages that they have one in.
    """
    accounts = canvas.accounts_of(engine, shown, query.chart, languages)
    return draw(shown.labelled(languages), query.chart, translated(query.summary), accounts)


def draw(shown: Shown, chart: Chart, title: str, accounts: Accounts = MappingProxyType({})) -> Picture | None:
    """Draw an answer as a chart says; None where it asks for no picture or nothing can be drawn."""
    kind = str(chart.get("type"))
    if kind in TIMED:
        return TIMED[kind](shown, chart, title, accounts)
    return COUNTED[kind](shown, chart, title) if kind in COUNTED else None
