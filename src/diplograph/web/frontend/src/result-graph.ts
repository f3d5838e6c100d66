// Rows of pairs, or the triples of a CONSTRUCT, as a graph.
import { graphFigure } from "./neighbourhood";
import type { Edge, Node } from "./network";
import { problemOf } from "./problem";
import { rowsOf } from "./result";
import type { Result } from "./views";

const MOST = 250;
const THINGS = "https://w3id.org/diplograph/id/";
const TRIPLE = /^(?:<([^>]*)>|(_:\S+)) <([^>]*)> (?:<([^>]*)>|(_:\S+)) \.$/;

interface Parts {
  nodes: Map<string, Node>;
  edges: Edge[];
}

export async function graphOf(result: Result, roles: Record<string, string>): Promise<HTMLElement> {
  const { nodes, edges } = roles.from ? ofRows(result.place, roles) : ofTriples(await triples(result.query));
  if (edges.length === 0) throw new Error("No two things are joined in this answer.");
  const shown = edges.slice(0, MOST);
  const ends = new Set(shown.flatMap(({ from, to }) => [from, to]));
  const says = `A graph of ${ends.size} things and ${shown.length}${edges.length > MOST ? ` of ${edges.length}` : ""} relations: the answer below holds the same`;
  return graphFigure([...nodes.values()].filter(({ id }) => ends.has(id)), shown, { name: "graph", first: "", says, legend: false });
}

function ofRows(place: HTMLElement, { from, to, says }: Record<string, string>): Parts {
  const parts: Parts = { nodes: new Map(), edges: [] };
  for (const row of rowsOf(place)) {
    const [one, other] = [row.get(from!), row.get(to!)];
    if (!one?.iri || !other?.iri) continue;
    for (const { iri, text, href } of [one, other]) parts.nodes.set(iri, { id: iri, label: text, href });
    parts.edges.push({ from: one.iri, to: other.iri, says: (says && row.get(says)?.text) || "", how: "" });
  }
  return parts;
}

async function triples(query: string): Promise<string> {
  const answer = await fetch("/sparql", { method: "POST", headers: { Accept: "application/n-triples, application/problem+json" }, body: new URLSearchParams({ query }) });
  if (!answer.ok) throw new Error((await problemOf(answer)).detail);
  return answer.text();
}

function ofTriples(text: string): Parts {
  const parts: Parts = { nodes: new Map(), edges: [] };
  for (const line of text.split("\n")) {
    const match = TRIPLE.exec(line.trim());
    if (!match) continue;
    const [from, to] = [match[1] ?? match[2]!, match[4] ?? match[5]!];
    for (const id of [from, to]) parts.nodes.set(id, { id, label: lastOf(id), href: id.startsWith(THINGS) ? `/doc/${id.slice(THINGS.length)}` : "" });
    parts.edges.push({ from, to, says: lastOf(match[3]!), how: "" });
  }
  return parts;
}

/** The last part of an IRI in words, which is what people call it by where nothing else is known. */
function lastOf(iri: string): string {
  return (iri.split(/[/#]/).filter(Boolean).at(-1) ?? iri).replaceAll("-", " ");
}
