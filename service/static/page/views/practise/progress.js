// What a learner has done: its format, and what is accepted as such.

import { review } from "./scheduler.js";

// To change the format, raise this and read the older ones too in readProgress().
export const FORMAT = 1;
const KIND = "tabuada-practice";
const MOST_CARDS = 10000;

// Why a text is no progress: `code` is "not-json", "not-progress", "newer" or "damaged"; the facts tell
// where, what was expected and what was received.
export class UnreadableProgress extends Error {
  constructor(code, facts = {}) {
    super(`${code} ${JSON.stringify(facts)}`);
    Object.assign(this, { code, facts });
  }
}

// cards: by skill, as FSRS keeps them. days: by date, how much was {answered, right, new}.
export const emptyProgress = () => ({ kind: KIND, format: FORMAT, cards: {}, days: {} });

// Returns the progress after an answer. `before` is the card as it was, so that a rating can be changed.
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

// Brings two together: of each skill the later review counts, of each day the larger numbers.
export function merge(first, second) {
  const cards = { ...first.cards };
  for (const [skill, card] of Object.entries(second.cards)) {
    if (!cards[skill] || card.last_review >= cards[skill].last_review) cards[skill] = card;
  }
  const days = { ...first.days };
  for (const [date, day] of Object.entries(second.days)) {
    const other = days[date] ?? day;
    days[date] = Object.fromEntries(
      Object.keys(COUNTS).map((name) => [name, Math.max(day[name], other[name])]),
    );
  }
  return { ...first, cards, days };
}

export function localDate(now) {
  const two = (number) => String(number).padStart(2, "0");
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
}

// Reads a text that may come from anywhere. Throws UnreadableProgress.
export function readProgress(text) {
  let data;
  try {
    data = JSON.parse(text);
  } catch (error) {
    throw new UnreadableProgress("not-json", { received: String(error.message) });
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

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const between = (low, high) => [
  `${low} … ${high}`,
  (value) => Number.isFinite(value) && value >= low && value <= high,
];
const whole = (low, high) => [
  `${low}, ${low + 1} … ${high}`,
  (value) => Number.isInteger(value) && value >= low && value <= high,
];
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/u;
const moment = [
  "YYYY-MM-DDThh:mm:ss.sssZ",
  (value) => typeof value === "string" && ISO.test(value) && !Number.isNaN(Date.parse(value)),
];

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
const COUNTS = { answered: whole(0, 1e6), right: whole(0, 1e6), new: whole(0, 1e6) };

// How the keys look, and the pattern of that.
const SKILL = ["operation.level.name", /^[a-z]+\.\d\.[a-z0-9.-]{1,40}$/u];
const DATE = ["YYYY-MM-DD", /^\d{4}-\d\d-\d\d$/u];

function readEntries(name, entries, [form, keys], fields) {
  expect(name, isObject(entries), "{…}", entries);
  const list = Object.entries(entries);
  expect(name, list.length <= MOST_CARDS, `≤ ${MOST_CARDS}`, list.length);
  return Object.fromEntries(
    list.map(([key, entry]) => {
      expect(name, keys.test(key), form, key);
      expect(`${name}.${key}`, isObject(entry), "{…}", entry);
      const read = ([field, [rule, holds]]) => {
        expect(`${name}.${key}.${field}`, holds(entry[field]), rule, entry[field]);
        return [field, entry[field]];
      };
      return [key, Object.fromEntries(Object.entries(fields).map(read))];
    }),
  );
}

function expect(where, holds, expected, received) {
  if (holds) return;
  const shown = (JSON.stringify(received) ?? "–").slice(0, 60);
  throw new UnreadableProgress("damaged", { where, expected, received: shown });
}
