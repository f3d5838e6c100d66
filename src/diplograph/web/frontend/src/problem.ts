// Errors of the service at their place: a mark in the text, and the facts of the problem document in words, which
// are English in every language of pages.
import { setDiagnostics } from "@codemirror/lint";
import type { EditorView } from "@codemirror/view";
import { offsetOf } from "./code";
import { LANGUAGE, t } from "./messages";

export interface Problem {
  title: string;
  detail: string;
  hint?: string;
  type?: string;
  position?: { line: number; column: number };
}

/** The problem document of an answer, or one that says what came instead. */
export async function problemOf(answer: Response): Promise<Problem> {
  if (answer.headers.get("Content-Type")?.startsWith("application/problem+json")) return (await answer.json()) as Problem;
  return { title: t("The service answered %(status)s", { status: String(answer.status) }), detail: answer.statusText };
}

/** Say what is wrong above the answer, and mark it in the text. */
export function show(problem: Problem, view: EditorView, place: HTMLElement): void {
  const alert = document.createElement("div");
  alert.className = "verdict bad";
  alert.setAttribute("role", "alert");
  const title = document.createElement("strong");
  title.textContent = problem.title;
  if (problem.type) title.lang = "en";
  alert.append(title, paragraph(problem.detail, "en"));
  if (problem.position) {
    mark(problem, view);
    alert.append(jump(problem.position, view));
  }
  if (problem.hint) alert.append(paragraph(problem.hint, "en"));
  place.replaceChildren(alert);
}

export function paragraph(text: string, language = LANGUAGE): HTMLParagraphElement {
  const made = document.createElement("p");
  made.lang = language;
  made.textContent = text;
  return made;
}

function mark({ detail, position }: Problem, view: EditorView): void {
  if (!position) return;
  const from = offsetOf(view.state, position.line, position.column);
  const word = view.state.wordAt(from);
  const to = Math.max(word?.to ?? 0, Math.min(from + 1, view.state.doc.length));
  view.dispatch(setDiagnostics(view.state, [{ from, to, severity: "error", message: detail, renderMessage: () => paragraph(detail, "en") }]));
}

/** A button that puts the cursor where the problem is. */
function jump(position: { line: number; column: number }, view: EditorView): HTMLButtonElement {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "plain";
  button.textContent = t("Line %(line)s, column %(column)s", { line: String(position.line), column: String(position.column) });
  button.addEventListener("click", () => {
    view.dispatch({ selection: { anchor: offsetOf(view.state, position.line, position.column) }, scrollIntoView: true });
    view.focus();
  });
  return button;
}
