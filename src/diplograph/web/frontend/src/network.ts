// Things and what joins them as a graph, laid out and handled by Cytoscape.js.
import cytoscape, { type Core, type EdgeSingular, type ElementDefinition, type LayoutOptions, type NodeSingular, type StylesheetJson } from "cytoscape";
import { t } from "./messages";
import { ACCENT, element, GROUND, INK, paper } from "./svg";

/** An arrow; of an act and its answer it runs from the act, although the answer says it: `reads` tells. */
export interface Edge {
  from: string;
  to: string;
  says: string;
  how: string;
  reads?: "back";
}

export interface Node {
  id: string;
  label: string;
  href: string;
}

const DASHES: Record<string, string> = { asserted: "", claimed: "2 4", inferred: "7 5" };
const KNOWN: Record<string, string> = { asserted: t("asserted"), claimed: t("claimed"), inferred: t("inferred") };
const SHEET = "__________cytoscape_stylesheet";
const LINE = 14;
const LETTER = 6.7;
const WIDE_LETTER = 12.5;
const LONGEST = 22;
const PAD = 8;
/** Room between boxes, more of it where words stand on an arrow between them. */
const APART = { x: 24, y: 26 };
const APART_JOINED = { x: 110, y: 60 };
const ROUNDS = 120;
/** Cytoscape keeps boxes apart as if each were as high as it is wide. */
const FLATTER = 0.5;
const NARROWEST = 0.6;
const WIDEST = 2.6;
export const MARGIN = 24;

/** What is written on an arrow. */
export function wordsOf({ says, reads }: Pick<Edge, "says" | "reads">): string {
  if (reads !== "back") return says;
  return says ? t("answer: %(says)s", { says }) : t("answer");
}

/** How an edge is known, in words. */
export function knownHow(how: string): string {
  return KNOWN[how] ?? how;
}

/** Show a graph in an element of some height; `first` is the node that it is about. */
export function show(place: HTMLElement, nodes: Node[], edges: Edge[], first: string): Core {
  keepStyle();
  const graph = cytoscape({
    container: place,
    elements: elementsOf(nodes, edges),
    style: styleOf(first),
    layout: layoutOf(edges),
    userZoomingEnabled: false,
    boxSelectionEnabled: false,
    userPanningEnabled: false,
  });
  stretch(graph);
  graph.on("tap", "node", (event) => {
    const href = (event.target as NodeSingular).data("href") as string;
    if (href) location.assign(href);
  });
  graph.on("mouseover", "node", () => (place.style.cursor = "pointer"));
  graph.on("mouseout", "node", () => (place.style.cursor = ""));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => graph.style(styleOf(first)));
  return graph;
}

/** Acts and answers alone stand in layers, each answer to the right of what it answers. */
function layoutOf(edges: Edge[]): LayoutOptions {
  if (edges.every(({ reads }) => reads === "back")) {
    const transform = (_: NodeSingular, { x, y }: { x: number; y: number }) => ({ x: y, y: x * FLATTER });
    return { name: "breadthfirst", directed: true, animate: false, padding: MARGIN, spacingFactor: 1, transform };
  }
  return { name: "cose", animate: false, randomize: false, idealEdgeLength: () => 110, nodeRepulsion: () => 60_000, padding: MARGIN };
}

/** Give the layout the shape of the place that it is shown in, and boxes that cover each other room. */
function stretch(graph: Core): void {
  const { w, h } = graph.nodes().boundingBox({ includeLabels: false });
  const wider = Math.min(Math.max((graph.width() / graph.height()) * (h / Math.max(w, 1)), NARROWEST), WIDEST);
  graph.nodes().positions((node) => ({ x: node.position("x") * wider, y: node.position("y") / Math.min(wider, 1) }));
  for (let round = 0; round < ROUNDS && separate(graph.nodes().toArray()); round++);
  graph.fit(undefined, MARGIN);
}

/** Move boxes that cover each other apart, the shorter way; whether any did. */
function separate(nodes: NodeSingular[]): boolean {
  let moved = false;
  nodes.forEach((one, index) => {
    for (const other of nodes.slice(index + 1)) {
      const [a, b] = [one.position(), other.position()];
      const room = one.edgesWith(other).nonempty() ? APART_JOINED : APART;
      const x = (one.width() + other.width()) / 2 + room.x - Math.abs(a.x - b.x);
      const y = (one.height() + other.height()) / 2 + room.y - Math.abs(a.y - b.y);
      if (x <= 0.1 || y <= 0.1) continue;
      moved = true;
      const [dx, dy] = x < y ? [((a.x < b.x ? -1 : 1) * x) / 2, 0] : [0, ((a.y < b.y ? -1 : 1) * y) / 2];
      one.position({ x: a.x + dx, y: a.y + dy });
      other.position({ x: b.x - dx, y: b.y - dy });
    }
  });
  return moved;
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
    ...nodes.map((node, index) => ({ data: { ...node, ...sizeOf(node.label) }, position: circle(index) })),
    ...edges.map((edge) => ({ data: { source: edge.from, target: edge.to, how: edge.how, words: wordsOf(edge) } })),
  ];
}

