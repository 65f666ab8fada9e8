import assert from "node:assert/strict";
import { test } from "node:test";

import {
  findDomain,
  findNearPole,
  isInside,
  listBinary,
  listTrained,
  listUntrained,
  readDomain,
  spanBoth,
  spanOf,
  writeDomain,
} from "../../service/static/page/domains.js";

const region = (a, b, whole = false) => ({ a, b, whole_b: whole });
const ZERO = { operand: "b", at: 0, every: null, distance: 0.1 };
const DIVISION = { symbol: "/", regions: [region([-10, 10], [-10, 10])], poles: [ZERO] };
const POWER = {
  symbol: "^",
  regions: [region([0.1, 4], [-3, 3]), region([-4, -0.1], [-3, 3], true)],
  poles: [],
};
const TANGENT = {
  symbol: "tan",
  regions: [region([-6, 6], null)],
  poles: [{ operand: "a", at: Math.PI / 2, every: Math.PI, distance: 0.2 }],
};

// Numbers that look random, and are the same each time.
function* draw(seed = 7) {
  let state = seed;
  for (;;) yield (state = (state * 16807) % 2147483647) / 2147483647;
}

test("a problem is inside where a region holds it and it keeps away from every pole", () => {
  const cases = [
    [DIVISION, { a: 1, b: 2 }, true],
    [DIVISION, { a: 1, b: 0.1 }, true],
    [DIVISION, { a: 1, b: -0.0999 }, false],
    [DIVISION, { a: 1, b: 0 }, false],
    [DIVISION, { a: 10, b: -10 }, true],
    [DIVISION, { a: 10.001, b: 2 }, false],
    [DIVISION, { a: 1, b: 11 }, false],
    [POWER, { a: 2, b: 0.5 }, true],
    [POWER, { a: -2, b: 2 }, true],
    [POWER, { a: -2, b: 0.5 }, false],
    [POWER, { a: 0, b: 2 }, false],
    [TANGENT, { a: 0 }, true],
    [TANGENT, { a: Math.PI / 2 + 0.19 }, false],
    [TANGENT, { a: -Math.PI / 2 - 0.19 }, false],
    [TANGENT, { a: (3 * Math.PI) / 2 + 0.21 }, true],
  ];
  for (const [domain, problem, expected] of cases) {
    assert.equal(
      isInside(domain, problem),
      expected,
      `${domain.symbol} ${JSON.stringify(problem)}`,
    );
  }
});

test("the pole that is too near is named", () => {
  assert.equal(findNearPole(DIVISION, { a: 1, b: 0.05 }), ZERO);
  assert.equal(findNearPole(DIVISION, { a: 0, b: 1 }), undefined);
});

test("trained and untrained parts tile the plane, and tell inside from outside", () => {
  const overlapping = {
    symbol: "?",
    regions: [region([-2, 3], [-3, 1]), region([1, 5], [-1, 4])],
    poles: [ZERO, { operand: "a", at: 2, every: 4, distance: 0.3 }],
  };
  const area = { x1: -12, x2: 13, y1: -11, y2: 14 };
  const holds = ({ x1, x2, y1, y2 }, a, b) => x1 <= a && a <= x2 && y1 <= b && b <= y2;
  const numbers = draw();
  for (const domain of [DIVISION, overlapping]) {
    const [trained, untrained] = [listTrained(domain), listUntrained(domain, area)];
    for (let count = 0; count < 5000; count += 1) {
      const a = area.x1 + (area.x2 - area.x1) * numbers.next().value;
      const b = area.y1 + (area.y2 - area.y1) * numbers.next().value;
      const inside = isInside(domain, { a, b });
      assert.equal(
        trained.some((part) => holds(part, a, b)),
        inside,
        `${a} ${b}`,
      );
      assert.equal(
        untrained.filter((part) => holds(part, a, b)).length,
        inside ? 0 : 1,
        `${a} ${b}`,
      );
    }
  }
});

test("what has no area is drawn nowhere", () => {
  assert.deepEqual(listTrained(POWER), [{ x1: 0.1, x2: 4, y1: -3, y2: 3 }]);
  assert.deepEqual(listTrained(TANGENT), []);
  const area = { x1: -1, x2: 1, y1: -1, y2: 1 };
  assert.deepEqual(listUntrained({ symbol: "?", regions: [], poles: [] }, area), [area]);
});

test("spans reach over all regions", () => {
  assert.deepEqual(spanBoth(POWER), { a: [-4, 4], b: [-3, 3] });
  assert.deepEqual(spanOf(TANGENT, "a"), [-6, 6]);
  assert.equal(spanOf(TANGENT, "b"), null);
  assert.throws(() => spanBoth(TANGENT), /expected two operands/);
});

test("a signature tells its domains, and which operations a plane can show", () => {
  const signature = {
    operations: ["/", "tan", "^"],
    arity: [2, 1, 2],
    inputs: [],
    outputs: [],
    domains: [DIVISION, TANGENT, POWER],
  };
  assert.equal(findDomain(signature, "^"), POWER);
  assert.equal(findDomain(signature, "+"), undefined);
  assert.throws(() => readDomain(signature, "+"), /expected a domain for \+/);
  assert.deepEqual(listBinary(signature), ["/", "^"]);
});

test("a domain is written so that another one reads otherwise", () => {
  const written = [DIVISION, POWER, TANGENT].map(writeDomain);
  assert.equal(written[0], "/ -10 10 -10 10; b 0.1 from 0");
  assert.equal(written[1], "^ 0.1 4 -3 3; -4 -0.1 -3 3 whole b");
  assert.match(written[2], /^tan -6 6; a 0\.2 from 1\.57\d+ and every 3\.14\d+$/);
});
