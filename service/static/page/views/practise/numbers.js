// Draws numbers that show a pattern: with a carry here, a zero there, so many places.

import { countPlaces, fromUnits, shorten, toUnits } from "./solve/decimals.js";
import { digitAt } from "./solve/sheet.js";

/**
 * @typedef {[number, number]} Pair
 * @typedef {[string, string]} Texts
 */

/** @type {(...drawn: any[]) => unknown} */
const always = () => true;

/**
 * Tells for each column, from the right, whether adding two whole numbers carries out of it.
 * @param {number} a
 * @param {number} b
 */
export function findCarries(a, b) {
  return columnsOf(a, b, ([x, y], carry) => x + y + carry >= 10);
}

/**
 * The same for a column of a subtraction that takes one from the next column.
 * @param {number} a
 * @param {number} b
 */
export function findBorrows(a, b) {
  return columnsOf(a, b, ([x, y], borrow) => x - borrow < y);
}

/**
 * @param {number} a
 * @param {number} b
 * @param {(digits: Pair, carried: number) => boolean} overflows
 */
function columnsOf(a, b, overflows) {
  /** @type {boolean[]} */
  const flags = [];
  for (let i = 0; i < String(Math.max(a, b)).length; i += 1) {
    flags.push(overflows([digitAt(a, i), digitAt(b, i)], flags[i - 1] ? 1 : 0));
  }
  return flags;
}

// `random` returns numbers in [0, 1), as Math.random does.
export class Numbers {
  /** @param {() => number} random */
  constructor(random) {
    this.random = random;
  }

  /**
   * @param {number} low
   * @param {number} high
   */
  between(low, high) {
    return low + Math.floor(this.random() * (high - low + 1));
  }

  /**
   * @template T
   * @param {readonly T[]} list
   */
  pick(list) {
    return list[this.between(0, list.length - 1)];
  }

  /**
   * @template T
   * @param {[T, T]} pair
   * @returns {[T, T]}
   */
  shuffle([a, b]) {
    return this.random() < 0.5 ? [a, b] : [b, a];
  }

  /**
   * Draws until a rule is kept. Every rule of a skill leaves a fair part of what is drawn.
   * @template T
   * @param {() => T} draw
   * @param {(drawn: T) => unknown} rule
   */
  until(draw, rule) {
    for (;;) {
      const drawn = draw();
      if (rule(drawn)) return drawn;
    }
  }

  /**
   * Two whole numbers of so many digits.
   * @param {number} digitsA
   * @param {number} digitsB
   * @param {(pair: Pair) => unknown} rule
   */
  pair(digitsA, digitsB, rule) {
    const number = (/** @type {number} */ digits) =>
      this.between(10 ** (digits - 1), 10 ** digits - 1);
    return this.until(() => /** @type {Pair} */ ([number(digitsA), number(digitsB)]), rule);
  }

  /** A difference that has to take from across a zero: 402 − 157. */
  acrossZero() {
    return this.until(
      () =>
        /** @type {Pair} */ ([
          100 * this.between(2, 9) + this.between(0, 8),
          this.between(101, 899),
        ]),
      ([a, b]) => a > b && findBorrows(a, b)[0],
    );
  }

  /**
   * One number of exactly so many places, from 1.1 to 9.9, or whole from 2 to 9.
   * @param {number} places
   */
  decimal(places) {
    if (places === 0) return String(this.between(2, 9));
    const [low, high] = [10 ** places + 1, 10 ** (places + 1) - 1];
    return fromUnits(
      this.until(
        () => this.between(low, high),
        (units) => units % 10,
      ),
      places,
    );
  }

  /**
   * Two numbers below 100 of exactly so many places.
   * @param {number} placesA
   * @param {number} placesB
   * @param {(pair: Texts) => unknown} [rule]
   * @returns {Texts}
   */
  decimals(placesA, placesB, rule = always) {
    const number = (/** @type {number} */ places) => {
      const units = () => this.between(10 ** places, 100 * 10 ** places - 1);
      return fromUnits(
        this.until(units, (drawn) => places === 0 || drawn % 10),
        places,
      );
    };
    return this.until(
      () => /** @type {Texts} */ ([number(placesA), number(placesB)]),
      ([a, b]) => a !== b && rule([a, b]),
    );
  }

  /**
   * Two numbers below ten of different size, whole or of one place, with these signs.
   * @param {string} signA
   * @param {string} signB
   * @returns {Texts}
   */
  signed(signA, signB) {
    const draw = () => [this.decimal(this.between(0, 1)), this.decimal(this.between(0, 1))];
    const [a, b] = this.until(draw, ([x, y]) => x !== y);
    return [signA + a, signB + b];
  }

  /**
   * A whole number of so many digits, and one within limits to multiply it by.
   * @param {number} digits
   * @param {number} low
   * @param {number} high
   * @param {(digits: number[], by: number) => unknown} [rule]
   * @returns {Pair}
   */
  product(digits, low, high, rule = always) {
    /** @type {() => Pair} */
    const draw = () => [
      this.between(10 ** (digits - 1) + 1, 10 ** digits - 1),
      this.between(low, high),
    ];
    return this.until(draw, ([a, b]) => rule([...String(a)].reverse().map(Number), b));
  }

  /**
   * A quotient and a divisor within limits, told as dividend and divisor.
   * @param {Pair} limits
   * @param {Pair} divisors
   * @param {(a: number, b: number, quotient: number) => unknown} [rule]
   * @returns {[number, number, number, number]}
   */
  quotient([low, high], divisors, rule = always, hasRest = false) {
    /** @type {() => [number, number, number, number]} */
    const draw = () => {
      const [quotient, divisor] = [this.between(low, high), this.between(...divisors)];
      const rest = hasRest ? this.between(1, divisor - 1) : 0;
      return [quotient * divisor + rest, divisor, quotient, rest];
    };
    return this.until(draw, ([a, b, q]) => rule(a, b, q));
  }

  /**
   * Whole by whole, with a quotient that goes on behind the point: 7 ÷ 4.
   * @returns {Pair}
   */
  wholeShare() {
    const divisor = this.pick([4, 5, 8, 20]);
    return [
      this.until(
        () => this.between(divisor + 1, 12 * divisor),
        (a) => a % divisor,
      ),
      divisor,
    ];
  }

  /**
   * A whole number by a larger one: 3 ÷ 4.
   * @returns {Pair}
   */
  shareBelowOne() {
    const divisor = this.pick([2, 4, 5, 8, 20, 25]);
    return [this.between(1, divisor - 1), divisor];
  }

  /**
   * A decimal number by a whole one.
   * @returns {[string, number]}
   */
  decimalShare() {
    /** @type {() => [string, number]} */
    const draw = () => {
      const divisor = this.between(2, 9);
      return [times(this.decimal(this.between(1, 2)), String(divisor)), divisor];
    };
    return this.until(draw, ([a]) => countPlaces(a) > 0);
  }

  /**
   * A number by a decimal one: 4.8 ÷ 1.5.
   * @returns {Texts}
   */
  shareByDecimal() {
    const divisor = this.pick([this.decimal(1), `0.${this.between(2, 9)}`, "0.25", "0.05", "1.25"]);
    return [times(this.decimal(this.between(0, 1)), divisor), divisor];
  }
}

/**
 * Multiplies two texts exactly.
 * @param {string} a
 * @param {string} b
 */
export function times(a, b) {
  const [placesA, placesB] = [countPlaces(a), countPlaces(b)];
  return shorten(fromUnits(toUnits(a, placesA) * toUnits(b, placesB), placesA + placesB));
}
