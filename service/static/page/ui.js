// The little that every view needs: templates, hooks, and the parts that look alike everywhere.

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
