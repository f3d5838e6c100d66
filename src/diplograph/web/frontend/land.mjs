// Cuts the land of Natural Earth into tiles, so that a map fetches only the land that it shows: run before esbuild.
// A tile is a list of outlines; an outline is a list of steps from point to point, in units of a degree.
// Outlines of land, never of countries: those would give the islands to one side.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { geoIdentity, geoPath } from "d3-geo";
import { feature } from "topojson-client";

const FOLDER = "src/land";
const TILE = 20;
const FINE = 500;
const COARSE = 20;
const require = createRequire(import.meta.url);

function landOf(name) {
  const topology = JSON.parse(readFileSync(require.resolve(`world-atlas/${name}.json`), "utf8"));
  return feature(topology, topology.objects.land);
}

/** The outlines of the land within a rectangle of degrees, closed along its sides. */
function outlines(land, rectangle, units) {
  const found = [];
  const pen = {
    moveTo: (x, y) => found.push([[x, y]]),
    lineTo: (x, y) => found.at(-1).push([x, y]),
    closePath: () => {},
  };
  geoPath(geoIdentity().clipExtent(rectangle), pen)(land);
  return found.map((points) => steps(points, units)).filter((outline) => outline.length > 4);
}

function steps(points, units) {
  const made = [];
  let [lastX, lastY] = [0, 0];
  for (const point of points) {
    const [x, y] = point.map((degrees) => Math.round(degrees * units));
    if (made.length && x === lastX && y === lastY) continue;
    made.push(x - lastX, y - lastY);
    [lastX, lastY] = [x, y];
  }
  return made;
}

function write(name, units, found) {
  if (found.length) writeFileSync(`${FOLDER}/${name}.json`, JSON.stringify({ units, outlines: found }));
}

mkdirSync(FOLDER, { recursive: true });
write("world", COARSE, outlines(landOf("land-110m"), [[-180, -90], [180, 90]], COARSE));
const land = landOf("land-10m");
for (let west = -180; west < 180; west += TILE) {
  for (let south = -90; south < 90; south += TILE) {
    write(`${west}_${south}`, FINE, outlines(land, [[west, south], [west + TILE, south + TILE]], FINE));
  }
}
