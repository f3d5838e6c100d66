// Rows of pairs as a graph.
import { t, Told } from "./messages";
import { graphFigure, isTelling, toldOf } from "./neighbourhood";
import type { Edge, Node } from "./network";
import { rowsOf } from "./result";

const MOST = 250;

export interface Parts {
  nodes: Map<string, Node>;
  edges: Edge[];
}

/** The graph as a figure; of very many edges the first. One that nobody asked for has to tell something. */
export function figureOfParts({ nodes, edges }: Parts, name = "graph", isAsked = true): HTMLElement {
  if (edges.length === 0) throw new Told(t("No two things are joined in this answer."));
  const shown = edges.slice(0, MOST);
  const ends = new Set(shown.flatMap(({ from, to }) => [from, to]));
  const legend = shown.some(({ how }) => how !== "");
  const drawn = [...nodes.values()].filter(({ id }) => ends.has(id));
  if (!isAsked && !isTelling(drawn.length)) throw new Told(t("There are too few things for a graph: the answer below says it."));
  const says = toldOf(drawn, shown, t("The answer below holds the same"));
  return graphFigure(drawn, shown, { name, first: "", says, legend });
}

/** The pairs of a result; where a column tells what the graph itself says, a pair without it is only claimed. */
export function ofRows(place: HTMLElement, { from, to, says, known, reads }: Record<string, string>): Parts {
  const parts: Parts = { nodes: new Map(), edges: [] };
  for (const row of rowsOf(place)) {
    const [one, other] = [row.get(from!), row.get(to!)];
    if (!one?.iri || !other?.iri) continue;
    for (const { iri, text, href } of [one, other]) parts.nodes.set(iri, { id: iri, label: text, href });
    parts.edges.push({ from: one.iri, to: other.iri, says: (says && row.get(says)?.text) || "", how: known ? (row.get(known)?.text ? "asserted" : "claimed") : "", reads: reads === "back" ? "back" : undefined });
  }
  return parts;
}
