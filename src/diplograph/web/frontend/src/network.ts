// Things and what joins them as a graph, laid out and handled by Cytoscape.js.
import cytoscape, { type Core, type ElementDefinition, type NodeSingular, type StylesheetJson } from "cytoscape";
import { ACCENT, element, GROUND, INK, paper } from "./svg";

export interface Edge {
  from: string;
  to: string;
  says: string;
  how: string;
}

export interface Node {
  id: string;
  label: string;
  href: string;
}

const DASHES: Record<string, string> = { asserted: "", claimed: "2 4", inferred: "7 5" };
const SIZE = 16;
const SHEET = "__________cytoscape_stylesheet";
const LINE = 14;
const NARROWEST = 0.6;
const WIDEST = 2.6;
export const MARGIN = 24;

/** Show a graph in an element of some height; `first` is the node that it is about. */
export function show(place: HTMLElement, nodes: Node[], edges: Edge[], first: string): Core {
  keepStyle();
  const graph = cytoscape({
    container: place,
    elements: elementsOf(nodes, edges),
    style: styleOf(first),
    layout: { name: "cose", animate: false, randomize: false, nodeDimensionsIncludeLabels: true, idealEdgeLength: () => 90, nodeRepulsion: () => 60_000, padding: MARGIN },
    userZoomingEnabled: false,
    boxSelectionEnabled: false,
    userPanningEnabled: false,
  });
  stretch(graph);
  graph.on("tap", "node", (event) => {
    const href = (event.target as NodeSingular).data("href") as string;
    if (href) location.assign(href);
  });
  graph.on("mouseover mouseout", "edge", (event) => event.target.data("hovered", event.type === "mouseover"));
  graph.on("mouseover", "node", () => (place.style.cursor = "pointer"));
  graph.on("mouseout", "node", () => (place.style.cursor = ""));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => graph.style(styleOf(first)));
  return graph;
}

/** Give the layout the shape of the place that it is shown in, so that names have room beside each other. */
function stretch(graph: Core): void {
  const { w, h } = graph.nodes().boundingBox({ includeLabels: false });
  const wider = Math.min(Math.max((graph.width() / graph.height()) * (h / Math.max(w, 1)), NARROWEST), WIDEST);
  graph.nodes().positions((node) => ({ x: node.position("x") * wider, y: node.position("y") / Math.min(wider, 1) }));
  graph.fit(undefined, MARGIN);
}

/** Cytoscape writes a style sheet of one rule unless its name is taken; the page allows none, and has the rule. */
function keepStyle(): void {
  if (document.getElementById(SHEET)) return;
  const mark = document.createElement("meta");
  mark.id = SHEET;
  document.head.append(mark);
}

function elementsOf(nodes: Node[], edges: Edge[]): ElementDefinition[] {
  const circle = (index: number) => ({ x: 300 * Math.cos((index * 2 * Math.PI) / nodes.length), y: 300 * Math.sin((index * 2 * Math.PI) / nodes.length) });
  return [
    ...nodes.map((node, index) => ({ data: { ...node }, position: circle(index) })),
    ...edges.map(({ from, to, says, how }) => ({ data: { source: from, target: to, says, how } })),
  ];
}

