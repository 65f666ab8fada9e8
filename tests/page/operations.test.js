import assert from "node:assert/strict";
import { test } from "node:test";

import {
  findOperation,
  hasValue,
  listSigns,
  nameOperation,
  OPERATIONS,
  signOf,
  writeProblem,
} from "../../service/static/page/operations.js";
import { SKILLS, TAUGHT } from "../../service/static/page/views/practise/skills.js";

test("every operation is called something in both languages, and nothing twice", () => {
  for (const language of ["en", "pt-BR"]) {
    const names = OPERATIONS.map(({ symbol }) => nameOperation(symbol, language));
    assert.equal(new Set(names).size, OPERATIONS.length);
    for (const { called } of OPERATIONS) {
      assert.deepEqual(Object.keys(called[language]), ["name", "doing", "does"]);
      assert.ok(Object.values(called[language]).every((word) => /^\p{Ll}+$/u.test(word)));
    }
  }
  const ids = OPERATIONS.map(({ id }) => id);
  assert.equal(new Set(ids).size, ids.length);
});

test("no sign means two operations", () => {
  const signs = listSigns().map(([text]) => text);
  assert.equal(new Set(signs).size, signs.length);
});

test("an operation that the page does not know is shown by its symbol", () => {
  assert.equal(findOperation("^"), undefined);
  assert.equal(signOf("^"), "^");
  assert.equal(nameOperation("^", "pt-BR"), "^");
  assert.equal(
    writeProblem("^", [2, -3], (value) => `${value}`),
    "2 ^ (-3)",
  );
});

test("a negative second operand stands in brackets, as number and as text", () => {
  const write = (value) => `${value}`.replace("-", "−");
  assert.equal(writeProblem("-", [-3, -4.5], write), "−3 − (−4.5)");
  assert.equal(writeProblem("/", ["-4.8", "1.2"], write), "−4.8 ÷ 1.2");
  assert.equal(writeProblem("*", ["7", "-8"], write), "7 × (−8)");
});

test("only what is divided by zero has no value", () => {
  assert.equal(hasValue("/", [1, 0]), false);
  assert.equal(hasValue("/", [0, 1]), true);
  assert.equal(hasValue("*", [1, 0]), true);
});

test("each operation that is taught has skills of every level", () => {
  assert.deepEqual(
    TAUGHT.map(({ symbol }) => symbol),
    ["+", "-", "*", "/"],
  );
  for (const { symbol } of TAUGHT) {
    const levels = SKILLS.filter((skill) => skill.operation === symbol).map(({ level }) => level);
    assert.deepEqual([...new Set(levels)].sort(), [1, 2, 3, 4, 5]);
  }
});
