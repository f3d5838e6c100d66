// Rows with coordinates as a map.
import { figureOf } from "./figure";
import { mapOf, type Place } from "./map";
import { t, Told } from "./messages";
import { CAPTION, counted, placesIn } from "./places";
import { rowsOf } from "./result";

const POINT = /^\s*(?:<[^>]*CRS84>)?\s*POINT\s*\(\s*([-+.\dE]+)\s+([-+.\dE]+)\s*\)\s*$/i;
const MOST = 200;

export async function mapFigure(result: HTMLElement, stage: HTMLElement, roles: Record<string, string>): Promise<HTMLElement> {
  if (roles.place) return mapOfPlaces(result, stage);
  const places = new Map<string, Place>();
  for (const row of rowsOf(result)) {
    const [longitude, latitude] = roles.point ? pointOf(row.get(roles.point)?.text ?? "") : [number(row.get(roles.longitude!)?.text), number(row.get(roles.latitude!)?.text)];
    if (!(Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180)) continue;
    const label = (roles.label && row.get(roles.label)?.text) || `${latitude}, ${longitude}`;
    const known = places.get(`${latitude} ${longitude}`);
    if (known && !known.lines.includes(label)) known.lines.push(label);
    if (!known) places.set(`${latitude} ${longitude}`, { id: label, within: "", label, lines: [label], latitude, longitude });
  }
  if (places.size === 0) throw new Told(t("No row has a point in degrees of longitude and latitude."));
  const shown = [...places.values()].slice(0, MOST);
  const svg = await mapOf(shown, stage.clientWidth, told(shown));
  const caption = [t("Land: Natural Earth, outlines without borders.")];
  if (places.size > MOST) caption.push(t("The first %(most)s of %(all)s places.", { most: MOST, all: places.size }));
  return figureOf(svg, "map", caption.join(" "));
}

/** A column of places: the service looked their points up, and who calls them what. */
async function mapOfPlaces(result: HTMLElement, stage: HTMLElement): Promise<HTMLElement> {
  const shown = placesIn(result.querySelector("table[data-places]")!);
  return figureOf(await mapOf(shown, stage.clientWidth, told(shown)), "map", CAPTION);
}

function told(places: Place[]): string {
  return [counted(places), t("The table below holds the same")].join(" ");
}

function pointOf(text: string): [number, number] {
  const match = POINT.exec(text);
  return match ? [Number(match[1]), Number(match[2])] : [NaN, NaN];
}

function number(text: string | undefined): number {
  return text ? Number(text) : NaN;
}
