"""Pictures in SVG: the one that the header of a query asks for; no script is needed to see it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from diplograph.web.answers import Shown
from diplograph.web.pictures import charts, exchange, matrix
from diplograph.web.pictures.canvas import Chart, Picture

__all__ = ["MEDIA_TYPE", "SUFFIX", "Picture", "draw"]

MEDIA_TYPE = "image/svg+xml"
SUFFIX = "svg"

KINDS: Mapping[str, Callable[[Shown, Chart, str], Picture | None]] = {
    "bar": charts.draw_bars,
    "exchange": exchange.draw,
    "matrix": matrix.draw,
    "timeline": charts.draw_timeline,
}


def draw(shown: Shown, chart: Chart, title: str) -> Picture | None:
    """Draw an answer as a chart says; None where it asks for no picture or nothing can be drawn."""
    kind = KINDS.get(str(chart.get("type")))
    return kind(shown, chart, title) if kind else None
