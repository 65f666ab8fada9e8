// A sheet of squared paper: what is written in which square, and at which step of the way.

export class Sheet {
  // cells: {row, column, text, kind, step} and, as they come, until (the step that rubs it out),
  // crossed and point (the steps that cross it out and that write a decimal point behind it).
  cells = [];
  // lines: {row, from, to, step, side}: along a side, "bottom", "top" or "left", of these squares, or a
  // "bracket" at their right.
  lines = [];
  // steps: {key, ...values}; `key` names the words, the values are what they tell.
  steps = [];

  get step() {
    return this.steps.length - 1;
  }

  say(key, values = {}) {
    this.steps.push({ key, ...values });
    return this.step;
  }

  put(row, column, text, kind = "digit") {
    const cell = { row, column, text: String(text), kind, step: this.step };
    this.cells.push(cell);
    return cell;
  }

  rule(row, from, to, side = "bottom") {
    this.lines.push({ row, from, to, side, step: this.step });
  }

  // Writes a number of `places` decimal places from the right; its last `filled` digits are filled up
  // later, by fill(). The units of a column are at `right`, and the digit i places before them at
  // right - i.
  number(row, right, units, places = 0, filled = 0) {
    const length = countDigits(units, places);
    for (let i = filled; i < length; i += 1) {
      const cell = this.put(row, right - i, digitAt(units, i));
      if (i === places && places > filled) cell.point = this.step;
    }
  }

  // Writes the zeros that give a number all its places.
  fill(row, right, places, filled) {
    for (let i = 0; i < filled; i += 1) this.put(row, right - i, 0, "filler");
    if (filled && filled === places) this.find(row, right - places).point = this.step;
  }

  find(row, column) {
    return this.cells.find((cell) => cell.row === row && cell.column === column);
  }
}

export const digitAt = (units, i) => Math.floor(units / 10 ** i) % 10;

// Counts the digits that units of a place are written with: 5 of 2 places, 0.05, has three.
export const countDigits = (units, places = 0) => Math.max(String(units).length, places + 1);
