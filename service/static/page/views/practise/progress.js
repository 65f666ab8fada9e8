// What a learner has done: its format, and what is accepted as such.

import { review } from "./scheduler.js";

/**
 * @typedef {import("./scheduler.js").Card} Card
 * @typedef {{answered: number, right: number, new: number}} Day
 * @typedef {object} Progress
 * @property {string} kind
 * @property {number} format
 * @property {Record<string, Card>} cards By skill.
 * @property {Record<string, Day>} days How much was done, by date.
 *
 * @typedef {[expected: string, holds: (value: unknown) => boolean]} Rule
 */

// To change the format, raise this and read the older ones too in readProgress().
export const FORMAT = 1;
const KIND = "tabuada-practice";
const MOST_CARDS = 10000;

// Why a text is no progress: `code` is "not-json", "not-progress", "newer" or "damaged"; the facts
// tell where, what was expected and what was received.
export class UnreadableProgress extends Error {
  /**
   * @param {string} code
   * @param {Record<string, unknown>} [facts]
   */
  constructor(code, facts = {}) {
    super(`${code} ${JSON.stringify(facts)}`);
    this.code = code;
    this.facts = facts;
  }
}

/** @type {() => Progress} */
export const emptyProgress = () => ({ kind: KIND, format: FORMAT, cards: {}, days: {} });

/**
 * Returns the progress after an answer. `before` is the card as it was, so that a rating can be
 * changed.
 * @param {Progress} progress
 * @param {{skill: string, rating: import("./scheduler.js").Rated, before?: Card, now: Date, again?:
 *   boolean}} answer
 * @returns {Progress}
 */
export function record(progress, { skill, rating, before, now, again = false }) {
  const date = localDate(now);
  const day = progress.days[date] ?? { answered: 0, right: 0, new: 0 };
  const counted = again
    ? day
    : {
        answered: day.answered + 1,
        right: day.right + (rating === "again" ? 0 : 1),
        new: day.new + (before ? 0 : 1),
      };
  return {
    ...progress,
    cards: { ...progress.cards, [skill]: review(before, rating, now) },
    days: { ...progress.days, [date]: counted },
  };
}

/**
 * Brings two together: of each skill the later review counts, of each day the larger numbers.
 * @param {Progress} first
 * @param {Progress} second
 * @returns {Progress}
 */
export function merge(first, second) {
  const cards = { ...first.cards };
  for (const [skill, card] of Object.entries(second.cards)) {
    if (!cards[skill] || card.last_review >= cards[skill].last_review) cards[skill] = card;
  }
  const days = { ...first.days };
  for (const [date, day] of Object.entries(second.days)) {
    const other = days[date] ?? day;
    days[date] = {
      answered: Math.max(day.answered, other.answered),
      right: Math.max(day.right, other.right),
      new: Math.max(day.new, other.new),
    };
  }
  return { ...first, cards, days };
}

/** @param {Date} now */
export function localDate(now) {
  const two = (/** @type {number} */ number) => String(number).padStart(2, "0");
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
}

/**
 * Reads a text that may come from anywhere. Throws UnreadableProgress.
 * @param {string} text
 * @returns {Progress}
 */
export function readProgress(text) {
  let data;
  try {
    data = JSON.parse(text);
  } catch (error) {
    throw new UnreadableProgress("not-json", {
      received: error instanceof Error ? error.message : String(error),
    });
  }
  if (!isObject(data) || data.kind !== KIND) throw new UnreadableProgress("not-progress");
  if (Number.isInteger(data.format) && data.format > FORMAT) {
    throw new UnreadableProgress("newer", { expected: FORMAT, received: data.format });
  }
  expect("format", data.format === FORMAT, FORMAT, data.format);
  return {
    kind: KIND,
    format: FORMAT,
    cards: readEntries("cards", data.cards, SKILL, CARD),
    days: readEntries("days", data.days, DATE, COUNTS),
  };
}

/** @type {(value: unknown) => boolean} */
const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
/** @type {(low: number, high: number) => Rule} */
const between = (low, high) => [
  `${low} … ${high}`,
  (value) => Number.isFinite(value) && low <= Number(value) && Number(value) <= high,
];
/** @type {(low: number, high: number) => Rule} */
const whole = (low, high) => [
  `${low}, ${low + 1} … ${high}`,
  (value) => Number.isInteger(value) && low <= Number(value) && Number(value) <= high,
];
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/u;
/** @type {Rule} */
const moment = [
  "YYYY-MM-DDThh:mm:ss.sssZ",
  (value) => typeof value === "string" && ISO.test(value) && !Number.isNaN(Date.parse(value)),
];

/** @type {Record<string, Rule>} */
const CARD = {
  due: moment,
  last_review: moment,
  stability: between(0.001, 36500),
  difficulty: between(1, 10),
  elapsed_days: between(0, 36500),
  scheduled_days: between(0, 36500),
  learning_steps: whole(0, 100),
  reps: whole(1, 1e6),
  lapses: whole(0, 1e6),
  state: whole(1, 3),
};
/** @type {Record<keyof Day, Rule>} */
const COUNTS = { answered: whole(0, 1e6), right: whole(0, 1e6), new: whole(0, 1e6) };

// How the keys look, and the pattern of that.
/** @type {[string, RegExp]} */
const SKILL = ["operation.level.name", /^[a-z]+\.\d\.[a-z0-9.-]{1,40}$/u];
/** @type {[string, RegExp]} */
const DATE = ["YYYY-MM-DD", /^\d{4}-\d\d-\d\d$/u];

/**
 * @param {string} name
 * @param {any} entries
 * @param {[string, RegExp]} key
 * @param {Record<string, Rule>} fields
 */
function readEntries(name, entries, [form, keys], fields) {
  expect(name, isObject(entries), "{…}", entries);
  const list = Object.entries(entries);
  expect(name, list.length <= MOST_CARDS, `≤ ${MOST_CARDS}`, list.length);
  return Object.fromEntries(
    list.map(([key, entry]) => {
      expect(name, keys.test(key), form, key);
      expect(`${name}.${key}`, isObject(entry), "{…}", entry);
      const read = (/** @type {[string, Rule]} */ [field, [rule, holds]]) => {
        expect(`${name}.${key}.${field}`, holds(entry[field]), rule, entry[field]);
        return [field, entry[field]];
      };
      return [key, Object.fromEntries(Object.entries(fields).map(read))];
    }),
  );
}

/**
 * @param {string} where
 * @param {boolean} holds
 * @param {unknown} expected
 * @param {unknown} received
 */
function expect(where, holds, expected, received) {
  if (holds) return;
  const shown = (JSON.stringify(received) ?? "–").slice(0, 60);
  throw new UnreadableProgress("damaged", { where, expected, received: shown });
}
