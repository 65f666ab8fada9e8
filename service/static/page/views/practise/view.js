// Practise: exercises that come back as memory fades, with the worked way to each answer.

import { useWords } from "../../language.js";
import { html, loadStyle, useHash, useState } from "../../ui.js";
import { Backup, Trouble } from "./backup.js";
import { readChoiceFrom, writeChoice } from "./choose.js";
import { keepChoice, keepSession, readChoice, readSession, useProgress } from "./keep.js";
import { Overview } from "./overview.js";
import { beginSession, isSession, Session } from "./session.js";
import { Setup } from "./setup.js";
import { Summary } from "./summary.js";
import { WORDS } from "./words.js";

await loadStyle(import.meta.url);

export default function Practise() {
  const words = useWords(WORDS);
  const { progress, trouble, update, forget } = useProgress();
  const [choice, setChoice] = useChoice();
  const [session, setSession] = useSession();
  const begin = () => setSession(beginSession(choice, progress));
  if (session?.exercise) {
    return html`
      <h1>${words("title")}</h1>
      <${Trouble} trouble=${trouble} forget=${forget} />
      <${Session} session=${session} setSession=${setSession} progress=${progress}
        update=${update} />
    `;
  }
  return html`
    <h1>${words("title")}</h1>
    <${Trouble} trouble=${trouble} forget=${forget} />
    ${
      session
        ? html`<${Summary} session=${session} progress=${progress} more=${begin}
          other=${() => setSession(null)} />`
        : html`
        <p>${words("lead")}</p>
        <${Setup} choice=${choice} setChoice=${setChoice} progress=${progress} start=${begin} />`
    }
    <section class="card">
      <h2>${words("yourProgress")}</h2>
      <${Overview} progress=${progress} />
      <${Backup} progress=${progress} update=${update} forget=${forget} />
    </section>
  `;
}

// What was chosen: from the address, so that a teacher can send it, else from last time.
function useChoice() {
  const [choice, setChoice] = useHash((before) =>
    before === undefined || location.hash.startsWith("#/practise?")
      ? readChoiceFrom(location.hash, readChoice())
      : before,
  );
  const choose = (chosen) => {
    setChoice(chosen);
    keepChoice(chosen);
    if (chosen.operations.length && chosen.levels.length) {
      history.replaceState(null, "", writeChoice(chosen));
    }
  };
  return [choice, choose];
}

function useSession() {
  const [session, setSession] = useState(() => {
    const kept = readSession();
    return isSession(kept) ? kept : null;
  });
  const change = (next) => {
    keepSession(next);
    setSession(next);
  };
  return [session, change];
}
