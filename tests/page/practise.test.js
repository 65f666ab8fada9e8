import assert from "node:assert/strict";
import { test } from "node:test";

import {
  readChoiceFrom,
  writeChoice,
  countToday,
  chooseSkill,
} from "../../service/static/page/views/practise/choose.js";
import {
  findBorrows,
  findCarries,
  times,
} from "../../service/static/page/views/practise/numbers.js";
import {
  emptyProgress,
  merge,
  readProgress,
  record,
  UnreadableProgress,
} from "../../service/static/page/views/practise/progress.js";
import {
  isDue,
  isKnown,
  rate,
  recall,
  review,
} from "../../service/static/page/views/practise/scheduler.js";
import { beginSession, isSession } from "../../service/static/page/views/practise/session.js";
import {
  nameSkill,
  SKILL_WORDS,
  writeExpression,
} from "../../service/static/page/views/practise/skill-words.js";
import { BY_ID, makeExercise, SKILLS } from "../../service/static/page/views/practise/skills.js";
import {
  fromUnits,
  readDecimal,
  shorten,
  toUnits,
  writeDecimal,
} from "../../service/static/page/views/practise/solve/decimals.js";

const NOW = new Date("2026-11-24T10:00:00.000Z");
const CHOICE = { operations: ["*"], levels: [1], length: 5 };

test("a decimal is read as people type it, or not at all", () => {
  const read = {
    "4,50": "4.5",
    " −0.70 ": "-0.7",
    "+3": "3",
    ".5": "0.5",
    "-0": "0",
    "1 000": "1000",
  };
  for (const [typed, text] of Object.entries(read)) assert.equal(readDecimal(typed), text, typed);
  for (const typed of ["", "abc", "1/2", "--3", "1.2.3", "1e3", "1234567890123456", "٣"]) {
    assert.equal(readDecimal(typed), null, typed);
  }
});

test("units of a place and texts are turned into each other without loss", () => {
  for (const [text, places, units] of [
    ["4.9", 2, 490],
    ["-0.05", 2, -5],
    ["12", 0, 12],
  ]) {
    assert.equal(toUnits(text, places), units);
    assert.equal(shorten(fromUnits(units, places)), text);
  }
  assert.throws(() => toUnits("0.123", 2), /at most 2 places/);
  assert.equal(times("0.25", "-1.6"), "-0.4");
  assert.equal(writeDecimal("-4.93", "pt-BR"), "−4,93");
});

test("carries and borrows are found column by column", () => {
  assert.deepEqual(findCarries(47, 38), [true, false]);
  assert.deepEqual(findCarries(99, 1), [true, true]);
  assert.deepEqual(findBorrows(402, 157), [true, true, false]);
  assert.deepEqual(findBorrows(62, 27), [true, false]);
});

test("every skill has a name in both languages and an id of its own", () => {
  assert.equal(BY_ID.size, SKILLS.length);
  for (const { id } of SKILLS) {
    for (const language of ["en", "pt-BR"]) assert.match(nameSkill(id, language), /^\S.+/u, id);
  }
  assert.deepEqual(Object.keys(SKILL_WORDS.en), Object.keys(SKILL_WORDS["pt-BR"]));
  assert.equal(writeExpression({ operation: "/", a: "-4.8", b: "-1.2" }, "pt-BR"), "−4,8 ÷ (−1,2)");
});

test("what a skill draws is of its level", () => {
  for (const skill of SKILLS) {
    const { level, a, b, remainder } = makeExercise(skill);
    const hasMinus = `${a}${b}`.includes("-");
    const hasPoint = `${a}${b}`.includes(".");
    assert.equal(hasMinus && level < 5, false, skill.id);
    assert.equal(hasPoint && level < 4, false, skill.id);
    if (remainder !== undefined) assert.ok(Number(remainder) > 0 && Number(remainder) < Number(b));
  }
});

test("a choice survives its address, and one that makes no sense becomes one that does", () => {
  const choice = { operations: ["+", "/"], levels: [2, 5], length: 20 };
  assert.deepEqual(readChoiceFrom(writeChoice(choice)), choice);
  const first = { operations: ["*"], levels: [1], length: 10 };
  assert.deepEqual(readChoiceFrom("#/practise?operations=root&levels=9&length=7"), first);
  assert.deepEqual(readChoiceFrom("#/practise", { operations: "x", levels: [3] }), {
    ...first,
    levels: [3],
  });
});

