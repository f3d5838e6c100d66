// Points with their names beside them, so that no name covers another where there is room.
import type { Place } from "./map";
import { ACCENT, element, GROUND, INK } from "./svg";

interface Spot {
  place: Place;
  at: [number, number];
}

interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Names that look for a place: of a point, or of a group by the frame around its members. */
interface Label {
  spot: Spot;
  lines: string[];
  from: Box;
  isGroup: boolean;
}

const LINE = 14;
const LONGEST = 34;
const DOT = 6;
const ROUND = 16;
const AWAY = [9, 24, 44, 70, 100, 140];
const TURNS = 24;
const SWEEPS = 5;
/** The edge of the panel, where the numbers of the degrees stand. */
const EDGE = { left: 46, top: 5, right: 5, bottom: 19 };
const pen = new OffscreenCanvas(1, 1).getContext("2d")!;

export function labelsOf(spots: Spot[], width: number, height: number): SVGElement[] {
  const labels = spots.map((spot) => labelOf(spot, spots));
  const dots = labels.filter(({ isGroup }) => !isGroup).map(({ from }) => from);
  const frames = labels.filter(({ isGroup }) => isGroup).flatMap(({ from }) => edgesOf(from));
  const boxes = labels.map((label) => label.from);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    labels.forEach((label, index) => {
      const others = sweep === 0 ? boxes.slice(0, index) : boxes.filter((_, other) => other !== index);
      boxes[index] = best(label, others, label.isGroup ? [...dots, label.from] : [...dots, ...frames], width, height);
    });
  }
  const below = (label: Label) => (label.isGroup ? 0 : 1);
  return labels.map((label, index) => ({ label, box: boxes[index]! }))
    .sort((one, other) => below(one.label) - below(other.label))
    .map(({ label, box }) => drawn(label, box));
}

/** The lines of a frame as boxes, which names keep off too. */
function edgesOf({ x, y, width, height }: Box): Box[] {
  return [{ x, y, width, height: 2 }, { x, y: y + height, width, height: 2 }, { x, y, width: 2, height }, { x: x + width, y, width: 2, height }];
}

function labelOf(spot: Spot, spots: Spot[]): Label {
  const members = spots.filter(({ place }) => place.within === spot.place.id && place !== spot.place);
  const lines = spot.place.lines.flatMap(wrapped);
  const [x, y] = spot.at;
  const isGroup = members.length > 1;
  return { spot, lines, isGroup, from: isGroup ? frameOf(members) : { x: x - DOT, y: y - DOT, width: 2 * DOT, height: 2 * DOT } };
}

function frameOf(members: Spot[]): Box {
  const [xs, ys] = [members.map(({ at }) => at[0]), members.map(({ at }) => at[1])];
  const [x, y] = [Math.min(...xs) - ROUND, Math.min(...ys) - ROUND];
  return { x, y, width: Math.max(...xs) + ROUND - x, height: Math.max(...ys) + ROUND - y };
}

function drawn({ spot, lines, from, isGroup }: Label, box: Box): SVGElement {
  const isLeft = box.x + box.width < from.x;
  const text = element("text", { class: "ink halo", "text-anchor": isLeft ? "end" : "start", fill: INK, stroke: GROUND, "stroke-width": 3, "stroke-linejoin": "round", "paint-order": "stroke" });
  text.append(...lines.map((line, index) => element("tspan", { x: isLeft ? box.x + box.width : box.x, y: box.y + LINE * (index + 1) - 3 }, line)));
  const title = element("title", {}, [spot.place.label, ...spot.place.lines].join(" · "));
  const [[x1, y1], [x2, y2]] = leaderOf(from, box, isGroup);
  const leader = element("line", { class: "leader", x1, y1, x2, y2, stroke: ACCENT, "stroke-width": 1, ...(isGroup ? { "stroke-dasharray": "4 3" } : {}) });
  const [cx, cy] = spot.at;
  const mark = isGroup
    ? element("rect", { class: "frame group", ...from, rx: 8, fill: "none", stroke: ACCENT, "stroke-dasharray": "4 3" })
    : element("circle", { class: "dot", cx, cy, r: 4.5, fill: ACCENT, stroke: GROUND, "stroke-width": 1.5 });
  return element("g", { class: "place" }, title, leader, mark, text);
}

