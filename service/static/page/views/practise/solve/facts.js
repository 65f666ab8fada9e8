// Ways to a basic fact that is not known by heart yet, from facts that are easier.

/**
 * Each takes a sheet and two small whole numbers, writes an equation in each row, and returns the
 * answer.
 * @typedef {import("./sheet.js").Sheet} Sheet
 * @typedef {(sheet: Sheet, a: number, b: number) => number} Fact
 * @typedef {[left: number, symbol: string, right: number, result: number]} Equation
 */

/** @type {Fact} */
export function addFact(sheet, a, b) {
  const [large, small] = a >= b ? [a, b] : [b, a];
  if (large + small <= 10) {
    tell(sheet, "count-on", [large, "+", small, large + small], {
      large,
      small,
      answer: large + small,
    });
    return large + small;
  }
  const toTen = 10 - large;
  const rest = small - toTen;
  if (toTen) tell(sheet, "make-ten", [large, "+", toTen, 10], { large, toTen, small, rest });
  tell(sheet, "from-ten", [10, "+", rest, 10 + rest], { rest, answer: 10 + rest });
  return 10 + rest;
}

/** @type {Fact} */
export function subtractFact(sheet, a, b) {
  const overTen = a - 10;
  if (overTen > 0 && b > overTen) {
    const rest = b - overTen;
    tell(sheet, "down-to-ten", [a, "-", overTen, 10], { a, overTen, b, rest });
    tell(sheet, "below-ten", [10, "-", rest, 10 - rest], { rest, answer: 10 - rest });
    return 10 - rest;
  }
  tell(sheet, "think-addition", [b, "+", a - b, a], { a, b, answer: a - b }, "right");
  return a - b;
}

/** @type {Fact} */
export function multiplyFact(sheet, a, b) {
  // Factors that are easy to split come first: nine tens less one, five and some more.
  const [by = a, other = b] = [a, b].sort((x, y) => EASE.indexOf(x) - EASE.indexOf(y));
  /** @type {(factor: number) => Equation} */
  const times = (factor) => [factor, "*", other, factor * other];
  const know = (/** @type {number} */ factor, key = "known") =>
    tell(sheet, key, times(factor), { factor, other, product: factor * other });
  if (by === 10) {
    tell(sheet, "times-ten", times(10), {
      factor: 10,
      other,
      product: 10 * other,
      answer: 10 * other,
    });
  } else if (by === 2) {
    tell(sheet, "double", [other, "+", other, 2 * other], { other, answer: 2 * other });
  } else if (by === 5) {
    know(10, "times-ten");
    tell(sheet, "half", times(5), { before: 10 * other, answer: 5 * other });
  } else if (by === 9) {
    know(10, "times-ten");
    tell(sheet, "one-less", [10 * other, "-", other, 9 * other], {
      before: 10 * other,
      other,
      answer: 9 * other,
    });
  } else if (by === 4) {
    know(2);
    tell(sheet, "double-again", [2 * other, "+", 2 * other, 4 * other], {
      before: 2 * other,
      answer: 4 * other,
    });
  } else {
    const known = by > 5 ? 5 : 2;
    know(known);
    know(by - known, "the-rest");
    const parts = { first: known * other, second: (by - known) * other };
    tell(sheet, "together", [parts.first, "+", parts.second, by * other], {
      ...parts,
      answer: by * other,
    });
  }
  return by * other;
}

// The order in which to look for the factor that is split.
const EASE = [10, 2, 5, 9, 4, 3, 6, 7, 8];

/** @type {Fact} */
export function divideFact(sheet, a, b) {
  const answer = a / b;
  /** @type {(quotient: number) => Equation} */
  const row = (quotient) => [b, "*", quotient, b * quotient];
  if (answer > 2) {
    tell(sheet, "too-little", row(answer - 1), { a, b, quotient: answer - 1, product: a - b });
  }
  tell(sheet, "found", row(answer), { a, b, quotient: answer, answer }, "right");
  return answer;
}

/**
 * Writes one equation, its numbers under those of the row before.
 * @param {Sheet} sheet
 * @param {string} key
 * @param {Equation} equation
 * @param {Record<string, number>} values
 * @param {"right" | "result"} [at] Where the answer stands, if this equation gives it.
 */
function tell(sheet, key, [left, sign, right, result], values, at = "result") {
  const row = sheet.say(key, { left, sign, right, result, ...values });
  putNumber(sheet, row, 3, left);
  sheet.sign(row, 4, sign);
  const kindOf = (/** @type {string} */ place) =>
    values.answer !== undefined && place === at ? "result" : undefined;
  putNumber(sheet, row, 7, right, kindOf("right"));
  sheet.put(row, 8, "=", "sign");
  putNumber(sheet, row, 11, result, kindOf("result"));
}

/**
 * @param {Sheet} sheet
 * @param {number} row
 * @param {number} right
 * @param {number} number
 * @param {string} [kind]
 */
function putNumber(sheet, row, right, number, kind) {
  [...String(number)].reverse().forEach((digit, i) => sheet.put(row, right - i, digit, kind));
}