test("an answer is counted on its day, and another rating of it is not", () => {
  const id = "multiply.1.7.8";
  const first = record(emptyProgress(), { skill: id, rating: "good", now: NOW });
  assert.deepEqual(Object.values(first.days), [{ answered: 1, right: 1, new: 1 }]);
  const again = record(first, { skill: id, rating: "hard", now: NOW, again: true });
  assert.deepEqual(again.days, first.days);
  assert.ok(again.cards[id].due < first.cards[id].due);
  const wrong = record(again, { skill: id, rating: "again", before: again.cards[id], now: NOW });
  assert.deepEqual(Object.values(wrong.days), [{ answered: 2, right: 1, new: 1 }]);
});

test("what two browsers know is brought together whichever comes first", () => {
  const later = new Date(NOW.getTime() + 86400000);
  const one = record(emptyProgress(), { skill: "add.1.2.3", rating: "good", now: NOW });
  const other = record(
    record(one, { skill: "add.1.2.3", rating: "easy", before: one.cards["add.1.2.3"], now: later }),
    { skill: "add.1.4.4", rating: "hard", now: later },
  );
  assert.deepEqual(merge(one, other), merge(other, one));
  assert.deepEqual(merge(one, other).cards, other.cards);
  assert.deepEqual(readProgress(JSON.stringify(other)), other);
});

test("a text that is no progress says where and why", () => {
  const cases = [
    ["{", "not-json"],
    ["[]", "not-progress"],
    [JSON.stringify({ ...emptyProgress(), format: 2 }), "newer"],
    [JSON.stringify({ ...emptyProgress(), days: { today: {} } }), "damaged"],
    [JSON.stringify({ ...emptyProgress(), cards: { "add.1.2.3": { due: 1 } } }), "damaged"],
  ];
  for (const [text, code] of cases) {
    assert.throws(
      () => readProgress(text),
      (error) => error instanceof UnreadableProgress && error.code === code,
    );
  }
});

test("an answer is rated by its time where that can be told", () => {
  const fact = { right: true, level: 1, steps: 2 };
  assert.equal(rate({ ...fact, right: false, seconds: 1 }), "again");
  assert.equal(rate({ ...fact, seconds: 2 }), "easy");
  assert.equal(rate({ ...fact, seconds: 5 }), "good");
  assert.equal(rate({ ...fact, seconds: 11 }), "hard");
  assert.equal(rate({ ...fact, seconds: null }), "good");
  assert.equal(rate({ right: true, level: 3, steps: 10, seconds: 14 }), "easy");
});

test("a skill comes back when it is about to be forgotten, and never later than in a year", () => {
  let card = review(undefined, "good", NOW);
  for (let count = 0; count < 2; count += 1) card = review(card, "good", new Date(card.due));
  const due = new Date(card.due);
  assert.ok(!isDue(card, new Date(due.getTime() - 1)) && isDue(card, due));
  assert.ok(Math.abs(recall(card, due) - 0.9) < 0.02, String(recall(card, due)));
  for (let count = 0; count < 6; count += 1) card = review(card, "good", new Date(card.due));
  assert.ok(isKnown(card));
  assert.ok((Date.parse(card.due) - Date.parse(card.last_review)) / 86400000 <= 365);
});

test("what is due today is counted, however late in the day", () => {
  const skill = "multiply.1.7.8";
  const noon = new Date(2026, 10, 24, 12);
  const progress = record(emptyProgress(), { skill, rating: "again", now: noon });
  const { due, fresh } = countToday(progress, CHOICE, noon);
  assert.deepEqual([due, fresh], [1, 19]);
  assert.equal(countToday(progress, { ...CHOICE, operations: ["+"] }, noon).due, 0);
});

test("each operation and level is drawn as often, however many skills it has", () => {
  const choice = { operations: ["+", "*"], levels: [1, 2] };
  const counts = {};
  for (let count = 0; count < 400; count += 1) {
    const random = () => ((count * 0.618034) % 1) * 0.999999;
    const { operation, level } = chooseSkill({
      progress: emptyProgress(),
      choice,
      asked: [],
      now: NOW,
      random,
    });
    counts[operation + level] = (counts[operation + level] ?? 0) + 1;
  }
  assert.deepEqual(
    Object.values(counts).map((count) => Math.round(count / 20)),
    [5, 5, 5, 5],
  );
});

test("a session begins with an exercise, and is known again after a reload", () => {
  const session = beginSession(CHOICE, emptyProgress());
  assert.equal(session.exercise.number, 1);
  assert.ok(isSession(JSON.parse(JSON.stringify(session))));
  assert.ok(!isSession(null) && !isSession({ exercise: { skill: "root.1.9" }, asked: [] }));
});
