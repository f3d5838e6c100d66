"""The figures of the service, for Prometheus to fetch."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Response
from prometheus_client import CONTENT_TYPE_LATEST

from diplograph.web.headers import NO_STORE
from diplograph.web.meters import Meters


@dataclass(frozen=True, slots=True)
class Figures:
    """Publishes what the meters say."""

    meters: Meters

    def blueprint(self) -> Blueprint:
        """Mount the figures."""
        pages = Blueprint("figures", __name__)
        pages.add_url_rule("/metrics", view_func=self.metrics)
        return pages

    def metrics(self) -> Response:
        """Counts requests, work, waiting and kept answers, in Prometheus' text format."""
        response = Response(self.meters.text(), content_type=CONTENT_TYPE_LATEST)
        response.headers["Cache-Control"] = NO_STORE
        return response
