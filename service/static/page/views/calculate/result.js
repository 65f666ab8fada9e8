// The exact answer, and each network's: how far off, and why.

import { Language, useNumbers, useWords } from "../../language.js";
import { nameModel } from "../../networks.js";
import { findOperation, signOf, writeProblem } from "../../operations.js";
import { html, useContext } from "../../ui.js";
import { countDigits, endsSoon, measure } from "./errors.js";
import { NumberLine } from "./number-line.js";
import { explain } from "./reasons.js";
import { WORDS } from "./words.js";

const EXACT_DIGITS = 12;
const OPERAND_DIGITS = 15;
const TYPED = new Set(["b", "nudged", "number"]);
const SIGNS = { exact: "✓", tiny: "≈", near: "≈", off: "≠", far: "≠" };

export function Result({ data }) {
  const words = useWords(WORDS);
  const language = useContext(Language);
  const numbers = useNumbers();
  const write = (value, digits) => numbers(value, digits).replace("-", "−");
  const answers = data?.answers.map((answer) => describe(answer, words, write, language)) ?? [];
  const given = answers.filter(({ refused }) => !refused);
  const headline = data && writeHeadline(data, write);
  const said = given.map(({ name, text, error }) => `${name}: ${text}. ${error}.`).join(" ");
  // There before it says anything: screen readers announce what changes, not what appears.
  return html`
    <p class="hidden" role="status">${data ? `${headline}. ${said}` : ""}</p>
    ${
      data &&
      html`
      <${Answers} data=${data} headline=${headline} answers=${answers} write=${write} />`
    }
  `;
}

function writeHeadline({ expression, problem, exact }, write) {
  const asked = problem
    ? writeProblem(problem.operation, [problem.a, problem.b], (value) =>
        write(value, OPERAND_DIGITS),
      )
    : expression;
  return `${asked} ${endsSoon(exact) ? "=" : "≈"} ${write(exact, EXACT_DIGITS)}`;
}

function Answers({ data, headline, answers, write }) {
  const { exact, problem } = data;
  const given = answers.filter(({ refused }) => !refused);
  const words = useWords(WORDS);
  const language = useContext(Language);
  const readAs = given.find((answer) => answer.readAs)?.readAs;
  const writeTick = (tick, { low, high }) => write(tick, countDigits(tick, high - low));
  return html`
    <section aria-label=${headline}>
      <div class="card">
        <h2 class="calculate-headline number">${headline}</h2>
        ${
          readAs &&
          html`
          <p class="notice">${words("readAs", { problem: writeReading(readAs, language) })}</p>`
        }
        <${NumberLine} exact=${exact} exactText=${write(exact, EXACT_DIGITS)} answers=${given}
          write=${writeTick} />
      </div>
      <div class="columns">
        ${answers.map(
          (answer) => html`
          <${Answer} key=${answer.model} answer=${answer} problem=${problem} write=${write} />`,
        )}
      </div>
    </section>
  `;
}

// The service says it in plain signs, 1.234 * 2.
function writeReading(readAs, language) {
  const [a, symbol, b] = readAs.split(" ");
  const text = `${a} ${signOf(symbol)} ${b}`;
  return language === "pt-BR" ? text.replaceAll(".", ",") : text;
}

// Adds to an answer what is said of it.
function describe(answer, words, write, language) {
  const name = nameModel(answer.model, language);
  if (answer.refused) return { ...answer, name };
  const { size, kind } = measure(answer.predicted, answer.exact);
  return {
    ...answer,
    name,
    kind,
    text: write(answer.predicted, countDigits(answer.predicted, size)),
    error: words(`error.${kind}`, { size: write(size, 2) }),
  };
}

function Answer({ answer, problem, write }) {
  const words = useWords(WORDS);
  const { name, manifest, refused } = answer;
  return html`
    <article class="card calculate-answer" data-answers=${manifest?.answers_by ?? ""}>
      <h3>${name} ${
        answer.version &&
        html`
        <span class="quiet">${words("version", answer)}</span>`
      }</h3>
      ${
        refused
          ? html`
            <p class="notice">
              ${words(refused.code === "unknown_operation" ? "unknown" : "refused")}
            </p>`
          : html`<${Given} answer=${answer} problem=${problem} write=${write} />`
      }
    </article>
  `;
}

function Given({ answer, problem, write }) {
  const words = useWords(WORDS);
  const language = useContext(Language);
  const { model, version, manifest, text, kind, error } = answer;
  const reasons = manifest && problem ? explain(problem, answer, manifest) : [];
  const tell = ({ key, values }) => words(`why.${key}`, fill(values, write, language));
  return html`
    <p class="calculate-number number">${text}</p>
    <p class="calculate-error" data-kind=${kind}><span
      aria-hidden="true">${SIGNS[kind]}</span> ${error}</p>
    <p>
      ${reasons.map((reason) => tell(reason)).join(" ")}
    </p>
    <p><a href=${`#/models?model=${model}&version=${version}`}>
      <span aria-hidden="true">${words("aboutShort")}</span>
      <span class="hidden">${words("about", answer)}</span>
    </a></p>
  `;
}

/**
 * Writes what a sentence speaks of: numbers, and what an operation is called.
 * @param {Record<string, any>} values
 * @param {(value: number, digits: number) => string} write
 * @param {import("../../operations.js").Tag} language
 */
function fill({ operation, easiest, ...values }, write, language) {
  const texts = Object.entries(values).map(([name, value]) => [
    name,
    write(value, TYPED.has(name) ? OPERAND_DIGITS : 2),
  ]);
  const called = operation && findOperation(operation)?.called[language];
  return {
    ...Object.fromEntries(texts),
    ...called,
    ...(operation && { sign: signOf(operation) }),
    ...(easiest && { easiest: signOf(easiest) }),
  };
}
