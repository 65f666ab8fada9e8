// The versions of a model side by side: when, how good, and what was set otherwise.

import { Language, useNumbers, useWords } from "../../language.js";
import { html, useContext } from "../../ui.js";
import { useValues } from "./values.js";
import { findDifferences, listLabels } from "./versions.js";
import { WORDS } from "./words.js";

const TRANSLATED = new Set(["preset", "seed", "revision", "range"]);

export function Differences({ manifests, listing, chosen }) {
  const words = useWords(WORDS);
  const numbers = useNumbers();
  const language = useContext(Language);
  const write = useValues();
  const differences = findDifferences(manifests);
  const date = (created) =>
    new Intl.DateTimeFormat(language, { dateStyle: "medium" }).format(new Date(created));
  const rows = [
    [words("created"), manifests.map((manifest) => date(manifest.created_at))],
    [
      `${words("accuracy")}, ${words("mean")}`,
      manifests.map(({ metrics }) => numbers(metrics.overall?.mae, 3)),
    ],
    [
      `${words("accuracy")}, ${words("max")}`,
      manifests.map(({ metrics }) => numbers(metrics.overall?.max, 3)),
    ],
    ...differences.map(({ name, values }) => [
      TRANSLATED.has(name) ? words(name) : html`<code>${name}</code>`,
      values.map(write),
    ]),
  ];
  return html`
    <div class="card">
      <h3>${words("differences")}</h3>
      <p>${differences.length ? words("differencesAbout") : words("same")}</p>
      <div class="scroll" tabindex="0">
        <table>
          <thead><tr>
            <th scope="col">${words("setting")}</th>
            ${manifests.map(
              ({ version }) => html`
              <th key=${version} scope="col" class="number"
                aria-current=${version === chosen ? "true" : undefined}>
                <${Head} listing=${listing} version=${version} />
              </th>`,
            )}
          </tr></thead>
          <tbody>
            ${rows.map(
              ([name, values], index) => html`
              <tr key=${index}>
                <th scope="row">${name}</th>
                ${values.map(
                  (value, column) => html`
                  <td key=${column} class="number">${value}</td>`,
                )}
              </tr>`,
            )}
          </tbody>
        </table>
      </div>
    </div>
  `;
}

function Head({ listing, version }) {
  const words = useWords(WORDS);
  const { model, serving_version: serving } = listing;
  const notes = [
    ...(version === serving ? [words("answers")] : []),
    ...listLabels(listing, version),
  ];
  return html`
    <a href=${`#/models?model=${model}&version=${version}`}>${words("chip", { version })}</a>
    ${notes.length > 0 && html`<br /><small>${notes.join(", ")}</small>`}
  `;
}
