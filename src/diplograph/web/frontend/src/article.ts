// An article as text: its sentences, the passages that something rests on, and the one that is chosen, by mouse or keys.
import { createTextAnnotator, UserSelectAction, type TextAnnotation } from "@recogito/text-annotator";
import "@recogito/text-annotator/text-annotator.css";
import { Offsets } from "./offsets";

export interface Bounds {
  start: number;
  end: number;
}
export interface Thing {
  iri: string;
  kind: string;
  label: string;
}
/** What two coders say differently of one thing, and the passages that it rests on. */
export interface Disagreement {
  feature: string;
  first: string;
  second: string;
  unit: string;
  spans: Bounds[];
}
export interface Article {
  slug: string;
  label: string;
  language: string;
  text: string;
  sentences: (Bounds & { open: boolean })[];
  passages: (Bounds & { things: Thing[] })[];
  disagreements: Disagreement[];
  percent: number;
}

const CHOSEN = "chosen";
const WORD = /\S+/gu;

/** The text of an article in its place; `chosen` is told the bounds, in code points, of what is chosen. */
export class ArticleText {
  private article!: Article;
  private offsets = new Offsets("");
  private sentences: HTMLElement[] = [];
  private current = -1;
  private passage: Bounds | null = null;
  private readonly annotator;

  constructor(
    private readonly place: HTMLElement,
    private readonly chosen: (passage: Bounds) => void,
  ) {
    // CSS highlights would need a style element, which the policy of the page does not let in
    this.annotator = createTextAnnotator<TextAnnotation, TextAnnotation>(place, {
      renderer: "SPANS",
      style: { fill: "#2a8f98", fillOpacity: 0.3 },
      userSelectAction: UserSelectAction.NONE,
    });
    this.annotator.on("createAnnotation", (made: TextAnnotation) => this.take(made));
    place.addEventListener("keydown", (event) => this.press(event));
    place.addEventListener("click", (event) => this.click(event));
  }

  /** Show an article, or the same one with what rests on it now. */
  show(article: Article): void {
    this.article = article;
    this.offsets = new Offsets(article.text);
    this.place.lang = article.language;
    const pieces: Node[] = [];
    this.sentences = [];
    const spans = article.disagreements.flatMap((one) => one.spans);
    let at = 0;
    for (const one of article.sentences) {
      const [start, end] = [this.offsets.toUnit(one.start), this.offsets.toUnit(one.end)];
      if (start > at) pieces.push(document.createTextNode(article.text.slice(at, start)));
      const sentence = document.createElement("span");
      sentence.className = one.open ? "sentence open" : "sentence";
      sentence.classList.toggle("differs", spans.some((span) => span.start < one.end && one.start < span.end));
      sentence.textContent = article.text.slice(start, end);
      this.sentences.push(sentence);
      pieces.push(sentence);
      at = end;
    }
    pieces.push(document.createTextNode(article.text.slice(at)));
    this.place.querySelector(".words")!.replaceChildren(...pieces);
    if (this.current >= 0) this.move(this.current);
  }

  focus(): void {
    this.place.focus();
  }

  /** The next sentence on which nothing rests yet, after the current one or from the beginning. */
  nextOpen(): void {
    const open = this.article.sentences.flatMap((one, number) => (one.open ? [number] : []));
    this.move(open.find((number) => number > this.current) ?? open[0] ?? this.current);
  }

  /** The next sentence on which coders differ, after the current one or from the beginning. */
  private nextDifference(): void {
    const found = this.sentences.flatMap((one, number) => (one.classList.contains("differs") ? [number] : []));
    this.move(found.find((number) => number > this.current) ?? found[0] ?? this.current);
  }

  /** Go to a passage and choose it. */
  go(passage: Bounds): void {
    const number = this.article.sentences.findIndex((one) => passage.start < one.end && one.start < passage.end);
    if (number >= 0) this.move(number);
    this.choose(passage);
  }