function styleOf(first: string): StylesheetJson {
  const colour = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const [ink, panel, accent, quiet] = ["--ink", "--panel", "--accent", "--quiet"].map(colour) as [string, string, string, string];
  const words = { "font-family": "system-ui, sans-serif", "text-background-color": panel, "text-background-opacity": 0.85, "text-background-padding": "2px" };
  return [
    {
      selector: "node",
      style: { ...words, width: SIZE, height: SIZE, "background-color": panel, "border-color": accent, "border-width": 2, label: "data(label)", color: ink, "font-size": 12, "text-valign": "bottom", "text-margin-y": 4, "text-wrap": "wrap", "text-max-width": "130px" },
    },
    { selector: `node[id = ${JSON.stringify(first)}]`, style: { "background-color": accent, "font-weight": "bold" } },
    {
      selector: "edge",
      style: { ...words, width: 1.4, "line-color": quiet, "target-arrow-color": quiet, "target-arrow-shape": "triangle", "arrow-scale": 0.8, "curve-style": "bezier" },
    },
    { selector: "edge:active, edge:selected", style: { label: "data(says)", color: ink, "font-size": 11, "text-wrap": "wrap", "text-max-width": "140px", "line-color": accent } },
    { selector: "edge[?hovered]", style: { label: "data(says)", color: ink, "font-size": 11, "text-wrap": "wrap", "text-max-width": "140px" } },
    ...Object.entries(DASHES)
      .filter(([, dashes]) => dashes)
      .map(([how, dashes]) => ({ selector: `edge[how = "${how}"]`, style: { "line-style": "dashed" as const, "line-dash-pattern": dashes.split(" ").map(Number) } })),
  ];
}

/** The graph as it stands, as a picture of its own. */
export function svgOf(graph: Core, { first, says, legend: told }: { first: string; says: string; legend: boolean }): SVGSVGElement {
  const box = graph.elements().boundingBox({ includeLabels: true });
  const [width, height] = [Math.ceil(box.w) + 40, Math.ceil(box.h) + 70];
  const at = (position: { x: number; y: number }): [number, number] => [position.x - box.x1 + 20, position.y - box.y1 + 20];
  const picture = paper(width, height, says);
  picture.append(arrowHead(), ...graph.edges().map((edge) => edgeOf(at(edge.source().position()), at(edge.target().position()), edge.data() as Edge)));
  picture.append(...graph.nodes().map((node) => nodeOf(at(node.position()), node.data("label") as string, node.id() === first)));
  if (told) picture.append(...legend(height - 16));
  return picture;
}

function arrowHead(): SVGElement {
  const head = element("marker", { id: "arrow", viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 7, markerHeight: 7, orient: "auto" });
  head.append(element("path", { d: "M0,0 L8,4 L0,8 z", fill: INK }));
  return element("defs", {}, head);
}

function edgeOf([x1, y1]: [number, number], [x2, y2]: [number, number], { says, how }: Edge): SVGElement {
  const away = (SIZE / 2 + 2) / Math.max(Math.hypot(x2 - x1, y2 - y1), 1);
  const end = { x2: x2 - (x2 - x1) * away, y2: y2 - (y2 - y1) * away };
  const line = element("line", { x1, y1, ...end, stroke: INK, "stroke-width": 1.2, "stroke-dasharray": DASHES[how] || "none", "marker-end": "url(#arrow)" });
  return element("g", {}, element("title", {}, how ? `${says} (${how})` : says), line);
}

function nodeOf([x, y]: [number, number], label: string, isFirst: boolean): SVGElement {
  const text = element("text", { "text-anchor": "middle", fill: INK, stroke: GROUND, "stroke-width": 3, "paint-order": "stroke" });
  text.append(...wrapped(label).map((line, index) => element("tspan", { x, y: y + SIZE + 6 + index * LINE }, line)));
  return element("g", {}, element("circle", { cx: x, cy: y, r: SIZE / 2, fill: isFirst ? ACCENT : GROUND, stroke: ACCENT, "stroke-width": 2 }), text);
}

function wrapped(label: string): string[] {
  const lines = [""];
  for (const word of label.split(" ")) {
    const line = `${lines.at(-1)} ${word}`.trim();
    if (line.length > 22 && lines.at(-1)) lines.push(word);
    else lines[lines.length - 1] = line;
  }
  return lines;
}

/** What the kinds of line mean; the page shows it beside the graph too. */
export function legend(y: number): SVGElement[] {
  return Object.entries(DASHES).flatMap(([how, dashes], index) => [
    element("line", { class: "arc", x1: 10 + index * 110, y1: y, x2: 46 + index * 110, y2: y, stroke: INK, "stroke-width": 1.6, "stroke-dasharray": dashes || "none" }),
    element("text", { class: "ink", x: 52 + index * 110, y: y + 4, fill: INK }, how),
  ]);
}
