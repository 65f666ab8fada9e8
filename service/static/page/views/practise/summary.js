// How a session went: quietly, with what was hard.

import { Language, useWords } from "../../language.js";
import { html, useContext, useLayoutEffect, useRef } from "../../ui.js";
import { nameSkill, writeExpression } from "./skill-words.js";
import { Worked } from "./worked.js";
import { WORDS } from "./words.js";

export function Summary({ session, progress, more, other }) {
  const words = useWords(WORDS);
  const heading = useRef();
  useLayoutEffect(() => heading.current.focus(), []);
  const { asked } = session;
  const right = asked.filter((one) => one.right).length;
  // Each kind once, with the latest exercise of it that was hard.
  const hard = [
    ...new Map(
      asked
        .filter(({ rating }) => rating === "again" || rating === "hard")
        .map((one) => [one.skill, one]),
    ).values(),
  ];
  return html`
    <section class="card practise-summary">
      <h2 tabindex="-1" ref=${heading}>${words("done")}</h2>
      <p>${asked.length ? words("score", { right, asked: asked.length }) : words("scoreNone")}</p>
      ${
        asked.length > 0 &&
        html`
        <h3>${words("wasHard")}</h3>
        ${hard.length === 0 && html`<p>${words("wasHardNone")}</p>`}
        <ul class="practise-hard">
          ${hard.map(
            (one) => html`
            <${Hard} key=${one.skill} one=${one} card=${progress.cards[one.skill]} />`,
          )}
        </ul>`
      }
      <div class="practise-buttons">
        <button type="button" onClick=${more}>${words("more")}</button>
        <button type="button" class="plain" onClick=${other}>${words("other")}</button>
      </div>
    </section>
  `;
}

function Hard({ one, card }) {
  const words = useWords(WORDS);
  const language = useContext(Language);
  const name = nameSkill(one.skill, language);
  const expression = writeExpression(one.exercise, language);
  const when = card && tellWhen(new Date(card.due), new Date(), language);
  return html`
    <li>
      <strong>${expression}</strong>${one.exercise.level === 1 ? "" : ` · ${name}`}
      <span class="quiet"> · ${words("returns", { when: when ?? words("now") })}</span>
      <details>
        <summary>${words("seeWay")}</summary>
        <${Worked} exercise=${one.exercise} />
      </details>
    </li>
  `;
}

// Tells a moment to come in the words of a language ("tomorrow", "in 3 days"); undefined within the
// hour.
function tellWhen(due, now, language) {
  const hours = (due - now) / 3.6e6;
  if (hours < 1) return undefined;
  const form = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  return hours < 20
    ? form.format(Math.round(hours), "hour")
    : form.format(Math.round(hours / 24), "day");
}
