// What there is to learn: one skill for each basic fact, and one for each pattern of a calculation.

import { findOperation, OPERATIONS } from "../../operations.js";
import { findBorrows, findCarries, Numbers } from "./numbers.js";

/**
 * @typedef {import("./numbers.js").Pair} Pair
 * @typedef {import("./numbers.js").Texts} Texts
 * @typedef {object} Skill
 * @property {string} id
 * @property {string} operation
 * @property {number} level
 * @property {(numbers: Numbers) => readonly (string | number)[]} make Draws its numbers: a, b and,
 *   where a division leaves a remainder, quotient and remainder.
 * @property {Pair} [fact] The two numbers, of a basic fact.
 */

export const LEVELS = [1, 2, 3, 4, 5];

/** @type {(flags: boolean[], ...places: number[]) => boolean} */
const has = (flags, ...places) => flags.every((flag, i) => flag === places.includes(i));
/** @type {(flags: boolean[]) => number} */
const count = (flags) => flags.filter(Boolean).length;
/** @type {(rule: (flags: boolean[]) => unknown) => (pair: Pair) => unknown} */
const carries =
  (rule) =>
  ([a, b]) =>
    rule(findCarries(a, b));
/** @type {(rule: (flags: boolean[]) => unknown) => (pair: Pair) => unknown} */
const borrows =
  (rule) =>
  ([a, b]) =>
    a > b && rule(findBorrows(a, b));
/** @type {(number: number) => boolean} */
const hasZero = (number) => String(number).includes("0");
/** @type {(a: number, b: number) => boolean} */
const startsAlone = (a, b) => a >= b * 10 ** (String(a).length - 1); // the first digit is enough
/** @type {(pair: Texts) => boolean} */
const largerFirst = ([a, b]) => Number(a) > Number(b);
/** @type {(pair: Texts) => boolean} */
const smallerFirst = ([a, b]) => Number(a) < Number(b);
/** @type {(pair: readonly (string | number)[], signA: string, signB: string) => string[]} */
const withSigns = ([a, b], signA, signB) => [signA + a, signB + b];

/** @type {(operation: string, level: number, name: string, make: Skill["make"]) => Skill} */
const pattern = (operation, level, name, make) => ({
  id: `${findOperation(operation)?.id}.${level}.${name}`,
  operation,
  level,
  make,
});
/** @type {(operation: string, a: number, b: number, make: Skill["make"]) => Skill} */
const fact = (operation, a, b, make) => ({
  ...pattern(operation, 1, `${a}.${b}`, make),
  fact: [a, b],
});

function listFacts() {
  const facts = [];
  for (let a = 1; a <= 9; a += 1) {
    for (let b = 1; b <= 9; b += 1) {
      if (a <= b) facts.push(fact("+", a, b, (n) => n.shuffle([a, b])));
      facts.push(fact("-", a + b, b, () => [a + b, b]));
    }
  }
  for (let a = 2; a <= 10; a += 1) {
    for (let b = 2; b <= 10; b += 1) {
      if (a <= b) facts.push(fact("*", a, b, (n) => n.shuffle([a, b])));
      facts.push(fact("/", a * b, b, () => [a * b, b]));
    }
  }
  return facts;
}

const ADDITION = [
  pattern("+", 2, "none", (n) =>
    n.pair(
      2,
      2,
      carries((c) => has(c)),
    ),
  ),
  pattern("+", 2, "ones", (n) =>
    n.pair(
      2,
      2,
      carries((c) => has(c, 0)),
    ),
  ),
  pattern("+", 2, "tens", (n) =>
    n.pair(
      2,
      2,
      carries((c) => has(c, 1)),
    ),
  ),
  pattern("+", 2, "both", (n) =>
    n.pair(
      2,
      2,
      carries((c) => has(c, 0, 1)),
    ),
  ),
  pattern("+", 3, "one", (n) =>
    n.pair(
      3,
      3,
      carries((c) => count(c) === 1),
    ),
  ),
  pattern("+", 3, "several", (n) =>
    n.pair(
      3,
      3,
      carries((c) => count(c) >= 2),
    ),
  ),
  pattern("+", 3, "lengths", (n) =>
    n.pair(
      4,
      n.between(2, 3),
      carries((c) => count(c) >= 1),
    ),
  ),
  pattern("+", 4, "same", (n) => n.decimals(2, 2)),
  pattern("+", 4, "places", (n) => n.shuffle(n.decimals(2, 1))),
  pattern("+", 4, "whole", (n) => n.shuffle(n.decimals(n.between(1, 2), 0))),
  pattern("+", 5, "both", (n) => n.signed("-", "-")),
  pattern("+", 5, "first", (n) => n.signed("-", "")),
  pattern("+", 5, "second", (n) => n.signed("", "-")),
];

