// Where the files of a version lie, and a link to one.

import { ask, hasKey, locateFile } from "../../api.js";
import { useWords } from "../../language.js";
import { html, useState } from "../../ui.js";
import { WORDS } from "./words.js";

export const CARD = "MODEL_CARD.md";
export const REPORT = "training/report.html";
const TABLE = /^training\/[^/]+\.(csv|json)$/;

// Returns the tables and raw data of a version, in order of name.
export function listTables({ files }) {
  return Object.keys(files)
    .filter((path) => TABLE.test(path))
    .sort();
}

// A link that opens a file of a version. Where the service asks for a key, which no link can bring,
// the file is fetched with it and saved: a report opens from a disk as well.
export function FileLink({ manifest, path, children }) {
  const words = useWords(WORDS);
  const [problem, setProblem] = useState();
  const href = locateFile(manifest, path);
  const open = (event) => {
    if (!hasKey()) return;
    event.preventDefault();
    setProblem(undefined);
    ask(href, { text: true }).then((text) => save(text, manifest, path), setProblem);
  };
  return html`
    <a href=${href} target="_blank" rel="noopener" onClick=${open}>${children}</a>
    ${
      problem &&
      html`
      <span role="alert" class="notice problem">${words("notSaved", problem)}</span>`
    }
  `;
}

function save(text, { model, version }, path) {
  const url = URL.createObjectURL(new Blob([text]));
  const name = `${model}-${version}-${path.split("/").at(-1)}`;
  Object.assign(document.createElement("a"), { href: url, download: name }).click();
  URL.revokeObjectURL(url);
}
