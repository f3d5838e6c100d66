// Rows of pairs, or the triples of a CONSTRUCT, as a graph in the editor.
import { address } from "./address";
import { LANGUAGE } from "./messages";
import { problemOf } from "./problem";
import { figureOfParts, ofRows, type Parts } from "./row-graph";
import type { Result } from "./views";

const THINGS = "https://w3id.org/diplograph/id/";
/** How the name of a thing ends in every knowledge base. */
const THING = /\/id\/[a-z]+\/[^/]+$/;
/** Properties that an answer has: the arrow runs from the act to it. */
const ANSWERS = ["inResponseTo", "motivatedBy", "protestsAgainst", "retaliatesFor"].map((name) => `https://w3id.org/diplograph/ontology#${name}`);
const MOST_NAMED = 400;
const TRIPLE = /^(?:<([^>]*)>|(_:\S+)) <([^>]*)> (?:<([^>]*)>|(_:\S+)) \.$/;

export async function graphOf(result: Result, roles: Record<string, string>): Promise<HTMLElement> {
  if (roles.from) return figureOfParts(ofRows(result.place, roles));
  const text = await triples(result.query);
  return figureOfParts(ofTriples(text, await labelsIn(text)));
}

async function triples(query: string): Promise<string> {
  const answer = await fetch(address("/sparql"), { method: "POST", headers: { Accept: "application/n-triples, application/problem+json" }, body: new URLSearchParams({ query }) });
  if (!answer.ok) throw new Error((await problemOf(answer)).detail);
  return answer.text();
}

/** The labels of all that the triples join, English where the page's language has none; none where the service does not tell. */
async function labelsIn(text: string): Promise<Map<string, string>> {
  const iris = [...new Set(text.split("\n").flatMap((line) => TRIPLE.exec(line.trim())?.filter((part, index) => part && [1, 3, 4].includes(index)) ?? []))];
  const query = `SELECT ?thing ?language (MIN(?name) AS ?label) { VALUES ?thing { ${iris.slice(0, MOST_NAMED).map((iri) => `<${iri}>`).join(" ")} }
    ?thing <http://www.w3.org/2000/01/rdf-schema#label>|<http://www.w3.org/2004/02/skos/core#prefLabel> ?name
    BIND(LANG(?name) AS ?language) FILTER(?language IN ("en", "${LANGUAGE}")) } GROUP BY ?thing ?language ORDER BY (?language != "en")`;
  const answer = await fetch(address("/sparql"), { method: "POST", headers: { Accept: "application/sparql-results+json" }, body: new URLSearchParams({ query }) });
  if (!answer.ok) return new Map();
  const { results } = (await answer.json()) as { results: { bindings: Record<string, { value: string }>[] } };
  return new Map(results.bindings.map(({ thing, label }) => [thing!.value, label!.value]));
}

function ofTriples(text: string, labels: Map<string, string>): Parts {
  const named = (iri: string) => labels.get(iri) ?? lastOf(iri);
  const parts: Parts = { nodes: new Map(), edges: [] };
  for (const line of text.split("\n")) {
    const match = TRIPLE.exec(line.trim());
    if (!match) continue;
    const isAnswer = ANSWERS.includes(match[3]!);
    const [from, to] = [match[1] ?? match[2]!, match[4] ?? match[5]!];
    for (const id of [from, to]) parts.nodes.set(id, { id, label: named(id), href: hrefOf(id) });
    const ends = isAnswer ? { from: to, to: from, reads: "back" as const } : { from, to };
    parts.edges.push({ ...ends, says: named(match[3]!), how: "" });
  }
  return parts;
}

/** Where a thing is shown: one of another knowledge base than the package by its whole name. */
function hrefOf(id: string): string {
  if (id.startsWith(THINGS)) return address(`/doc/${id.slice(THINGS.length)}`);
  return THING.test(id) ? address(`/describe?uri=${encodeURIComponent(id)}`) : "";
}

/** The last part of an IRI in words, which is what people call it by where nothing else is known. */
function lastOf(iri: string): string {
  return (iri.split(/[/#]/).filter(Boolean).at(-1) ?? iri).replaceAll("-", " ");
}
