// Addresses of the service, which may stand under a path of its host: a script is two folders below its root.
// They keep the language that the page's own address names, as every link of a page does.
const ROOT = new URL("../..", import.meta.url).pathname;
const CHOSEN = new URLSearchParams(location.search).get("_lang");

/** The address of a path of the service, such as /sparql, for an answer in a language. */
export function address(path: string, language = CHOSEN): string {
  const told = language ? `${path.includes("?") ? "&" : "?"}${new URLSearchParams({ _lang: language })}` : "";
  return ROOT + path.slice(1) + told;
}