/** From what is named to its names: from the middle of a point, or the edge of a frame, to the nearest edge. */
function leaderOf(from: Box, box: Box, isGroup: boolean): [[number, number], [number, number]] {
  const middle: [number, number] = [from.x + from.width / 2, from.y + from.height / 2];
  const end = nearest(box, isGroup ? [nearest(from, centre(box))[0], nearest(from, centre(box))[1]] : middle);
  return [isGroup ? nearest(from, end) : middle, end];
}

function centre({ x, y, width, height }: Box): [number, number] {
  return [x + width / 2, y + height / 2];
}

function nearest({ x, y, width, height }: Box, [px, py]: [number, number]): [number, number] {
  return [Math.max(x, Math.min(px, x + width)), Math.max(y, Math.min(py, y + height))];
}

/** A long name in two lines, broken before what stands in brackets where there is any. */
function wrapped(line: string): string[] {
  if (line.length <= LONGEST) return [line];
  const bracket = line.indexOf(" (");
  const at = bracket > 0 ? bracket : line.lastIndexOf(" ", LONGEST);
  return at > 0 ? [line.slice(0, at), ...wrapped(line.slice(at + 1))] : [`${line.slice(0, LONGEST - 1)}…`];
}

function sizeOf(lines: string[]): { width: number; height: number } {
  pen.font = "12px system-ui, sans-serif";
  return { width: Math.max(...lines.map((line) => pen.measureText(line).width)), height: lines.length * LINE };
}

/** The place around a point or frame where names cover least, tried ever further away. */
function best({ lines, from, isGroup }: Label, others: Box[], marks: Box[], right: number, bottom: number): Box {
  const { width, height } = sizeOf(lines);
  const [x, y] = centre(from);
  const tried: { box: Box; cost: number }[] = [];
  for (const away of AWAY) {
    for (let turn = 0; turn < TURNS; turn++) {
      const angle = (turn * 2 * Math.PI) / TURNS;
      const reach = [away + (width + (isGroup ? from.width : 0)) / 2, away + (height + (isGroup ? from.height : 0)) / 2] as const;
      const box = { x: x + Math.cos(angle) * reach[0] - width / 2, y: y + Math.sin(angle) * reach[1] - height / 2, width, height };
      const covered = outside(box, right, bottom) * 8 + [...others, ...marks].reduce((sum, other) => sum + shared(grown(box), other), 0) * 4;
      tried.push({ box, cost: covered + crossed(leaderOf(from, box, isGroup), others) * 60 + away });
    }
  }
  return tried.reduce((found, one) => (one.cost < found.cost ? one : found)).box;
}

function grown({ x, y, width, height }: Box): Box {
  return { x: x - 3, y: y - 1, width: width + 6, height: height + 2 };
}

/** How many of some boxes a line runs through, seen at some of its points. */
function crossed([[x1, y1], [x2, y2]]: [[number, number], [number, number]], boxes: Box[]): number {
  const points = Array.from({ length: 12 }, (_, step) => [x1 + ((x2 - x1) * step) / 11, y1 + ((y2 - y1) * step) / 11] as const);
  return boxes.filter((box) => points.some(([x, y]) => x > box.x && x < box.x + box.width && y > box.y && y < box.y + box.height)).length;
}

function outside(box: Box, right: number, bottom: number): number {
  const room = { x: EDGE.left, y: EDGE.top, width: right - EDGE.left - EDGE.right, height: bottom - EDGE.top - EDGE.bottom };
  return box.width * box.height - shared(box, room);
}

function shared(one: Box, other: Box): number {
  const wide = Math.min(one.x + one.width, other.x + other.width) - Math.max(one.x, other.x);
  const tall = Math.min(one.y + one.height, other.y + other.height) - Math.max(one.y, other.y);
  return Math.max(wide, 0) * Math.max(tall, 0);
}
