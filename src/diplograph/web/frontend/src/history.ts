// The queries that were run here, the last first: this browser alone keeps them, until they are cleared.

import { LANGUAGE, t, tn } from "./messages";

const KEY = "diplograph.queries";
const MOST = 30;
const LONGEST = 100;

interface Ran {
  query: string;
  at: string;
  told: string;
}

export class History {
  readonly element = document.createElement("details");
  private readonly summary = document.createElement("summary");
  private readonly list = document.createElement("ol");

  constructor(private readonly choose: (query: string) => void) {
    const clear = button("plain", t("Clear the history"), () => this.keep([]));
    this.list.className = "history";
    this.element.append(this.summary, this.list, clear);
    this.show();
  }

  /** Put a query first, with how it went. */
  add(query: string, told: string): void {
    this.keep([{ query, told, at: new Date().toISOString() }, ...kept().filter((one) => one.query !== query)].slice(0, MOST));
  }

  private keep(ran: Ran[]): void {
    try {
      localStorage.setItem(KEY, JSON.stringify(ran));
    } catch {
      // a browser that keeps nothing has no history
    }
    this.show();
  }

  private show(): void {
    const ran = kept();
    this.element.hidden = ran.length === 0;
    this.summary.textContent = tn("History: %(n)s query", "History: %(n)s queries", ran.length);
    this.list.replaceChildren(...ran.map(({ query, at, told }) => {
      const item = document.createElement("li");
      const note = document.createElement("span");
      note.className = "kind";
      note.textContent = ` ${told}, ${new Date(at).toLocaleString(LANGUAGE)}`;
      item.append(button("link", inShort(query), () => this.choose(query)), note);
      return item;
    }));
  }
}

function kept(): Ran[] {
  try {
    const ran: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(ran) ? ran.filter((one: Ran) => typeof one?.query === "string") : [];
  } catch {
    return [];
  }
}

/** What a query asks, its prefixes left out. */
function inShort(query: string): string {
  const text = query.replace(/^\s*PREFIX\s+\S*\s*<[^>]*>/gim, "").replace(/\s+/g, " ").trim();
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text || t("(empty)");
}

function button(kind: string, text: string, act: () => void): HTMLButtonElement {
  const made = document.createElement("button");
  made.type = "button";
  made.className = kind;
  made.textContent = text;
  made.addEventListener("click", act);
  return made;
}
