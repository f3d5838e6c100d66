// The table of places as a map above it.
import { figureOf } from "./figure";
import { mapOf, type Place } from "./map";
import { t, tn } from "./messages";

export const CAPTION = t("Land: Natural Earth, outlines without borders. Every point looks the same, whoever claims the place; every name stands with those who use it. A broken frame is a group, whose names stand apart from those of its members.");

export async function drawPlaces(table: HTMLTableElement): Promise<void> {
  const places = placesIn(table);
  const above = table.closest<HTMLElement>(".scroll") ?? table;
  const told = places.map(({ label, lines }) => `${label}: ${lines.join(", ")}.`).join(" ");
  const svg = await mapOf(places, above.clientWidth, [counted(places), told, t("The table below holds the same")].join(" "));
  above.before(figureOf(svg, table.dataset.places || "map", CAPTION));
}

/** What a map shows, in words. */
export function counted(places: Place[]): string {
  return tn("A map of %(n)s place.", "A map of %(n)s places.", places.length);
}

export function placesIn(table: HTMLTableElement): Place[] {
  return [...table.querySelectorAll<HTMLTableRowElement>("tr[data-latitude]")].map(placeOf);
}

function placeOf(row: HTMLTableRowElement): Place {
  const label = row.querySelector("th a, th span")?.textContent?.trim() ?? "";
  const names = [...row.querySelectorAll("li")].map((item) => {
    const users = item.querySelector(".kind")?.textContent?.trim();
    return `${item.querySelector("[data-name]")?.textContent ?? ""}${users ? ` (${users})` : ""}`;
  });
  return { id: row.dataset.place ?? "", within: row.dataset.within ?? "", label, lines: names.length ? names : [label], latitude: Number(row.dataset.latitude), longitude: Number(row.dataset.longitude) };
}
