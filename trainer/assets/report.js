"use strict";
// Language, sorting and plots of the report. Everything else is plain HTML and works without.
(() => {
  const { figures, texts } = JSON.parse(document.getElementById("report-data").textContent);
  const root = document.documentElement;
  const title = document.title;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const coarse = matchMedia("(pointer: coarse)");
  const drawn = new Set();
  let printing = false;

  const isPortuguese = () => root.lang.startsWith("pt");
  const translate = (text) => (isPortuguese() && texts[text]) || text;

  // ---- language: the address, then the last choice, then the browser's

  function chooseLanguage() {
    const asked = new URLSearchParams(location.search).get("lang");
    let kept = null;
    try { kept = localStorage.getItem("tabuada-report-language"); } catch { /* sandboxed */ }
    const known = [asked, kept, ...navigator.languages].filter((tag) => /^(en|pt)\b/i.test(tag ?? ""));
    return (known[0] ?? "en").toLowerCase().startsWith("pt") ? "pt-BR" : "en";
  }

  function showLanguage(language) {
    root.lang = language;
    document.title = title.replace("Training report", translate("Training report"));
    for (const button of document.querySelectorAll(".languages button")) {
      button.setAttribute("aria-pressed", String(button.lang === language));
    }
    for (const cell of document.querySelectorAll("[data-value]")) {
      cell.dataset.english ??= cell.textContent;
      cell.textContent = isPortuguese()
        ? cell.dataset.english.replace(/[.,]/g, (mark) => (mark === "." ? "," : "."))
        : cell.dataset.english;
    }
    drawn.forEach(draw);
  }

  function keepLanguage(event) {
    try { localStorage.setItem("tabuada-report-language", event.currentTarget.lang); } catch { /* sandboxed */ }
    showLanguage(event.currentTarget.lang);
  }

  // ---- tables: a click on a column's name sorts by it, another turns the order round

  function readCell(row, column) {
    const cell = row.cells[column];
    if (cell.dataset.value !== undefined) return Number(cell.dataset.value);
    return cell.textContent;
  }

  function compare(one, other) {
    if (typeof one === "number" && typeof other === "number") return one - other;
    return String(one).localeCompare(String(other), "en", { numeric: true });
  }

  function sort(event) {
    const head = event.currentTarget.closest("th");
    const body = head.closest("table").tBodies[0];
    const order = head.getAttribute("aria-sort") === "ascending" ? "descending" : "ascending";
    for (const other of head.parentNode.cells) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", order);
    const sign = order === "ascending" ? 1 : -1;
    const isEmpty = (value) => value === "" || value === "—";
    const rows = [...body.rows].map((row) => [readCell(row, head.cellIndex), row]);
    rows.sort(([one], [other]) =>
      isEmpty(one) - isEmpty(other) || sign * compare(one, other)); // what is empty stays last
    body.append(...rows.map(([, row]) => row));
  }

  // ---- plots: drawn when they come near, in the colours and words of the page

  function makeAxis(axis, ink, line) {
    return { ...axis, automargin: true, color: ink, gridcolor: line, zerolinecolor: line,
      exponentformat: "power", title: { text: translate(axis.title.text), standoff: 12 } };
  }

  function makeLayout(layout) {
    const style = getComputedStyle(root);
    const [ink, line] = printing ? ["#000", "#ccc"]
      : ["--ink", "--line"].map((name) => style.getPropertyValue(name).trim());
    return { ...layout, font: { color: ink, family: "system-ui, sans-serif", size: 12 },
      paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
      margin: { t: 10, r: 10, b: 40, l: 50 }, legend: { orientation: "h", y: 1.15 },
      separators: isPortuguese() ? ",." : ".,",
      dragmode: coarse.matches ? false : "zoom", // or a finger on a plot could not scroll the page
      ...(printing ? { width: 330, height: 230 } : { autosize: true }),
      xaxis: makeAxis(layout.xaxis, ink, line), yaxis: makeAxis(layout.yaxis, ink, line) };
  }

  function draw(element) {
    drawn.add(element);
    const { data, layout } = structuredClone(figures[element.id]); // Plotly writes into both
    for (const trace of data) trace.name = translate(trace.name ?? "");
    Plotly.react(element, data, makeLayout(layout), { displayModeBar: false, responsive: true });
  }

  function drawAll(forPrint) {
    printing = forPrint;
    document.querySelectorAll(".plot").forEach(draw);
  }

  const near = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (isIntersecting) { near.unobserve(target); draw(target); }
    }
  }, { rootMargin: "400px" });

  for (const button of document.querySelectorAll(".languages button")) {
    button.addEventListener("click", keepLanguage);
  }
  for (const button of document.querySelectorAll("thead button")) {
    button.addEventListener("click", sort);
  }
  dark.addEventListener("change", () => drawn.forEach(draw));
  addEventListener("beforeprint", () => drawAll(true));
  addEventListener("afterprint", () => drawAll(false));
  showLanguage(chooseLanguage());
  document.querySelectorAll(".plot").forEach((plot) => near.observe(plot));
})();
