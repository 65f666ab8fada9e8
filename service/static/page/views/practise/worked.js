// Draws the worked way to an answer as written by hand, and tells its steps.

import { Language, useWords } from "../../language.js";
import { html, useContext, useMemo, useRef, useState } from "../../ui.js";
import { writeExpression } from "./skill-words.js";
import { solve } from "./solve/solve.js";
import { tellStep } from "./step-words.js";
import { WORDS } from "./words.js";

export const styleOf = (language) => (language === "pt-BR" ? "key" : "bracket");

export function Worked({ exercise }) {
  const words = useWords(WORDS);
  const language = useContext(Language);
  const way = useMemo(() => solve(exercise, styleOf(language)), [exercise, language]);
  const last = way.steps.length - 1;
  const [shown, setShown] = useState(null); // a step, or null for all
  const current = shown === null ? last : Math.min(shown, last);
  return html`
    <div class="practise-worked">
      <${Sheet} way=${way} current=${current}
        label=${words("drawn", { expression: writeExpression(exercise, language) })}
        marked=${shown !== null} language=${language} />
      <div>
        <${Buttons} shown=${shown} last=${last} show=${setShown} />
        <ol aria-live="polite" aria-label=${words("steps")}>
          ${way.steps.slice(0, current + 1).map(
            (step, i) => html`
            <li key=${i}
              aria-current=${shown !== null && i === current ? "step" : undefined}>
                ${tellStep(step, language)}
              </li>`,
          )}
        </ol>
      </div>
    </div>
  `;
}

// The first button stays the same one throughout, so that it keeps the focus from step to step.
function Buttons({ shown, last, show }) {
  const words = useWords(WORDS);
  const first = useRef();
  const isAll = shown === null;
  const showAll = () => {
    show(null);
    first.current.focus();
  };
  return html`
    <div class="practise-buttons">
      <button ref=${first} type="button" class="plain"
        onClick=${() => show(isAll || shown >= last ? 0 : shown + 1)}>
        ${words(isAll ? "stepwise" : shown >= last ? "again" : "forward")}
      </button>
      ${
        !isAll &&
        html`
        <button type="button" class="plain" aria-disabled=${shown === 0}
          onClick=${() => show(Math.max(shown - 1, 0))}>${words("back")}</button>
        <button type="button" class="plain" onClick=${showAll}>${words("all")}</button>`
      }
    </div>
  `;
}

// The squares that are written at a step, each at its place in a grid.
function Sheet({ way, current, label, marked, language }) {
  const rows = [...new Set(way.cells.map((cell) => cell.row))].sort((a, b) => a - b);
  const columns = [...new Set(way.cells.map((cell) => cell.column))].sort((a, b) => a - b);
  const at = (row, from, to = from) => ({
    gridRow: rows.indexOf(row) + 1,
    gridColumn: `${columns.indexOf(from) + 1} / ${columns.indexOf(to) + 2}`,
  });
  const isThere = ({ step, until = Infinity }) => step <= current && current <= until;
  const show = (cell) => (isThere(cell) ? "visible" : "hidden");
  const squares = {
    gridTemplateColumns: `repeat(${columns.length}, var(--square))`,
    gridTemplateRows: `repeat(${rows.length}, auto)`,
  };
  const mark = language === "en" ? "." : ",";
  return html`
    <div class="practise-sheet" role="img" aria-label=${label} lang=${language}>
      <div
        style=${squares}>
        ${way.lines.filter(isThere).map(
          (line, i) => html`
          <span key=${`line${i}`} class=${`practise-line ${line.side}`}
            style=${at(line.row, line.from, line.to)}></span>`,
        )}
        ${way.cells.map(
          (cell, i) => html`
          <span key=${i} class=${describe(cell, current, marked)}
            style=${{ ...at(cell.row, cell.column), visibility: show(cell) }}>
            ${cell.text}${
              cell.point <= current &&
              html`
              <span class="practise-point">${mark}</span>`
            }
          </span>`,
        )}
      </div>
    </div>
  `;
}

function describe(cell, current, marked) {
  const classes = ["practise-cell", cell.kind];
  if (cell.crossed <= current) classes.push("crossed");
  if (marked && cell.step === current) classes.push("current");
  return classes.join(" ");
}
