// Places on the land of Natural Earth: one map of all, and one of those that stand close together.
import { geoMercator, type GeoProjection } from "d3-geo";
import { type Extent, landWithin } from "./land";
import { labelsOf } from "./labels";
import { t } from "./messages";
import { ACCENT, element, paper, QUIET, RULE } from "./svg";

/** `within` is the `id` of the place that it is a part of, where that is on the map too. */
export interface Place {
  id: string;
  within: string;
  label: string;
  lines: string[];
  latitude: number;
  longitude: number;
}

interface Panel {
  x: number;
  y: number;
  width: number;
  height: number;
  extent: Extent;
  places: Place[];
  close: Extent | null;
}

const LAND = "#e4dfd2";
const NARROWEST = 340;
const WIDEST = 960;
const SIDE_BY_SIDE = 760;
const HEIGHT = 460;
const LEAST = { longitude: 5, latitude: 3.5 };
const PARTS = [4, 6, 8, 12, 16, 24];
const CLOSER = 0.65;
const STEPS = [1, 2, 5, 10, 30, 60];
const POLE = 84;

/** The map as a picture for a page of some width in pixels; `told` is read out in its place. */
export async function mapOf(places: Place[], room: number, told: string): Promise<SVGSVGElement> {
  const panels = panelsOf(places, Math.min(Math.max(room, NARROWEST), WIDEST));
  const width = Math.max(...panels.map((panel) => panel.x + panel.width));
  const height = Math.max(...panels.map((panel) => panel.y + panel.height));
  const picture = paper(width, height, told);
  picture.append(...(await Promise.all(panels.map(drawn))));
  return picture;
}

/** One panel where the places fill it well; otherwise a second for the ones that stand close together. */
function panelsOf(places: Place[], width: number): Panel[] {
  const cluster = clusterOf(places);
  const whole = { x: 0, y: 0, width, height: HEIGHT, places, close: null };
  const alone = [{ ...whole, extent: around(places, width / HEIGHT) }];
  if (cluster.length === places.length || cluster.length < 3) return alone;
  const beside = width >= SIDE_BY_SIDE;
  const size = { width: beside ? width / 2 - 4 : width, height: HEIGHT };
  const close = around(cluster, size.width / size.height);
  if (widthOf(close) > widthOf(around(places, size.width / size.height)) * CLOSER) return alone;
  const far = places.filter((place) => !cluster.includes(place));
  return [
    { ...whole, ...size, extent: around(places, size.width / size.height), places: far, close },
    { ...size, x: beside ? width / 2 + 4 : 0, y: beside ? 0 : HEIGHT + 8, extent: close, places: cluster, close: null },
  ];
}

function widthOf({ west, east }: Extent): number {
  return east - west;
}

/** The places that gain most by a map of their own: many of them, and much closer together than the whole. */
function clusterOf(places: Place[]): Place[] {
  const whole = widthOf(around(places, 1));
  const span = Math.max(...places.flatMap((one) => places.map((other) => distance(one, other))));
  const found = PARTS.flatMap((part) => groupsWithin(places, span / part)).filter((group) => group.length > 2);
  const gain = (group: Place[]) => group.length * Math.log(whole / widthOf(around(group, 1)));
  return found.reduce((best, group) => (gain(group) > gain(best) + 0.01 ? group : best), places);
}

/** Groups of places each of which has a neighbour within some degrees. */
function groupsWithin(places: Place[], near: number): Place[][] {
  const groups: Place[][] = [];
  for (const place of places) {
    const touched = groups.filter((group) => group.some((other) => distance(place, other) < near));
    for (const group of touched) groups.splice(groups.indexOf(group), 1);
    groups.push([place, ...touched.flat()]);
  }
  return groups;
}

function distance(one: Place, other: Place): number {
  const east = (one.longitude - other.longitude) * Math.cos((one.latitude * Math.PI) / 180);
  return Math.hypot(east, one.latitude - other.latitude);
}

