// What a learner typed, and whether it is right.

import { readDecimal } from "./solve/decimals.js";

/**
 * Returns {typed, remainder}: what was meant, or null where it is no answer at all.
 * @param {{remainder?: string}} exercise
 * @param {{quotient: string, remainder?: string}} typed
 * @returns {{typed: string, remainder?: string} | null}
 */
export function readAnswer(exercise, { quotient, remainder }) {
  const typed = readDecimal(quotient);
  if (typed === null) return null;
  if (exercise.remainder === undefined) return { typed };
  const rest = readDecimal(remainder ?? "");
  return rest === null ? null : { typed, remainder: rest };
}

/**
 * `quotient` is as it was typed: "1.234" may mean one thousand in the way it is written.
 * @param {{answer: string, remainder?: string}} way
 * @param {{typed: string, remainder?: string}} answer
 * @param {string} quotient
 */
export function isRight(way, answer, quotient) {
  const grouped = /^[-−]?\d{1,3}(?:[.,]\d{3})+$/u.test(quotient.trim())
    ? quotient.replace(/[.,]/gu, "")
    : null;
  const isSame =
    answer.typed === way.answer || (grouped !== null && readDecimal(grouped) === way.answer);
  return isSame && answer.remainder === way.remainder;
}
