// Problems to begin with, and those of before: links, so that each has an address.

import { Language, useWords } from "../../language.js";
import { html, useContext } from "../../ui.js";
import { WORDS } from "./words.js";

// An easy one, one of the times table, a negative divisor, one next to zero, the worst answer of
// the published experiment, one outside the trained range, and one that nobody can answer.
const EXAMPLES = [
  "4.93 + 4.02",
  "7 × 8",
  "6.3 ÷ −0.6",
  "9 ÷ 0.12",
  "4.84 ÷ −0.23",
  "250 − 75.5",
  "5 ÷ 0",
];
const FIRST = EXAMPLES[2];

// Returns the problem that is there at the start, as people who speak the language write it.
export function useFirstExample() {
  return localize(FIRST, useContext(Language));
}

export function Examples() {
  const language = useContext(Language);
  return html`<${Links} title="examples"
    expressions=${EXAMPLES.map((text) => localize(text, language))} />`;
}

export function History({ expressions }) {
  return expressions.length > 0 && html`<${Links} title="history" expressions=${expressions} />`;
}

export function address(expression) {
  return `#/calculate?expression=${encodeURIComponent(expression)}`;
}

function Links({ title, expressions }) {
  const words = useWords(WORDS);
  return html`
    <div class="calculate-links" role="group" aria-label=${words(title)}>
      <span class="quiet" aria-hidden="true">${words(title)}</span>
      ${expressions.map(
        (text) => html`
        <a key=${text} class="calculate-chip number" href=${address(text)}>${text}</a>`,
      )}
    </div>
  `;
}

function localize(text, language) {
  return language === "pt-BR" ? text.replaceAll(".", ",") : text;
}