/** The rectangle of degrees to show: all the places with air around them, in the shape of the panel. */
function around(places: Place[], shape: number): Extent {
  const [xs, ys] = [places.map(({ longitude }) => longitude), places.map(({ latitude }) => latitude)];
  const middle = { x: (Math.min(...xs) + Math.max(...xs)) / 2, y: (Math.min(...ys) + Math.max(...ys)) / 2 };
  const flat = Math.cos((middle.y * Math.PI) / 180);
  let wide = Math.max((Math.max(...xs) - Math.min(...xs)) * 1.5, LEAST.longitude);
  let tall = Math.max((Math.max(...ys) - Math.min(...ys)) * 1.4, LEAST.latitude);
  wide = Math.min(Math.max(wide, (tall * shape) / flat), 360);
  tall = Math.min(Math.max(tall, (wide * flat) / shape), 2 * POLE);
  return { west: middle.x - wide / 2, east: middle.x + wide / 2, south: middle.y - tall / 2, north: middle.y + tall / 2 };
}

async function drawn(panel: Panel): Promise<SVGElement> {
  const { x, y, width, height, extent } = panel;
  const projection = projectionOf(panel);
  const seen = seenBy(projection, panel);
  const land = await landWithin(seen);
  const outlines = land.map((outline) => `M${outline.map((point) => placed(projection, point)).join("L")}Z`).join("");
  const view = element("svg", { x, y, width, height, viewBox: `0 0 ${width} ${height}` });
  view.append(element("path", { class: "land", d: outlines, fill: LAND, stroke: LAND, "stroke-width": 0.6, "fill-rule": "evenodd" }));
  view.append(...graticule(projection, seen, panel, extent));
  if (panel.close) view.append(frame(projection, panel.close));
  view.append(...labelsOf(panel.places.map((place) => ({ place, at: projection([place.longitude, place.latitude])! })), width, height));
  view.append(element("rect", { class: "edge", width, height, fill: "none", stroke: "#857f70" }));
  return view;
}

function projectionOf({ extent, width, height }: Panel): GeoProjection {
  const { west, east, south, north } = extent;
  const corners = [west, east].flatMap((x) => [south, north].map((y): [number, number] => [x, Math.max(Math.min(y, POLE), -POLE)]));
  const middle = (west + east) / 2;
  return geoMercator().rotate([-middle, 0]).fitSize([width, height], { type: "MultiPoint", coordinates: corners });
}

/** What the panel shows in the end, which is more than was asked for on two of its sides. */
function seenBy(projection: GeoProjection, { width, height, extent }: Panel): Extent {
  const [left, top] = projection.invert!([0, 0])!;
  const [right, bottom] = projection.invert!([width, height])!;
  return { west: Math.min(left, extent.west), east: Math.max(right, extent.east), south: bottom, north: top };
}

function placed(projection: GeoProjection, point: [number, number]): string {
  const [x, y] = projection([point[0], Math.max(Math.min(point[1], POLE), -POLE)])!;
  return `${x.toFixed(1)},${y.toFixed(1)}`;
}

/** Lines of whole degrees with their numbers at the edge. */
function graticule(projection: GeoProjection, seen: Extent, { width, height }: Panel, { east, west }: Extent): SVGElement[] {
  const step = STEPS.find((one) => (east - west) / one <= 6) ?? 60;
  const made: SVGElement[] = [];
  const line = (x1: number, y1: number, x2: number, y2: number) => element("line", { class: "rule", x1, y1, x2, y2, stroke: RULE, "stroke-dasharray": "2 3" });
  const number = (x: number, y: number, text: string) => element("text", { class: "quiet", x, y, fill: QUIET, "font-size": 10 }, text);
  for (let degree = Math.ceil(seen.west / step) * step; degree <= seen.east; degree += step) {
    const x = projection([degree, seen.south])![0];
    if (x > 30 && x < width - 30) made.push(line(x, 0, x, height), number(x + 3, height - 5, degree < 0 ? t("%(n)s° W", { n: -degree }) : t("%(n)s° E", { n: degree })));
  }
  for (let degree = Math.ceil(seen.south / step) * step; degree <= seen.north; degree += step) {
    const y = projection([seen.west, degree])![1];
    if (y > 16 && y < height - 16) made.push(line(0, y, width, y), number(4, y - 3, degree < 0 ? t("%(n)s° S", { n: -degree }) : t("%(n)s° N", { n: degree })));
  }
  return made;
}

/** Where the second panel lies within the first. */
function frame(projection: GeoProjection, { west, east, south, north }: Extent): SVGElement {
  const [left, top] = projection([west, north])!;
  const [right, bottom] = projection([east, south])!;
  return element("rect", { class: "frame", x: left, y: top, width: right - left, height: bottom - top, fill: "none", stroke: ACCENT, "stroke-width": 1.5 });
}
