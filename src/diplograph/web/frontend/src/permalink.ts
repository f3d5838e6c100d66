// A query in the address: compressed into the fragment, which is not sent to the service, with its release.

export interface Permalink {
  query: string;
  release: string;
}

export async function fragmentOf({ query, release }: Permalink): Promise<string> {
  const packed = await through(new TextEncoder().encode(query), new CompressionStream("deflate-raw"));
  const text = btoa(Array.from(packed, (byte) => String.fromCharCode(byte)).join(""));
  const safe = text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  return `#${new URLSearchParams({ query: safe, release })}`;
}

/** What a fragment holds; null for another fragment. Throws for one that is damaged. */
export async function read(fragment: string): Promise<Permalink | null> {
  const fields = new URLSearchParams(fragment.replace(/^#/, ""));
  const text = fields.get("query");
  if (text === null) return null;
  const bytes = Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (character) => character.charCodeAt(0));
  const query = new TextDecoder("utf-8", { fatal: true }).decode(await through(bytes, new DecompressionStream("deflate-raw")));
  return { query, release: fields.get("release") ?? "" };
}

async function through(bytes: Uint8Array<ArrayBuffer>, stream: CompressionStream | DecompressionStream): Promise<Uint8Array> {
  const body = new Blob([bytes]).stream().pipeThrough(stream);
  return new Uint8Array(await new Response(body).arrayBuffer());
}
