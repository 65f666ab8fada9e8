// The last few problems of this tab, newest first. They stay in the browser and go with the tab.

const KEPT = "tabuada.calculate.history";
const LENGTH = 6;

/** @returns {string[]} */
export function readHistory() {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "[]");
    return Array.isArray(kept)
      ? kept.filter((text) => typeof text === "string").slice(0, LENGTH)
      : [];
  } catch {
    return []; // a browser that keeps nothing, or something else under this name
  }
}

/** @param {string} expression */
export function remember(expression) {
  const history = addTo(readHistory(), expression);
  try {
    sessionStorage.setItem(KEPT, JSON.stringify(history));
  } catch {
    // Shown until the page is left, then.
  }
  return history;
}

/**
 * Returns a history with an expression at its head, each one once.
 * @param {string[]} history
 * @param {string} expression
 */
export function addTo(history, expression) {
  return [expression, ...history.filter((earlier) => earlier !== expression)].slice(0, LENGTH);
}
