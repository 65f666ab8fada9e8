// Where a problem is typed.

import { useWords } from "../../language.js";
import { html, useEffect, useId, useRef, useState } from "../../ui.js";
import { WORDS } from "./words.js";

const SIGNS = ["+", "−", "×", "÷"];

// `shown` is the problem being answered, `wrong` what is wrong with it, if anything is.
export function Form({ shown, wrong, ask }) {
  const words = useWords(WORDS);
  const id = useId();
  const input = useRef();
  const [text, setText] = useState(shown);
  useEffect(() => setText(shown), [shown]);
  const submit = (event) => {
    event.preventDefault();
    ask(text.trim());
  };
  const insert = (sign) => {
    const { selectionStart: from, selectionEnd: to } = input.current;
    input.current.setRangeText(` ${sign} `, from, to, "end");
    setText(input.current.value.replaceAll(/ {2,}/g, " "));
    input.current.focus();
  };
  return html`
    <form class="card calculate-form" onSubmit=${submit}>
      <label for=${id}>${words("label")}</label>
      <div class="calculate-entry">
        <input id=${id} ref=${input} class="number" value=${text} maxlength="128" autocomplete="off"
          autocapitalize="off" spellcheck=${false} enterkeyhint="go" onInput=${(e) => setText(e.target.value)}
          aria-invalid=${wrong ? "true" : undefined} aria-describedby=${`${id}-${wrong ? "wrong" : "hint"}`} />
        <div class="calculate-signs" role="group" aria-label=${words("signs")}>
          ${SIGNS.map((sign) => html`
            <button key=${sign} type="button" class="plain" onClick=${() => insert(sign)}
              aria-label=${words("insert", { sign })}>${sign}</button>`)}
        </div>
        <button type="submit">${words("calculate")}</button>
      </div>
      ${wrong
        ? html`<p id=${`${id}-wrong`} class="notice problem" role="alert">${wrong}</p>`
        : html`<p id=${`${id}-hint`} class="quiet">${words("hint")}</p>`}
    </form>
  `;
}
