// Calculate: a problem, the exact answer, every network's answer, and why it misses.

import { useAnswer } from "../../api.js";
import { useNumbers, useWords } from "../../language.js";
import { Notice } from "../../notices.js";
import { html, loadStyle, useEffect, useHash, useState } from "../../ui.js";
import { askNetworks } from "./answers.js";
import { address, Examples, History, useFirstExample } from "./examples.js";
import { Form } from "./form.js";
import { readHistory, remember } from "./history.js";
import { explainRefusal } from "./refusals.js";
import { Result } from "./result.js";
import { WORDS } from "./words.js";

await loadStyle(import.meta.url);

export default function Calculate() {
  const words = useWords(WORDS);
  const example = useFirstExample();
  const [asked] = useHash(readExpression);
  const shown = asked ?? example;
  const answer = useAnswer((signal) => askNetworks(shown, signal), [shown]);
  const [history, setHistory] = useState(readHistory);
  useEffect(() => {
    // The example that is there at the start is nobody's own problem.
    if (answer.data?.expression === asked && asked) setHistory(remember(asked));
  }, [answer.data]);
  const ask = (text) => {
    if (text === shown) answer.again();
    else location.hash = address(text);
  };
  const wrong = useRefusal(answer.error, shown, example);
  return html`
    <h1>${words("title")}</h1>
    <p>${words("intro")}</p>
    <${Form} shown=${shown} wrong=${wrong} ask=${ask} />
    <${Examples} />
    ${!wrong && html`<${Notice} answer=${answer} />`}
    <${Result} data=${answer.data} />
    <${History} expressions=${history} />
  `;
}

// Returns the problem that the address asks for, undefined where it asks for none.
function readExpression() {
  const [, query = ""] = location.hash.split("?");
  return new URLSearchParams(query).get("expression") ?? undefined;
}

function useRefusal(error, expression, example) {
  const words = useWords(WORDS);
  const numbers = useNumbers();
  const reason = error && explainRefusal(error, expression);
  return reason && words(reason.key, { example, a: numbers(reason.values.a, 15) });
}
