// Models: which versions there are, which one answers, and what each says about itself.

import { ask, listModels, locateFile, readManifest, useAnswer } from "../../api.js";
import { useWords } from "../../language.js";
import { Notice } from "../../notices.js";
import { html, loadStyle, useHash } from "../../ui.js";
import { Details } from "./details.js";
import { CARD } from "./files.js";
import { ModelList } from "./list.js";
import { choose, pickCompared } from "./versions.js";
import { WORDS } from "./words.js";

const COMPARED = 6;

await loadStyle(import.meta.url);

export default function Models() {
  const words = useWords(WORDS);
  const [asked] = useHash(readAddress);
  const list = useAnswer(listModels, []);
  return html`
    <h1>${words("title")}</h1>
    <p>${words("intro")}</p>
    <${Notice} answer=${list} />
    ${list.data && html`<${Choice} models=${list.data.models} asked=${asked} />`}
  `;
}

function Choice({ models, asked }) {
  const words = useWords(WORDS);
  if (!models.length) return html`<p class="notice">${words("empty")}</p>`;
  const chosen = choose(models, asked);
  const { model, version, listing } = chosen;
  return html`
    <${ModelList} models=${models} chosen=${chosen} />
    ${!listing && html`<p class="notice problem" role="alert">${words("goneModel", { model })}</p>`}
    ${
      listing &&
      version === undefined &&
      html`
      <p class="notice problem" role="alert">${words("gone", { model, version: chosen.asked })}</p>`
    }
    ${
      version !== undefined &&
      html`
      <${Version} key=${`${model}/${version}`} listing=${listing} version=${version} />`
    }
  `;
}

function Version({ listing, version }) {
  const answer = useAnswer((signal) => readVersion(listing, version, signal), [listing, version]);
  return html`
    <${Notice} answer=${answer} />
    ${answer.data && html`<${Details} data=${answer.data} listing=${listing} />`}
  `;
}

// Returns the manifest of a version, its card, and the manifests of the newest others.
async function readVersion({ model, versions }, version, signal) {
  const compared = pickCompared(versions, version, COMPARED);
  const asked = compared.map((one) => readManifest(model, one, signal));
  const own = asked[compared.indexOf(version)];
  const settled = await Promise.allSettled(asked);
  const manifest = await own; // refused as a whole where this one is
  const others = settled.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  return { manifest, compared: others, ...(await readCard(manifest, signal)) };
}

async function readCard(manifest, signal) {
  if (!(CARD in manifest.files)) return {};
  try {
    return { card: await ask(locateFile(manifest, CARD), { text: true, signal }) };
  } catch (cardProblem) {
    return { cardProblem };
  }
}

function readAddress() {
  const query = new URLSearchParams(location.hash.split("?")[1]);
  return { model: query.get("model") ?? undefined, version: query.get("version") ?? undefined };
}
