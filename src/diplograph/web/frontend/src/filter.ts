// A field above the table of a result that leaves only the rows with some text.
import { t, tn } from "./messages";
import { tableOf } from "./result";

export function offerFilter(place: HTMLElement): void {
  const count = place.querySelector<HTMLElement>("[data-count]");
  const rows = [...(tableOf(place)?.tBodies[0]?.rows ?? [])];
  if (!count || rows.length < 2) return;
  const all = count.textContent ?? "";
  const label = document.createElement("label");
  label.className = "inline";
  const field = document.createElement("input");
  field.type = "search";
  label.append(t("Filter rows"), " ", field);
  count.setAttribute("role", "status");
  field.addEventListener("input", () => {
    const text = field.value.trim().toLowerCase();
    for (const row of rows) row.hidden = !row.textContent!.toLowerCase().includes(text);
    const left = rows.filter((row) => !row.hidden).length;
    count.textContent = left === rows.length ? all : tn("%(left)s of %(n)s row", "%(left)s of %(n)s rows", rows.length, { left });
  });
  count.before(label);
}
