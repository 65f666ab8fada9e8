// The operations as people write and call them: the one place of their signs and names.
//
// Symbols are the service's. A network says in its manifest which of them it knows; one that this
// page does not know is shown by its symbol.

/**
 * @typedef {"en" | "pt-BR"} Tag A language of the page.
 * @typedef {object} Called
 * @property {string} name What it is called, "addition".
 * @property {string} doing What it is to do it, "adding".
 * @property {string} does What somebody does, "adds".
 *
 * @typedef {object} Operation
 * @property {string} symbol
 * @property {string} id Its name in addresses and in the ids of skills.
 * @property {number} arity How many numbers it takes.
 * @property {string} sign As schools write it.
 * @property {readonly string[]} aliases What else may be typed for it, beside symbol and sign.
 * @property {string} lookalikes What keyboards, phones and word processors make of these.
 * @property {Record<Tag, Called>} called
 */

/** @type {readonly Operation[]} */
export const OPERATIONS = [
  {
    symbol: "+",
    id: "add",
    arity: 2,
    sign: "+",
    aliases: [],
    lookalikes: "＋﹢➕",
    called: {
      en: { name: "addition", doing: "adding", does: "adds" },
      "pt-BR": { name: "adição", doing: "somar", does: "soma" },
    },
  },
  {
    symbol: "-",
    id: "subtract",
    arity: 2,
    sign: "−",
    aliases: [],
    lookalikes: "\u2010\u2011\u2012\u2013\u2014\u2015\ufe58\ufe63\uff0d\u2796",
    called: {
      en: { name: "subtraction", doing: "subtracting", does: "subtracts" },
      "pt-BR": { name: "subtração", doing: "subtrair", does: "subtrai" },
    },
  },
  {
    symbol: "*",
    id: "multiply",
    arity: 2,
    sign: "×",
    aliases: ["x", "X", "·"],
    lookalikes: "\u22c5\u2219\u2022\u2217\u2a2f\u2715\u2716\ufe61\uff0a\uff58\uff38",
    called: {
      en: { name: "multiplication", doing: "multiplying", does: "multiplies" },
      "pt-BR": { name: "multiplicação", doing: "multiplicar", does: "multiplica" },
    },
  },
  {
    symbol: "/",
    id: "divide",
    arity: 2,
    sign: "÷",
    aliases: [":"],
    lookalikes: "\u2215\u2044\u2236\u2797\uff0f\uff1a",
    called: {
      en: { name: "division", doing: "dividing", does: "divides" },
      "pt-BR": { name: "divisão", doing: "dividir", does: "divide" },
    },
  },
];

const BY_SYMBOL = new Map(OPERATIONS.map((operation) => [operation.symbol, operation]));

/** @type {(symbol: string) => Operation | undefined} */
export const findOperation = (symbol) => BY_SYMBOL.get(symbol);

/**
 * Returns the sign that people write for a symbol.
 * @param {string} symbol
 */
export const signOf = (symbol) => BY_SYMBOL.get(symbol)?.sign ?? symbol;

/**
 * Returns what an operation is called, in small letters.
 * @param {string} symbol
 * @param {Tag} language
 */
export const nameOperation = (symbol, language) =>
  BY_SYMBOL.get(symbol)?.called[language].name ?? symbol;

/**
 * Returns all that may be typed for an operation, as [text, symbol].
 * @returns {[string, string][]}
 */
export function listSigns() {
  return OPERATIONS.flatMap(({ symbol, sign, aliases, lookalikes }) =>
    [...new Set([symbol, sign, ...aliases, ...lookalikes])].map(
      (text) => /** @type {[string, string]} */ ([text, symbol]),
    ),
  );
}

/**
 * Returns whether a problem has a value: nothing can be divided by zero.
 * @param {string} symbol
 * @param {readonly number[]} operands
 */
export const hasValue = (symbol, operands) => symbol !== "/" || operands[1] !== 0;

/**
 * Writes a problem as schools do, 6.3 ÷ (−0.6): a negative operand behind the sign in brackets.
 * @template {number | string} T
 * @param {string} symbol
 * @param {readonly [T, T]} operands
 * @param {(operand: T) => string} write Turns one of them into text.
 */
export function writeProblem(symbol, [a, b], write) {
  const second = write(b);
  return `${write(a)} ${signOf(symbol)} ${Number(b) < 0 ? `(${second})` : second}`;
}
