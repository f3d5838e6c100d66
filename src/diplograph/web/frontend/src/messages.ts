// The words of the scripts in the language of the page. English is the message itself; for another language the page
// names a catalogue. Without it the scripts speak English.

type Values = Record<string, string | number>;
/** Messages by their English text; of a plural, its forms in the order of gettext. */
type Catalogue = Record<string, string | string[]>;

export const LANGUAGE = document.documentElement.lang || "en";
const ORDER = ["zero", "one", "two", "few", "many", "other"];
const plurals = new Intl.PluralRules(LANGUAGE);
const kinds = ORDER.filter((kind) => plurals.resolvedOptions().pluralCategories.includes(kind as Intl.LDMLPluralRule));
const catalogue = await catalogueOf(document.querySelector<HTMLLinkElement>("link#messages"));

async function catalogueOf(link: HTMLLinkElement | null): Promise<Catalogue> {
  try {
    const answer = link && (await fetch(link.href));
    return answer?.ok ? ((await answer.json()) as Catalogue) : {};
  } catch {
    return {};
  }
}

/** A message with its values, each of which stands in it as %(name)s. */
export function t(message: string, values: Values = {}): string {
  return filled([catalogue[message] ?? message].flat()[0]!, values);
}

/** The form of a message that goes with a number, which %(n)s is in it. */
export function tn(singular: string, plural: string, n: number, values: Values = {}): string {
  const forms = catalogue[singular];
  const form = Array.isArray(forms) ? forms[kinds.indexOf(plurals.select(n))] : undefined;
  return filled(form ?? (n === 1 ? singular : plural), { n, ...values });
}

/** A number as the language of the page writes it. */
export function number(value: number, digits = 0): string {
  return value.toLocaleString(LANGUAGE, { minimumFractionDigits: digits });
}

function filled(message: string, values: Values): string {
  return message.replace(/%\((\w+)\)s/g, (written, name: string) => {
    const value = values[name] ?? written;
    return typeof value === "number" ? number(value) : value;
  });
}

/** What went wrong, in words of the page's language; any other error speaks English. */
export class Told extends Error {}
