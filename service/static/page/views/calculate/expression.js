// Reads an expression as the service does, to speak about it; the service has the last word.

const BLANK = String.raw`[ \t\n\r\f\v]*`;
const NUMBER = String.raw`[+\-−]? ?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][+\-−]?\d+)?`;
const OPERATIONS = {
  "+": "+",
  "-": "-",
  "−": "-",
  "*": "*",
  "×": "*",
  x: "*",
  X: "*",
  "·": "*",
  "/": "/",
  "÷": "/",
  ":": "/",
};
const SIGNS = `${Object.keys(OPERATIONS).join("").replace("-", "")}-`; // a - that means itself is last
const EXPRESSION = new RegExp(
  `^${BLANK}(${NUMBER})${BLANK}([${SIGNS}])${BLANK}(${NUMBER})${BLANK}$`,
);
const MAX_LETTERS = 128;

// Returns {a, operation, b}, or undefined where the text is not `number operation number`.
export function parseExpression(text) {
  const match = [...text].length <= MAX_LETTERS ? EXPRESSION.exec(text) : null;
  if (!match) return undefined;
  const [a, b] = [readNumber(match[1]), readNumber(match[3])];
  return Number.isFinite(a) && Number.isFinite(b)
    ? { a, operation: OPERATIONS[match[2]], b }
    : undefined;
}

function readNumber(text) {
  return Number(text.replaceAll("−", "-").replaceAll(" ", "").replaceAll(",", "."));
}

// Returns what most likely keeps a text from being read: a key of the words under `wrong.`.
export function diagnose(text) {
  const said = text.trim();
  if (!said) return "blank";
  if (said.includes("=")) return "equals";
  if (/\d[.,]\d{3}[.,]|\d \d/.test(said)) return "thousands";
  if (/[()[\]{}]/.test(said)) return "brackets";
  const numbers = said.match(/(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][+\-−]?\d+)?/g) ?? [];
  if (numbers.length > 2) return "several";
  if (/[^\d.,+\-−*×xX·/÷: eE]/.test(said)) return "letters";
  return numbers.length < 2 ? "incomplete" : "other";
}

const SHOWN = { "+": "+", "-": "−", "*": "×", "/": "÷" };

// Writes a problem as schools do: 6.3 ÷ (−0.6). `write` turns a number into text.
export function showProblem({ a, operation, b }, write) {
  const second = write(b);
  return `${write(a)} ${SHOWN[operation]} ${b < 0 ? `(${second})` : second}`;
}
