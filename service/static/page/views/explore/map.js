// Draws one map, and finds the cell under a pointer.

import { mixErrors, Plot } from "./plots.js";

const SVG = "http://www.w3.org/2000/svg";
const MARKS = ["explore-halo", "explore-mark"]; // light around dark, to be seen on either
export const HATCH = "explore-hatch";
export const BLANK = "explore-blank";

// Draws the errors of a grid; `words` names the axes and writes numbers.
export function drawMap(
  { errors, trained, untrained, exact },
  grid,
  scale,
  { width, colors },
  words,
) {
  const side = Math.min(width, 460);
  const { a, b, x1, x2, y1, y2 } = grid;
  const area = { x1: "x1", x2: "x2", y1: "y1", y2: "y2" };
  const axis = {
    labelAnchor: "center",
    labelArrow: "none",
    ticks: 5,
    tickFormat: (value) => words.number(value),
  };
  const picture = Plot.plot({
    width: side,
    height: side,
    marginLeft: 48,
    marginBottom: 42,
    marginRight: 14,
    x: { ...axis, domain: [x1, x2], label: words.a },
    y: { ...axis, domain: [y1, y2], label: words.b },
    color: errorScale(scale, colors),
    marks: [
      // Where nothing is drawn above, the answer is exact.
      Plot.rect([grid], { ...area, fill: "var(--accent-soft)" }),
      Plot.rect(listRefused(exact, grid), { ...area, fill: `url(#${BLANK})` }),
      Plot.raster(
        errors.map((error) => (error === 0 ? NaN : error)),
        {
          width: a.length,
          height: b.length,
          x1,
          x2,
          y1,
          y2,
          fill: (error) => error,
          imageRendering: "pixelated",
        },
      ),
      Plot.rect(untrained, { ...area, fill: `url(#${HATCH})` }),
      Plot.rect(trained, {
        ...area,
        stroke: "var(--card)",
        strokeWidth: 4,
        strokeOpacity: 0.8,
        clip: true,
      }),
      Plot.rect(trained, {
        ...area,
        stroke: "var(--ink)",
        strokeWidth: 2,
        strokeDasharray: "6 4",
        clip: true,
      }),
    ],
  });
  for (const name of MARKS) {
    const mark = document.createElementNS(SVG, "rect");
    mark.classList.add(name);
    picture.append(mark);
  }
  return picture;
}

export const errorScale = (domain, colors) => ({
  type: "log",
  domain,
  clamp: true,
  interpolate: mixErrors(colors),
});

// Returns the rows of cells that hold no value.
function listRefused(exact, { a, b, x1, x2 }) {
  const half = (b[1] - b[0]) / 2;
  return b
    .filter((_, j) => Number.isNaN(exact[j * a.length]))
    .map((value) => ({ x1, x2, y1: value - half, y2: value + half }));
}

// Returns the cell under a pointer, undefined where there is none.
export function findCell(picture, { a, b, x1, x2, y1, y2 }, { clientX, clientY }) {
  const box = picture.getBoundingClientRect();
  const across = picture
    .scale("x")
    .invert(((clientX - box.left) / box.width) * picture.viewBox.baseVal.width);
  const up = picture
    .scale("y")
    .invert(((clientY - box.top) / box.height) * picture.viewBox.baseVal.height);
  const i = Math.floor(((across - x1) / (x2 - x1)) * a.length);
  const j = Math.floor(((up - y1) / (y2 - y1)) * b.length);
  return i in a && j in b ? j * a.length + i : undefined;
}

// Moves the mark of a picture to a cell.
export function markCell(picture, { a, b }, cell) {
  if (!picture) return;
  const [x, y] = [picture.scale("x"), picture.scale("y")];
  const size = Math.max(8, x.apply(a[1]) - x.apply(a[0]) + 4);
  const place = {
    x: x.apply(a[cell % a.length]) - size / 2,
    y: y.apply(b[Math.floor(cell / a.length)]) - size / 2,
    width: size,
    height: size,
  };
  for (const mark of MARKS.map((name) => picture.querySelector(`.${name}`))) {
    for (const [name, value] of Object.entries(place)) mark.setAttribute(name, value);
  }
}
