// What the page uses of preact's hooks, for the type check.

import type { Context } from "./preact.js";

type Change<T> = T | ((before: T) => T);
type Effect = () => void | (() => void);
export function useState<T>(first: T | (() => T)): [T, (change: Change<T>) => void];
export function useState<T>(): [T | undefined, (change: Change<T | undefined>) => void];
export function useRef<T>(first: T): { current: T };
// Of an element that is drawn: handlers and layout effects find it there.
export function useRef<T = any>(): { current: T };
export function useMemo<T>(make: () => T, keys: readonly unknown[]): T;
export function useCallback<T>(callback: T, keys: readonly unknown[]): T;
export function useReducer<S, A>(
  reduce: (state: S, action: A) => S,
  first: S,
): [S, (action: A) => void];
export function useContext<T>(context: Context<T>): T;
export function useEffect(effect: Effect, keys?: readonly unknown[]): void;
export function useLayoutEffect(effect: Effect, keys?: readonly unknown[]): void;
export function useId(): string;
