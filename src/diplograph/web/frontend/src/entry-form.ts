// The form of a thing: its fields as the shapes have them, proposals as one types, and what is wrong beside each field.

export interface Choice {
  value: string;
  label: string;
}
interface Field {
  name: string;
  title: string;
  help: string;
  type: "concept" | "date" | "thing" | "text";
  asked: boolean;
  single: boolean;
  usual: boolean;
  choices: Choice[];
}
export interface FormFacts {
  sort: string;
  class: string;
  title: string;
  classes: { name: string; label: string }[];
  fields: Field[];
}
export interface Remark {
  field: string;
  severity: string;
  text: string;
  cure: string;
  near: [string, string][];
  make?: string[];
}
export interface Entry {
  sort: string;
  class: string;
  label: string;
  values: Record<string, string[]>;
}
interface Hooks {
  changed(): void;
  suggest(field: string, text: string): Promise<Choice[]>;
  make(sort: string, field: string, text: string): void;
}

const DELAY = 150;
let numbers = 0;

export class EntryForm {
  readonly element = document.createElement("form");
  private readonly rows = new Map<string, HTMLElement>();
  private readonly general = document.createElement("div");

  constructor(
    readonly facts: FormFacts,
    private readonly hooks: Hooks,
    filled: Partial<Entry> = {},
  ) {
    this.element.className = "entry";
    this.element.autocomplete = "off";
    this.general.className = "remarks";
    const label: Field = {
      ...{ name: "label", title: "label", asked: true, single: true, usual: true, type: "text", choices: [] },
      help: "What it is called in English. Left empty, it is made of the rest.",
    };
    const shown = facts.fields.filter((one) => one.asked || one.usual);
    const more = document.createElement("details");
    const summary = document.createElement("summary");
    const rest = facts.fields.filter((one) => !shown.includes(one));
    summary.textContent = `More that it may say (${rest.length})`;
    more.append(summary, ...rest.map((one) => this.row(one, filled)));
    more.open = rest.some((one) => filled.values?.[one.name]?.length);
    this.element.append(...[...shown, label].map((one) => this.row(one, filled)));
    if (rest.length) this.element.append(more);
    this.element.append(this.general);
  }

  /** What the form is filled with. */
  get entry(): Entry {
    const values: Record<string, string[]> = {};
    for (const input of this.element.querySelectorAll<HTMLInputElement>("input[data-field]")) {
      const text = input.value.trim();
      if (text) (values[input.dataset.field!] ??= []).push(text);
    }
    const label = values.label?.[0] ?? "";
    delete values.label;
    return { sort: this.facts.sort, class: this.facts.class, label, values };
  }

  /** Put the cursor into a field, or into the first that is empty. */
  focus(field = ""): void {
    const inputs = [...this.element.querySelectorAll<HTMLInputElement>("input[data-field]")];
    const named = inputs.find((one) => one.dataset.field === field);
    (named ?? inputs.find((one) => !one.value) ?? inputs[0])?.focus();
  }

  /** The field that the cursor is in. */
  get focused(): string {
    const input = document.activeElement as HTMLElement | null;
    return (input && this.element.contains(input) && input.dataset.field) || "";
  }

  /** Put a value where one was missing or not understood. */
  set(field: string, wrong: string, value: string): void {
    const inputs = [...(this.rows.get(field)?.querySelectorAll<HTMLInputElement>("input") ?? [])];
    const input = inputs.find((one) => one.value.trim() === wrong) ?? inputs.at(-1);
    if (!input) return;
    input.value = value;
    input.dispatchEvent(new Event("input"));
    input.focus();
  }

  /** Show what is wrong or worth a remark, each beside its field, and how dates read in words. */
  tell(remarks: Remark[], label: string, dates: Record<string, string>): void {
    for (const row of this.rows.values()) row.querySelector(".remarks")!.replaceChildren();
    this.general.replaceChildren();
    for (const one of remarks) {
      const row = this.rows.get(one.field);
      (row?.querySelector(".remarks") ?? this.general).append(this.told(one));
      const details = row?.closest("details");
      if (details) details.open = true;
    }
    for (const [name, row] of this.rows) {
      const words = row.querySelector(".words");
      if (words) words.textContent = dates[name] ?? "";
    }
    const input = this.rows.get("label")?.querySelector("input");
    if (input) input.placeholder = label;
  }

