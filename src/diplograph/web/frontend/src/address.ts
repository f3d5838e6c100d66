// Addresses of the service, which may stand under a path of its host: a script is two folders below its root.
const ROOT = new URL("../..", import.meta.url).pathname;

/** The address of a path of the service, such as /sparql. */
export function address(path: string): string {
  return ROOT + path.slice(1);
}
