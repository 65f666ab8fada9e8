// What a learner knows by now, and what is hardest.

import { capitalize, Language, useWords } from "../../language.js";
import { nameOperation } from "../../operations.js";
import { html, useContext } from "../../ui.js";
import { localDate } from "./progress.js";
import { isKnown } from "./scheduler.js";
import { nameSkill } from "./skill-words.js";
import { BY_ID, SKILLS, TAUGHT } from "./skills.js";
import { WORDS } from "./words.js";

const HARDEST = 5;

export function Overview({ progress }) {
  const words = useWords(WORDS);
  const language = useContext(Language);
  const today = progress.days[localDate(new Date())];
  // A card of a skill that this version does not know waits for one that does.
  const cards = Object.entries(progress.cards).filter(([skill]) => BY_ID.has(skill));
  if (cards.length === 0) return html`<p>${words("noProgress")}</p>`;
  const rows = TAUGHT.map(({ symbol: operation }) => {
    const all = SKILLS.filter((skill) => skill.operation === operation).length;
    const begun = cards.filter(([skill]) => BY_ID.get(skill).operation === operation);
    return {
      operation,
      all,
      begun: begun.length,
      known: begun.filter(([, card]) => isKnown(card)).length,
    };
  });
  const hardest = cards
    .filter(([, card]) => card.difficulty > 6 && !isKnown(card))
    .sort(([, first], [, second]) => second.difficulty - first.difficulty)
    .slice(0, HARDEST);
  return html`
    ${today && html`<p>${words("answeredToday", today)}</p>`}
    <div class="scroll" tabindex="0" role="group" aria-label=${words("yourProgress")}>
      <table>
        <thead><tr><th>${words("operation")}</th><th class="number">${words("begun")}</th><th
          class="number">${words("known")}</th></tr></thead>
        <tbody>
          ${rows.map(
            ({ operation, all, begun, known }) => html`
            <tr key=${operation}>
              <th scope="row">${capitalize(nameOperation(operation, language))}</th>
              <td class="number">${words("of", { count: begun, all })}</td>
              <td class="number">${known}</td>
            </tr>`,
          )}
        </tbody>
      </table>
    </div>
    ${
      hardest.length > 0 &&
      html`
      <h3>${words("hardest")}</h3>
      <ul>${hardest.map(
        ([skill]) => html`
        <li key=${skill}>${nameSkill(skill, language)}</li>`,
      )}</ul>`
    }
  `;
}
