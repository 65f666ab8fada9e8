import assert from "node:assert/strict";
import { test } from "node:test";

import { countDigits, endsSoon } from "../../service/static/page/views/calculate/errors.js";
import { diagnose, parseExpression } from "../../service/static/page/views/calculate/expression.js";
import { addTo } from "../../service/static/page/views/calculate/history.js";
import { explain } from "../../service/static/page/views/calculate/reasons.js";
import { explainRefusal } from "../../service/static/page/views/calculate/refusals.js";

const regions = [{ a: [-10, 10], b: [-10, 10], whole_b: false }];
const errors = (mae) => ({ n: 100, mae, median: mae / 2, p99: 4 * mae, max: 9 * mae });
const MANIFEST = {
  family: "of another house",
  task: "calculation",
  answers_by: "approximation",
  signature: {
    operations: ["+", "*", "/"],
    arity: [2, 2, 2],
    domains: [
      { symbol: "+", regions, poles: [] },
      { symbol: "*", regions, poles: [] },
      { symbol: "/", regions, poles: [{ operand: "b", at: 0, every: null, distance: 0.1 }] },
    ],
  },
  metrics: { per_operation: { "+": errors(0.01), "*": errors(0.05), "/": errors(0.09) } },
};

function explainKeys(problem, answer, manifest = MANIFEST) {
  return explain(problem, { outside: false, ...answer }, manifest).map(({ key }) => key);
}

test("what keeps a text from being read is named", () => {
  const cases = {
    "": "blank",
    "  ": "blank",
    "7 * 8 =": "equals",
    "1.234,5 + 1": "thousands",
    "1 234 + 1": "thousands",
    "(1) + 2": "brackets",
    "1 + 2 + 3": "several",
    "two + 2": "letters",
    "2 ^ 3": "letters",
    "7 *": "incomplete",
    "1 + - + 2": "other",
    "0x10": "hexadecimal",
    "1.234 + 1,5": "thousands",
    "1\u202f000 + 1": "thousands",
    "1_000 + 1": "thousands",
    "1e400 + 1": "tooLarge",
    "1 / 1e-400": "tooSmall",
    "٣ + 1": "letters",
    "1\u00ad+ 2": "letters",
  };
  for (const [text, key] of Object.entries(cases)) assert.equal(diagnose(text), key, text);
});

test("each way to type a sign is read", () => {
  for (const [text, operation] of [
    ["7 x 8", "*"],
    ["7·8", "*"],
    ["7:8", "/"],
    ["7−8", "-"],
    ["7 – 8", "-"],
    ["7\u00a0—\u202f8", "-"],
    ["7 ⋅ 8", "*"],
    ["7 ∗ 8", "*"],
    ["7 ∕ 8", "/"],
    ["７＋８", "+"],
    ["7✖\ufe0f8", "*"],
    ["\u200b7 • 8", "*"],
  ]) {
    assert.deepEqual(parseExpression(text), { a: 7, operation, b: 8 });
  }
});

test("what may mean two problems is read as none", () => {
  for (const text of ["0x10", "0X1F", "1.234 + 1,5", "1,234 * 0.5", "1.234 - 1,234"]) {
    assert.equal(parseExpression(text), undefined, text);
  }
  assert.deepEqual(parseExpression("2x3"), { a: 2, operation: "*", b: 3 });
  assert.deepEqual(parseExpression("0 x 10"), { a: 0, operation: "*", b: 10 });
  assert.deepEqual(parseExpression("4,5 + 2.25"), { a: 4.5, operation: "+", b: 2.25 });
});

test("a network is explained by how it answers, whatever its family", () => {
  const problem = { a: 3, operation: "*", b: 4 };
  const computing = { ...MANIFEST, answers_by: "computation" };
  assert.deepEqual(explainKeys(problem, { predicted: 12, exact: 12 }, computing), [
    "unit.computes",
  ]);
  assert.deepEqual(explainKeys(problem, { predicted: 12.1, exact: 12 }, computing), ["unit.off"]);
  const unknown = { ...problem, operation: "^" };
  assert.deepEqual(explainKeys(unknown, { predicted: 81, exact: 81 }, computing), ["unit.other"]);
  assert.deepEqual(explainKeys(problem, { predicted: 12, exact: 12 }), ["hit", "below"]);
});

test("a reason fits where the problem lies", () => {
  const off = { predicted: 1, exact: 1.5, outside: true };
  const [outside] = explain({ a: 3, operation: "+", b: 12 }, off, MANIFEST);
  assert.deepEqual(outside, { key: "outside", values: { low: -10, high: 10, number: 12 } });
  assert.deepEqual(explainKeys({ a: 30, operation: "+", b: 12 }, off), ["bothOutside"]);
  const [small] = explain({ a: 1, operation: "/", b: 0.05 }, off, MANIFEST);
  assert.deepEqual(small, { key: "tooSmall", values: { least: 0.1, b: 0.05 } });
  const near = { predicted: 70, exact: 75 };
  assert.deepEqual(explainKeys({ a: 9, operation: "/", b: 0.12 }, near), ["steep", "unusual"]);
  assert.deepEqual(explainKeys({ a: 6, operation: "/", b: 3 }, near), ["hard./", "unusual"]);
  const usual = { predicted: 1.003, exact: 1 };
  assert.deepEqual(explainKeys({ a: 0.5, operation: "+", b: 0.5 }, usual), ["between", "below"]);
});

test("a pole of another operation is told in general words", () => {
  const poles = [{ operand: "a", at: 2, every: null, distance: 0.5 }];
  const signature = { ...MANIFEST.signature, domains: [{ symbol: "?", regions, poles }] };
  const manifest = { ...MANIFEST, signature };
  const answer = { predicted: 1, exact: 2, outside: true };
  const [reason] = explain({ a: 2.25, operation: "?", b: 1 }, answer, manifest);
  assert.deepEqual(reason, { key: "nearPole", values: { least: 0.5, number: 2.25 } });
});

test("a refusal that is the problem's fault is told as one", () => {
  assert.deepEqual(explainRefusal({ code: "division_by_zero" }, "5,5 / 0"), {
    key: "zero",
    values: { a: 5.5 },
  });
  assert.equal(explainRefusal({ code: "division_by_zero" }, "0 / 0").key, "zeroByZero");
  assert.equal(explainRefusal({ code: "malformed_expression" }, "7 *").key, "wrong.incomplete");
  assert.equal(explainRefusal({ code: "not_representable" }, "1e308 * 10").key, "tooLarge");
  assert.equal(explainRefusal({ code: "unknown_operation" }, "2 / 3").key, "notLearned");
  assert.equal(explainRefusal({ code: "overloaded" }, "2 / 3"), undefined);
});

test("as many digits are shown as tell an answer from the exact one", () => {
  assert.equal(countDigits(75, 0), 12);
  assert.equal(countDigits(75.0001, 0.0001), 8);
  assert.equal(countDigits(75, 50), 6);
  assert.equal(countDigits(1e9, 1e-9), 15);
  assert.ok(endsSoon(8.95) && endsSoon(0.1 + 0.2) && !endsSoon(1 / 3));
});

test("the last problems are remembered once each, newest first, six of them", () => {
  const history = ["a", "b", "c", "d", "e", "f", "b"].reduce(addTo, []);
  assert.deepEqual(history, ["b", "f", "e", "d", "c", "a"]);
  assert.deepEqual(addTo(history, "g"), ["g", "b", "f", "e", "d", "c"]);
});
