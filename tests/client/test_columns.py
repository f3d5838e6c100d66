"""Columns by the XSD types of their values."""

import json
import subprocess
import sys
import warnings
from datetime import UTC, date, datetime, timedelta

import pandas
import polars
import pytest

from diplograph.client.table import LexicalFormWarning, Table

XSD = "http://www.w3.org/2001/XMLSchema#"


def table(*values: tuple[str, str | None] | None) -> Table:
    """A table of one column, each value with the name of its XSD type."""
    bindings = [{"x": _binding(*value)} if value else {} for value in values]
    return Table.read(json.dumps({"head": {"vars": ["x"]}, "results": {"bindings": bindings}}).encode(), "r")


def _binding(value: str, datatype: str | None) -> dict[str, str]:
    if datatype is None:
        return {"type": "uri", "value": value}
    return {"type": "literal", "value": value, "datatype": XSD + datatype}


@pytest.mark.parametrize(
    ("values", "pandas_type", "polars_type", "first"),
    [
        ([("8", "integer"), ("08", "nonNegativeInteger")], "Int64", polars.Int64, 8),
        ([("1.5", "decimal"), ("INF", "double"), ("2", "integer")], "Float64", polars.Float64, 1.5),
        ([("true", "boolean"), ("0", "boolean")], "boolean", polars.Boolean, True),
        ([("2022-04-27", "date")], "datetime64[s]", polars.Date, date(2022, 4, 27)),
        (
            [("2022-04-27T09:00:00+09:00", "dateTime")],
            "datetime64[us, UTC]",
            polars.Datetime("us", "UTC"),
            datetime(2022, 4, 27, tzinfo=UTC),
        ),
        (
            [("2022-04-27T09:00:00", "dateTime")],
            "datetime64[us]",
            polars.Datetime("us"),
            datetime(2022, 4, 27, 9),
        ),
        (
            [("P2DT1H", "dayTimeDuration")],
            "timedelta64[us]",
            polars.Duration("us"),
            timedelta(days=2, hours=1),
        ),
        ([("https://example.org/a", None)], "string", polars.String, "https://example.org/a"),
        ([("2022", "gYear")], "string", polars.String, "2022"),
        ([("2022-04", "gYearMonth")], "string", polars.String, "2022-04"),
        ([("8", "integer"), ("eight", "string")], "string", polars.String, "8"),
    ],
)
def test_column_has_the_type_of_its_values(values, pandas_type, polars_type, first) -> None:
    found = table(*values, None)
    assert str(found.to_pandas()["x"].dtype) == pandas_type
    assert found.to_polars()["x"].dtype == polars_type
    assert found.to_polars()["x"][0] == first
    assert found.to_pandas()["x"].isna().iloc[-1]
    assert found.to_polars()["x"][-1] is None


@pytest.mark.parametrize(
    ("bad", "datatype"),
    [
        ("eight", "integer"),
        ("9223372036854775808", "integer"),
        ("2022-02-30", "date"),
        ("2022-04-27+09:00", "date"),
        ("yes", "boolean"),
        ("noon", "dateTime"),
        ("1,5", "decimal"),
    ],
)
def test_bad_lexical_form_keeps_the_column_as_text_and_warns(bad: str, datatype: str) -> None:
    good = {"integer": "1", "date": "2022-04-27", "boolean": "true", "dateTime": "2022-04-27T00:00:00Z"}
    found = table((good.get(datatype, "1"), datatype), (bad, datatype))
    with pytest.warns(LexicalFormWarning, match="row 2"):
        column = found.to_polars()["x"]
    assert column.to_list() == [good.get(datatype, "1"), bad]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LexicalFormWarning)
        assert found.to_pandas()["x"].to_list() == [good.get(datatype, "1"), bad]


def test_instants_of_which_some_have_no_zone_stay_text() -> None:
    found = table(("2022-04-27T00:00:00Z", "dateTime"), ("2022-04-27T00:00:00", "dateTime"))
    assert found.to_polars()["x"].dtype == polars.String


def test_table_without_rows_keeps_its_columns() -> None:
    assert table().to_pandas().columns.tolist() == ["x"]
    assert table().to_polars().columns == ["x"]
    assert table(None, None).to_polars()["x"].to_list() == [None, None]


def test_frames_of_both_libraries_hold_the_same() -> None:
    assert isinstance(table(("1", "integer")).to_pandas(), pandas.DataFrame)
    assert table(("1", "integer")).to_pandas()["x"].sum() == table(("1", "integer")).to_polars()["x"].sum()


def test_iris_may_be_shown_as_prefixed_names() -> None:
    found = table(("https://w3id.org/diplograph/id/state/japan", None), ("https://example.org/x", None))
    assert found.to_polars(short=True)["x"].to_list() == ["state:japan", "https://example.org/x"]
    assert found.to_pandas(short=True)["x"].to_list() == ["state:japan", "https://example.org/x"]
    assert found.to_polars()["x"][0] == "https://w3id.org/diplograph/id/state/japan"


def test_package_is_imported_without_what_only_notebooks_need() -> None:
    check = "import sys, diplograph; sys.exit(bool({'pandas', 'polars', 'pyoxigraph'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0


def test_table_shows_itself_in_a_notebook_with_links_and_numbers_on_the_right() -> None:
    html = table(
        ("https://w3id.org/diplograph/id/state/japan", None),
        ("javascript:alert(1)", None),
        ("<b>", "string"),
        ("8", "integer"),
        None,
    )._repr_html_()

    assert '<td><a href="https://w3id.org/diplograph/id/state/japan">state:japan</a></td>' in html
    assert "<td>javascript:alert(1)</td>" in html
    assert "<td>&lt;b&gt;</td>" in html
    assert '<td style="text-align: right">8</td>' in html
    assert "<caption>5 rows, release r</caption>" in html


def test_table_in_a_notebook_says_how_many_rows_it_leaves_out() -> None:
    html = table(*[("1", "integer")] * 60)._repr_html_()

    assert html.count("<tr>") == 51
    assert "60 rows, 50 of them shown" in html
