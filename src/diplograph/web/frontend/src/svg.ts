// SVG by hand: what a picture needs stands in attributes, so that it looks the same when it is saved.

export const INK = "#1d2226";
export const QUIET = "#5c666e";
export const RULE = "#d9d6cd";
export const ACCENT = "#0b5d66";
export const GROUND = "#ffffff";

type Attributes = Record<string, string | number>;

export function element<Name extends keyof SVGElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): SVGElementTagNameMap[Name] {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  made.append(...children);
  return made;
}

/** An empty picture; `told` is what is read out in its place. */
export function paper(width: number, height: number, told: string): SVGSVGElement {
  const picture = element("svg", {
    xmlns: "http://www.w3.org/2000/svg",
    class: "picture",
    viewBox: `0 0 ${width} ${height}`,
    width,
    height,
    role: "img",
    "aria-label": told,
    "font-family": "system-ui, sans-serif",
    "font-size": 12,
  });
  picture.append(element("rect", { class: "ground", width, height, fill: GROUND }));
  return picture;
}
