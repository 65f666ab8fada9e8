// One session: exercises one after the other, then a summary.

import { useWords } from "../../language.js";
import { html } from "../../ui.js";
import { chooseSkill, RETURNS_AFTER } from "./choose.js";
import { Exercise } from "./exercise.js";
import { record } from "./progress.js";
import { BY_ID, makeExercise } from "./skills.js";
import { WORDS } from "./words.js";

// A session is plain data: {choice, asked, exercise, result}. `asked` are the answered ones before
// this one, [{skill, exercise, right, rating}]; without an exercise it is over.
export function beginSession(choice, progress) {
  return goOn({ choice, asked: [], exercise: null, result: null }, progress);
}

/**
 * @param {Record<string, any>} session What has been asked so far.
 * @param {import("./progress.js").Progress} progress
 */
function goOn({ choice, asked }, progress) {
  if (asked.length >= choice.length) return { choice, asked, exercise: null, result: null };
  const skill = chooseSkill({ progress, choice, asked, now: new Date() });
  // The number tells one exercise from the next, even if both are alike.
  return {
    choice,
    asked,
    exercise: { ...makeExercise(skill), number: asked.length + 1 },
    result: null,
  };
}

// Whether what a tab kept is a session of this version of the page.
export function isSession(session) {
  const exercises = [session?.exercise, ...(session?.asked ?? []).map(({ exercise }) => exercise)];
  return (
    Boolean(session) &&
    exercises.every((exercise) => exercise === null || BY_ID.has(exercise?.skill))
  );
}

const closeExercise = ({ asked, exercise, result }) =>
  result
    ? [...asked, { skill: exercise.skill, exercise, right: result.right, rating: result.rating }]
    : asked;

export function Session({ session, setSession, progress, update }) {
  const words = useWords(WORDS);
  const { choice, exercise, result } = session;
  const { skill } = exercise;
  const answer = (answered) => {
    const before = progress.cards[skill] ?? null;
    const now = new Date();
    update((known) =>
      record(known, { skill, rating: answered.rating, before: before ?? undefined, now }),
    );
    setSession({ ...session, result: { ...answered, before, at: now.toISOString() } });
  };
  const rerate = (rating) => {
    const { before, at } = result;
    update((known) =>
      record(known, { skill, rating, before: before ?? undefined, now: new Date(at), again: true }),
    );
    setSession({ ...session, result: { ...result, rating } });
  };
  const next = () => setSession(goOn({ choice, asked: closeExercise(session) }, progress));
  const stop = () =>
    setSession({ choice, asked: closeExercise(session), exercise: null, result: null });
  return html`
    <div class="row practise-bar">
      <p>${words("position", { number: exercise.number, length: choice.length })}</p>
      <button type="button" class="plain" onClick=${stop}>${words("stop")}</button>
    </div>
    <${Exercise} exercise=${exercise} result=${result} answer=${answer} rerate=${rerate}
      next=${next}
      isLast=${exercise.number === choice.length}
        returns=${exercise.number + RETURNS_AFTER < choice.length} />
  `;
}
