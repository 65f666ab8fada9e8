// Maps of the error over (a, b): one for each version, all on one scale.

import { useAnswer } from "../../api.js";
import { readDomain, listTrained, listUntrained, spanBoth } from "../../domains.js";
import { Language, useNumbers, useWords } from "../../language.js";
import { Notice } from "../../notices.js";
import { hasValue, nameOperation, writeProblem } from "../../operations.js";
import { html, useContext, useEffect, useId, useState } from "../../ui.js";
import { nameOption } from "./choice.js";
import { findScale, layOut, listProblems, makeGrid, summarize } from "./grid.js";
import { Legend } from "./legend.js";
import { drawMap, findCell, markCell } from "./map.js";
import { Chart, useColors } from "./plots.js";
import { answerAll } from "./records.js";
import { Table } from "./tables.js";
import { WORDS } from "./words.js";

export function ErrorMaps({ panels, operation, range }) {
  const words = useWords(WORDS);
  const language = useContext(Language);
  const answer = useAnswer(
    (signal) => askMaps(panels, operation, range, signal),
    [operation, range],
  );
  const heading = useId();
  return html`
    <section class="card" aria-labelledby=${heading}
      aria-busy=${answer.data?.of !== nameMaps(operation, range)}>
      <h2 id=${heading}>${words("mapTitle", { operation: nameOperation(operation, language) })}</h2>
      <p class="quiet">${words("mapLead")}</p>
      <${Notice} answer=${answer} />
      ${answer.data && html`<${Maps} key=${answer.data.of} ...${answer.data} />`}
    </section>
  `;
}

const nameMaps = (operation, range) => `${operation} ${range}`;

// All versions are asked the same problems: those that the first one's range gives.
async function askMaps(panels, operation, range, signal) {
  const grid = makeGrid(spanBoth(readDomain(panels[0].manifest.signature, operation)), range);
  const problems = listProblems(grid, operation);
  const maps = await Promise.all(
    panels.map(async (panel) => ({
      ...panel,
      ...layOut(grid, problems, await answerAll(panel, operation, problems, signal)),
      trained: listTrained(readDomain(panel.manifest.signature, operation)),
      untrained: listUntrained(readDomain(panel.manifest.signature, operation), grid),
    })),
  );
  return { of: nameMaps(operation, range), operation, grid, maps, scale: findScale(maps) };
}

function Maps({ operation, grid, maps, scale }) {
  const words = useWords(WORDS);
  const colors = useColors();
  const [cell, setCell] = useState(() => summarize(maps[0])?.worst ?? 0);
  return html`
    <${Legend} scale=${scale} colors=${colors}
      undefinedShown=${grid.b.some((b) => !hasValue(operation, [0, b]))}
      untrainedShown=${maps.some(({ outside }) => outside.includes(1))} />
    <div class="explore-maps">
      ${maps.map(
        (map) => html`
        <${OneMap} key=${nameOption(map)} map=${map} grid=${grid} operation=${operation}
          scale=${scale}
          cell=${cell} setCell=${setCell} />`,
      )}
    </div>
    <${Reading} operation=${operation} grid=${grid} maps=${maps} cell=${cell} setCell=${setCell} />
    <${Summary} maps=${maps} grid=${grid} operation=${operation} />
    <p class="quiet">${words("mapNote", { count: grid.a.length })}</p>
  `;
}

function OneMap({ map, grid, operation, scale, cell, setCell }) {
  const words = useWords(WORDS);
  const language = useContext(Language);
  const number = useNumbers();
  const [picture, setPicture] = useState();
  const label = words("mapLabel", {
    ...map,
    operation: nameOperation(operation, language),
  });
  const point = (event) => {
    const found = picture && findCell(picture, grid, event);
    if (found !== undefined) setCell(found);
  };
  const axes = { number, a: words("operandA"), b: words("operandB") };
  const draw = (look) => drawMap(map, grid, scale, look, axes);
  useEffect(() => markCell(picture, grid, cell), [picture, cell]);
  return html`
    <figure class="explore-map" onPointerMove=${point} onPointerDown=${point}>
      <figcaption><h3>${words("namedVersion", map)}</h3></figcaption>
      <${Chart} keys=${[map, scale, number(0.5)]} label=${label} drawn=${setPicture}
        draw=${draw} />
    </figure>
  `;
}

