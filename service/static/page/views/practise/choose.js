// What is practised: what the learner chose, and which exercise comes next.

import { findOperation } from "../../operations.js";
import { localDate } from "./progress.js";
import { isDue, recall } from "./scheduler.js";
import { LEVELS, SKILLS, TAUGHT } from "./skills.js";

/**
 * @typedef {import("./progress.js").Progress} Progress
 * @typedef {import("./skills.js").Skill} Skill
 * @typedef {{operations: string[], levels: number[], length: number}} Choice
 * @typedef {{skill: string, right: boolean}} Asked
 */

export const LENGTHS = [5, 10, 20];
export const NEW_A_DAY = 20;
export const RETURNS_AFTER = 2; // exercises between a wrong answer and the next try
const DEFAULT = { operations: ["*"], levels: [1], length: 10 };

/**
 * Reads a choice from what follows the view's name in the address, else from what was chosen last.
 * @param {string} hash
 * @param {any} kept
 * @returns {Choice}
 */
export function readChoiceFrom(hash, kept) {
  const query = new URLSearchParams(hash.split("?")[1] ?? "");
  const names = new Map(TAUGHT.map(({ id, symbol }) => [id, symbol]));
  const operations = (query.get("operations") ?? "").split(",").map((name) => names.get(name));
  const levels = (query.get("levels") ?? "").split(",").map(Number);
  return {
    operations: keepKnown([...names.values()], operations, kept?.operations, DEFAULT.operations),
    levels: keepKnown(LEVELS, levels, kept?.levels, DEFAULT.levels),
    length: keepKnown(LENGTHS, [Number(query.get("length"))], [kept?.length], [DEFAULT.length])[0],
  };
}

/**
 * Returns what is known of the first list that holds anything known.
 * @template T
 * @param {readonly T[]} known
 * @param {...unknown} lists
 * @returns {T[]}
 */
function keepKnown(known, ...lists) {
  const kept = lists.map((list) =>
    known.filter((value) => Array.isArray(list) && list.includes(value)),
  );
  return kept.find((list) => list.length > 0) ?? [];
}

/** @param {Choice} choice */
export function writeChoice({ operations, levels, length }) {
  const names = operations.map((symbol) => findOperation(symbol)?.id);
  return `#/practise?operations=${names}&levels=${levels}&length=${length}`;
}

/** @type {(choice: Pick<Choice, "operations" | "levels">) => Skill[]} */
export const listSkills = ({ operations, levels }) =>
  SKILLS.filter((skill) => operations.includes(skill.operation) && levels.includes(skill.level));

/**
 * Counts what is due by the end of today, and what may be begun today.
 * @param {Progress} progress
 * @param {Choice} choice
 * @param {Date} now
 */
export function countToday(progress, choice, now) {
  const tonight = new Date(now);
  tonight.setHours(23, 59, 59, 999);
  const skills = listSkills(choice);
  const cards = skills.map(({ id }) => progress.cards[id]).filter(Boolean);
  return {
    due: cards.filter((card) => isDue(card, tonight)).length,
    fresh: Math.min(skills.length - cards.length, leftToBegin(progress, now)),
  };
}

/** @type {(progress: Progress, now: Date) => number} */
const leftToBegin = (progress, now) =>
  Math.max(0, NEW_A_DAY - (progress.days[localDate(now)]?.new ?? 0));

/**
 * Chooses the skill that comes next. `asked` is what was asked in this session, [{skill, right}],
 * in order.
 * @param {{progress: Progress, choice: Pick<Choice, "operations" | "levels">, asked: Asked[], now:
 *   Date, random?: () => number}} state
 * @returns {Skill}
 */
export function chooseSkill({ progress, choice, asked, now, random = Math.random }) {
  const skills = listSkills(choice);
  const recent = asked.slice(-RETURNS_AFTER).map(({ skill }) => skill);
  const rested = skills.filter(({ id }) => !recent.includes(id));
  const open = rested.length ? rested : skills;
  const cardOf = (/** @type {Skill} */ { id }) => progress.cards[id];
  const returning = open.filter(
    ({ id }) => asked.findLast(({ skill }) => skill === id)?.right === false,
  );
  if (returning.length) {
    return firstBy(returning, ({ id }) => asked.findLastIndex(({ skill }) => skill === id));
  }
  const due = open.filter((skill) => cardOf(skill) && isDue(cardOf(skill), now));
  if (due.length) return firstBy(due, (skill) => recall(cardOf(skill), now));
  const fresh = open.filter((skill) => !cardOf(skill));
  const seen = open.filter(cardOf);
  if (fresh.length && (leftToBegin(progress, now) || !seen.length)) {
    return pickFairly(fresh, random);
  }
  return firstBy(seen, (skill) => Date.parse(cardOf(skill).due));
}

/** @type {<T>(list: T[], value: (item: T) => number) => T} */
const firstBy = (list, value) =>
  list.reduce((best, item) => (value(item) < value(best) ? item : best));

/**
 * Gives each operation and level the same chance, however many skills it has.
 * @param {Skill[]} skills
 * @param {() => number} random
 * @returns {Skill}
 */
function pickFairly(skills, random) {
  /** @type {<T>(list: T[]) => T} */
  const pick = (list) => list[Math.floor(random() * list.length)];
  const groups = Map.groupBy(skills, ({ operation, level }) => operation + level);
  return pick(pick([...groups.values()]));
}
