// A picture that the page drew, with its caption and the buttons that save it.
import { t } from "./messages";
import { pngButton, svgButton } from "./save";

export function figureOf(svg: SVGSVGElement, name: string, caption: string): HTMLElement {
  const figure = document.createElement("figure");
  const region = document.createElement("div");
  region.className = "scroll";
  region.tabIndex = 0;
  region.setAttribute("role", "region");
  region.setAttribute("aria-label", t("Picture"));
  region.append(svg);
  const told = document.createElement("figcaption");
  told.className = "quiet small";
  told.append(caption, " ", svgButton(() => svg, name), " ", pngButton(() => svg, name));
  figure.append(region, told);
  return figure;
}
