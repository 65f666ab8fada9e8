// The little that every view needs: templates, hooks, and the parts that look alike everywhere.

import { useLayoutEffect, useState } from "./lib/hooks.js";
import { h } from "./lib/preact.js";
import htm from "./lib/htm.js";

export { createContext, render } from "./lib/preact.js";
export {
  useCallback,
  useContext,
  useEffect,
  useId,
  useLayoutEffect,
  useMemo,
  useReducer,
  useRef,
  useState,
} from "./lib/hooks.js";

export const html = htm.bind(h);

/**
 * Loads the rules in `style.css` beside a view's module, whose address is given. Ends once they are
 * there; without them where they cannot be had, since unstyled is better than not at all.
 * @param {string} module
 */
export function loadStyle(module) {
  const sheet = document.createElement("link");
  const styled = new Promise((resolve) => {
    sheet.onload = sheet.onerror = resolve;
  });
  sheet.rel = "stylesheet";
  sheet.href = new URL("style.css", module).href;
  document.head.append(sheet);
  return styled;
}

/**
 * Returns what `read` makes of the address and of what it made before, undefined at first, and a
 * function that puts something else in its place until the part after # changes. It listens from
 * the moment that the component is there: a link may be followed before any effect has run.
 * @template T
 * @param {(before?: T) => T} read
 * @returns {[T, (value: T) => void]}
 */
export function useHash(read) {
  const [value, setValue] = useState(() => read());
  useLayoutEffect(() => {
    const follow = () => setValue((/** @type {T} */ before) => read(before));
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, []);
  return [value, setValue];
}
