// Takes progress out of this browser, into it, or away.

import { useWords } from "../../language.js";
import { html, useRef, useState } from "../../ui.js";
import { localDate, merge, readProgress } from "./progress.js";
import { WORDS } from "./words.js";

const MOST_BYTES = 5e6;

export function Backup({ progress, update, forget }) {
  const words = useWords(WORDS);
  const [said, setSaid] = useState(); // {key, values} or {error}
  const dialog = useRef();
  const save = () =>
    saveFile(JSON.stringify(progress, null, 1), `tabuada-${localDate(new Date())}.json`);
  const take = async (event) => {
    const [file] = event.target.files;
    event.target.value = ""; // so that the same file can be chosen again
    if (!file) return;
    try {
      if (file.size > MOST_BYTES) {
        throw { code: "tooLarge", facts: { size: Math.ceil(file.size / 1e6) } };
      }
      const read = readProgress(await file.text());
      update((known) => merge(known, read));
      setSaid({ key: "imported", values: { cards: Object.keys(read.cards).length } });
    } catch (error) {
      setSaid({ error });
    }
  };
  const removeAll = () => {
    forget();
    dialog.current.close();
    setSaid({ key: "deleted" });
  };
  return html`
    <p class="quiet">${words("moving")}</p>
    <div class="practise-buttons">
      <button type="button" class="plain" onClick=${save}>${words("exportIt")}</button>
      <label class="practise-file">
        <input type="file" accept="application/json,.json" class="hidden"
          onChange=${take} /><span>${words("importIt")}</span>
      </label>
      <button type="button" class="plain"
        onClick=${() => dialog.current.showModal()}>${words("deleteIt")}</button>
    </div>
    <p role="status">${said?.key ? words(said.key, said.values) : ""}</p>
    ${
      said?.error &&
      html`
      <p class="notice problem"
        role="alert">${tellReason(words, said.error)} ${words("unchanged")}</p>`
    }
    <dialog ref=${dialog} class="card" aria-labelledby="practise-delete">
      <h2 id="practise-delete">${words("deleteQuestion")}</h2>
      <p>${words("deleteNote")}</p>
      <div class="practise-buttons">
        <button type="button" onClick=${() => dialog.current.close()}>${words("deleteNo")}</button>
        <button type="button" class="plain" onClick=${removeAll}>${words("deleteYes")}</button>
      </div>
    </dialog>
  `;
}

// Tells what keeps this browser from keeping progress, and what to do.
export function Trouble({ trouble, forget }) {
  const words = useWords(WORDS);
  if (!trouble) return null;
  if (trouble.code === "unkept") {
    return html`<p class="notice" role="status">${words("unkept")}</p>`;
  }
  return html`
    <div class="notice problem" role="alert">
      <p>${words("keptUnreadable", { reason: tellReason(words, trouble) })}</p>
      <div class="practise-buttons">
        <button type="button"
          onClick=${() => saveFile(trouble.text, "tabuada.txt")}>${words("saveUnreadable")}</button>
        <button type="button" class="plain" onClick=${forget}>${words("startAfresh")}</button>
      </div>
    </div>
  `;
}

const tellReason = (words, { code, facts }) => words(code, facts);

function saveFile(text, name) {
  const address = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  const link = Object.assign(document.createElement("a"), { href: address, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}
