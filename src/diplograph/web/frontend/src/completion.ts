// Completion in a query: prefixes after PREFIX, classes and properties in use, things by their label.
import type { Completion, CompletionContext, CompletionSource } from "@codemirror/autocomplete";
import type { EditorView } from "@codemirror/view";
import { LANGUAGE, tn } from "./messages";
import { type Offers, type Thing, thingsLabelled, written } from "./offers";

const SHORTEST = { latin: 3, other: 2 };
const MOST = 20;
const LOOK_BACK = 300;
const CLASS_NEXT = /(?:\ba|rdf:type|subClassOf\*?)\s+$/;
/** After a subject, after `;` and `[`, and inside a path. */
const PROPERTY_NEXT = /(?:[;[/|^]\s*|(?:^|[.{}])\s*(?:[?$]\w+|<[^<>\s]*>|[\w-]*:[\w-]*|\])\s+)$/;

export function sources(offers: Offers): CompletionSource[] {
  return [afterPrefix(offers), terms(offers), things(offers)];
}

function afterPrefix({ prefixes }: Offers): CompletionSource {
  const options = Object.entries(prefixes).map(([prefix, namespace]) => ({
    label: `${prefix}: <${namespace}>`,
    type: "namespace",
  }));
  return (context) => {
    const before = context.matchBefore(/\bPREFIX\s+[\w-]*:?/i);
    return before && { from: before.from + before.text.search(/[\w-]*:?$/), options };
  };
}

function terms({ terms: known, prefixes }: Offers): CompletionSource {
  const options: Completion[] = known.map(({ name, kind, label, note, uses }) => ({
    label: name,
    detail: label,
    info: () => about(note, kind === "class" ? tn("%(n)s thing", "%(n)s things", uses) : tn("%(n)s statement", "%(n)s statements", uses)),
    type: kind,
    boost: 20,
    apply: (view, _option, from, to) => insert(view, name, from, to, prefixes),
  }));
  const ofKind = { class: options.filter(({ type }) => type === "class"), property: options.filter(({ type }) => type === "property"), any: options };
  return (context) => {
    const word = atWord(context);
    if (!word) return null;
    return { from: word.from, options: ofKind[expected(context, word.from)], validFor: /^[\w-]*:?[\w-]*$/ };
  };
}

/** What a term means, which the ontology says in English, and how often it is used. */
function about(note: string, uses: string): HTMLElement {
  const made = document.createElement("div");
  const meaning = document.createElement("span");
  meaning.lang = "en";
  meaning.textContent = note;
  made.append(meaning, note ? " " : "", uses);
  return made;
}

function things({ prefixes }: Offers): CompletionSource {
  return async (context) => {
    const word = atWord(context);
    const start = word ? word.from + word.text.indexOf(":") + 1 : context.pos;
    const text = context.state.sliceDoc(start, context.pos);
    if (!word || text.length < shortest(text) || expected(context, word.from) !== "any") return null;
    const abort = new AbortController();
    context.addEventListener("abort", () => abort.abort(), { onDocChange: true });
    const found = await thingsLabelled(text, abort.signal).catch(() => []);
    return { from: start, options: found.slice(0, MOST).map((thing) => choice(thing, word.from, prefixes)) };
  };
}

function shortest(text: string): number {
  return /^[\p{Script=Latin}\d\s-]*$/u.test(text) ? SHORTEST.latin : SHORTEST.other;
}

/** A thing by its label; what is written is its name, in the place of the whole word with its prefix. */
function choice({ iri, label, language }: Thing, from: number, prefixes: Offers["prefixes"]): Completion {
  const name = written(iri, prefixes);
  return {
    label,
    detail: language && language !== LANGUAGE ? `${name} (${language})` : name,
    type: "constant",
    apply: (view, _option, _start, to) => insert(view, name, from, to, prefixes),
  };
}

/** What kind of term may stand at a position. */
function expected(context: CompletionContext, position: number): "class" | "property" | "any" {
  const before = textBefore(context, position);
  if (CLASS_NEXT.test(before)) return "class";
  return PROPERTY_NEXT.test(before) ? "property" : "any";
}

function atWord(context: CompletionContext): { from: number; text: string } | null {
  const word = context.matchBefore(/[?$<"'\w-]*[\p{L}\w-]*:?[\p{L}\w-]*/u);
  if (!word || /^[?$<"']/.test(word.text) || (word.text === "" && !context.explicit)) return null;
  return /\bPREFIX\s+$/i.test(textBefore(context, word.from)) ? null : word;
}

function textBefore(context: CompletionContext, position: number): string {
  return context.state.sliceDoc(Math.max(0, position - LOOK_BACK), position);
}

/** Write a name in the place of what was typed, and declare its prefix where the query does not. */
function insert(view: EditorView, name: string, from: number, to: number, prefixes: Offers["prefixes"]): void {
  const prefix = name.startsWith("<") ? "" : name.slice(0, name.indexOf(":"));
  const text = view.state.doc.toString();
  const declared = !prefix || new RegExp(`\\bPREFIX\\s+${prefix}:`, "i").test(text);
  const head = declared ? "" : `PREFIX ${prefix}: <${prefixes[prefix]}>\n`;
  view.dispatch({
    changes: [...(head ? [{ from: 0, insert: head }] : []), { from, to, insert: name }],
    selection: { anchor: from + head.length + name.length },
    userEvent: "input.complete",
  });
}