  private move(number: number): void {
    this.sentences[this.current]?.classList.remove("current");
    this.current = Math.max(0, Math.min(number, this.sentences.length - 1));
    const sentence = this.sentences[this.current];
    sentence?.classList.add("current");
    sentence?.scrollIntoView({ block: "nearest" });
  }

  private press(event: KeyboardEvent): void {
    const sideways = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (sideways && (event.shiftKey || event.altKey)) this.stretch(sideways, event.shiftKey);
    else if (event.ctrlKey || event.metaKey || event.altKey) return;
    else if (event.key === "ArrowDown" || event.key === "j") this.move(this.current + 1);
    else if (event.key === "ArrowUp" || event.key === "k") this.move(this.current - 1);
    else if (event.key === "n") this.nextOpen();
    else if (event.key === "d") this.nextDifference();
    else if (event.key === "Enter") this.choose(this.passage ?? this.article.sentences[this.current]);
    else return;
    event.preventDefault();
  }

  /** Move the end of the passage, or its beginning, by a word. */
  private stretch(by: number, end: boolean): void {
    const passage = this.passage ?? this.article.sentences[this.current];
    if (!passage) return;
    const words = [...this.article.text.matchAll(WORD)].map((word) => ({
      start: this.offsets.toPoint(word.index),
      end: this.offsets.toPoint(word.index + word[0].length),
    }));
    const bound = end ? "end" : "start";
    const at = words.findIndex((word) => (end ? word.end >= passage.end : word.start >= passage.start));
    const moved = { start: passage.start, end: passage.end, [bound]: words[at + by]?.[bound] ?? passage[bound] };
    if (moved.start < moved.end) this.mark(moved);
  }

  private click(event: MouseEvent): void {
    const number = this.sentences.indexOf((event.target as Element).closest(".sentence") as HTMLElement);
    if (number >= 0 && document.getSelection()?.isCollapsed) {
      this.move(number);
      this.choose(this.article.sentences[number]);
    }
  }

  /** What was selected with the mouse, without the spaces around it. */
  private take(made: TextAnnotation): void {
    const { start, end } = made.target.selector[0]!;
    this.annotator.removeAnnotation(made.id);
    const words = this.article.text.slice(start, end);
    const first = start + words.length - words.trimStart().length;
    const last = end - (words.length - words.trimEnd().length);
    if (first < last) this.choose({ start: this.offsets.toPoint(first), end: this.offsets.toPoint(last) });
  }

  private choose(passage: Bounds | undefined): void {
    if (!passage) return;
    this.mark({ start: passage.start, end: passage.end });
    this.chosen(this.passage!);
  }

  /** Show a passage as the chosen one. */
  private mark(passage: Bounds): void {
    this.passage = passage;
    const [start, end] = [this.offsets.toUnit(passage.start), this.offsets.toUnit(passage.end)];
    this.annotator.setAnnotations([annotation(this.place, start, end)], true);
  }

  /** Forget what was chosen. */
  clear(): void {
    this.passage = null;
    this.annotator.clearAnnotations();
  }
}

function annotation(place: HTMLElement, start: number, end: number): TextAnnotation {
  const quote = place.textContent!.slice(start, end);
  const selector = [{ quote, start, end, range: rangeOf(place, start, end) }];
  return { id: CHOSEN, bodies: [], target: { annotation: CHOSEN, selector } };
}

/** The range of some code units of what an element holds. */
function rangeOf(place: HTMLElement, start: number, end: number): Range {
  const range = document.createRange();
  const texts = document.createTreeWalker(place, NodeFilter.SHOW_TEXT);
  for (let at = 0, node = texts.nextNode(); node; node = texts.nextNode()) {
    const length = node.textContent!.length;
    if (start >= at && start <= at + length) range.setStart(node, start - at);
    if (end > at && end <= at + length) range.setEnd(node, end - at);
    at += length;
  }
  return range;
}
