// Keeps what a learner does in this browser, and nowhere else.

import { emptyProgress, merge, readProgress } from "./progress.js";
import { useLayoutEffect, useRef, useState } from "../../ui.js";

const PROGRESS = "tabuada.practise";
const CHOICE = "tabuada.practise.choice";
const SESSION = "tabuada.practise.session";

// Returns {progress, trouble, update, forget}. `trouble` is undefined, {code: "unkept"} where the
// browser keeps nothing, or {code, facts, text} where it holds a text that cannot be read, which is
// left as it is until the learner decides.
export function useProgress() {
  const [state, setState] = useState(load);
  const latest = useRef(state);
  const show = (next) => setState((latest.current = next));
  useLayoutEffect(() => {
    // Another tab may practise at the same time.
    const follow = (event) => (event.key === PROGRESS || event.key === null) && show(load());
    addEventListener("storage", follow);
    return () => removeEventListener("storage", follow);
  }, []);
  const update = (change) => {
    const { progress, trouble } = latest.current;
    const next = change(progress);
    show(trouble?.text === undefined ? save(next) : { progress: next, trouble });
  };
  const forget = () => {
    for (const key of [PROGRESS, CHOICE]) remove("localStorage", key);
    show(load());
  };
  return { ...state, update, forget };
}

function load() {
  const text = read("localStorage", PROGRESS);
  if (text === undefined) return { progress: emptyProgress(), trouble: { code: "unkept" } };
  if (text === null) return { progress: emptyProgress() };
  try {
    return { progress: readProgress(text) };
  } catch (error) {
    const { code, facts } = /** @type {import("./progress.js").UnreadableProgress} */ (error);
    return { progress: emptyProgress(), trouble: { code, facts, text } };
  }
}

// What another tab kept meanwhile stays.
function save(progress) {
  const kept = load();
  const next = kept.trouble ? progress : merge(kept.progress, progress);
  const isKept = write("localStorage", PROGRESS, JSON.stringify(next));
  return { progress: next, trouble: isKept ? undefined : { code: "unkept" } };
}

export const readChoice = () => parse(read("localStorage", CHOICE));
export const keepChoice = (choice) => write("localStorage", CHOICE, JSON.stringify(choice));

// A session lasts as long as its tab: through a look at another view, and through a reload.
export const readSession = () => parse(read("sessionStorage", SESSION));
export const keepSession = (session) => write("sessionStorage", SESSION, JSON.stringify(session));

// Some browsers have no storage, or refuse it: null is nothing kept, undefined no storage.
function read(storage, key) {
  try {
    return globalThis[storage].getItem(key);
  } catch {
    return undefined;
  }
}

function write(storage, key, text) {
  try {
    globalThis[storage].setItem(key, text);
    return true;
  } catch {
    return false;
  }
}

function remove(storage, key) {
  try {
    globalThis[storage].removeItem(key);
  } catch {
    // Then there is nothing to remove.
  }
}

function parse(text) {
  try {
    return JSON.parse(text) ?? undefined;
  } catch {
    return undefined;
  }
}
