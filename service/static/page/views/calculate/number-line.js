// Draws the answers on a stretch of the number line, each as far from the exact one as it is.

import { useWords } from "../../language.js";
import { html } from "../../ui.js";
import { layOut, place } from "./line.js";
import { WORDS } from "./words.js";

const EDGE = 6; // percent of the line from where on a label would stick out

// `answers` are [{name, manifest, predicted, text}]; `write` turns numbers into text.
export function NumberLine({ exact, exactText, answers, write }) {
  const words = useWords(WORDS);
  const stretch = layOut(
    exact,
    answers.map(({ predicted }) => predicted),
  );
  const at = (value) => `${place(value, stretch)}%`;
  const said = answers
    .map(({ name, text }) => words("lineAnswer", { name, predicted: text }))
    .join(" ");
  return html`
    <figure class="calculate-figure">
      <figcaption class="quiet">${words("line")}</figcaption>
      <div class="calculate-line" role="img"
        aria-label=${words("lineSaid", { exact: exactText, answers: said })}>
        <div class="calculate-exact" style=${{ left: at(exact) }}>
          <span style=${shift(place(exact, stretch))}>${words("exact")}</span>
        </div>
        ${answers.map(
          (answer) => html`
          <${Lane} key=${answer.name} answer=${answer} exact=${exact} stretch=${stretch} />`,
        )}
        <div class="calculate-ticks">
          ${stretch.ticks.map(
            (tick) => html`
            <span key=${tick} class="number" style=${{ left: at(tick) }}>
              <span style=${shift(place(tick, stretch))}>${write(tick, stretch)}</span>
            </span>`,
          )}
        </div>
      </div>
    </figure>
  `;
}

function Lane({ answer, exact, stretch }) {
  const [from, to] = [place(exact, stretch), place(answer.predicted, stretch)];
  return html`
    <div class="calculate-lane" data-answers=${answer.manifest?.answers_by ?? ""}>
      <span class="calculate-name">${answer.name}</span>
      <span class="calculate-track">
        <span class="calculate-gap"
          style=${{ left: `${Math.min(from, to)}%`, width: `${Math.abs(to - from)}%` }} />
        <span class="calculate-mark" style=${{ left: `${to}%` }} />
      </span>
    </div>
  `;
}

// Keeps a label over its place, but inside the line at both ends.
function shift(percent) {
  if (percent < EDGE) return {};
  return { transform: `translateX(${percent > 100 - EDGE ? "-100%" : "-50%"})` };
}