/** The room that a name takes, in lines. */
function sizeOf(label: string): { lines: string; width: number; height: number } {
  const lines = wrapped(label);
  return { lines: lines.join("\n"), width: Math.max(...lines.map(widthOf)) + 2 * PAD, height: lines.length * LINE + PAD };
}

function widthOf(line: string): number {
  return [...line].reduce((sum, sign) => sum + (/[\u2e80-\uffef]/u.test(sign) ? WIDE_LETTER : LETTER), 0);
}

function styleOf(first: string): StylesheetJson {
  const colour = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const [ink, panel, accent, quiet, mark] = ["--ink", "--panel", "--accent", "--quiet", "--mark"].map(colour) as [string, string, string, string, string];
  const words = { "font-family": "system-ui, sans-serif", "text-wrap": "wrap" as const, color: ink };
  return [
    {
      selector: "node",
      style: { ...words, shape: "round-rectangle", width: "data(width)", height: "data(height)", "background-color": panel, "border-color": accent, "border-width": 1.5, label: "data(lines)", "font-size": 12, "text-valign": "center", "text-max-width": "400px" },
    },
    { selector: `node[id = ${JSON.stringify(first)}]`, style: { "background-color": mark, "border-width": 3 } },
    {
      selector: "edge",
      style: { ...words, width: 1.4, "line-color": quiet, "target-arrow-color": ink, "target-arrow-shape": "triangle", "arrow-scale": 1, "curve-style": "bezier", label: "data(words)", "text-rotation": "autorotate", "font-size": 10, "text-max-width": "140px", "text-background-color": panel, "text-background-opacity": 0.85, "text-background-padding": "2px" },
    },
    { selector: "edge:active, edge:selected", style: { "line-color": accent } },
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
  picture.append(arrowHead(), ...graph.edges().map((edge) => edgeOf(edge, at)));
  picture.append(...graph.nodes().map((node) => nodeOf(node, at(node.position()), node.id() === first)));
  if (told) picture.append(...legend(height - 16).marks);
  return picture;
}

function arrowHead(): SVGElement {
  const head = element("marker", { id: "arrow", viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 7, markerHeight: 7, orient: "auto" });
  head.append(element("path", { d: "M0,0 L8,4 L0,8 z", fill: INK }));
  return element("defs", {}, head);
}

type At = (position: { x: number; y: number }) => [number, number];

/** A line between the edges of two boxes, so that none covers its head. */
function edgeOf(edge: EdgeSingular, at: At): SVGElement {
  const { how, words } = edge.data() as { how: string; words: string };
  const [[x1, y1], [x2, y2]] = [at(edge.sourceEndpoint()), at(edge.targetEndpoint())];
  const line = element("line", { x1, y1, x2, y2, stroke: INK, "stroke-width": 1.2, "stroke-dasharray": DASHES[how] || "none", "marker-end": "url(#arrow)" });
  const slope = (Math.atan((y2 - y1) / (x2 - x1 || 0.01)) * 180) / Math.PI;
  const text = element("text", { transform: `translate(${(x1 + x2) / 2} ${(y1 + y2) / 2}) rotate(${slope.toFixed(1)})`, y: 3, "text-anchor": "middle", "font-size": 10, fill: INK, stroke: GROUND, "stroke-width": 3, "paint-order": "stroke" }, words);
  return element("g", {}, element("title", {}, how ? `${words} (${knownHow(how)})` : words), line, text);
}

function nodeOf(node: NodeSingular, [x, y]: [number, number], isFirst: boolean): SVGElement {
  const lines = (node.data("lines") as string).split("\n");
  const text = element("text", { "text-anchor": "middle", fill: INK });
  text.append(...lines.map((line, index) => element("tspan", { x, y: y + 4 + (index - (lines.length - 1) / 2) * LINE }, line)));
  const [width, height] = [node.width(), node.height()];
  return element("g", {}, element("rect", { x: x - width / 2, y: y - height / 2, width, height, rx: 4, fill: GROUND, stroke: ACCENT, "stroke-width": isFirst ? 3 : 1.5 }), text);
}

function wrapped(label: string): string[] {
  const lines = [""];
  for (const word of label.split(" ")) {
    const line = `${lines.at(-1)} ${word}`.trim();
    if (line.length > LONGEST && lines.at(-1)) lines.push(word);
    else lines[lines.length - 1] = line;
  }
  return lines;
}

/** What the kinds of line mean; the page shows it beside the graph too. */
export function legend(y: number): { marks: SVGElement[]; width: number } {
  let x = 10;
  const marks = Object.entries(DASHES).flatMap(([how, dashes]) => {
    const line = element("line", { class: "arc", x1: x, y1: y, x2: x + 36, y2: y, stroke: INK, "stroke-width": 1.6, "stroke-dasharray": dashes || "none" });
    const word = element("text", { class: "ink", x: x + 42, y: y + 4, fill: INK }, knownHow(how));
    x += 42 + widthOf(knownHow(how)) + 14;
    return [line, word];
  });
  return { marks, width: Math.ceil(x) };
}
