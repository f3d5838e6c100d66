// A short address for the query in the editor, where the service keeps some.
import type { EditorView } from "@codemirror/view";
import { problemOf } from "./problem";

/** A button that has the query kept, shows its short address and copies it. */
export function shortener(view: EditorView, status: HTMLElement): HTMLButtonElement {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "plain";
  button.textContent = "Short link";
  button.addEventListener("click", () => void shorten(view.state.doc.toString(), status));
  return button;
}

async function shorten(query: string, status: HTMLElement): Promise<void> {
  status.textContent = "Asking for a short link";
  try {
    const headers = { Accept: "application/problem+json, application/json", "Content-Type": "application/sparql-query" };
    const sent = await fetch("/q", { method: "POST", headers, body: query });
    if (sent.ok) await announce(new URL(sent.headers.get("Location") ?? "", location.href), status);
    else status.textContent = (await problemOf(sent)).detail ?? "There is no short link for this.";
  } catch (error) {
    status.textContent = `The service cannot be reached: ${String(error)}`;
  }
}

async function announce(address: URL, status: HTMLElement): Promise<void> {
  const link = document.createElement("a");
  link.href = address.pathname;
  link.textContent = address.href;
  const copied = await navigator.clipboard.writeText(address.href).then(() => true, () => false);
  status.replaceChildren(copied ? "Copied: " : "Short link: ", link);
}
