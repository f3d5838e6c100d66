"""Pages about things taken apart: their sections as rows of texts, and the facts that they begin with."""

import re
from html import unescape

from flask.testing import FlaskClient


def page(client: FlaskClient, name: str, **headers: str) -> str:
    answer = client.get(f"/doc/{name}.html", headers=headers)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


PROOF = re.compile(r'<a class="proof".*?</a>')


def section(text: str, name: str) -> list[list[str]]:
    """The rows of a section as texts, without links to passages; one of one cell heads a part."""
    text = PROOF.sub("", text)
    found = re.search(rf'<section aria-labelledby="{name}">(.*?)</section>', text, re.DOTALL)
    assert found is not None, f"no section {name}"
    rows = re.findall(r"<tr>(.*?)</tr>", found[1], re.DOTALL)[1:]
    return [
        [plain(cell) for cell in re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row, re.DOTALL)] for row in rows
    ]


def plain(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", "", html)).split())


def parts(rows: list[list[str]]) -> dict[str, list[list[str]]]:
    """The rows of a section under the heading of their part."""
    found: dict[str, list[list[str]]] = {}
    for row in rows:
        if len(row) == 1:
            found[row[0]] = []
        else:
            found[list(found)[-1]].append(row)
    return found


def key_facts(text: str) -> dict[str, list[str]]:
    text = PROOF.sub("", text)
    return {
        plain(name): [plain(value) for value in re.findall(r"<dd[^>]*>(.*?)</dd>", values)]
        for name, values in re.findall(r"<div><dt>(.*?)</dt>(.*?)</div>", text)
    }
