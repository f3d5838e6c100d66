// The page at /sparql: completion, examples, the answer in place, errors where they are, links that hold the query.
import { autocompletion, closeCompletion, completionKeymap } from "@codemirror/autocomplete";
import { setDiagnostics } from "@codemirror/lint";
import { Prec } from "@codemirror/state";
import { type EditorView, keymap } from "@codemirror/view";
import { address } from "./address";
import { mount, replace } from "./code";
import { sources } from "./completion";
import { offers, type Example } from "./offers";
import { fragmentOf, read } from "./permalink";
import { paragraph, problemOf, show } from "./problem";

const ACCEPT = "application/problem+json, text/html;q=0.9";
const form = document.querySelector<HTMLFormElement>("form#editor");
const textarea = form?.querySelector<HTMLTextAreaElement>("textarea");
const answer = document.querySelector<HTMLElement>("#answer");
if (form && textarea && answer) start(form, textarea, answer);

function start(form: HTMLFormElement, textarea: HTMLTextAreaElement, place: HTMLElement): void {
  const status = statusLine();
  const run = () => void ask(view, form, place, status);
  const running = keymap.of([{ key: "Mod-Enter", run: () => (run(), true) }]);
  const known = offers();
  const completing = known.then(sources);
  const view = mount(textarea, "sparql", [
    Prec.highest(running),
    keymap.of(completionKeymap),
    autocompletion({
      override: [0, 1, 2].map((index) => async (context) => (await completing)[index]!(context)),
    }),
  ]);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    run();
  });
  const actions = form.querySelector(".actions")!;
  actions.append(copier(view, form, status), status);
  void known.then(({ examples }) => actions.append(chooser(examples, view)));
  views(place, view.state.doc.toString());
  void restore(view, form, place);
  window.addEventListener("hashchange", () => void restore(view, form, place));
}

/** Send the query, put the answer where it belongs and the query into the address. */
async function ask(view: EditorView, form: HTMLFormElement, place: HTMLElement, status: HTMLElement): Promise<void> {
  status.textContent = "Asking";
  const query = view.state.doc.toString();
  closeCompletion(view);
  view.dispatch(setDiagnostics(view.state, []));
  place.setAttribute("aria-busy", "true");
  try {
    const sent = await fetch(address("/sparql"), { method: "POST", headers: { Accept: ACCEPT }, body: new URLSearchParams({ query }) });
    if (sent.ok) {
      const page = new DOMParser().parseFromString(await sent.text(), "text/html");
      place.replaceChildren(...(page.querySelector("#answer")?.childNodes ?? []));
      history.replaceState(null, "", await fragmentOf({ query, release: form.dataset.release ?? "" }));
      status.textContent = place.querySelector("[data-count]")?.textContent ?? "Done";
      views(place, query);
    } else {
      status.textContent = "";
      show(await problemOf(sent), view, place);
    }
  } catch (error) {
    status.textContent = "";
    show({ title: "The service cannot be reached", detail: String(error) }, view, place);
  } finally {
    place.removeAttribute("aria-busy");
  }
}

/** Pictures are fetched with the first answer that can be drawn. */
function views(place: HTMLElement, query: string): void {
  if (place.querySelector("[data-views]")) void import("./views").then(({ offerViews }) => offerViews({ place, query }));
}

/** Take the query of the address, and say so where it was written for another release. */
async function restore(view: EditorView, form: HTMLFormElement, place: HTMLElement): Promise<void> {
  try {
    const link = await read(location.hash);
    if (!link) return;
    if (link.query !== view.state.doc.toString()) replace(view, link.query);
    if (link.release && link.release !== form.dataset.release) {
      place.replaceChildren(paragraph(`This link was made on release ${link.release}; the answer comes from ${form.dataset.release}.`));
    }
  } catch {
    place.replaceChildren(paragraph("The address holds a query that is damaged: it was cut or changed."));
  }
}

function chooser(examples: Example[], view: EditorView): HTMLLabelElement {
  const label = document.createElement("label");
  label.className = "inline";
  label.append("Example ");
  const select = document.createElement("select");
  select.append(new Option("choose", ""), ...examples.map(({ name, summary }) => new Option(summary, name)));
  select.addEventListener("change", () => {
    const chosen = examples.find(({ name }) => name === select.value);
    if (chosen) replace(view, chosen.text);
  });
  label.append(select);
  return label;
}

/** A button that puts the query as it stands, run or not, into the address and copies it. */
function copier(view: EditorView, form: HTMLFormElement, status: HTMLElement): HTMLButtonElement {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "plain";
  button.textContent = "Copy link";
  button.addEventListener("click", () => void copy(view.state.doc.toString(), form.dataset.release ?? "", status));
  return button;
}

async function copy(query: string, release: string, status: HTMLElement): Promise<void> {
  history.replaceState(null, "", await fragmentOf({ query, release }));
  try {
    await navigator.clipboard.writeText(location.href);
    status.textContent = "Link copied";
  } catch {
    status.textContent = "The link is in the address bar; the browser lets no page copy it";
  }
}

/** Says how a query went, to those who listen too; until then, which keys there are. */
function statusLine(): HTMLSpanElement {
  const made = document.createElement("span");
  made.className = "quiet small";
  made.setAttribute("role", "status");
  made.textContent = "Ctrl+Enter runs, Ctrl+Space completes";
  return made;
}
