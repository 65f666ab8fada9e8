// Why a network answered as it did: rules from what its manifest says of its training and its
// tests.

import { findDomain, findNearPole, isWithin, spanBoth } from "../../domains.js";
import { computes } from "../../networks.js";
import { findOperation } from "../../operations.js";

/**
 * @typedef {import("../../domains.js").Domain} Domain
 * @typedef {import("../../networks.js").Manifest} Manifest
 * @typedef {import("../../networks.js").Errors} Errors
 * @typedef {import("./expression.js").Problem} Problem
 * @typedef {{predicted: number, exact: number, outside: boolean}} Given `outside` as the service
 *   says it.
 * @typedef {{key: string, values: Record<string, number | string>}} Reason `key` is one of the
 *   words under `why.`; numbers are numbers.
 */

const NEAR_ZERO = 5; // times the least divisor that it was trained on
const NUDGE = 0.01;

/**
 * Returns sentences of why a version answered as it did.
 * @param {Problem} problem
 * @param {Given} answer
 * @param {Manifest} manifest Of the version that answered.
 * @returns {Reason[]}
 */
export function explain(problem, answer, manifest) {
  if (computes(manifest)) return [explainUnit(problem, answer)];
  const size = Math.abs(answer.predicted - answer.exact);
  const domain = findDomain(manifest.signature, problem.operation);
  const metrics = manifest.metrics.per_operation;
  /** @type {Reason} */
  const reason = (size === 0 && { key: "hit", values: {} }) ||
    (answer.outside && domain && explainOutside(problem, domain)) ||
    explainSteep(problem, domain) ||
    explainHard(problem, metrics) || { key: "between", values: {} };
  const own = metrics[problem.operation];
  // What is usual within the trained range says nothing about what lies outside.
  return own && !answer.outside ? [reason, compareWithUsual(size, own)] : [reason];
}

/**
 * @param {Problem} problem
 * @param {Given} answer
 * @returns {Reason}
 */
function explainUnit({ operation }, { predicted, exact }) {
  if (predicted !== exact) return { key: "unit.off", values: {} };
  return findOperation(operation)
    ? { key: "unit.computes", values: { operation } }
    : { key: "unit.other", values: {} };
}

/**
 * @param {Problem} problem
 * @param {Domain} domain
 * @returns {Reason | undefined}
 */
function explainOutside({ a, operation, b }, domain) {
  const pole = findNearPole(domain, { a, b });
  if (pole) {
    return operation === "/"
      ? { key: "tooSmall", values: { least: pole.distance, b } }
      : { key: "nearPole", values: { least: pole.distance, number: { a, b }[pole.operand] } };
  }
  const spans = spanBoth(domain);
  const [isWithinA, isWithinB] = [isWithin(a, spans.a), isWithin(b, spans.b)];
  if (isWithinA && isWithinB) return undefined; // between its regions
  const [span, number] = isWithinA ? [spans.b, b] : [spans.a, a];
  return {
    key: isWithinA || isWithinB ? "outside" : "bothOutside",
    values: { low: span[0], high: span[1], number },
  };
}

/**
 * Next to zero a little of the divisor is much of the answer.
 * @param {Problem} problem
 * @param {Domain | undefined} domain
 * @returns {Reason | undefined}
 */
function explainSteep({ a, operation, b }, domain) {
  const zero = domain?.poles.find(({ operand, at }) => operand === "b" && at === 0);
  if (operation !== "/" || !zero || Math.abs(b) >= NEAR_ZERO * zero.distance) return undefined;
  const nudged = Number((b + Math.sign(b) * NUDGE).toPrecision(12));
  return { key: "steep", values: { b, nudged, before: a / b, after: a / nudged } };
}

/**
 * Says that an operation is the hardest only where the tests of this version say so.
 * @param {Problem} problem
 * @param {Record<string, Errors>} metrics
 * @returns {Reason | undefined}
 */
function explainHard({ operation }, metrics) {
  const others = Object.entries(metrics).filter(([symbol]) => symbol !== operation);
  const own = metrics[operation];
  if (!own || !others.length) return undefined;
  const [easiest, { mae }] = others.reduce((best, next) =>
    next[1].mae < best[1].mae ? next : best,
  );
  if (operation !== "/" && operation !== "*") return undefined;
  if (!(own.mae > 2 * mae)) return undefined;
  return { key: `hard.${operation}`, values: { own: own.mae, other: mae, easiest } };
}

/**
 * @param {number} size
 * @param {Errors} errors
 * @returns {Reason}
 */
function compareWithUsual(size, { median, p99 }) {
  if (size > p99) return { key: "unusual", values: { p99 } };
  return { key: size > median ? "above" : "below", values: { median } };
}
