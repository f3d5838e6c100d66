// A field above the table of a result that leaves only the rows with some text.

export function offerFilter(place: HTMLElement): void {
  const table = place.querySelector<HTMLTableElement>("[aria-label=Result] table");
  const count = place.querySelector<HTMLElement>("[data-count]");
  const rows = [...(table?.tBodies[0]?.rows ?? [])];
  if (!count || rows.length < 2) return;
  const all = count.textContent ?? "";
  const label = document.createElement("label");
  label.className = "inline";
  const field = document.createElement("input");
  field.type = "search";
  label.append("Filter rows ", field);
  count.setAttribute("role", "status");
  field.addEventListener("input", () => {
    const text = field.value.trim().toLowerCase();
    for (const row of rows) row.hidden = !row.textContent!.toLowerCase().includes(text);
    const left = rows.filter((row) => !row.hidden).length;
    count.textContent = left === rows.length ? all : `${left} of ${all}`;
  });
  count.before(label);
}
