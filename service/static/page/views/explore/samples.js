// Predicted against exact values, on problems drawn anew in the browser.

import { useAnswer } from "../../api.js";
import { readDomain } from "../../domains.js";
import { Language, useNumbers, useWords } from "../../language.js";
import { Notice } from "../../notices.js";
import { colorOf } from "../../networks.js";
import { nameOperation, writeProblem } from "../../operations.js";
import { html, useContext, useId, useState } from "../../ui.js";
import { nameOption } from "./choice.js";
import { Chart, Plot } from "./plots.js";
import { answerAll } from "./records.js";
import { drawSample, listByError } from "./sample.js";
import { Table } from "./tables.js";
import { WORDS } from "./words.js";

const LISTED = 5;

export function Samples({ panels, operation, range }) {
  const words = useWords(WORDS);
  const language = useContext(Language);
  const heading = useId();
  const [turn, setTurn] = useState(0);
  const { data, ...answer } = useAnswer(
    (signal) => askSample(panels, operation, range, signal),
    [operation, range, turn],
  );
  return html`
    <section class="card" aria-labelledby=${heading}>
      <h2
        id=${heading}>
          ${words("sampleTitle", { operation: nameOperation(operation, language) })}
        </h2>
      <p class="quiet">${words("sampleLead")}</p>
      <${Notice} answer=${{ data, ...answer }} />
      ${
        data &&
        html`
        <div class="columns">
          ${data.samples.map(
            (sample) => html`
            <${Sample} key=${nameOption(sample)} sample=${sample} operation=${data.operation}
              span=${data.span} />`,
          )}
        </div>
        <button type="button" class="plain"
          onClick=${() => setTurn(turn + 1)}>${words("drawAgain")}</button>`
      }
    </section>
  `;
}

// All versions get the same problems, and are drawn on the same axes.
async function askSample(panels, operation, range, signal) {
  const problems = drawSample(readDomain(panels[0].manifest.signature, operation), range);
  const samples = await Promise.all(
    panels.map(async (panel) => ({
      ...panel,
      rows: listByError(problems, await answerAll(panel, operation, problems, signal)),
    })),
  );
  const seen = samples.flatMap(({ rows }) =>
    rows.flatMap(({ exact, predicted }) => [exact, predicted]),
  );
  return { operation, samples, span: [Math.min(...seen), Math.max(...seen)] };
}

function Sample({ sample, operation, span }) {
  const words = useWords(WORDS);
  const number = useNumbers();
  const said = useId();
  const { rows } = sample;
  const facts = {
    count: number(rows.length),
    exact: number(rows.filter(({ error }) => error === 0).length),
    median: number(rows[Math.floor(rows.length / 2)].error, 3),
    largest: number(rows[0].error, 3),
  };
  const draw = ({ width }) => drawSampled(sample, span, width, number, words);
  return html`
    <figure>
      <figcaption><h3>${words("namedVersion", sample)}</h3></figcaption>
      <${Chart} keys=${[sample, span, number(0.5)]} label=${words("sampleLabel", sample)}
        describedby=${said}
        draw=${draw} />
      <p id=${said}>${words(rows[0].error === 0 ? "sampleExact" : "sampleFacts", facts)}</p>
      ${
        rows[0].error > 0 &&
        html`
        <details>
          <summary>${words("furthest")}</summary>
          <${Furthest} rows=${rows.slice(0, LISTED)} operation=${operation} />
        </details>`
      }
    </figure>
  `;
}

function drawSampled({ rows, manifest }, span, width, number, words) {
  const axis = {
    domain: span,
    ticks: 5,
    tickFormat: (value) => number(value),
    nice: true,
    labelArrow: "none",
  };
  return Plot.plot({
    width,
    height: Math.min(width, 360),
    marginLeft: 70,
    marginBottom: 42,
    x: { ...axis, label: words("exactAxis"), labelAnchor: "center" },
    y: { ...axis, label: words("predictedAxis"), grid: true },
    marks: [
      Plot.line(span, {
        x: (value) => value,
        y: (value) => value,
        stroke: "var(--quiet)",
        strokeDasharray: "4 4",
      }),
      Plot.dot(rows, {
        x: "exact",
        y: "predicted",
        r: 2.5,
        stroke: colorOf(manifest),
        strokeOpacity: 0.8,
      }),
    ],
  });
}

function Furthest({ rows, operation }) {
  const words = useWords(WORDS);
  const number = useNumbers();
  return html`
    <${Table} label=${words("furthest")}>
      <thead><tr>
        <th scope="col">${words("problem")}</th><th scope="col"
          class="number">${words("exactAxis")}</th>
        <th scope="col" class="number">${words("predictedAxis")}</th><th scope="col"
          class="number">${words("error")}</th>
      </tr></thead>
      <tbody>${rows.map(
        ({ a, b, exact, predicted, error }) => html`
        <tr key=${a}>
          <td
            class="number explore-left">
              ${writeProblem(operation, [a, b], (value) => number(value, 4))}
            </td>
          <td class="number">${number(exact)}</td>
          <td class="number">${number(predicted)}</td>
          <td class="number">${number(error, 3)}</td>
        </tr>`,
      )}
      </tbody>
    <//>
  `;
}
