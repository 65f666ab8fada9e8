// How operations and problems are written and called.

const SIGNS = { "+": "+", "-": "−", "*": "×", "/": "÷" };
const NAMES = { "+": "addition", "-": "subtraction", "*": "multiplication", "/": "division" };

export const showSign = (symbol) => SIGNS[symbol] ?? symbol;
export const sayOperation = (words, symbol) => (symbol in NAMES ? words(NAMES[symbol]) : symbol);

// Writes a problem as people do: a negative second operand in brackets.
export function writeProblem(number, a, symbol, b) {
  const second = number(b);
  return `${number(a)} ${showSign(symbol)} ${b < 0 ? `(${second})` : second}`;
}
