// Points with their names beside them, so that no name covers another where there is room.
import { ACCENT, element, GROUND, INK } from "./svg";

interface Spot {
  place: { label: string; lines: string[] };
  at: [number, number];
}

interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

const LINE = 14;
const GAP = 9;
const LATIN = 6.1;
const WIDE = 12;
const LONGEST = 34;

export function labelsOf(spots: Spot[], width: number, height: number): SVGElement[] {
  const dots = spots.map(({ at: [x, y] }) => ({ x: x - 6, y: y - 6, width: 12, height: 12 }));
  const taken: Box[] = [];
  const found: SVGElement[] = [];
  for (const { place, at } of [...spots].sort((one, other) => one.at[0] - other.at[0])) {
    const lines = place.lines.flatMap(wrapped);
    const box = best(sizesOf(lines), at, [...dots, ...taken], width, height);
    taken.push(box);
    found.push(drawn(place, lines, at, box));
  }
  return found;
}

function drawn(place: Spot["place"], lines: string[], [x, y]: [number, number], box: Box): SVGElement {
  const text = element("text", { class: "ink halo", fill: INK, stroke: GROUND, "stroke-width": 3, "stroke-linejoin": "round", "paint-order": "stroke" });
  text.append(...lines.map((line, index) => element("tspan", { x: box.x, y: box.y + LINE * (index + 1) - 3 }, line)));
  const title = element("title", {}, [place.label, ...place.lines].join(" · "));
  const end = { x: Math.max(box.x, Math.min(x, box.x + box.width)), y: Math.max(box.y, Math.min(y, box.y + box.height)) };
  const leader = element("line", { class: "leader", x1: x, y1: y, x2: end.x, y2: end.y, stroke: ACCENT, "stroke-width": 1 });
  const dot = element("circle", { class: "dot", cx: x, cy: y, r: 4.5, fill: ACCENT, stroke: GROUND, "stroke-width": 1.5 });
  return element("g", { class: "place" }, title, leader, dot, text);
}

/** A long name in two lines, broken before what stands in brackets where there is any. */
function wrapped(line: string): string[] {
  if (line.length <= LONGEST) return [line];
  const bracket = line.indexOf(" (");
  const at = bracket > 0 ? bracket : line.lastIndexOf(" ", LONGEST);
  return at > 0 ? [line.slice(0, at), ...wrapped(line.slice(at + 1)).map((rest) => `  ${rest}`)] : [`${line.slice(0, LONGEST - 1)}…`];
}

function sizesOf(lines: string[]): { width: number; height: number } {
  const widths = lines.map((line) => [...line].reduce((sum, sign) => sum + (/[\u2e80-\uffef]/u.test(sign) ? WIDE : LATIN), 0));
  return { width: Math.max(...widths), height: lines.length * LINE };
}

/** The place around a point where a label covers least, tried ever further away. */
function best({ width, height }: { width: number; height: number }, [x, y]: [number, number], others: Box[], right: number, bottom: number): Box {
  const tried: Box[] = [];
  for (const away of [GAP, GAP * 3, GAP * 6, GAP * 10]) {
    for (let turn = 0; turn < 12; turn++) {
      const angle = (turn * Math.PI) / 6;
      const [cx, cy] = [x + Math.cos(angle) * (away + width / 2), y + Math.sin(angle) * (away + height / 2)];
      tried.push({ x: cx - width / 2, y: cy - height / 2, width, height });
    }
  }
  const covered = (box: Box) => Math.round(outside(box, right, bottom) * 4 + others.reduce((sum, other) => sum + shared(box, other), 0));
  const costs = tried.map(covered);
  return tried[costs.indexOf(Math.min(...costs))]!;
}

function outside(box: Box, right: number, bottom: number): number {
  return box.width * box.height - shared(box, { x: 4, y: 4, width: right - 8, height: bottom - 8 });
}

function shared(one: Box, other: Box): number {
  const wide = Math.min(one.x + one.width, other.x + other.width) - Math.max(one.x, other.x);
  const tall = Math.min(one.y + one.height, other.y + other.height) - Math.max(one.y, other.y);
  return Math.max(wide, 0) * Math.max(tall, 0);
}
