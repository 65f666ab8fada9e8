// Draws parallel coordinates: axes lie one below the other, so that a phone has room for them.

import { nameColor } from "../../networks.js";
import { d3, Plot } from "./plots.js";

const ROW = 64;
const TOP = 26;
const LABEL = 70;

// Draws the trials, best first, on their axes; `picked` is the place of the one to tell apart.
export function drawTrials({ axes, trials, picked, manifest, write }, { width, colors }) {
  const mix = d3.interpolateLab(colors.line, colors[nameColor(manifest)]);
  const ticks = axes.flatMap((axis) => listTicks(axis, width));
  const passed = passOver(axes, trials[picked]);
  return Plot.plot({
    width,
    height: TOP + ROW * axes.length,
    marginLeft: 14,
    marginRight: 14,
    marginTop: TOP,
    marginBottom: 18,
    x: { domain: [0, 1], axis: null },
    y: { type: "point", domain: axes.map(({ name }) => name), axis: null, padding: 0 },
    marks: [
      Plot.ruleY(axes, { y: "name", x1: 0, x2: 1, stroke: "var(--quiet)" }),
      ...trials.toReversed().map((trial, k) => {
        const quality = trials.length > 1 ? k / (trials.length - 1) : 1;
        return Plot.line(passOver(axes, trial), {
          x: "at",
          y: "name",
          stroke: mix(quality),
          strokeWidth: 0.8 + 1.4 * quality,
          strokeOpacity: 0.75,
        });
      }),
      Plot.line(passed, { x: "at", y: "name", stroke: "var(--ink)", strokeWidth: 3 }),
      Plot.dot(passed, { x: "at", y: "name", r: 4.5, fill: "var(--ink)", stroke: "var(--card)" }),
      Plot.text(axes, {
        x: 0,
        y: "name",
        text: "name",
        dy: -13,
        textAnchor: "start",
        fontWeight: 700,
        fill: "var(--ink)",
        stroke: "var(--card)",
        strokeWidth: 4,
      }),
      ...[
        ["start", 0],
        ["end", 1],
        ["middle", undefined],
      ].map(([textAnchor, edge]) =>
        Plot.text(
          ticks.filter(({ at }) => (edge === undefined ? at > 0 && at < 1 : at === edge)),
          {
            x: "at",
            y: "name",
            text: ({ value }) => write(value),
            dy: 13,
            textAnchor,
            fill: "var(--quiet)",
            stroke: "var(--card)",
            strokeWidth: 4,
          },
        ),
      ),
    ],
  });
}

// The marks of an axis; only those at its ends where there is no room for all.
function listTicks({ name, ticks }, width) {
  const room = width >= ticks.length * LABEL;
  return ticks.filter(({ at }) => room || at === 0 || at === 1).map((tick) => ({ name, ...tick }));
}

// The way of a trial: where it stands on each axis.
const passOver = (axes, trial) => axes.map(({ name, place }) => ({ name, at: place(trial[name]) }));
