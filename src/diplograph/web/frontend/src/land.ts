// The land of Natural Earth, in tiles that the build cut: a map fetches those that it shows.

export type Point = [longitude: number, latitude: number];
export type Outline = Point[];

/** A rectangle in degrees. */
export interface Extent {
  west: number;
  south: number;
  east: number;
  north: number;
}

interface Tile {
  units: number;
  outlines: number[][];
}

const TILE = 20;
const FAR = 60;
/** From this many degrees across, the whole world in coarse lines is lighter and fine enough. */

export async function landWithin(extent: Extent): Promise<Outline[]> {
  const names = extent.east - extent.west > FAR ? ["world"] : namesOf(extent);
  const tiles = await Promise.all(names.map(tileOf));
  return tiles.flatMap(({ units, outlines }) => outlines.map((steps) => pointsOf(steps, units)).filter((outline) => meets(outline, extent)));
}

/** Tiles without land were not written. */
async function tileOf(name: string): Promise<Tile> {
  try {
    return ((await import(`./land/${name}.json`)) as { default: Tile }).default;
  } catch {
    return { units: 1, outlines: [] };
  }
}

function namesOf({ west, south, east, north }: Extent): string[] {
  const found = [];
  for (let x = corner(west, -180); x < east; x += TILE) {
    for (let y = corner(south, -90); y < north; y += TILE) found.push(`${x}_${y}`);
  }
  return found;
}

function corner(degrees: number, start: number): number {
  return Math.floor((degrees - start) / TILE) * TILE + start;
}

function pointsOf(steps: number[], units: number): Outline {
  const points: Outline = [];
  let [x, y] = [0, 0];
  for (let index = 0; index < steps.length; index += 2) {
    x += steps[index]!;
    y += steps[index + 1]!;
    points.push([x / units, y / units]);
  }
  return points;
}

function meets(outline: Outline, { west, south, east, north }: Extent): boolean {
  const [xs, ys] = [outline.map(([x]) => x), outline.map(([, y]) => y)];
  return Math.min(...xs) < east && Math.max(...xs) > west && Math.min(...ys) < north && Math.max(...ys) > south;
}
