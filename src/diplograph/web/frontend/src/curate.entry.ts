// The workbench: an article on one side; on the other what rests on the chosen passage, and a form for what it says.
import "./curate.css";
import { ArticleText, type Article, type Bounds } from "./article";
import { button, EntryForm, type Choice, type Entry, type FormFacts, type Remark } from "./entry-form";

interface Preview {
  label: string;
  thing: string;
  turtle: string;
  dates: Record<string, string>;
  remarks: Remark[];
  accepted: boolean;
}
interface Accepted {
  change: number | null;
  thing: string;
  label: string;
}
interface Problem {
  detail: string;
  hint: string;
  remarks?: Remark[];
}

const DELAY = 250;
function element<T extends HTMLElement>(selector: string, within: ParentNode = document): T {
  return within.querySelector<T>(selector)!;
}

async function ask<T>(path: string, body?: unknown): Promise<T> {
  const headers = { "Content-Type": "application/json" };
  const answer = await fetch(path, body === undefined ? {} : { method: "POST", headers, body: JSON.stringify(body) });
  const members: unknown = await answer.json();
  if (!answer.ok) throw Object.assign(new Error((members as Problem).detail), members);
  return members as T;
}

async function formOf(sort: string, group = ""): Promise<FormFacts> {
  return ask(`/forms/${encodeURIComponent(sort)}?class=${encodeURIComponent(group)}`);
}

async function suggest(facts: FormFacts, field: string, text: string): Promise<Choice[]> {
  const named = new URLSearchParams({ sort: facts.sort, class: facts.class, field, q: text });
  return (await ask<{ found: Choice[] }>(`/suggestions?${named}`)).found;
}

class Workbench {
  private readonly text: ArticleText;
  private readonly slug: string;
  private article!: Article;
  private passages: Bounds[] = [];
  /** The forms that are open: those above wait for what the last one makes. */
  private readonly forms: EntryForm[] = [];
  private answers: { field: string; wrong: string }[] = [];
  private timer = 0;
  private asked = 0;
  private opened = 0;

