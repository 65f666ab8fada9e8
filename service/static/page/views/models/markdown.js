// Reads the part of Markdown that model cards are written in.
//
// A card comes out of the store, so nothing in it is trusted: what is read here becomes text
// inside elements of this page's own choosing. Links, pictures and HTML stay the letters they are.

/**
 * @typedef {{kind: "text" | "code" | "strong" | "emphasis", text: string}} Part
 * @typedef {{kind: "heading", level: number, parts: Part[]} | {kind: "paragraph", parts: Part[]}
 *   | {kind: "list", ordered: boolean, items: Part[][]} | {kind: "code", text: string}
 *   | {kind: "table", head: Part[][], rows: Part[][][]}} Block
 */

const HEADING = /^(#{1,6})\s+(.*?)\s*#*$/;
const BULLET = /^[-*+]\s+(.*)$/;
const NUMBERED = /^\d{1,9}[.)]\s+(.*)$/;
const FENCE = /^(```|~~~)/;
const DELIMITERS = /^\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?$/;
const INLINE = /(`[^`]+`|\*\*[^*]+\*\*|\*[^*\s](?:[^*]*[^*\s])?\*)/;

/**
 * @param {string} source
 * @returns {Block[]}
 */
export function parseMarkdown(source) {
  const lines = source.replaceAll("\r\n", "\n").split("\n");
  const blocks = [];
  while (lines.length) {
    if (!lines[0].trim()) lines.shift();
    else blocks.push(takeBlock(lines));
  }
  return blocks;
}

/**
 * @param {string[]} lines
 * @returns {Block}
 */
function takeBlock(lines) {
  const [line] = lines;
  const heading = HEADING.exec(line);
  if (heading) {
    lines.shift();
    return { kind: "heading", level: heading[1].length, parts: parseInline(heading[2]) };
  }
  if (FENCE.test(line)) return takeCode(lines);
  if (isTable(lines)) return takeTable(lines);
  if (BULLET.test(line)) return takeList(lines, BULLET, false);
  if (NUMBERED.test(line)) return takeList(lines, NUMBERED, true);
  return takeParagraph(lines);
}

/** @type {(lines: string[]) => string} */
const takeLine = (lines) => lines.shift() ?? "";

/**
 * @param {string[]} lines
 * @returns {Block}
 */
function takeCode(lines) {
  const fence = takeLine(lines).slice(0, 3);
  const taken = [];
  while (lines.length && !lines[0].startsWith(fence)) taken.push(takeLine(lines));
  lines.shift();
  return { kind: "code", text: taken.join("\n") };
}

/** @param {string[]} lines */
function isTable(lines) {
  return (
    lines[0].includes("|") &&
    lines.length > 1 &&
    lines[1].includes("|") &&
    DELIMITERS.test(lines[1].trim())
  );
}

/**
 * @param {string[]} lines
 * @returns {Block}
 */
function takeTable(lines) {
  const head = splitRow(takeLine(lines));
  lines.shift();
  const rows = [];
  while (lines.length && lines[0].includes("|") && lines[0].trim()) {
    const cells = splitRow(takeLine(lines));
    rows.push(head.map((_, column) => cells[column] ?? []));
  }
  return { kind: "table", head, rows };
}

/** @param {string} line */
function splitRow(line) {
  const cells = line
    .trim()
    .replace(/^\|/, "")
    .replace(/(?<!\\)\|$/, "")
    .split(/(?<!\\)\|/);
  return cells.map((cell) => parseInline(cell.replaceAll("\\|", "|").trim()));
}

/**
 * @param {string[]} lines
 * @param {RegExp} marker
 * @param {boolean} ordered
 * @returns {Block}
 */
function takeList(lines, marker, ordered) {
  const items = [];
  while (lines.length && marker.test(lines[0])) {
    const taken = [takeLine(lines).replace(marker, "$1")];
    while (lines.length && /^\s+\S/.test(lines[0])) taken.push(takeLine(lines).trim());
    items.push(parseInline(taken.join(" ")));
  }
  return { kind: "list", ordered, items };
}

/**
 * @param {string[]} lines
 * @returns {Block}
 */
function takeParagraph(lines) {
  const taken = [takeLine(lines).trim()];
  const ends = () =>
    !lines[0].trim() || [HEADING, BULLET, FENCE].some((start) => start.test(lines[0]));
  while (lines.length && !ends() && !isTable(lines)) taken.push(takeLine(lines).trim());
  return { kind: "paragraph", parts: parseInline(taken.join(" ")) };
}

/**
 * @param {string} text
 * @returns {Part[]}
 */
function parseInline(text) {
  const parts = text.split(INLINE).filter(Boolean);
  return parts.map((part) => {
    if (part.length > 2 && part.startsWith("`") && part.endsWith("`")) {
      return { kind: "code", text: part.slice(1, -1).trim() };
    }
    if (part.length > 4 && part.startsWith("**") && part.endsWith("**")) {
      return { kind: "strong", text: part.slice(2, -2) };
    }
    const emphasized = INLINE.test(part) && part.startsWith("*");
    return emphasized
      ? { kind: "emphasis", text: part.slice(1, -1) }
      : { kind: "text", text: part };
  });
}
