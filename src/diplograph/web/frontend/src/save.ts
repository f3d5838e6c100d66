// Pictures to take along: the SVG that a page shows as a file of its own, and as a PNG drawn from it.
import { t } from "./messages";

const SHARPNESS = 2;
const MOST_PIXELS = 32_000_000;

/** The text of a picture: what it needs stands in its attributes, so it looks the same anywhere, dark on light. */
export function textOf(svg: SVGSVGElement): string {
  return new XMLSerializer().serializeToString(svg);
}

/** A button that saves the picture as PNG, at twice its size so that it prints well. */
export function pngButton(svg: () => SVGSVGElement, name: string): HTMLButtonElement {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "link";
  button.textContent = "PNG";
  button.addEventListener("click", () => {
    pngOf(svg())
      .then((png) => download(png, `${name}.png`))
      .catch(() => (button.textContent = t("PNG: this picture is too large for the browser")));
  });
  return button;
}

/** A button that saves a picture which the page drew itself. */
export function svgButton(svg: () => SVGSVGElement, name: string): HTMLButtonElement {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "link";
  button.textContent = "SVG";
  button.addEventListener("click", () => download(new Blob([textOf(svg())], { type: "image/svg+xml" }), `${name}.svg`));
  return button;
}

async function pngOf(svg: SVGSVGElement): Promise<Blob> {
  const { width, height } = svg.viewBox.baseVal;
  const sharpness = Math.min(SHARPNESS, Math.sqrt(MOST_PIXELS / (width * height)));
  const address = URL.createObjectURL(new Blob([textOf(svg)], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(width * sharpness);
    canvas.height = Math.round(height * sharpness);
    canvas.getContext("2d")!.drawImage(image, 0, 0, canvas.width, canvas.height);
    const made = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/png"));
    if (!made) throw new Error("the canvas gave no picture");
    return made;
  } finally {
    URL.revokeObjectURL(address);
  }
}

function download(content: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
