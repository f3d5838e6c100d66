// Reads RDF with parsers that are not ours: N3.js for Turtle and N-Triples, jsonld.js for JSON-LD.
// Standard input is a JSON list of {text, media, base}; standard output a JSON list of N-Quads.
import { readFileSync } from "node:fs";
import jsonld from "jsonld";
import { Parser, Writer } from "n3";

const refused = (address) => {
  throw new Error(`a remote context is asked for: ${address}`);
};

function throughN3({ text, media, base }) {
  const writer = new Writer({ format: "N-Quads" });
  return writer.quadsToString(new Parser({ format: media, baseIRI: base }).parse(text));
}

function throughJsonld({ text, base }) {
  return jsonld.toRDF(JSON.parse(text), { base, format: "application/n-quads", documentLoader: refused });
}

const documents = JSON.parse(readFileSync(0, "utf8"));
const read = documents.map((one) => (one.media === "application/ld+json" ? throughJsonld(one) : throughN3(one)));
process.stdout.write(JSON.stringify(await Promise.all(read)));
