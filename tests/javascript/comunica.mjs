// Asks an endpoint as a program would that uses Comunica. Standard input is the address of the endpoint;
// standard output, as JSON, what came back.
import { readFileSync } from "node:fs";
import { QueryEngine } from "@comunica/query-sparql";

const DG = "https://w3id.org/diplograph/ontology#";
const EXPULSIONS = `PREFIX dg: <${DG}> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
  SELECT ?act ?label { ?act a dg:Expulsion ; rdfs:label ?label FILTER(LANG(?label) = "en") } ORDER BY ?act`;

const engine = new QueryEngine();
const endpoint = { sources: [{ type: "sparql", value: readFileSync(0, "utf8") }] };
const acts = async (query) =>
  (await (await engine.queryBindings(query, endpoint)).toArray()).map((row) => row.get("act").value);
const made = `CONSTRUCT { ?act a <${DG}Act> } WHERE { ?act a <${DG}Expulsion> }`;
const quads = await (await engine.queryQuads(made, endpoint)).toArray();
const answers = {
  all: await acts(EXPULSIONS),
  page: await acts(`${EXPULSIONS} LIMIT 2 OFFSET 1`),
  made: [...new Set(quads.map((quad) => quad.subject.value))].sort(),
  known: await engine.queryBoolean(`ASK { ?act a <${DG}Expulsion> }`, endpoint),
  refused: await acts(`SELECT ?act { ?act ?is "${"x".repeat(70000)}" }`).catch((error) => error.message),
};
process.stdout.write(JSON.stringify(answers));