// What one cell holds, in words. The sliders reach every cell from the keyboard.
function Reading({ operation, grid, maps, cell, setCell }) {
  const words = useWords(WORDS);
  const number = useNumbers();
  const columns = grid.a.length;
  const [i, j] = [cell % columns, Math.floor(cell / columns)];
  const problem = writeProblem(operation, [grid.a[i], grid.b[j]], number);
  return html`
    <div class="explore-reading">
      <${Slider} name="a" values=${grid.a} at=${i} move=${(to) => setCell(j * columns + to)} />
      <${Slider} name="b" values=${grid.b} at=${j} move=${(to) => setCell(to * columns + i)} />
      <div role="status">
        ${
          Number.isNaN(maps[0].exact[cell])
            ? html`<p><strong class="number">${problem}</strong> ${words("noValue")}</p>`
            : html`
            <p><strong class="number">${problem} = ${number(maps[0].exact[cell])}</strong></p>
            ${maps.map(
              (map) => html`
              <p key=${nameOption(map)}>${sayAnswer(words, number, map, cell)}</p>`,
            )}`
        }
      </div>
    </div>
  `;
}

function Slider({ name, values, at, move }) {
  const number = useNumbers();
  const id = useId();
  return html`
    <div class="field">
      <label for=${id}><i>${name}</i> = <span class="number">${number(values[at])}</span></label>
      <input id=${id} type="range" min="0" max=${values.length - 1} value=${at}
        aria-valuetext=${number(values[at])}
          onInput=${(event) => move(Number(event.target.value))} />
    </div>
  `;
}

function sayAnswer(words, number, map, cell) {
  const said = words(map.errors[cell] === 0 ? "readExact" : "readOff", {
    ...map,
    predicted: number(map.predictions[cell]),
    error: number(map.errors[cell], 3),
  });
  return map.outside[cell] ? `${said} ${words("readOutside")}` : said;
}

// The same in a table, for those who see no colours, and for those who want the numbers.
function Summary({ maps, grid, operation }) {
  const words = useWords(WORDS);
  const number = useNumbers();
  const rows = maps.flatMap((map) =>
    ["trained", "outside"].flatMap((cells) => {
      const found = summarize(map, cells);
      return found ? [{ map, cells, ...found }] : [];
    }),
  );
  const columns = grid.a.length;
  const write = (cell) =>
    writeProblem(operation, [grid.a[cell % columns], grid.b[Math.floor(cell / columns)]], number);
  return html`
    <${Table} label=${words("summaryTitle")}>
      <caption class="hidden">${words("summaryTitle")}</caption>
      <thead><tr>
        <th scope="col">${words("network")}</th><th scope="col">${words("problems")}</th>
        <th scope="col" class="number">${words("exactShare")}</th>
        <th scope="col" class="number">${words("median")}</th>
        <th scope="col" class="number">${words("largest")}</th>
        <th scope="col">${words("at")}</th>
      </tr></thead>
      <tbody>${rows.map(
        ({ map, cells, count, exact, median, largest, worst }) => html`
        <tr key=${nameOption(map) + cells}>
          <th scope="row">${words("namedVersion", map)}</th>
          <td>${words(`${cells}Problems`)}</td>
          <td class="number">${words("share", { exact: number(exact), count: number(count) })}</td>
          <td class="number">${number(median, 3)}</td>
          <td class="number">${number(largest, 3)}</td>
          <td class="number explore-left">${largest === 0 ? "–" : write(worst)}</td>
        </tr>`,
      )}
      </tbody>
    <//>
  `;
}