const SUBTRACTION = [
  pattern("-", 2, "none", (n) =>
    n.pair(
      2,
      2,
      borrows((c) => has(c)),
    ),
  ),
  pattern("-", 2, "ones", (n) =>
    n.pair(
      2,
      2,
      borrows((c) => has(c, 0)),
    ),
  ),
  pattern("-", 2, "small", (n) =>
    n.pair(
      2,
      1,
      borrows((c) => has(c, 0)),
    ),
  ),
  pattern("-", 3, "one", (n) =>
    n.pair(
      3,
      3,
      borrows((c) => count(c) === 1),
    ),
  ),
  pattern("-", 3, "several", (n) =>
    n.pair(
      4,
      3,
      borrows((c) => count(c) >= 2),
    ),
  ),
  pattern("-", 3, "zero", (n) => n.acrossZero()),
  pattern("-", 4, "same", (n) => n.decimals(2, 2, largerFirst)),
  pattern("-", 4, "places", (n) => n.decimals(...n.shuffle([2, 1]), largerFirst)),
  pattern("-", 4, "whole", (n) => n.decimals(0, n.between(1, 2), largerFirst)),
  pattern("-", 5, "below", (n) => n.decimals(n.between(1, 2), n.between(1, 2), smallerFirst)),
  pattern("-", 5, "second", (n) => n.signed("", "-")),
  pattern("-", 5, "first", (n) => n.signed("-", "")),
  pattern("-", 5, "both", (n) => n.signed("-", "-")),
];

const MULTIPLICATION = [
  pattern("*", 2, "none", (n) =>
    n.product(2, 2, 9, (digits, by) => digits.every((d) => d * by < 10)),
  ),
  pattern("*", 2, "carry", (n) => n.product(2, 3, 9, ([ones], by) => ones * by >= 10)),
  pattern("*", 2, "zero", (n) => n.product(3, 3, 9, ([ones, tens]) => ones && tens === 0)),
  pattern("*", 3, "two", (n) => n.product(2, 12, 99, (_, by) => by % 10 > 0)),
  pattern("*", 3, "three", (n) => n.product(3, 12, 99, (_, by) => by % 10 > 0)),
  pattern("*", 3, "tens", (n) => n.product(2, 2, 9).map((x, i) => (i ? 10 * x : x))),
  pattern("*", 3, "gap", (n) =>
    n.product(3, 101, 909, (_, by) => by % 10 && Math.floor(by / 10) % 10 === 0),
  ),
  pattern("*", 4, "whole", (n) => [n.decimal(n.between(1, 2)), n.between(2, 9)]),
  pattern("*", 4, "one", (n) => [n.decimal(1), n.decimal(1)]),
  pattern("*", 4, "places", (n) => [n.decimal(2), n.decimal(1)]),
  pattern("*", 4, "small", (n) => [n.decimal(n.between(1, 2)), `0.0${n.between(2, 9)}`]),
  pattern("*", 5, "first", (n) => [`-${n.decimal(n.between(0, 1))}`, n.decimal(1)]),
  pattern("*", 5, "second", (n) => [n.decimal(1), `-${n.decimal(n.between(0, 1))}`]),
  pattern("*", 5, "both", (n) => [`-${n.decimal(1)}`, `-${n.decimal(n.between(0, 1))}`]),
];

const DIVISION = [
  pattern("/", 2, "first", (n) =>
    n.quotient([21, 498], [2, 9], (a, b, q) => startsAlone(a, b) && !hasZero(q)),
  ),
  pattern("/", 2, "two", (n) =>
    n.quotient([11, 99], [2, 9], (a, b, q) => !startsAlone(a, b) && !hasZero(q)),
  ),
  pattern("/", 2, "zero", (n) => n.quotient([101, 909], [2, 9], (_a, _b, q) => hasZero(q))),
  pattern("/", 3, "rest", (n) => n.quotient([11, 199], [3, 9], undefined, true)),
  pattern("/", 3, "zero", (n) => n.quotient([101, 309], [3, 9], (_a, _b, q) => hasZero(q), true)),
  pattern("/", 3, "two", (n) => n.quotient([11, 99], [11, 49])),
  pattern("/", 3, "two-rest", (n) => n.quotient([11, 199], [11, 49], undefined, true)),
  pattern("/", 4, "on", (n) => n.wholeShare()),
  pattern("/", 4, "dividend", (n) => n.decimalShare()),
  pattern("/", 4, "below-one", (n) => n.shareBelowOne()),
  pattern("/", 4, "divisor", (n) => n.shareByDecimal()),
  pattern("/", 5, "first", (n) => withSigns(n.shareByDecimal(), "-", "")),
  pattern("/", 5, "second", (n) => withSigns(n.shareByDecimal(), "", "-")),
  pattern("/", 5, "both", (n) => withSigns(n.shareByDecimal(), "-", "-")),
];

export const SKILLS = [...listFacts(), ...ADDITION, ...SUBTRACTION, ...MULTIPLICATION, ...DIVISION];
// The operations that there is something to learn of.
export const TAUGHT = OPERATIONS.filter(({ symbol }) =>
  SKILLS.some(({ operation }) => operation === symbol),
);
export const BY_ID = new Map(SKILLS.map((skill) => [skill.id, skill]));

/**
 * Draws an exercise of a skill: {skill, operation, level, a, b} and, if one is asked for, a
 * remainder.
 * @param {Skill} skill
 * @returns {import("./solve/solve.js").Exercise & {skill: string}}
 */
export function makeExercise(skill, random = Math.random) {
  const [a, b, , rest] = skill.make(new Numbers(random));
  const { id, operation, level } = skill;
  const exercise = { skill: id, operation, level, a: String(a), b: String(b) };
  return rest ? { ...exercise, remainder: String(rest) } : exercise;
}
