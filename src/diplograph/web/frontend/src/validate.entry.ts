// The page at /validate: paste, drop or choose a file; findings beside the lines; proposed fixes by click.
import { setDiagnostics, type Diagnostic } from "@codemirror/lint";
import type { ChangeSpec } from "@codemirror/state";
import type { EditorView } from "@codemirror/view";
import { address } from "./address";
import { mount, offsetOf, replace } from "./code";
import { t } from "./messages";
import { paragraph, problemOf, show } from "./problem";

interface Edit {
  line: number;
  column: number;
  end_line: number;
  end_column: number;
  text: string;
}

const ACCEPT = "application/problem+json, text/html;q=0.9";
const SYNTAXES: Record<string, string> = {
  ttl: "text/turtle",
  nt: "application/n-triples",
  jsonld: "application/ld+json",
  rdf: "application/rdf+xml",
  trig: "application/trig",
  nq: "application/n-quads",
};
const form = document.querySelector<HTMLFormElement>("form#validate");
const textarea = form?.querySelector<HTMLTextAreaElement>("textarea");
const answer = document.querySelector<HTMLElement>("#answer");
if (form && textarea && answer) start(form, textarea, answer);

function start(form: HTMLFormElement, textarea: HTMLTextAreaElement, place: HTMLElement): void {
  const view = mount(textarea, "turtle");
  const status = document.createElement("span");
  status.className = "quiet small";
  status.setAttribute("role", "status");
  form.querySelector(".actions")!.append(status);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void check(view, form, place, status);
  });
  const file = form.querySelector<HTMLInputElement>("input[type=file]")!;
  file.addEventListener("change", () => void take(file.files?.[0], view, form));
  form.addEventListener("dragover", (event) => {
    event.preventDefault();
    form.classList.add("dropping");
  });
  form.addEventListener("dragleave", () => form.classList.remove("dropping"));
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    event.stopPropagation();
    form.classList.remove("dropping");
    void take(event.dataTransfer?.files[0], view, form);
  }, { capture: true });
}

/** Put a file into the editor, and choose the syntax that its ending tells. */
async function take(file: File | undefined, view: EditorView, form: HTMLFormElement): Promise<void> {
  if (!file) return;
  replace(view, await file.text());
  const syntax = SYNTAXES[file.name.split(".").at(-1)?.toLowerCase() ?? ""];
  if (syntax) selected(form, "media").value = syntax;
}

function selected(form: HTMLFormElement, name: string): HTMLSelectElement {
  return form.elements.namedItem(name) as HTMLSelectElement;
}

async function check(view: EditorView, form: HTMLFormElement, place: HTMLElement, status: HTMLElement): Promise<void> {
  status.textContent = t("Checking");
  view.dispatch(setDiagnostics(view.state, []));
  const against = new URLSearchParams({ against: selected(form, "against").value });
  const headers = { Accept: ACCEPT, "Content-Type": selected(form, "media").value };
  try {
    const sent = await fetch(address(`/validate?${against}`), { method: "POST", headers, body: view.state.doc.toString() });
    if (!sent.ok) {
      show(await problemOf(sent), view, place);
      status.textContent = "";
      return;
    }
    const page = new DOMParser().parseFromString(await sent.text(), "text/html");
    page.querySelector(".source")?.remove();
    place.replaceChildren(...(page.querySelector("#answer")?.childNodes ?? []));
    status.textContent = place.querySelector("[data-count]")?.textContent ?? "";
    beside(view, place, () => void check(view, form, place, status));
  } catch (error) {
    show({ title: t("The service cannot be reached"), detail: String(error) }, view, place);
    status.textContent = "";
  }
}

/** Mark each finding at its place in the text, and let its place and its fix be clicked. */
function beside(view: EditorView, place: HTMLElement, again: () => void): void {
  const marks: Diagnostic[] = [];
  for (const finding of place.querySelectorAll<HTMLElement>(".finding")) {
    const link = finding.querySelector<HTMLAnchorElement>(".place");
    if (link) {
      const mark = diagnostic(view, finding, link.dataset);
      marks.push(mark);
      link.addEventListener("click", (event) => {
        event.preventDefault();
        view.dispatch({ selection: { anchor: mark.from }, scrollIntoView: true });
        view.focus();
      });
    }
    const fix = finding.querySelector<HTMLElement>(".fix");
    if (fix) fix.append(" ", applier(view, JSON.parse(fix.dataset.edits ?? "[]") as Edit[], again));
  }
  marks.sort((one, other) => one.from - other.from);
  view.dispatch(setDiagnostics(view.state, marks));
}

function diagnostic(view: EditorView, finding: HTMLElement, at: DOMStringMap): Diagnostic {
  const from = offsetOf(view.state, Number(at.line), Number(at.column));
  const end = at.endLine ? offsetOf(view.state, Number(at.endLine), Number(at.endColumn)) : view.state.doc.lineAt(from).to;
  const severity = { violation: "error", warning: "warning" }[finding.dataset.severity ?? ""] ?? "info";
  const message = finding.dataset.message ?? "";
  const language = finding.querySelector<HTMLElement>("strong[lang], strong [lang]")?.lang;
  return { from, to: Math.max(from, end), severity: severity as Diagnostic["severity"], message, renderMessage: () => paragraph(message, language) };
}

function applier(view: EditorView, edits: Edit[], again: () => void): HTMLButtonElement {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "plain";
  button.textContent = t("Apply");
  button.addEventListener("click", () => {
    const changes: ChangeSpec[] = edits.map((edit) => ({
      from: offsetOf(view.state, edit.line, edit.column),
      to: offsetOf(view.state, edit.end_line, edit.end_column),
      insert: edit.text,
    }));
    view.dispatch({ changes, userEvent: "input.fix" });
    again();
  });
  return button;
}
