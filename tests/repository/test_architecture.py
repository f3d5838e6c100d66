"""The picture of the layout shows every part of the package in the boxes of its ranks, the lowest below."""

import re
import runpy
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parents[2]
PICTURE = ROOT / "docs" / "layers.svg"
SVG = "{http://www.w3.org/2000/svg}"
RANKS = runpy.run_path(str(Path(__file__).with_name("test_layers.py")))["RANKS"]
MODULE = re.compile(r"`[\w/]+(\.py|/)`")
FLOWS = ("A SPARQL request", "`diplograph check FILE`", "`diplograph accept FILE`")


def parts(box: ElementTree.Element) -> tuple[str | None, ...]:
    return tuple(text.text for text in box.iter(f"{SVG}text") if text.get("class") == "part")


def test_the_picture_has_a_box_for_each_rank_with_its_parts():
    boxes = ElementTree.parse(PICTURE).getroot().iter(f"{SVG}g")

    assert [parts(box) for box in boxes] == list(reversed(RANKS))


def test_boxes_stand_in_the_order_of_their_ranks():
    boxes = ElementTree.parse(PICTURE).getroot().iter(f"{SVG}g")
    tops = [float(box.find(f"{SVG}rect").get("y")) for box in boxes]

    assert tops == sorted(tops)


def test_every_step_of_a_flow_names_its_module():
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    flows = {title: text.partition(f"## {title}\n")[2].partition("\n## ")[0] for title in FLOWS}
    steps = {title: re.split(r"^\d+\. ", flow, flags=re.MULTILINE)[1:] for title, flow in flows.items()}

    assert {title: len(found) for title, found in steps.items() if len(found) < 5} == {}
    assert [step for found in steps.values() for step in found if not MODULE.search(step)] == []
