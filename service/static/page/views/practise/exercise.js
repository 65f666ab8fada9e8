// One exercise: the question, the answer, and how it went.

import { Language, useWords } from "../../language.js";
import { html, useContext, useId, useLayoutEffect, useMemo, useRef, useState } from "../../ui.js";
import { isRight, readAnswer } from "./answer.js";
import { writeDecimal } from "./solve/decimals.js";
import { rate } from "./scheduler.js";
import { writeExpression } from "./skill-words.js";
import { solve } from "./solve/solve.js";
import { styleOf, Worked } from "./worked.js";
import { WORDS } from "./words.js";

// `result` is {right, typed, remainder, rating} once it is answered; `answer` and `rerate` tell
// what the learner answered, and how it felt. `returns` is whether a wrong answer comes back in
// this session.
export function Exercise({ exercise, result, answer, rerate, next, isLast, returns }) {
  const words = useWords(WORDS);
  const language = useContext(Language);
  const way = useMemo(() => solve(exercise, styleOf(language)), [exercise, language]);
  const seconds = useClock(exercise);
  const check = (typed, quotient) => {
    const right = isRight(way, typed, quotient);
    const rating = rate({
      right,
      seconds: seconds(),
      level: exercise.level,
      steps: way.steps.length,
    });
    answer({ ...typed, right, rating });
  };
  const write = ({ typed, remainder }) => {
    const number = writeDecimal(typed, language);
    return remainder === undefined
      ? number
      : words("withRest", { answer: number, remainder: writeDecimal(remainder, language) });
  };
  const solution = write({ typed: way.answer, remainder: way.remainder });
  return html`
    <div class="card">
      <${Question} key=${exercise.number} exercise=${exercise} result=${result} check=${check} />
      <p class=${`practise-verdict ${result ? (result.right ? "right" : "wrong") : ""}`}
        role="status">
        ${result && html`<span aria-hidden="true">${result.right ? "✓" : "↻"}</span> `}
        ${
          result &&
          words(result.right ? "right" : "wrong", {
            answer: `${writeExpression(exercise, language)} = ${solution}`,
            typed: write(result),
          })
        }
        ${result && !result.right && returns ? ` ${words("soon")}` : ""}
      </p>
      ${
        result &&
        html`
        <${After} exercise=${exercise} result=${result} rerate=${rerate} next=${next}
          isLast=${isLast} />`
      }
    </div>
  `;
}

function Question({ exercise, result, check }) {
  const words = useWords(WORDS);
  const language = useContext(Language);
  const [isUntyped, setUntyped] = useState(false);
  const id = useId();
  const first = useRef();
  const second = useRef();
  // Before the next key: who types fast would lose a digit if the focus came later.
  useLayoutEffect(() => {
    if (!result) first.current.focus();
  }, []);
  const hasRest = exercise.remainder !== undefined;
  const submit = (event) => {
    event.preventDefault();
    if (result) return; // Enter in a field that only shows what was answered
    const quotient = first.current.value;
    // Enter in the first of two fields goes on to the second.
    if (hasRest && quotient.trim() && !second.current.value.trim()) return second.current.focus();
    const typed = readAnswer(exercise, { quotient, remainder: second.current?.value });
    setUntyped(typed === null);
    if (typed) check(typed, quotient);
    else first.current.focus();
  };
  const { a, b, operation } = exercise;
  const spoken = words(`spoken.${operation}`, {
    a: writeDecimal(a, language),
    b: writeDecimal(b, language),
  });
  const yours = words("yours", { spoken });
  const field = (ref, label) => html`
    <input ref=${ref} aria-label=${label} inputmode="decimal" autocomplete="off" enterkeyhint="done"
      size="7" maxlength="24"
      readonly=${Boolean(result)} aria-invalid=${isUntyped ? "true" : undefined}
        aria-describedby=${isUntyped ? id : undefined} />`;
  const labelled = (ref, key) => field(ref, `${words(key)}: ${yours}`);
  return html`
    <form class="practise-question" onSubmit=${submit} novalidate>
      <h2><span aria-hidden="true">${writeExpression(exercise, language)} =</span><span
        class="hidden">${spoken}</span></h2>
      ${
        hasRest
          ? html`
          <label
            class="field">${words("quotient")}${labelled(first, "quotient")}</label>
          <label
            class="field">${words("remainder")}${labelled(second, "remainder")}</label>`
          : field(first, yours)
      }
      ${!result && html`<button type="submit">${words("check")}</button>`}
      ${
        isUntyped &&
        html`
        <p id=${id} class="notice problem"
          role="alert">${words(hasRest ? "untypedRest" : "untyped")}</p>`
      }
    </form>
  `;
}

function After({ exercise, result, rerate, next, isLast }) {
  const words = useWords(WORDS);
  const [isOpen, setOpen] = useState(!result.right);
  const onward = useRef();
  useLayoutEffect(() => onward.current.focus(), []);
  const { a, b, operation } = exercise;
  const link = `#/calculate?expression=${encodeURIComponent(`${a} ${operation} ${b}`)}`;
  return html`
    <div class="practise-after">
      <button ref=${onward} type="button"
        onClick=${next}>${words(isLast ? "finish" : "next")}</button>
      ${
        result.right &&
        html`
        <fieldset class="practise-felt">
          <legend>${words("felt")}</legend>
          ${["hard", "good", "easy"].map(
            (rating) => html`
            <label key=${rating}>
              <input type="radio" name="felt" checked=${result.rating === rating}
                onChange=${() => rerate(rating)} /> ${words(rating)}
            </label>`,
          )}
        </fieldset>`
      }
    </div>
    <details class="practise-way" open=${isOpen} onToggle=${(event) => setOpen(event.target.open)}>
      <summary>${words(result.right ? "seeWay" : "way")}</summary>
      ${isOpen && html`<${Worked} exercise=${exercise} />`}
    </details>
    <p><a href=${link}>${words("networks")}</a></p>
  `;
}

// Returns a function that tells the seconds since an exercise was shown, or null if the learner was
// away. The clock runs from the first time that the exercise is drawn: an answer may come before
// any effect.
function useClock(exercise) {
  const clock = useMemo(() => ({ began: performance.now(), wasAway: false }), [exercise]);
  useLayoutEffect(() => {
    const note = () => (clock.wasAway = true);
    document.addEventListener("visibilitychange", note);
    return () => document.removeEventListener("visibilitychange", note);
  }, [clock]);
  return () => (clock.wasAway ? null : (performance.now() - clock.began) / 1000);
}
