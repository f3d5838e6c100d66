// The answer in the editor as a picture: charts come drawn from the service, map and graph are drawn here.
import { address } from "./address";
import { figureOf } from "./figure";
import { LANGUAGE, t, Told } from "./messages";
import { paragraph, problemOf } from "./problem";

/** Pages narrower than this, in pixels, get pictures for a phone, as the style sheet has it. */
const NARROW = 704;

export interface Result {
  place: HTMLElement;
  query: string;
}

/** What a chart asks for, in the order in which it asks. */
const ROLE_NAMES: Record<string, string> = {
  x: t("Bars"),
  y: t("Length"),
  label: t("What"),
  from: t("From"),
  to: t("To"),
  row: t("Rows"),
  column: t("Columns"),
  size: t("Number"),
  group: t("Split by"),
};

/** Turn the list of pictures that fit into buttons; the table stays below whatever is chosen. */
export function offerViews({ place, query }: Result): void {
  const list = place.querySelector<HTMLElement>("[data-views]");
  if (!list) return;
  const stage = document.createElement("div");
  stage.setAttribute("aria-live", "polite");
  list.after(stage);
  const buttons = [button(place.querySelector("table") ? t("Table") : t("Text"), () => stage.replaceChildren())];
  for (const item of list.querySelectorAll<HTMLElement>("[data-view]")) {
    buttons.push(button(item.textContent!.trim(), () => void draw(item, stage, { place, query })));
  }
  for (const one of buttons) {
    one.setAttribute("aria-pressed", String(one === buttons[0]));
    one.addEventListener("click", () => buttons.forEach((other) => other.setAttribute("aria-pressed", String(other === one))));
  }
  list.replaceChildren(...buttons.map((one) => {
    const item = document.createElement("li");
    item.append(one);
    return item;
  }));
}

function button(text: string, act: () => void): HTMLButtonElement {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "plain";
  made.textContent = text;
  made.addEventListener("click", act);
  return made;
}

async function draw(item: HTMLElement, stage: HTMLElement, result: Result): Promise<void> {
  const kind = item.dataset.view!;
  const roles = JSON.parse(item.dataset.roles ?? "{}") as Record<string, string>;
  try {
    if (kind === "map") stage.replaceChildren(await (await import("./result-map")).mapFigure(result.place, stage, roles));
    else if (kind === "graph") stage.replaceChildren(await (await import("./result-graph")).graphOf(result, roles));
    else await chart(item, stage, result, kind, roles);
  } catch (error) {
    stage.replaceChildren(error instanceof Told ? alert(error.message, LANGUAGE) : alert(error instanceof Error ? error.message : String(error)));
  }
}

/** A chart with a choice of columns for each of its roles; another choice draws it anew. */
async function chart(item: HTMLElement, stage: HTMLElement, result: Result, kind: string, roles: Record<string, string>): Promise<void> {
  const [columns, optional] = [item.dataset.columns!.split(" "), item.dataset.optional!.split(" ")];
  const chosen = { ...roles };
  const holder = document.createElement("div");
  const choices = document.createElement("div");
  choices.className = "actions";
  const again = () => void drawn(result.query, kind, chosen).then((picture) => holder.replaceChildren(picture));
  for (const [role, name] of Object.entries(ROLE_NAMES).filter(([role]) => role in roles)) {
    choices.append(choice(name, columns, chosen[role] ?? "", optional.includes(role), (column) => {
      chosen[role] = column;
      again();
    }));
  }
  stage.replaceChildren(choices, holder);
  holder.replaceChildren(await drawn(result.query, kind, chosen));
}

function choice(name: string, columns: string[], value: string, optional: boolean, chosen: (column: string) => void): HTMLLabelElement {
  const label = document.createElement("label");
  label.className = "inline";
  const select = document.createElement("select");
  select.append(...(optional ? [new Option("–", "")] : []), ...columns.map((column) => new Option(column, column)));
  select.value = value;
  select.addEventListener("change", () => chosen(select.value));
  label.append(name, select);
  return label;
}

async function drawn(query: string, kind: string, roles: Record<string, string>): Promise<HTMLElement> {
  const form = innerWidth < NARROW ? ["form=narrow"] : [];
  const parameter = [kind, ...Object.entries(roles).map(([role, column]) => `${role}=${column}`), ...form].join(";");
  const answer = await fetch(address(`/sparql.svg?${new URLSearchParams({ query, _chart: parameter })}`), { headers: { Accept: "image/svg+xml, application/problem+json" } });
  if (!answer.ok) return alert((await problemOf(answer)).detail);
  const picture = new DOMParser().parseFromString(await answer.text(), "image/svg+xml").documentElement;
  return figureOf(document.importNode(picture, true) as unknown as SVGSVGElement, kind, [picture.querySelector("desc")?.textContent ?? "", t("The first thousand rows at most.")].join(" "));
}

/** An error, in English unless it is one of ours. */
function alert(text: string, language = "en"): HTMLElement {
  const made = paragraph(text, language);
  made.className = "verdict bad";
  made.setAttribute("role", "alert");
  return made;
}
