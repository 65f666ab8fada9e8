// Learning curves: the error after each epoch of training, on one scale for all versions.

import { useAnswer } from "../../api.js";
import { useNumbers, useWords } from "../../language.js";
import { colorOf } from "../../networks.js";
import { Notice } from "../../notices.js";
import { html, useId, useState } from "../../ui.js";
import { nameOption } from "./choice.js";
import { Chart, d3, Plot } from "./plots.js";
import { readEpochs, readTable } from "./records.js";
import { Table } from "./tables.js";
import { WORDS } from "./words.js";

const LISTED = 10;

export function Curves({ panels }) {
  const words = useWords(WORDS);
  const [heading, alike] = [useId(), useId()];
  const [shared, share] = useState(true);
  const answer = useAnswer(
    (signal) =>
      Promise.all(
        panels.map(async (panel) => ({
          ...panel,
          epochs: readEpochs(await readTable(panel, "history.csv", signal)),
        })),
      ),
    [],
  );
  const curves = answer.data ?? [];
  const span = findSpan(curves);
  return html`
    <section class="card" aria-labelledby=${heading}>
      <h2 id=${heading}>${words("curveTitle")}</h2>
      <p class="quiet">${words("curveLead")}</p>
      <${Notice} answer=${answer} />
      ${
        curves.length > 1 &&
        html`
        <p class="explore-check">
          <input type="checkbox" id=${alike} checked=${shared} onChange=${() => share(!shared)} />
          <label for=${alike}>${words("sameScale")}</label>
        </p>`
      }
      <div class="columns">
        ${curves.map(
          (curve) => html`
          <${Curve} key=${nameOption(curve)} curve=${curve}
            span=${shared ? span : findSpan([curve])} />`,
        )}
      </div>
    </section>
  `;
}

// The least and the largest error; zero has no place on a scale of factors.
function findSpan(curves) {
  const seen = curves
    .flatMap(({ epochs }) => epochs ?? [])
    .flatMap(({ mae, val_mae }) => [mae, val_mae]);
  return d3.extent(seen.filter((error) => error > 0));
}

function Curve({ curve, span }) {
  const words = useWords(WORDS);
  const number = useNumbers();
  const said = useId();
  const { epochs } = curve;
  if (!epochs) {
    return html`<div><h3>${words("namedVersion", curve)}</h3><p>${words("noCurve")}</p></div>`;
  }
  const best = epochs.reduce((one, other) => (other.val_mae < one.val_mae ? other : one));
  const facts = {
    count: number(epochs.length),
    first: number(epochs[0].val_mae, 3),
    least: number(best.val_mae, 3),
    epoch: number(best.epoch),
  };
  return html`
    <figure>
      <figcaption><h3>${words("namedVersion", curve)}</h3></figcaption>
      <${Chart} keys=${[curve, ...span, number(0.5)]} label=${words("curveLabel", curve)}
        describedby=${said}
        draw=${({ width }) => drawCurve(curve, best, span, width, number, words)} />
      <p id=${said}>${words("curveFacts", facts)}</p>
      <details>
        <summary>${words("curveTable")}</summary>
        <${Epochs} epochs=${epochs} />
      </details>
    </figure>
  `;
}

function drawCurve({ epochs, manifest }, best, span, width, number, words) {
  const drawn = (column) => epochs.filter((epoch) => epoch[column] > 0);
  const color = colorOf(manifest);
  return Plot.plot({
    width,
    height: 280,
    marginLeft: 70,
    marginBottom: 42,
    x: {
      label: words("epoch"),
      labelAnchor: "center",
      labelArrow: "none",
      ticks: Math.min(5, epochs.length),
      tickFormat: (epoch) => number(epoch),
    },
    y: {
      type: "log",
      domain: span,
      nice: true,
      grid: true,
      label: words("errorAxis"),
      labelArrow: "none",
      ticks: 6,
      tickFormat: (error) => number(error, 3),
    },
    marks: [
      Plot.line(drawn("mae"), {
        x: "epoch",
        y: "mae",
        stroke: "var(--quiet)",
        strokeDasharray: "5 3",
      }),
      Plot.line(drawn("val_mae"), { x: "epoch", y: "val_mae", stroke: color, strokeWidth: 2 }),
      Plot.dot(best.val_mae > 0 ? [best] : [], {
        x: "epoch",
        y: "val_mae",
        r: 5,
        fill: color,
        stroke: "var(--card)",
      }),
    ],
  });
}

// A few epochs stand for all: close together at the start, where the most happens.
function Epochs({ epochs }) {
  const words = useWords(WORDS);
  const number = useNumbers();
  const places = Array.from(
    { length: LISTED },
    (_, k) => Math.round(epochs.length ** (k / (LISTED - 1))) - 1,
  );
  return html`
    <${Table} label=${words("curveTable")}>
      <thead><tr>
        <th scope="col" class="number">${words("epoch")}</th>
        <th scope="col" class="number">${words("trainingError")}</th>
        <th scope="col" class="number">${words("validationError")}</th>
      </tr></thead>
      <tbody>${[...new Set(places)].map(
        (place) => html`
        <tr key=${place}>
          <td class="number">${number(epochs[place].epoch)}</td>
          <td class="number">${number(epochs[place].mae, 3)}</td>
          <td class="number">${number(epochs[place].val_mae, 3)}</td>
        </tr>`,
      )}
      </tbody>
    <//>
  `;
}
