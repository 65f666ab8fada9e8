// The models of the store, and links to their versions.

import { Language, useWords } from "../../language.js";
import { nameModel } from "../../networks.js";
import { html, useContext } from "../../ui.js";
import { listLabels } from "./versions.js";
import { WORDS } from "./words.js";

const SHOWN = 8;

export function ModelList({ models, chosen }) {
  return html`
    <div class="columns">
      ${models.map(
        (listing) => html`
        <${Model} key=${listing.model} listing=${listing} chosen=${chosen} />`,
      )}
    </div>
  `;
}

function Model({ listing, chosen }) {
  const words = useWords(WORDS);
  const language = useContext(Language);
  const { model, versions, serving_version: serving } = listing;
  const name = nameModel(model, language);
  const what = `what.${model}`;
  const newest = versions.slice(-SHOWN).reverse();
  const older = versions.slice(0, -SHOWN).reverse();
  const links = (some) =>
    some.map(
      (version) => html`
    <${VersionLink} key=${version} listing=${listing} version=${version}
      current=${chosen.model === model && chosen.version === version} />`,
    );
  return html`
    <section class="card models-model" data-model=${model}>
      <h2>${name} <code class="quiet">${model}</code></h2>
      ${what in WORDS.en && html`<p>${words(what)}</p>`}
      ${serving === undefined && html`<p class="quiet">${words("waiting")}</p>`}
      <ul class="models-versions" aria-label=${words("versions", { name })}>${links(newest)}</ul>
      ${
        older.length > 0 &&
        html`
        <details>
          <summary>${words("older", { count: older.length })}</summary>
          <ul class="models-versions">${links(older)}</ul>
        </details>`
      }
    </section>
  `;
}

function VersionLink({ listing, version, current }) {
  const words = useWords(WORDS);
  const { model, serving_version: serving } = listing;
  const notes = [
    ...(version === serving ? [words("answers")] : []),
    ...listLabels(listing, version).map((label) => words("label", { label })),
  ];
  return html`
    <li>
      <a href=${`#/models?model=${model}&version=${version}`}
        aria-current=${current ? "true" : undefined}>
        ${words("chip", { version })}${
          notes.length > 0 &&
          html` <small>
          ${notes.join(", ")}
        </small>`
        }
      </a>
    </li>
  `;
}
