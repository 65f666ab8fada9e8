// Asks the service that serves this page. Nothing else is ever asked.

import { useEffect, useState } from "./ui.js";

const SLOW_AFTER_MS = 1500;
const GIVE_UP_AFTER_MS = 30000;
const KEPT_KEY = "tabuada.api-key";

/**
 * @typedef {import("./networks.js").Manifest} Manifest
 * @typedef {object} Listing What the service says of a model.
 * @property {string} model
 * @property {number[]} versions Ascending.
 * @property {Record<string, number>} labels
 * @property {number} [default_version]
 * @property {number} [serving_version]
 *
 * @typedef {object} Answer What the service answers to problems, a value for each.
 * @property {number} version
 * @property {number[]} predictions
 * @property {number[]} exact
 * @property {number[]} absolute_errors
 * @property {number[]} out_of_domain The places of those outside what was trained.
 * @property {Record<string, string | number>} [read_as] What was read, by place, where it may have
 *   been meant otherwise.
 */

/**
 * What kept a question from being answered.
 *
 * `code` is the service's own, or "unreachable", "timeout" or "unreadable"; `status` is 0 there.
 */
export class Refused extends Error {
  /**
   * @param {string} code
   * @param {string} message
   * @param {{status?: number, field?: string}} [where]
   */
  constructor(code, message, { status = 0, field } = {}) {
    super(message);
    this.code = code;
    this.status = status;
    this.field = field;
  }
}

/** @param {string} key */
export function keepKey(key) {
  sessionStorage.setItem(KEPT_KEY, key);
}

export function hasKey() {
  return sessionStorage.getItem(KEPT_KEY) !== null;
}

/**
 * Asks for a path relative to the page; with a body, as a POST of JSON. Returns the parsed answer.
 * @param {string} path
 * @param {{body?: unknown, signal?: AbortSignal, text?: boolean}} [options] `text` where the answer
 *   is none of JSON.
 * @returns {Promise<any>}
 * @throws {Refused} Where there is no answer; the signal's own reason where that ended it.
 */
export async function ask(path, { body, signal, text = false } = {}) {
  const limit = AbortSignal.timeout(GIVE_UP_AFTER_MS);
  const until = signal ? AbortSignal.any([signal, limit]) : limit;
  let response;
  try {
    response = await fetch(path, { ...writeRequest(body), signal: until });
    if (response.ok) return text ? await response.text() : await response.json();
  } catch (error) {
    throw signal?.aborted ? error : explainFailure(error, limit, response);
  }
  throw await readRefusal(response);
}

/** @param {unknown} body */
function writeRequest(body) {
  const key = sessionStorage.getItem(KEPT_KEY);
  /** @type {Record<string, string>} */
  const headers = key ? { "X-API-Key": key } : {};
  if (body === undefined) return { headers };
  headers["Content-Type"] = "application/json";
  return { method: "POST", headers, body: JSON.stringify(body) };
}

/**
 * @param {unknown} error
 * @param {AbortSignal} limit
 * @param {Response} [response] What had come by then.
 */
function explainFailure(error, limit, response) {
  if (limit.aborted) return new Refused("timeout", `no answer within ${GIVE_UP_AFTER_MS / 1000} s`);
  if (response) return new Refused("unreadable", String(error), { status: response.status });
  return new Refused("unreachable", String(error));
}

/** @param {Response} response */
async function readRefusal(response) {
  const { status, statusText } = response;
  const { error = {} } = await response.json().catch(() => ({}));
  const { code = "unreadable", message = statusText, field } = error;
  return new Refused(code, message, { status, field });
}

/**
 * Asks while a component is shown, again when `keys` change. The data of the last answer stays
 * while the next is on its way.
 * @template T
 * @param {(signal: AbortSignal) => Promise<T>} question
 * @param {readonly unknown[]} keys
 * @returns {{data?: T, error?: any, slow: boolean, again: () => void}} What is known so far.
 */
export function useAnswer(question, keys) {
  /** @type {{data?: T, error?: unknown, slow: boolean}} */
  const asked = { data: undefined, error: undefined, slow: false };
  const [state, setState] = useState(asked);
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

/** @type {(signal?: AbortSignal) => Promise<{models: Listing[]}>} */
export const listModels = (signal) => ask("models", { signal });

/** @type {(model: string, version: number, signal?: AbortSignal) => Promise<Manifest>} */
export const readManifest = (model, version, signal) =>
  ask(`models/${model}/versions/${version}`, { signal });

/** @type {(body: Record<string, unknown>, signal?: AbortSignal) => Promise<Answer>} */
export const predict = (body, signal) => ask("predict", { body, signal });

/**
 * Returns where a file of a version is.
 * @param {{model: string, version: number}} version
 * @param {string} path
 */
export function locateFile({ model, version }, path) {
  const escaped = path.split("/").map(encodeURIComponent).join("/");
  return `models/${model}/versions/${version}/files/${escaped}`;
}
