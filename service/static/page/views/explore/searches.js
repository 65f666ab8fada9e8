// The trials of a search as parallel coordinates: one line a trial, one row a hyperparameter.

import { useAnswer } from "../../api.js";
import { useNumbers, useWords } from "../../language.js";
import { Notice } from "../../notices.js";
import { html, useId, useState } from "../../ui.js";
import { makeAxes } from "./axes.js";
import { nameOption } from "./choice.js";
import { drawTrials } from "./coordinates.js";
import { Chart } from "./plots.js";
import { readTable, readTrials } from "./records.js";
import { Table } from "./tables.js";
import { WORDS } from "./words.js";

export function Searches({ panels }) {
  const words = useWords(WORDS);
  const heading = useId();
  const answer = useAnswer(
    (signal) =>
      Promise.all(
        panels.map(async (panel) => ({
          ...panel,
          search: readTrials(await readTable(panel, "trials.csv", signal)),
        })),
      ),
    [],
  );
  return html`
    <section class="card" aria-labelledby=${heading}>
      <h2 id=${heading}>${words("trialsTitle")}</h2>
      <p class="quiet">${words("trialsLead")}</p>
      <${Notice} answer=${answer} />
      <div class="columns">
        ${(answer.data ?? []).map(
          (panel) => html`
          <${Search} key=${nameOption(panel)} panel=${panel} />`,
        )}
      </div>
    </section>
  `;
}

function Search({ panel }) {
  const words = useWords(WORDS);
  const number = useNumbers();
  const [said, select] = [useId(), useId()];
  const [picked, pick] = useState(0);
  if (!panel.search) {
    return html`<div><h3>${words("namedVersion", panel)}</h3><p>${words("noTrials")}</p></div>`;
  }
  const { names, trials, failed } = panel.search;
  const axes = makeAxes(trials, [...names, "val_mae"]);
  const write = (value) => (typeof value === "number" ? number(value, 3) : value);
  const drawn = { axes, trials, picked, manifest: panel.manifest, write };
  const draw = (look) => drawTrials(drawn, look);
  const facts = {
    count: number(trials.length + failed),
    failed: number(failed),
    best: trials[0].trial,
    least: number(trials[0].val_mae, 3),
    most: number(trials.at(-1).val_mae, 3),
  };
  return html`
    <figure>
      <figcaption><h3>${words("namedVersion", panel)}</h3></figcaption>
      <div class="field">
        <label for=${select}>${words("highlight")}</label>
        <select id=${select} onChange=${(event) => pick(Number(event.target.value))}>
          ${trials.map(
            ({ trial, val_mae }, k) => html`
            <option key=${trial} value=${k} selected=${k === picked}>
              ${words("trialOption", { trial, error: number(val_mae, 3) })}
            </option>`,
          )}
        </select>
      </div>
      <${Chart} keys=${[panel, picked, number(0.5)]} label=${words("trialsLabel", panel)}
        describedby=${said}
        draw=${draw} />
      <p id=${said}>${words(failed ? "trialsFactsFailed" : "trialsFacts", facts)}</p>
      <details>
        <summary>${words("trialsTable")}</summary>
        <${Trials} names=${names} trials=${trials} write=${write} />
      </details>
    </figure>
  `;
}

function Trials({ names, trials, write }) {
  const words = useWords(WORDS);
  const isNumber = (value) => value !== "" && !Number.isNaN(Number(value));
  return html`
    <${Table} label=${words("trialsTable")} tall>
      <thead><tr>
        <th scope="col">trial</th><th scope="col" class="number">val_mae</th>
        ${names.map((name) => html`<th key=${name} scope="col">${name}</th>`)}
      </tr></thead>
      <tbody>${trials.map(
        (trial) => html`
        <tr key=${trial.trial}>
          <th scope="row">${trial.trial}</th><td class="number">${write(trial.val_mae)}</td>
          ${names.map(
            (name) => html`
            <td
              key=${name}>
                ${isNumber(trial[name]) ? write(Number(trial[name])) : trial[name] || "–"}
              </td>`,
          )}
        </tr>`,
      )}
      </tbody>
    <//>
  `;
}
