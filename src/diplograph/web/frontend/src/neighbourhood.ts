// The table of what stands around a thing as a graph above it.
import type { Core } from "cytoscape";
import { t, tn } from "./messages";
import { type Edge, knownHow, legend, MARGIN, type Node, show, svgOf, wordsOf } from "./network";
import { pngButton, svgButton } from "./save";
import { element } from "./svg";

const STEP = 1.3;
const FEWEST = 4;
/** Things that can be read at once, on a page and on a phone; a reader may ask for more. */
const MOST = { wide: 20, narrow: 9 };
const NARROW = 600;
const MOST_TOLD = 12;

export interface Told {
  name: string;
  first: string;
  says: string;
  legend?: boolean;
}

/** Whether a graph shows more than a sentence would. */
export function isTelling(nodes: number): boolean {
  return nodes >= FEWEST;
}

export function drawNeighbourhood(table: HTMLElement): void {
  const rows = [...table.querySelectorAll<HTMLTableRowElement>("tr[data-from]")];
  const first = table.dataset.this ?? "";
  const nodes = new Map<string, Node>();
  const edges = rows.map((row): Edge => {
    const cells = row.dataset.reads === "back" ? [2, 0] as const : [0, 2] as const;
    const [from, to] = [nodeOf(row, row.dataset.from!, cells[0]), nodeOf(row, row.dataset.to!, cells[1])];
    for (const node of [from, to]) nodes.set(node.id, node);
    return { from: from.id, to: to.id, says: row.cells[1]!.textContent!.trim(), how: row.dataset.how!, reads: row.dataset.reads === "back" ? "back" : undefined };
  });
  if (!isTelling(nodes.size)) return;
  const says = toldOf([...nodes.values()], edges, t("The table below holds the same"));
  table.before(graphFigure([...nodes.values()], edges, { name: table.dataset.neighbourhood || "graph", first, says }));
}

/** A graph in words, for those who do not see it; at the end they are told where else it stands. */
export function toldOf(nodes: Node[], edges: Edge[], elsewhere: string): string {
  const names = new Map(nodes.map(({ id, label }) => [id, label]));
  const lines = edges.slice(0, MOST_TOLD).map((edge) => `${names.get(edge.from)} → ${[wordsOf(edge), edge.how && `(${knownHow(edge.how)})`].filter(Boolean).join(" ")} → ${names.get(edge.to)}.`);
  const relations = tn("%(n)s relation", "%(n)s relations", edges.length);
  return [tn("A graph of %(n)s thing and %(relations)s.", "A graph of %(n)s things and %(relations)s.", nodes.length, { relations }), ...lines, elsewhere].join(" ");
}

function nodeOf(row: HTMLTableRowElement, id: string, column: number): Node {
  const link = row.cells[column]!.querySelector("a");
  return { id, label: (link ?? row.cells[column]!).textContent!.trim(), href: link?.getAttribute("href") ?? "" };
}

/** A graph with its legend, buttons to see more of it and to save it; it is laid out once it is on the page. */
export function graphFigure(nodes: Node[], edges: Edge[], { name, first, says, legend: told = true }: Told): HTMLElement {
  const figure = document.createElement("figure");
  const place = document.createElement("div");
  place.className = "network";
  place.setAttribute("role", "img");
  place.setAttribute("aria-label", says);
  const { marks, width } = legend(10);
  const key = element("svg", { viewBox: `0 0 ${width} 20`, width, height: 20, class: "picture", role: "img", "aria-label": t("Solid lines are asserted, dotted claimed, dashed inferred"), "font-size": 12, "font-family": "system-ui, sans-serif" });
  key.append(...marks);
  const caption = document.createElement("figcaption");
  caption.className = "quiet small actions";
  figure.append(place, caption);
  const draw = (most: number) => {
    const [seen, joined] = partOf(nodes, edges, first, most);
    const graph = show(place, seen, joined, first);
    const picture = () => svgOf(graph, { first, says, legend: told });
    const more = () => {
      graph.destroy();
      draw(nodes.length);
    };
    const left = nodes.length - seen.length;
    const rest = left ? [button(tn("More: %(n)s thing is not shown", "More: %(n)s things are not shown", left), more)] : [];
    caption.replaceChildren(...(told ? [key] : []), ...rest, ...closer(graph), svgButton(picture, name), pngButton(picture, name));
  };
  requestAnimationFrame(() => draw(place.clientWidth < NARROW ? MOST.narrow : MOST.wide));
  return figure;
}

/** The first things with what joins them; of those only what is joined to another. */
function partOf(nodes: Node[], edges: Edge[], first: string, most: number): [Node[], Edge[]] {
  const kept = new Set([...nodes.filter(({ id }) => id === first), ...nodes.filter(({ id }) => id !== first)].slice(0, most).map(({ id }) => id));
  const joined = edges.filter(({ from, to }) => kept.has(from) && kept.has(to));
  const ends = new Set(joined.flatMap(({ from, to }) => [from, to]));
  return [nodes.filter(({ id }) => ends.has(id)), joined];
}

function closer(graph: Core): HTMLButtonElement[] {
  const middle = () => ({ x: graph.width() / 2, y: graph.height() / 2 });
  const whole = graph.zoom();
  const zoom = (step: number) => () => graph.zoom({ level: graph.zoom() * step, renderedPosition: middle() });
  const made: [string, () => unknown][] = [[t("Closer"), zoom(STEP)], [t("Further"), zoom(1 / STEP)], [t("All"), () => graph.fit(undefined, MARGIN)]];
  // A finger moves the page over a graph that is seen whole, and the graph once it is not.
  graph.on("zoom", () => graph.userPanningEnabled(graph.zoom() > whole * 1.01));
  return made.map(([text, act]) => button(text, act));
}

function button(text: string, act: () => unknown): HTMLButtonElement {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "link";
  made.textContent = text;
  made.addEventListener("click", act);
  return made;
}
