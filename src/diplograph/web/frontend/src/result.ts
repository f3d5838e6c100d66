// The table of a result, read back: the page shows each thing by its label, with its IRI as the title.

export interface Cell {
  text: string;
  iri: string;
  href: string;
}

/** The table of a result; places and what was sent have tables of their own. */
export function tableOf(place: HTMLElement): HTMLTableElement | null {
  return place.querySelector("[data-count] ~ .scroll > table");
}

/** The rows of a result as the page shows it, by the names of the columns, which a heading in words has as its title. */
export function rowsOf(place: HTMLElement): Map<string, Cell>[] {
  const table = tableOf(place);
  if (!table) return [];
  const names = [...table.tHead!.rows[0]!.cells].map((cell) => cell.title.replace(/^\?/, "") || cell.textContent!.trim());
  return [...table.tBodies[0]!.rows].map((row) => new Map(names.map((name, index) => [name, cellOf(row.cells[index]!)])));
}

function cellOf(cell: HTMLTableCellElement): Cell {
  const shown = cell.querySelector<HTMLElement>("a, span");
  const text = shown?.textContent?.trim() ?? "";
  return { text, iri: shown?.title || text, href: shown?.getAttribute("href") ?? "" };
}
