// The table of what stands around a thing as a graph above it.
import type { Core } from "cytoscape";
import { legend, MARGIN, type Edge, type Node, show, svgOf } from "./network";
import { pngButton, svgButton } from "./save";
import { element } from "./svg";

const STEP = 1.3;

export interface Told {
  name: string;
  first: string;
  says: string;
  legend?: boolean;
}

export function drawNeighbourhood(table: HTMLElement): void {
  const rows = [...table.querySelectorAll<HTMLTableRowElement>("tr[data-from]")];
  const nodes = new Map<string, Node>();
  const edges = rows.map((row): Edge => {
    const [from, to] = [nodeOf(row, row.dataset.from!, 0), nodeOf(row, row.dataset.to!, 2)];
    for (const node of [from, to]) nodes.set(node.id, node);
    return { from: from.id, to: to.id, says: row.cells[1]!.textContent!.trim(), how: row.dataset.how! };
  });
  const first = table.dataset.this ?? "";
  const says = `A graph of ${nodes.size} things and ${edges.length} relations: the table below holds the same`;
  table.before(graphFigure([...nodes.values()], edges, { name: table.dataset.neighbourhood || "graph", first, says }));
}

function nodeOf(row: HTMLTableRowElement, id: string, column: number): Node {
  const link = row.cells[column]!.querySelector("a");
  return { id, label: (link ?? row.cells[column]!).textContent!.trim(), href: link?.getAttribute("href") ?? "" };
}

/** A graph with its legend, buttons to come closer and to save it; it is laid out once it is on the page. */
export function graphFigure(nodes: Node[], edges: Edge[], { name, first, says, legend: told = true }: Told): HTMLElement {
  const figure = document.createElement("figure");
  const place = document.createElement("div");
  place.className = "network";
  place.setAttribute("role", "img");
  place.setAttribute("aria-label", says);
  const key = element("svg", { viewBox: "0 0 330 20", width: 330, height: 20, class: "picture", role: "img", "aria-label": "Solid lines are asserted, dotted claimed, dashed inferred", "font-size": 12, "font-family": "system-ui, sans-serif" });
  key.append(...legend(10));
  const caption = document.createElement("figcaption");
  caption.className = "quiet small actions";
  figure.append(place, caption);
  requestAnimationFrame(() => {
    const graph = show(place, nodes, edges, first);
    const picture = () => svgOf(graph, { first, says, legend: told });
    caption.append(...(told ? [key] : []), ...closer(graph), svgButton(picture, name), pngButton(picture, name));
  });
  return figure;
}

function closer(graph: Core): HTMLButtonElement[] {
  const middle = () => ({ x: graph.width() / 2, y: graph.height() / 2 });
  const whole = graph.zoom();
  const zoom = (step: number) => () => graph.zoom({ level: graph.zoom() * step, renderedPosition: middle() });
  const made: [string, () => unknown][] = [["Closer", zoom(STEP)], ["Further", zoom(1 / STEP)], ["All", () => graph.fit(undefined, MARGIN)]];
  // A finger moves the page over a graph that is seen whole, and the graph once it is not.
  graph.on("zoom", () => graph.userPanningEnabled(graph.zoom() > whole * 1.01));
  return made.map(([text, act]) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "link";
    button.textContent = text;
    button.addEventListener("click", act);
    return button;
  });
}
