// When a skill comes back: FSRS, which models how memory fades, and what an answer tells it.

import { createEmptyCard, fsrs, Rating, State } from "../../lib/ts-fsrs.js";

/**
 * @typedef {"again" | "hard" | "good" | "easy"} Rated
 * @typedef {object} Card What is kept of a skill: plain data, as FSRS has it.
 * @property {string} due
 * @property {string} last_review
 * @property {number} stability
 * @property {number} difficulty
 * @property {number} elapsed_days
 * @property {number} scheduled_days
 * @property {number} learning_steps
 * @property {number} reps
 * @property {number} lapses
 * @property {State} state
 */

/** @type {Record<Rated, Rating>} */
export const RATINGS = {
  again: Rating.Again,
  hard: Rating.Hard,
  good: Rating.Good,
  easy: Rating.Easy,
};
const KNOWN_FROM_DAYS = 21;
const scheduler = fsrs({ request_retention: 0.9, maximum_interval: 365, enable_fuzz: true });

/**
 * Returns the card after a review, as plain data; `card` is undefined the first time.
 * @param {Card | undefined} card
 * @param {Rated} rating
 * @param {Date} now
 * @returns {Card}
 */
export function review(card, rating, now) {
  const { card: next } = scheduler.next(card ?? createEmptyCard(now), now, RATINGS[rating]);
  return { ...next, due: next.due.toISOString(), last_review: next.last_review.toISOString() };
}

/**
 * Returns how likely it is, from 0 to 1, that a learner still knows it.
 * @type {(card: Card, now: Date) => number}
 */
export const recall = (card, now) => scheduler.get_retrievability(card, now, false);

/** @type {(card: Card, now: Date) => boolean} */
export const isDue = (card, now) => new Date(card.due) <= now;
/** @type {(card: Card) => boolean} */
export const isKnown = (card) => card.state === State.Review && card.stability >= KNOWN_FROM_DAYS;

/**
 * Rates an answer: a wrong one comes again; a right one by its time, where that can be told.
 * A basic fact known by heart takes about three seconds; other exercises are worth time for each
 * step.
 * @param {{right: boolean, seconds: number | null, level: number, steps: number}} answer
 * @returns {Rated}
 */
export function rate({ right, seconds, level, steps }) {
  if (!right) return "again";
  const [quick, slow] = level === 1 ? [3, 10] : [1.5 * steps, 6 * steps];
  if (seconds === null) return "good";
  return seconds <= quick ? "easy" : seconds > slow ? "hard" : "good";
}
