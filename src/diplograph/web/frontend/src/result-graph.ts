// Rows of pairs, or the triples of a CONSTRUCT, as a graph in the editor.
import { address } from "./address";
import { problemOf } from "./problem";
import { figureOfParts, ofRows, type Parts } from "./row-graph";
import type { Result } from "./views";

const THINGS = "https://w3id.org/diplograph/id/";
const TRIPLE = /^(?:<([^>]*)>|(_:\S+)) <([^>]*)> (?:<([^>]*)>|(_:\S+)) \.$/;

export async function graphOf(result: Result, roles: Record<string, string>): Promise<HTMLElement> {
  return figureOfParts(roles.from ? ofRows(result.place, roles) : ofTriples(await triples(result.query)));
}

async function triples(query: string): Promise<string> {
  const answer = await fetch(address("/sparql"), { method: "POST", headers: { Accept: "application/n-triples, application/problem+json" }, body: new URLSearchParams({ query }) });
  if (!answer.ok) throw new Error((await problemOf(answer)).detail);
  return answer.text();
}

function ofTriples(text: string): Parts {
  const parts: Parts = { nodes: new Map(), edges: [] };
  for (const line of text.split("\n")) {
    const match = TRIPLE.exec(line.trim());
    if (!match) continue;
    const [from, to] = [match[1] ?? match[2]!, match[4] ?? match[5]!];
    for (const id of [from, to]) parts.nodes.set(id, { id, label: lastOf(id), href: id.startsWith(THINGS) ? address(`/doc/${id.slice(THINGS.length)}`) : "" });
    parts.edges.push({ from, to, says: lastOf(match[3]!), how: "" });
  }
  return parts;
}

/** The last part of an IRI in words, which is what people call it by where nothing else is known. */
function lastOf(iri: string): string {
  return (iri.split(/[/#]/).filter(Boolean).at(-1) ?? iri).replaceAll("-", " ");
}
