// What to tell a learner whose problem the service does not take.

import { diagnose, parseExpression } from "./expression.js";

/**
 * Returns {key, values} of the words, or undefined where it is not the problem that is at fault.
 * @param {{code: string}} error
 * @param {string} expression
 * @returns {{key: string, values: {a?: number}} | undefined}
 */
export function explainRefusal({ code }, expression) {
  if (code === "malformed_expression") return { key: `wrong.${diagnose(expression)}`, values: {} };
  if (code === "not_representable") return { key: "tooLarge", values: {} };
  if (code === "unknown_operation") return { key: "notLearned", values: {} };
  if (code !== "division_by_zero") return undefined;
  const a = parseExpression(expression)?.a;
  return a ? { key: "zero", values: { a } } : { key: "zeroByZero", values: {} };
}
