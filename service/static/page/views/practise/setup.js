// What to practise: operations, difficulty, how many.

import { capitalize, Language, useWords } from "../../language.js";
import { nameOperation } from "../../operations.js";
import { html, useContext, useState } from "../../ui.js";
import { countToday, LENGTHS } from "./choose.js";
import { writeExpression } from "./skill-words.js";
import { LEVELS, TAUGHT } from "./skills.js";
import { WORDS } from "./words.js";

// One exercise of each difficulty and operation, to show what is meant.
const EXAMPLES = {
  1: { "+": [8, 7], "-": [15, 7], "*": [7, 8], "/": [56, 7] },
  2: { "+": [47, 38], "-": [62, 27], "*": [37, 6], "/": [156, 4] },
  3: { "+": [478, 356], "-": [402, 157], "*": [47, 38], "/": [628, 12] },
  4: { "+": [4.75, 12.8], "-": [5, 2.37], "*": [4.7, 3.8], "/": [4.8, 1.5] },
  5: { "+": [-4.5, 2.7], "-": [3, -4.5], "*": [-4, 2.5], "/": [-4.8, 1.2] },
};

export function Setup({ choice, setChoice, progress, start }) {
  const words = useWords(WORDS);
  const language = useContext(Language);
  const [isAsked, setAsked] = useState(false);
  const isComplete = choice.operations.length > 0 && choice.levels.length > 0;
  const toggle = (name, value) => {
    const chosen = choice[name].includes(value);
    const rest = choice[name].filter((other) => other !== value);
    setChoice({ ...choice, [name]: chosen ? rest : [...rest, value].sort() });
  };
  const submit = (event) => {
    event.preventDefault();
    setAsked(true);
    if (isComplete) start();
  };
  const shown = choice.operations.length ? choice.operations : ["*"];
  const exampleOf = (level) =>
    shown
      .map((operation) => [operation, EXAMPLES[level][operation].map(String)])
      .map(([operation, [a, b]]) => writeExpression({ operation, a, b }, language))
      .join(" · ");
  return html`
    <form class="card practise-setup" onSubmit=${submit}>
      <fieldset>
        <legend>${words("operations")}</legend>
        <div class="practise-chips">
          ${TAUGHT.map(
            ({ symbol, sign }) => html`
            <label key=${symbol}>
              <input type="checkbox" checked=${choice.operations.includes(symbol)}
                onChange=${() => toggle("operations", symbol)} />
              <span aria-hidden="true"
                class="practise-sign">${sign}</span> ${capitalize(nameOperation(symbol, language))}
            </label>`,
          )}
        </div>
      </fieldset>
      <fieldset>
        <legend>${words("levels")}</legend>
        <div class="practise-levels">
          ${LEVELS.map(
            (level) => html`
            <label key=${level}>
              <input type="checkbox" checked=${choice.levels.includes(level)}
                onChange=${() => toggle("levels", level)} />
              <span>${words(`level.${level}`)} <span
                class="quiet practise-example">${exampleOf(level)}</span></span>
            </label>`,
          )}
        </div>
      </fieldset>
      <fieldset>
        <legend>${words("length")}</legend>
        <div class="practise-chips">
          ${LENGTHS.map(
            (length) => html`
            <label key=${length}>
              <input type="radio" name="length" checked=${choice.length === length}
                onChange=${() => setChoice({ ...choice, length })} /> ${length}
            </label>`,
          )}
        </div>
      </fieldset>
      <p role="status">
        ${isComplete ? words("today", countToday(progress, choice, new Date())) : ""}
      </p>
      ${
        isAsked &&
        !isComplete &&
        html`
        <p class="notice problem" role="alert">${words("choose")}</p>`
      }
      <button type="submit">${words("start")}</button>
      <p class="quiet practise-how">${words("how")} ${words("private")}</p>
    </form>
  `;
}
