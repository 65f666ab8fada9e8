// The form that chooses versions, operation and range.

import { Language, useNumbers, useWords } from "../../language.js";
import { nameOperation, signOf } from "../../operations.js";
import { html, useContext, useId } from "../../ui.js";
import { isSame, nameOption, NONE, RANGES } from "./choice.js";
import { WORDS } from "./words.js";

export function Choices({ choice, options, operations, choose }) {
  const words = useWords(WORDS);
  const language = useContext(Language);
  const number = useNumbers();
  const others = options.filter((option) => !isSame(option, choice.first));
  return html`
    <form class="card explore-choices" onSubmit=${(event) => event.preventDefault()}>
      <${VersionField} label=${words("network")} options=${options} chosen=${choice.first}
        choose=${(first) => choose({ first })} />
      <${VersionField} label=${words("beside")} options=${others} chosen=${choice.second} none
        choose=${(second) => choose({ second })} />
      <${Picks} label=${words("operation")} chosen=${choice.operation}
        picks=${operations.map((symbol) => ({
          value: symbol,
          shown: signOf(symbol),
          said: nameOperation(symbol, language),
        }))}
        choose=${(operation) => choose({ operation })} />
      <${Picks} label=${words("range")} chosen=${choice.range}
        picks=${RANGES.map((factor) => ({
          value: factor,
          shown: factor === 1 ? words("trainedRange") : words("times", { factor: number(factor) }),
        }))}
        choose=${(range) => choose({ range })} />
    </form>
  `;
}

function VersionField({ label, options, chosen, choose, none = false }) {
  const words = useWords(WORDS);
  const id = useId();
  const pick = (event) => {
    const { value } = event.target;
    choose(value === NONE ? NONE : options.find((option) => nameOption(option) === value));
  };
  return html`
    <div class="field">
      <label for=${id}>${label}</label>
      <select id=${id} onChange=${pick}>
        ${
          none &&
          html`
          <option value=${NONE} selected=${chosen === NONE}>${words("alone")}</option>`
        }
        ${options.map(
          (option) => html`
          <option key=${nameOption(option)} value=${nameOption(option)}
            selected=${chosen !== NONE && isSame(option, chosen)}>
            ${words(option.serving ? "servingVersion" : "namedVersion", option)}
          </option>`,
        )}
      </select>
    </div>
  `;
}

// A few choices, all in sight: radio buttons that look like keys.
function Picks({ label, picks, chosen, choose }) {
  const name = useId();
  return html`
    <fieldset class="explore-picks">
      <legend>${label}</legend>
      ${picks.map(
        ({ value, shown, said }) => html`
        <label key=${value}>
          <input type="radio" name=${name} value=${value} checked=${value === chosen}
            onChange=${() => choose(value)} />
          <span aria-hidden=${said ? "true" : undefined}>${shown}</span>
          ${said && html`<span class="hidden">${said}</span>`}
        </label>`,
      )}
    </fieldset>
  `;
}
