// The libraries of the charts, fetched when this view opens; and a place that a chart is drawn in.

import { Refused } from "../../api.js";
import { html, useEffect, useLayoutEffect, useRef, useState } from "../../ui.js";

/** @type {any} Typed by nothing here: what of it the charts use is drawn and looked at by tests. */
export let d3;
/** @type {any} */
export let Plot;

// Both are scripts that leave a global; the second one looks for the first.
export async function loadPlots() {
  try {
    await import("../../lib/d3.js");
    await import("../../lib/plot.js");
  } catch (error) {
    throw new Refused("unreachable", String(error));
  }
  ({ d3, Plot } = /** @type {any} */ (globalThis));
  return true;
}

/** @typedef {Record<string, string>} Colors By name of the page's variables. */

const COLORS = [
  "paper",
  "card",
  "ink",
  "quiet",
  "line",
  "accent",
  "accent-soft",
  "approximation",
  "computation",
];
const DARK = "(prefers-color-scheme: dark)";

/**
 * Draws `draw({width, colors})`, an SVG element, anew when `keys`, the width or the scheme change.
 * `drawn` receives it. To a screen reader it is one picture with a name and a description.
 * @param {{draw: (look: {width: number, colors: Colors}) => SVGElement, keys: readonly unknown[],
 *   label: string, describedby?: string, drawn?: (picture: SVGElement) => void}} chart
 */
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
  return html`<div class="chart" role="img" aria-label=${label} aria-describedby=${describedby}
    ref=${place}></div>`;
}

/**
 * Resolved values of the page's colours: what mixes colours cannot read the names of variables.
 * @returns {Colors}
 */
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

/**
 */
function readColors() {
  const style = getComputedStyle(document.documentElement);
  return Object.fromEntries(
    COLORS.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]),
  );
}

/** @param {{current: Element}} place */
function useWidth(place) {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const watch = new ResizeObserver(([entry]) => setWidth(Math.floor(entry.contentRect.width)));
    watch.observe(place.current);
    return () => watch.disconnect();
  }, []);
  return width;
}

/**
 * Says in one colour how far off an answer is: close to the ground where it is right, glaring where
 * it is not. Lightness alone tells it too, in either scheme.
 * @param {Colors} colors
 * @returns {(share: number) => string}
 */
export function mixErrors(colors) {
  const mix = d3.piecewise(d3.interpolateLab, [colors.paper, colors.approximation, colors.ink]);
  return (share) => mix(0.1 + 0.9 * share);
}
