// A table that scrolls by itself where a phone is narrower, also from the keyboard.

import { html } from "../../ui.js";

export function Table({ label, tall = false, children }) {
  return html`
    <div class=${tall ? "scroll explore-tall" : "scroll"} tabindex="0" role="group"
      aria-label=${label}>
      <table>${children}</table>
    </div>
  `;
}
