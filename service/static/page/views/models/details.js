// What one version says about itself.

import { Language, useNumbers, useWords } from "../../language.js";
import { isCalculator, nameModel } from "../../networks.js";
import { signOf } from "../../operations.js";
import { html, useContext } from "../../ui.js";
import { Card } from "./card.js";
import { Differences } from "./differences.js";
import { FileLink, listTables, REPORT } from "./files.js";
import { Range } from "./range.js";
import { useValues } from "./values.js";
import { WORDS } from "./words.js";

const METRICS = ["mean", "median", "p99", "max"];
const FIELDS = { mean: "mae", median: "median", p99: "p99", max: "max" };

export function Details({ data, listing }) {
  const words = useWords(WORDS);
  const language = useContext(Language);
  const { manifest, card, cardProblem, compared } = data;
  const { model, version } = manifest;
  return html`
    <section aria-labelledby="models-chosen">
      <h2 id="models-chosen"
        class="models-chosen">${nameModel(model, language)}, ${words("version", { version })}</h2>
      <div class="columns models-parts">
        ${
          isCalculator(manifest)
            ? html`<${Accuracy} metrics=${manifest.metrics} />`
            : html`<p class="card notice">${words("otherTask", manifest)}</p>`
        }
        <${Training} manifest=${manifest} />
        <${Settings} manifest=${manifest} />
        <${Origin} manifest=${manifest} />
      </div>
      ${
        compared.length > 1 &&
        html`
        <${Differences} manifests=${compared} listing=${listing} chosen=${version} />`
      }
      <div class="card">
        <h3>${words("card")}</h3>
        <p class="quiet">${words("cardAbout")}</p>
        ${
          card !== undefined &&
          html`
          <div class="models-card" lang="en"><${Card} source=${card} /></div>`
        }
        ${
          card === undefined &&
          html`
          <p
            class="notice">
              ${cardProblem ? words("cardUnread", cardProblem) : words("cardNone")}
            </p>`
        }
      </div>
    </section>
  `;
}

function Accuracy({ metrics }) {
  const words = useWords(WORDS);
  const numbers = useNumbers();
  const rows = [[words("all"), metrics.overall], ...Object.entries(metrics.per_operation)];
  return html`
    <div class="card">
      <h3>${words("accuracy")}</h3>
      <p>${words("accuracyAbout", { n: numbers(metrics.overall.n) })}</p>
      <div class="scroll" tabindex="0">
        <table>
          <thead><tr>
            <th scope="col">${words("operation")}</th>
            ${METRICS.map(
              (name) => html`
              <th key=${name} scope="col" class="number">${words(name)}</th>`,
            )}
          </tr></thead>
          <tbody>
            ${rows.map(
              ([name, own]) => html`
              <tr key=${name}>
                <th scope="row">${signOf(name)}</th>
                ${METRICS.map(
                  (key) => html`
                  <td key=${key} class="number">${numbers(own[FIELDS[key]], 3)}</td>`,
                )}
              </tr>`,
            )}
          </tbody>
        </table>
      </div>
    </div>
  `;
}

function Training({ manifest }) {
  const words = useWords(WORDS);
  const { model, version, signature, files } = manifest;
  const tables = listTables(manifest);
  return html`
    <div class="card models-links">
      <h3>${words("files")}</h3>
      ${
        REPORT in files
          ? html`<p><${FileLink} manifest=${manifest}
            path=${REPORT}>${words("report")}<//><br />${words("reportAbout")}</p>`
          : html`<p>${words("reportNone")}</p>`
      }
      <p><a href=${`#/explore?model=${model}&version=${version}`}>${words("explore")}</a></p>
      ${
        tables.length > 0 &&
        html`
        <details>
          <summary>${words("tables")}</summary>
          <ul>${tables.map(
            (path) => html`
            <li key=${path}><${FileLink} manifest=${manifest}
              path=${path}>${path.split("/").at(-1)}<//></li>`,
          )}</ul>
        </details>`
      }
      ${
        isCalculator(manifest) &&
        html`
          <h3>${words("range")}</h3>
          <ul>
            ${signature.domains.map(
              (domain) => html`<li key=${domain.symbol}><${Range} domain=${domain} /></li>`,
            )}
          </ul>`
      }
    </div>
  `;
}

function Settings({ manifest }) {
  const words = useWords(WORDS);
  const write = useValues();
  return html`
    <div class="card">
      <h3>${words("settings")}</h3>
      <p>${words("settingsAbout")}</p>
      <${Facts}
        facts=${Object.entries(manifest.hyperparameters).map(([name, value]) => [
          html`
          <code>${name}</code>`,
          write(value),
        ])} />
    </div>
  `;
}

function Origin({ manifest }) {
  const words = useWords(WORDS);
  const language = useContext(Language);
  const { config, created_at: created, libraries, seed, source_revision: revision } = manifest;
  const when = new Intl.DateTimeFormat(language, { dateStyle: "long", timeStyle: "short" }).format(
    new Date(created),
  );
  const facts = [
    [words("created"), html`<time datetime=${created}>${when}</time>`],
    ...(config.preset === undefined
      ? []
      : [[words("preset"), html`<code>${String(config.preset)}</code>`]]),
    [words("seed"), String(seed)],
    [words("revision"), html`<code title=${revision}>${revision.slice(0, 10)}</code>`],
    [
      words("libraries"),
      Object.entries(libraries)
        .map(([name, number]) => `${name} ${number}`)
        .join(", "),
    ],
  ];
  return html`<div class="card"><h3>${words("origin")}</h3><${Facts} facts=${facts} /></div>`;
}

function Facts({ facts }) {
  return html`
    <dl class="models-facts">
      ${facts.map(
        ([name, value], index) => html`
        <div key=${index}><dt>${name}</dt><dd class="number">${value}</dd></div>`,
      )}
    </dl>
  `;
}