  constructor(private readonly place: HTMLElement) {
    this.slug = place.dataset.article!;
    this.text = new ArticleText(element("#article", place), (passage) => this.choose(passage));
    element("#next", place).addEventListener("click", () => {
      this.text.nextOpen();
      this.text.focus();
    });
    element<HTMLSelectElement>("#sort", place).addEventListener("change", () => void this.open());
    element<HTMLSelectElement>("#class", place).addEventListener("change", (event) => {
      void this.open((event.target as HTMLSelectElement).value);
    });
    element("#certainty", place).addEventListener("change", () => this.changed());
    element("#accept", place).addEventListener("click", () => void this.accept());
    element("#leave", place).addEventListener("click", () => this.leave());
    document.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void this.accept();
      else if (event.key === "Escape") this.leave();
      else return;
      event.preventDefault();
    });
  }

  async start(): Promise<void> {
    await this.load();
    this.text.nextOpen();
    this.text.focus();
  }

  private async load(): Promise<void> {
    try {
      this.article = await ask<Article>(`/articles/${encodeURIComponent(this.slug)}/text`);
    } catch (error) {
      this.say(error as Problem);
      return;
    }
    this.text.show(this.article);
    this.showDifferences();
    const open = this.article.sentences.filter((one) => one.open).length;
    element("#coverage", this.place).textContent =
      `${this.article.percent} % of ${this.article.sentences.length} sentences · ${open} open`;
    this.showThings();
  }

  private choose(passage: Bounds): void {
    this.passages = [passage];
    element("#passage", this.place).textContent = `${passage.start}-${passage.end}`;
    element("#panel", this.place).hidden = false;
    this.showThings();
    const sort = element<HTMLSelectElement>("#sort", this.place);
    if (!this.forms.length) void this.open();
    else this.changed();
    sort.focus();
    element("#panel", this.place).scrollIntoView({ block: "nearest" });
  }

  /** List on what the coders differ, with both codings; each line goes to its passage. */
  private showDifferences(): void {
    const found = this.article.disagreements;
    const place = element("#differences", this.place);
    place.hidden = !found.length;
    element("#differ-key", this.place).hidden = !found.length;
    element(".kind", place).textContent = String(found.length);
    element("ol", place).replaceChildren(
      ...found.map((one) => {
        const item = document.createElement("li");
        const said = `${one.feature}: ${one.first || "(nothing)"} / ${one.second || "(nothing)"}`;
        const unit = document.createElement("span");
        unit.className = "kind";
        unit.textContent = one.unit;
        item.append(button(said, () => this.text.go(one.spans[0]!)), " ", unit);
        return item;
      }),
    );
  }

  /** What rests on the chosen passage, or on one that overlaps it. */
  private showThings(): void {
    const list = element("#things", this.place);
    const [chosen] = this.passages;
    const within = this.article.passages.filter((one) => chosen && one.start < chosen.end && chosen.start < one.end);
    const things = new Map(within.flatMap((one) => one.things).map((one) => [one.iri, one]));
    list.replaceChildren(
      ...[...things.values()].map((one) => {
        const item = document.createElement("li");
        const kind = document.createElement("span");
        kind.className = "kind";
        kind.textContent = one.iri;
        item.append(`${one.label} `, kind);
        return item;
      }),
    );
    element("#none", this.place).hidden = things.size > 0;
  }

  private get form(): EntryForm | undefined {
    return this.forms.at(-1);
  }

  /** Open a form for the sort that is chosen, in the place of the one that is open; what that one says stays. */
  private async open(group = ""): Promise<void> {
    const sort = element<HTMLSelectElement>("#sort", this.place).value;
    const number = (this.opened += 1);
    this.hold();
    const facts = await formOf(sort, group);
    if (number !== this.opened) return;
    const before = this.forms.pop();
    const field = before?.focused;
    this.push(facts, before?.entry);
    if (field) this.form?.focus(field);
  }

  private push(facts: FormFacts, filled: Partial<Entry> = {}): void {
    const hooks = {
      changed: () => this.changed(),
      suggest: (field: string, text: string) => suggest(facts, field, text),
      make: (kind: string, field: string, text: string) => void this.make(kind, field, text),
    };
    this.forms.push(new EntryForm(facts, hooks, filled));
    this.showForm();
  }

  /** Make a thing that a value needs; afterwards the form that needs it goes on. */
  private async make(sort: string, field: string, text: string): Promise<void> {
    const facts = await formOf(sort);
    this.answers.push({ field, wrong: text });
    this.push(facts, { label: text });
    this.form?.focus();
  }

  private showForm(): void {
    const form = this.form;
    if (!form) return;
    element<HTMLSelectElement>("#sort", this.place).value = form.facts.sort;
    element<HTMLSelectElement>("#sort", this.place).disabled = this.forms.length > 1;
    const classes = element<HTMLSelectElement>("#class", this.place);
    classes.replaceChildren(...form.facts.classes.map((one) => new Option(one.label, one.name)));
    classes.value = form.facts.class;
    element("#form", this.place).replaceChildren(form.element);
    this.changed();
  }

  /** Nothing is accepted until what is entered now has been judged. */
  private hold(): void {
    window.clearTimeout(this.timer);
    this.asked += 1;
    this.say("Being checked …");
    element<HTMLButtonElement>("#accept", this.place).disabled = true;
  }

  private changed(): void {
    this.hold();
    this.timer = window.setTimeout(() => void this.preview(), DELAY);
  }

  private body(): Entry & { certainty: string; passages: Bounds[] } {
    const certainty = element<HTMLSelectElement>("#certainty", this.place).value;
    return { ...this.form!.entry, certainty, passages: this.passages };
  }

  /** Have the server judge what is entered so far. */
  private async preview(): Promise<void> {
    const form = this.form;
    if (!form) return;
    const number = (this.asked += 1);
    try {
      const found = await ask<Preview>(`/articles/${encodeURIComponent(this.slug)}/preview`, this.body());
      if (number !== this.asked || form !== this.form) return;
      form.tell(found.remarks, found.label, found.dates);
      element("#turtle", this.place).textContent = found.turtle;
      element("#thing", this.place).textContent = found.thing;
      element<HTMLButtonElement>("#accept", this.place).disabled = !found.accepted;
      this.say(found.accepted ? "Nothing stands in the way." : "Not right yet.");
    } catch (error) {
      if (number === this.asked) this.say(error as Problem);
    }
  }

  private async accept(): Promise<void> {
    const form = this.form;
    const accept = element<HTMLButtonElement>("#accept", this.place);
    if (!form || accept.disabled) return;
    this.hold();
    this.say("Being accepted …");
    try {
      const made = await ask<Accepted>(`/articles/${encodeURIComponent(this.slug)}/accept`, this.body());
      this.remember(made);
      this.forms.pop();
      await this.load();
      await this.goOn(made);
    } catch (error) {
      const problem = error as Problem;
      if (problem.remarks) form.tell(problem.remarks, "", {});
      this.say(problem);
    }
  }

  /** Give the form that waited what was made, or return to the text. */
  private async goOn(made: Accepted): Promise<void> {
    if (this.form) {
      const answer = this.answers.pop();
      this.showForm();
      if (answer) this.form.set(answer.field, answer.wrong, made.thing);
    } else {
      this.close();
      this.text.nextOpen();
    }
    this.say(`Accepted: ${made.label}`);
  }

  /** List what was accepted, with a button that takes it back. */
  private remember(made: Accepted): void {
    const item = document.createElement("li");
    item.append(`${made.label} `);
    const back = button("Undo", () => void this.undo(made, item));
    if (made.change !== null) item.append(back);
    element("#accepted", this.place).prepend(item);
    element("#history", this.place).hidden = false;
  }

  private async undo(made: Accepted, item: HTMLElement): Promise<void> {
    try {
      await ask("/undo", { change: made.change });
      item.remove();
      this.say(`Taken back: ${made.label}`);
      await this.load();
    } catch (error) {
      this.say(error as Problem);
    }
  }

  /** Leave the form that is open, and with the last one the passage. */
  private leave(): void {
    if (!this.form) return;
    this.forms.pop();
    this.answers.pop();
    if (this.form) {
      this.showForm();
    } else {
      this.close();
    }
  }

  /** Close the panel and return to the text. */
  private close(): void {
    element("#panel", this.place).hidden = true;
    element("#form", this.place).replaceChildren();
    element("#class", this.place).replaceChildren();
    this.opened += 1;
    this.passages = [];
    this.text.clear();
    this.text.focus();
  }

  private say(what: string | Problem): void {
    const text = typeof what === "string" ? what : [what.detail, what.hint].filter(Boolean).join(" ");
    element("#said", this.place).textContent = text || "The workbench does not answer: was it ended?";
  }
}

/** The page of a text that is not recorded yet: the form of a source. */
async function startRecording(place: HTMLElement): Promise<void> {
  const facts = await formOf("source", "PinnedDocument");
  const hooks = { changed: () => undefined, suggest: (f: string, t: string) => suggest(facts, f, t), make: () => undefined };
  const form = new EntryForm(facts, hooks);
  const send = button("Record it", () => void recordIt());
  const said = document.createElement("p");
  said.setAttribute("role", "status");
  place.append(form.element, send, said);
  form.focus();
  async function recordIt(): Promise<void> {
    try {
      const made = await ask<{ slug: string }>(`/texts/${encodeURIComponent(place.dataset.file!)}/record`, form.entry);
      location.assign(`/articles/${encodeURIComponent(made.slug)}`);
    } catch (error) {
      const problem = error as Problem;
      if (problem.remarks) form.tell(problem.remarks, "", {});
      said.textContent = [problem.detail, problem.hint].join(" ");
    }
  }
}

const workbench = document.querySelector<HTMLElement>("#workbench");
const record = document.querySelector<HTMLElement>("#record");
if (workbench) void new Workbench(workbench).start();
else if (record) void startRecording(record);

