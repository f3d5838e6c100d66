// The page at /sparql: completion, examples, the answer in place, errors where they are, links that hold the query.
import { autocompletion, closeCompletion, completionKeymap } from "@codemirror/autocomplete";
import { setDiagnostics } from "@codemirror/lint";
import { Prec } from "@codemirror/state";
import { EditorView, keymap } from "@codemirror/view";
import { address } from "./address";
import { mount, replace } from "./code";
import { sources } from "./completion";
import { offerFilter } from "./filter";
import { History } from "./history";
import { number, t } from "./messages";
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
  const history = new History((query) => replace(view, query));
  const run = () => void ask({ view, form, place, status, history });
  const running = keymap.of([{ key: "Mod-Enter", run: () => (run(), true) }]);
  const known = offers();
  const completing = known.then(sources);
  const view = mount(textarea, "sparql", [
    Prec.highest(running),
    keymap.of(completionKeymap),
    EditorView.updateListener.of(({ docChanged }) => docChanged && forget(place, view)),
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
  form.append(history.element);
  void known.then(({ examples }) => actions.append(chooser(examples, view)));
  offerFilter(place);
  views(place, view.state.doc.toString());
  void restore(view, form, place);
  window.addEventListener("hashchange", () => void restore(view, form, place));
  keepFragment();
}

interface Parts {
  view: EditorView;
  form: HTMLFormElement;
  place: HTMLElement;
  status: HTMLElement;
  history: History;
}

/** Send the query, put the answer where it belongs and the query into the address. */
async function ask({ view, form, place, status, history: ran }: Parts): Promise<void> {
  status.textContent = t("Asking");
  const query = view.state.doc.toString();
  closeCompletion(view);
  view.dispatch(setDiagnostics(view.state, []));
  place.setAttribute("aria-busy", "true");
  const begun = performance.now();
  try {
    const sent = await fetch(address("/sparql"), { method: "POST", headers: { Accept: ACCEPT }, body: new URLSearchParams({ query }) });
    if (sent.ok) {
      const page = new DOMParser().parseFromString(await sent.text(), "text/html");
      place.replaceChildren(...(page.querySelector("#answer")?.childNodes ?? []));
      history.replaceState(null, "", await fragmentOf({ query, release: form.dataset.release ?? "" }));
      status.textContent = outcome(place.querySelector("[data-count]")?.textContent, timeSince(begun));
      ran.add(query, status.textContent);
      offerFilter(place);
      views(place, query);
    } else {
      status.textContent = "";
      show(await problemOf(sent), view, place);
    }
  } catch (error) {
    status.textContent = "";
    show({ title: t("The service cannot be reached"), detail: String(error) }, view, place);
  } finally {
    place.removeAttribute("aria-busy");
  }
}

function outcome(rows: string | null | undefined, time: string): string {
  return rows ? t("%(rows)s in %(time)s", { rows, time }) : t("Done in %(time)s", { time });
}

/** How long it took until the answer was here, on its way included. */
function timeSince(begun: number): string {
  const milliseconds = performance.now() - begun;
  return milliseconds < 1000 ? t("%(n)s ms", { n: Math.ceil(milliseconds) }) : t("%(n)s s", { n: number(Math.round(milliseconds / 100) / 10, 1) });
}

/** What was wrong with a text says nothing of the next one. */
function forget(place: HTMLElement, view: EditorView): void {
  if (!place.querySelector(":scope > [role=alert]")) return;
  place.replaceChildren();
  view.dispatch(setDiagnostics(view.state, []));
}

/** Pictures are fetched with the first answer that can be drawn. */
function views(place: HTMLElement, query: string): void {
  if (place.querySelector("[data-views]")) void import("./views").then(({ offerViews }) => offerViews({ place, query }));
}

/** Let the same page in another language begin with the query that stands here. */
function keepFragment(): void {
  for (const link of document.querySelectorAll<HTMLAnchorElement>("a[hreflang]")) {
    link.addEventListener("click", () => (link.hash = location.hash));
  }
}

/** Take the query of the address, and say so where it was written for another release. */
async function restore(view: EditorView, form: HTMLFormElement, place: HTMLElement): Promise<void> {
  try {
    const link = await read(location.hash);
    if (!link) return;
    if (link.query !== view.state.doc.toString()) replace(view, link.query);
    if (link.release && link.release !== form.dataset.release) {
      const releases = { made: link.release, served: form.dataset.release ?? "" };
      place.replaceChildren(paragraph(t("This link was made on release %(made)s; the answer comes from %(served)s.", releases)));
    }
  } catch {
    place.replaceChildren(paragraph(t("The address holds a query that is damaged: it was cut or changed.")));
  }
}

function chooser(examples: Example[], view: EditorView): HTMLLabelElement {
  const label = document.createElement("label");
  label.className = "inline";
  label.append(t("Example"), " ");
  const select = document.createElement("select");
  select.append(new Option(t("choose"), ""));
  for (const [heading, isShort] of [[t("Short"), true], [t("Questions"), false]] as const) {
    const group = document.createElement("optgroup");
    group.label = heading;
    group.append(...examples.filter(({ is_short }) => is_short === isShort).map(({ name, summary }) => new Option(summary, name)));
    select.append(group);
  }
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
  button.textContent = t("Copy link");
  button.addEventListener("click", () => void copy(view.state.doc.toString(), form.dataset.release ?? "", status));
  return button;
}

async function copy(query: string, release: string, status: HTMLElement): Promise<void> {
  history.replaceState(null, "", await fragmentOf({ query, release }));
  try {
    await navigator.clipboard.writeText(location.href);
    status.textContent = t("Link copied");
  } catch {
    status.textContent = t("The link is in the address bar; the browser lets no page copy it");
  }
}

/** Says how a query went, to those who listen too; until then, which keys there are. */
function statusLine(): HTMLSpanElement {
  const made = document.createElement("span");
  made.className = "quiet small";
  made.setAttribute("role", "status");
  made.textContent = t("Ctrl+Enter runs, Ctrl+Space completes");
  return made;
}
