// Pages with pictures: what the service drew can be saved as PNG too; a table of places becomes a map,
// and one of relations a graph, once a reader comes near it.
import { pngButton } from "./save";

for (const figure of document.querySelectorAll<HTMLElement>("figure[data-picture]")) {
  const svg = figure.querySelector<SVGSVGElement>("svg.picture");
  const caption = figure.querySelector("figcaption");
  if (svg && caption) caption.append(" ", pngButton(() => svg, figure.dataset.picture || "picture"));
}

const places = document.querySelector<HTMLTableElement>("table[data-places]");
if (places) void import("./places").then(({ drawPlaces }) => drawPlaces(places));

const around = document.querySelector<HTMLElement>("[data-neighbourhood]");
if (around) {
  const near = new IntersectionObserver(([entry]) => {
    if (!entry?.isIntersecting) return;
    near.disconnect();
    void import("./neighbourhood").then(({ drawNeighbourhood }) => drawNeighbourhood(around));
  }, { rootMargin: "400px" });
  near.observe(around);
}

const network = document.querySelector<HTMLElement>("[data-network]");
if (network) {
  const { network: name, ...roles } = network.dataset as Record<string, string>;
  void import("./row-graph").then(({ figureOfParts, ofRows }) => network.replaceChildren(figureOfParts(ofRows(document.body, roles), name, false))).catch(() => network.remove());
}