  private row(field: Field, filled: Partial<Entry>): HTMLElement {
    const row = document.createElement("div");
    row.className = "field";
    const name = document.createElement("label");
    const id = `field-${(numbers += 1)}`;
    name.htmlFor = id;
    name.textContent = field.title + (field.asked && field.name !== "label" ? " *" : "");
    name.title = field.help;
    const inputs = document.createElement("div");
    const known = field.name === "label" ? [filled.label ?? ""] : (filled.values?.[field.name] ?? []);
    const texts = known.filter(Boolean);
    if (!field.single || !texts.length) texts.push("");
    inputs.append(...texts.flatMap((text, at) => this.input(field, text, at ? "" : id, inputs)));
    const remarks = document.createElement("div");
    remarks.className = "remarks";
    remarks.setAttribute("role", "status");
    row.append(name, inputs, remarks);
    if (field.type === "date") {
      const words = document.createElement("span");
      words.className = "words quiet small";
      inputs.after(words);
    }
    this.rows.set(field.name, row);
    return row;
  }

  private input(field: Field, text: string, id: string, place: HTMLElement): [HTMLInputElement, HTMLElement] {
    const input = document.createElement("input");
    input.value = text;
    if (id) input.id = id;
    else input.setAttribute("aria-label", `${field.title}, one more`);
    input.dataset.field = field.name;
    if (field.type === "date") input.placeholder = "8 April 2022, 2022-04, about 2022 …";
    const list = document.createElement("datalist");
    list.id = `list-${(numbers += 1)}`;
    if (field.type === "concept") list.append(...field.choices.map(choice));
    if (field.choices.length || field.type === "thing") input.setAttribute("list", list.id);
    let timer = 0;
    input.addEventListener("input", () => {
      this.hooks.changed();
      if (field.type === "thing") {
        window.clearTimeout(timer);
        timer = window.setTimeout(() => void this.propose(field.name, input, list), DELAY);
      }
      const last = [...place.querySelectorAll("input")].at(-1);
      if (input.value && input === last && !field.single)
        place.append(...this.input(field, "", "", place));
    });
    return [input, list];
  }

  private async propose(field: string, input: HTMLInputElement, list: HTMLDataListElement): Promise<void> {
    const text = input.value;
    const found = await this.hooks.suggest(field, text);
    if (input.value === text) list.replaceChildren(...found.map(choice));
  }

  private told(one: Remark): HTMLElement {
    const line = document.createElement("p");
    line.className = `remark ${one.severity}`;
    line.append(`${one.text} `);
    const cure = document.createElement("span");
    cure.className = "quiet";
    cure.textContent = one.cure;
    line.append(cure);
    const wrong = one.near.length || one.make?.length ? this.wrongOf(one) : "";
    for (const [value, label] of one.near.slice(0, 12))
      line.append(" ", button(label || value, () => this.set(one.field, wrong, value)));
    for (const sort of one.make ?? [])
      line.append(" ", button(`new ${sort}`, () => this.hooks.make(sort, one.field, wrong)));
    return line;
  }

  /** The value that a remark is about: the first one in its field that the remark quotes. */
  private wrongOf(one: Remark): string {
    const inputs = [...(this.rows.get(one.field)?.querySelectorAll("input") ?? [])];
    return inputs.map((each) => each.value.trim()).find((text) => text && one.text.includes(text)) ?? "";
  }
}

function choice(one: Choice): HTMLOptionElement {
  const option = document.createElement("option");
  option.value = one.value;
  option.label = one.label;
  return option;
}

export function button(text: string, act: () => void): HTMLButtonElement {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "small";
  made.textContent = text;
  made.addEventListener("click", act);
  return made;
}
