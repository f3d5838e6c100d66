// Pages with pictures: what the service drew can be saved as PNG too.
import { pngButton } from "./save";

for (const figure of document.querySelectorAll<HTMLElement>("figure[data-picture]")) {
  const svg = figure.querySelector<SVGSVGElement>("svg.picture");
  const caption = figure.querySelector("figcaption");
  if (svg && caption) caption.append(" ", pngButton(() => svg, figure.dataset.picture || "picture"));
}
