// Asks the service that serves this page. Nothing else is ever asked.

import { useEffect, useState } from "./ui.js";

const SLOW_AFTER_MS = 1500;
const GIVE_UP_AFTER_MS = 30000;
const KEPT_KEY = "tabuada.api-key";

// What kept a question from being answered.
//
// `code` is the service's own, or "unreachable", "timeout" or "unreadable"; `status` is 0 there.
export class Refused extends Error {
  constructor(code, message, { status = 0, field } = {}) {
    super(message);
    Object.assign(this, { code, status, field });
  }
}

export function keepKey(key) {
  sessionStorage.setItem(KEPT_KEY, key);
}

export function hasKey() {
  return sessionStorage.getItem(KEPT_KEY) !== null;
}

// Asks for a path relative to the page; with a body, as a POST of JSON. Returns the parsed answer.
export async function ask(path, { body, signal, text = false } = {}) {
  const limit = AbortSignal.timeout(GIVE_UP_AFTER_MS);
  const key = sessionStorage.getItem(KEPT_KEY);
  let response;
  try {
    response = await fetch(path, {
      method: body === undefined ? "GET" : "POST",
      headers: {
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
        ...(key ? { "X-API-Key": key } : {}),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
    });
    if (response.ok) return text ? await response.text() : await response.json();
  } catch (error) {
    if (signal?.aborted) throw error;
    if (limit.aborted)
      throw new Refused("timeout", `no answer within ${GIVE_UP_AFTER_MS / 1000} s`);
    if (response) throw new Refused("unreadable", String(error), { status: response.status });
    throw new Refused("unreachable", String(error));
  }
  const { error } = await response.json().catch(() => ({}));
  throw new Refused(error?.code ?? "unreadable", error?.message ?? response.statusText, {
    status: response.status,
    field: error?.field,
  });
}

// Asks while a component is shown, again when `keys` change. Returns what is known so far:
// {data, error, slow, again}. The data of the last answer stays while the next is on its way.
export function useAnswer(question, keys) {
  const [state, setState] = useState({ data: undefined, error: undefined, slow: false });
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    const stopped = new AbortController();
    const slow = setTimeout(() => setState((s) => ({ ...s, slow: true })), SLOW_AFTER_MS);
    question(stopped.signal)
      .then(
        (data) => {
          if (!stopped.signal.aborted) setState({ data, error: undefined, slow: false });
        },
        (error) => {
          if (!stopped.signal.aborted) setState({ data: undefined, error, slow: false });
        },
      )
      .finally(() => clearTimeout(slow));
    return () => {
      clearTimeout(slow);
      stopped.abort();
    };
  }, [...keys, turn]);
  return { ...state, again: () => setTurn((t) => t + 1) };
}

export const listModels = (signal) => ask("models", { signal });
export const readManifest = (model, version, signal) =>
  ask(`models/${model}/versions/${version}`, { signal });
export const predict = (body, signal) => ask("predict", { body, signal });

// Returns where a file of a version is.
export function locateFile({ model, version }, path) {
  return `models/${model}/versions/${version}/files/${path.split("/").map(encodeURIComponent).join("/")}`;
}
