// The libraries of the charts, fetched when this view opens; and a place that a chart is drawn in.

import { Refused } from "../../api.js";
import { html, useEffect, useLayoutEffect, useRef, useState } from "../../ui.js";

export let d3;
export let Plot;

// Both are scripts that leave a global; the second one looks for the first.
export async function loadPlots() {
  try {
    await import("../../lib/d3.js");
    await import("../../lib/plot.js");
  } catch (error) {
    throw new Refused("unreachable", String(error));
  }
  ({ d3, Plot } = globalThis);
  return true;
}

const COLORS = [
  "paper",
  "card",
  "ink",
  "quiet",
  "line",
  "accent",
  "accent-soft",
  "mlp",
  "arithmetic",
];
const DARK = "(prefers-color-scheme: dark)";

// Draws `draw({width, colors})`, an SVG element, anew when `keys`, the width or the scheme change.
// `drawn` receives it. To a screen reader it is one picture with a name and a description.
export function Chart({ draw, keys, label, describedby, drawn }) {
  const place = useRef();
  const width = useWidth(place);
  const colors = useColors();
  useEffect(() => {
    if (!width) return undefined;
    const picture = draw({ width, colors });
    // Its parts bear names of their own, which have no place inside one picture.
    picture.querySelectorAll("[aria-label]").forEach((part) => part.removeAttribute("aria-label"));
    place.current.replaceChildren(picture);
    drawn?.(picture);
    return () => picture.remove();
  }, [width, colors, ...keys]);
  return html`<div class="chart" role="img" aria-label=${label} aria-describedby=${describedby} ref=${place}></div>`;
}

// Resolved values of the page's colours: what mixes colours cannot read the names of variables.
export function useColors() {
  const [colors, setColors] = useState(readColors);
  useLayoutEffect(() => {
    const scheme = matchMedia(DARK);
    const follow = () => setColors(readColors());
    scheme.addEventListener("change", follow);
    return () => scheme.removeEventListener("change", follow);
  }, []);
  return colors;
}

function readColors() {
  const style = getComputedStyle(document.documentElement);
  return Object.fromEntries(
    COLORS.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]),
  );
}

function useWidth(place) {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const watch = new ResizeObserver(([entry]) => setWidth(Math.floor(entry.contentRect.width)));
    watch.observe(place.current);
    return () => watch.disconnect();
  }, []);
  return width;
}

// Says in one colour how far off an answer is: close to the ground where it is right, glaring where
// it is not. Lightness alone tells it too, in either scheme.
export function mixErrors(colors) {
  const mix = d3.piecewise(d3.interpolateLab, [colors.paper, colors.mlp, colors.ink]);
  return (share) => mix(0.1 + 0.9 * share);
}

// The page has a colour for each family of networks that it knows.
export const nameColor = (family) => (["mlp", "arithmetic"].includes(family) ? family : "accent");
export const colorOf = (family) => `var(--${nameColor(family)})`;
