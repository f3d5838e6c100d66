// What the service offers for completion: prefixes, terms in use, examples, and things by their label.
import { address } from "./address";
import { LANGUAGE } from "./messages";

export interface Term {
  name: string;
  kind: "class" | "property";
  label: string;
  note: string;
  uses: number;
}

export interface Example {
  name: string;
  summary: string;
  text: string;
  is_short: boolean;
}

export interface Offers {
  release: string;
  prefixes: Record<string, string>;
  terms: Term[];
  examples: Example[];
}

export interface Thing {
  iri: string;
  label: string;
  language: string;
}

interface Binding {
  thing: { value: string };
  name: { value: string; "xml:lang"?: string };
}

export async function offers(): Promise<Offers> {
  const answer = await fetch(address("/editor.json", LANGUAGE));
  if (!answer.ok) throw new Error(`${answer.url}: ${answer.status}`);
  return (await answer.json()) as Offers;
}

/** Things by the name of theirs that a text is found in, the best first; none where the service is busy. */
export async function thingsLabelled(text: string, signal?: AbortSignal): Promise<Thing[]> {
  const answer = await fetch(address(`/search?${new URLSearchParams({ q: text })}`), { headers: { Accept: "application/sparql-results+json" }, signal: signal ?? null });
  if (!answer.ok) return [];
  const found = (await answer.json()) as { results: { bindings: Binding[] } };
  return found.results.bindings.map(({ thing, name }) => ({
    iri: thing.value,
    label: name.value,
    language: name["xml:lang"] ?? "",
  }));
}

/** An IRI as a prefixed name where one of the prefixes fits and the rest needs no escape, else in brackets. */
export function written(iri: string, prefixes: Record<string, string>): string {
  for (const [prefix, namespace] of Object.entries(prefixes)) {
    const name = iri.slice(namespace.length);
    if (iri.startsWith(namespace) && /^[A-Za-z0-9_][A-Za-z0-9_-]*$/.test(name)) return `${prefix}:${name}`;
  }
  return `<${iri}>`;
}
