// Offsets of a text: browsers count UTF-16 code units, evidence counts Unicode code points. This is the one place that
// turns one into the other.

export class Offsets {
  /** How many code points stand before each code unit, where that is not the unit's own number. */
  private readonly points: Uint32Array | null;
  private readonly units: Uint32Array | null;

  constructor(text: string) {
    if (!/[\ud800-\udbff][\udc00-\udfff]/.test(text)) {
      this.points = this.units = null;
      return;
    }
    this.points = new Uint32Array(text.length + 1);
    const units: number[] = [];
    let unit = 0;
    for (const character of text) {
      for (let part = 0; part < character.length; part += 1) this.points[unit + part] = units.length;
      units.push(unit);
      unit += character.length;
    }
    this.points[unit] = units.length;
    units.push(unit);
    this.units = Uint32Array.from(units);
  }

  /** The number of code points before a code unit; one in the midst of a pair belongs to its beginning. */
  toPoint(unit: number): number {
    return this.points ? this.points[Math.min(unit, this.points.length - 1)]! : unit;
  }

  /** The code unit at which a code point begins. */
  toUnit(point: number): number {
    return this.units ? this.units[Math.min(point, this.units.length - 1)]! : point;
  }
}
