// Where a problem is typed.

import { useWords } from "../../language.js";
import { OPERATIONS } from "../../operations.js";
import { html, useId, useRef, useState } from "../../ui.js";
import { WORDS } from "./words.js";

// `shown` is the problem being answered, `wrong` what is wrong with it, if anything is.
export function Form({ shown, wrong, ask }) {
  const words = useWords(WORDS);
  const id = useId();
  const input = useRef();
  // What is typed belongs to the problem that is shown, and gives way to the next one at once: an
  // effect would come too late for who types fast.
  const [typed, setTyped] = useState({ shown, text: shown });
  if (typed.shown !== shown) setTyped({ shown, text: shown });
  const text = typed.shown === shown ? typed.text : shown;
  const setText = (changed) => setTyped({ shown, text: changed });
  const submit = (event) => {
    event.preventDefault();
    ask(input.current.value.trim());
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
          autocapitalize="off" spellcheck=${false} enterkeyhint="go"
            onInput=${(e) => setText(e.target.value)}
          aria-invalid=${wrong ? "true" : undefined}
            aria-describedby=${`${id}-${wrong ? "wrong" : "hint"}`} />
        <div class="calculate-signs" role="group" aria-label=${words("signs")}>
          ${OPERATIONS.map(
            ({ sign }) => html`
            <button key=${sign} type="button" class="plain" onClick=${() => insert(sign)}
              aria-label=${words("insert", { sign })}>${sign}</button>`,
          )}
        </div>
        <button type="submit">${words("calculate")}</button>
      </div>
      ${
        wrong
          ? html`<p id=${`${id}-wrong`} class="notice problem" role="alert">${wrong}</p>`
          : html`<p id=${`${id}-hint`} class="quiet">${words("hint")}</p>`
      }
    </form>
  `;
}
