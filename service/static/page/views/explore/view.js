// Explore: where each network is right, how far off it is elsewhere, and how it came to be.

import { listModels, readManifest, useAnswer } from "../../api.js";
import { listBinary } from "../../domains.js";
import { useWords } from "../../language.js";
import { isCalculator } from "../../networks.js";
import { Notice, Problem } from "../../notices.js";
import { html, loadStyle, useHash } from "../../ui.js";
import { complete, listOptions, nameOption, NONE, readChoice, writeChoice } from "./choice.js";
import { Choices } from "./choices.js";
import { Curves } from "./curves.js";
import { ErrorMaps } from "./maps.js";
import { loadPlots } from "./plots.js";
import { Samples } from "./samples.js";
import { Searches } from "./searches.js";
import { WORDS } from "./words.js";

loadStyle(import.meta.url);

export default function Explore() {
  const words = useWords(WORDS);
  const models = useAnswer(listModels, []);
  const plots = useAnswer(loadPlots, []);
  return html`
    <div class="explore">
      <h1>${words("title")}</h1>
      <p>${words("lead")}</p>
      ${
        models.data && plots.data
          ? html`<${Chosen} models=${models.data.models} again=${models.again} />`
          : html`<${Notice} answer=${models.error || !models.data ? models : plots} />`
      }
    </div>
  `;
}

// What is chosen, and all that is shown of it.
function Chosen({ models, again }) {
  const [asked, choose] = useChoice();
  const choice = complete(asked, models);
  const { first, second } = choice;
  if (!first) return html`<${Problem} error=${{ code: "not_ready" }} again=${again} />`;
  const chosen = second === NONE ? [first] : [first, second];
  return html`
    <${Opened} choice=${choice} chosen=${chosen} options=${listOptions(models, choice)}
      choose=${choose} />
  `;
}

// The chosen versions, once their manifests say what they were trained on.
function Opened({ choice, chosen, options, choose }) {
  const words = useWords(WORDS);
  const answer = useAnswer(
    (signal) =>
      Promise.all(
        chosen.map(async ({ model, version }) => ({
          model,
          version,
          manifest: await readManifest(model, version, signal),
        })),
      ),
    [chosen.map(nameOption).join(" ")],
  );
  const opened = answer.data ?? [];
  const panels = opened.filter(({ manifest }) => isCalculator(manifest));
  const operations = findShared(panels);
  const first = operations.includes(choice.operation) ? choice.operation : operations[0];
  const completed = { ...choice, operation: answer.data ? first : choice.operation };
  return html`
    <${Choices} choice=${completed} options=${options} operations=${operations}
      choose=${(changed) => choose({ ...completed, ...changed })} />
    <${Notice} answer=${answer} />
    ${opened
      .filter((panel) => !panels.includes(panel))
      .map(
        (panel) =>
          html`<p key=${nameOption(panel)} class="notice">${words("otherTask", panel)}</p>`,
      )}
    ${
      panels.length > 0 &&
      html`
      <${Shown} key=${panels.map(nameOption).join(" ")} panels=${panels} ...${completed} />`
    }
  `;
}

function Shown({ panels, operation, range }) {
  const words = useWords(WORDS);
  return html`
    ${
      operation
        ? html`
        <${ErrorMaps} panels=${panels} operation=${operation} range=${range} />
        <${Samples} panels=${panels} operation=${operation} range=${range} />`
        : html`<p class="notice">${words("nothingShared")}</p>`
    }
    <${Curves} panels=${panels} />
    <${Searches} panels=${panels} />
  `;
}

function findShared(panels) {
  const [first = [], ...others] = panels.map(({ manifest }) => listBinary(manifest.signature));
  return first.filter((operation) => others.every((known) => known.includes(operation)));
}

// The choice that the address holds. Choosing changes the address, and adds nothing to the way
// back.
/** @returns {[import("./choice.js").Choice, (chosen: import("./choice.js").Choice) => void]} */
function useChoice() {
  const [choice, setChoice] = useHash(() => readChoice(location.hash));
  const choose = (chosen) => {
    history.replaceState(history.state, "", writeChoice(chosen));
    setChoice(chosen);
  };
  return [choice, choose];
}
