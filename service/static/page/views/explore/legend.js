// What the colours and patterns of the maps mean.

import { useNumbers, useWords } from "../../language.js";
import { html } from "../../ui.js";
import { BLANK, errorScale, HATCH } from "./map.js";
import { Chart, Plot } from "./plots.js";
import { WORDS } from "./words.js";

export function Legend({ scale, colors, undefinedShown, untrainedShown }) {
  const words = useWords(WORDS);
  const number = useNumbers();
  const drawScale = ({ width }) =>
    Plot.legend({
      color: { ...errorScale(scale, colors), label: words("scale") },
      width: Math.min(width, 360),
      marginLeft: 28,
      marginRight: 28,
      ticks: 4,
      tickFormat: (error) => (error === scale[0] ? `≤ ${number(error)}` : number(error)),
    });
  return html`
    <div class="explore-legend">
      <${Patterns} />
      <${Chart} keys=${[scale, colors, number(0.5), words("scale")]} draw=${drawScale}
        label=${words("scaleLabel", { low: number(scale[0]), high: number(scale[1]) })} />
      <ul>
        <li><${Swatch} fill="var(--accent-soft)" /> ${words("exactCells")}</li>
        <li><${Swatch} fill="none" dashed /> ${words("trainedCells")}</li>
        ${
          untrainedShown &&
          html`
          <li><${Swatch} fill=${`url(#${HATCH})`} /> ${words("untrainedCells")}</li>`
        }
        ${
          undefinedShown &&
          html`
          <li><${Swatch} fill=${`url(#${BLANK})`} /> ${words("undefinedCells")}</li>`
        }
      </ul>
    </div>
  `;
}

function Swatch({ fill, dashed = false }) {
  return html`
    <svg class="swatch" viewBox="0 0 28 20" width="28" height="20" aria-hidden="true">
      <rect x="1" y="1" width="26" height="18" fill=${fill}
        stroke=${dashed ? "var(--ink)" : "var(--quiet)"}
        stroke-width=${dashed ? 2 : 1} stroke-dasharray=${dashed ? "6 4" : undefined} />
    </svg>
  `;
}

// Patterns that all maps refer to by name.
function Patterns() {
  return html`
    <svg width="0" height="0" aria-hidden="true" class="explore-patterns">
      <defs>
        <pattern id=${HATCH} width="9" height="9" patternUnits="userSpaceOnUse"
          patternTransform="rotate(45)">
          <rect width="1.2" height="9" fill="var(--ink)" fill-opacity="0.55" />
        </pattern>
        <pattern id=${BLANK} width="6" height="6" patternUnits="userSpaceOnUse">
          <rect width="6" height="6" fill="var(--card)" />
          <circle cx="3" cy="3" r="1.5" fill="var(--ink)" />
        </pattern>
      </defs>
    </svg>
  `;
}
