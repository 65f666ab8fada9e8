// What a version's training left: its answers to problems, and the tables in its folder.

import { ask, locateFile, predict } from "../../api.js";
import { d3 } from "./plots.js";

/**
 * @typedef {import("../../api.js").Answer} Answer
 * @typedef {import("../../networks.js").Manifest} Manifest
 * @typedef {{columns: string[], rows: Record<string, string>[]}} Rows
 */

// Up to so many the service answers at once, with no queue and no thread of its own.
const CHUNK = 1000;
const CHOSEN_LATER = new Set([
  "trial",
  "mae",
  "loss",
  "val_mae",
  "val_loss",
  "best_epoch",
  "epochs",
  "seconds",
  "failure",
]);

/**
 * Asks one version for problems of one operation, a chunk at a time. Returns the joined answer.
 * @param {{model: string, version: number}} version
 * @param {string} operation
 * @param {{a: number[], b: number[]}} problems
 * @param {AbortSignal} signal
 */
export async function answerAll({ model, version }, operation, { a, b }, signal) {
  /** @type {Omit<Answer, "version">} */
  const joined = { predictions: [], exact: [], absolute_errors: [], out_of_domain: [] };
  for (let start = 0; start < a.length; start += CHUNK) {
    const part = (/** @type {number[]} */ values) => values.slice(start, start + CHUNK);
    const body = { model, version, op: operation, a: part(a), b: part(b), exact: true };
    const answer = await predict(body, signal);
    joined.predictions.push(...answer.predictions);
    joined.exact.push(...answer.exact);
    joined.absolute_errors.push(...answer.absolute_errors);
    joined.out_of_domain.push(...answer.out_of_domain.map((row) => start + row));
  }
  return joined;
}

/**
 * Reads a table of a version's training folder: {columns, rows}; null where the version has none.
 * @param {{manifest: Manifest}} version
 * @param {string} name
 * @param {AbortSignal} signal
 * @returns {Promise<Rows | null>}
 */
export async function readTable({ manifest }, name, signal) {
  const path = `training/${name}`;
  if (!(path in manifest.files)) return null;
  return parseTable(await ask(locateFile(manifest, path), { signal, text: true }));
}

/**
 * d3's own reader of rows with names builds a function from text, which this page forbids.
 * @param {string} text
 * @returns {Rows}
 */
export function parseTable(text) {
  /** @type {string[][]} */
  const [columns = [], ...lines] = d3.csvParseRows(text);
  return {
    columns,
    rows: lines.map((line) => Object.fromEntries(columns.map((name, k) => [name, line[k] ?? ""]))),
  };
}

/**
 * Returns the epochs of `history.csv` as numbers, null where it has no such columns.
 * @param {Rows | null} table
 * @returns {{epoch: number, mae: number, val_mae: number}[] | null}
 */
export function readEpochs(table) {
  if (!table || !["epoch", "mae", "val_mae"].every((name) => table.columns.includes(name))) {
    return null;
  }
  const epochs = table.rows.map((row) => ({
    epoch: +row.epoch,
    mae: +row.mae,
    val_mae: +row.val_mae,
  }));
  return epochs.length > 0 ? epochs : null;
}

/**
 * Returns the trials of `trials.csv`, best first, and the names of what the search chose for each;
 * null where there are none. Those that failed have no measure, and are only counted.
 * @param {Rows | null} table
 */
export function readTrials(table) {
  if (!table?.columns.includes("val_mae")) return null;
  const names = table.columns.filter((name) => !CHOSEN_LATER.has(name));
  const measured = table.rows.filter((row) => row.val_mae !== "" && Number.isFinite(+row.val_mae));
  if (measured.length === 0) return null;
  const trials = measured.map((row) => ({ ...row, val_mae: +row.val_mae }));
  trials.sort((one, other) => one.val_mae - other.val_mae);
  return { names, trials, failed: table.rows.length - measured.length };
}
