// The tables before the run, when the faults had stopped, and after the retries, with the cells
// that are not as they should be marked.
import { el, heard } from "./dom.js";
import { headRow, scrollable } from "./tables.js";
import { capital, counted } from "./text.js";
import { rowMarks } from "./words.js";

export function stageOf(row, strings) {
  const texts = (numbers) => numbers.map((number) => strings[number]);
  return {
    title: strings[row[0]],
    holds: strings[row[1]],
    tables: row[2].map(([name, columns, rows, leftOut]) => ({
      name: strings[name],
      columns: texts(columns),
      rows: rows.map(([mark, cells, right = [], wrong = []]) => ({
        mark: strings[mark], cells: texts(cells), right: texts(right), wrong: new Set(wrong),
      })),
      leftOut,
    })),
  };
}

function stageCell(row, column, value) {
  if (!row.wrong.has(column)) return el("td", {}, value);
  return el("td", { class: "wrong" }, el("b", {}, value),
            el("small", {}, "should be ", row.right[column]));
}

function stageRow(row) {
  const [drawn, word] = rowMarks[row.mark];
  const mark = el("th", { scope: "row", class: "mark" },
    el("span", { "aria-hidden": "true" }, drawn), row.mark === "as-before" ? heard(word) : ` ${word}`);
  return el("tr", { class: `row-${row.mark}` }, mark,
            row.cells.map((value, column) => stageCell(row, column, value)));
}

function stageTable(table, stage) {
  const body = el("tbody", {}, table.rows.map(stageRow));
  const heads = headRow(["", ...table.columns]);
  heads.querySelector("th").append(heard("mark"));
  const leftOut = table.leftOut > 0 &&
    el("p", { class: "muted" }, `and ${counted(table.leftOut, "row", "rows")} more`);
  const empty = table.rows.length === 0 && el("p", { class: "muted" }, "no rows to be shown");
  return [el("h4", {}, el("code", {}, table.name)),
          table.rows.length > 0 &&
            scrollable(`Table ${table.name}, ${stage.title}`, el("table", {}, heads, body)),
          empty, leftOut];
}

// The view, and a function that shows the stage of a number.
export function stagesView(stages) {
  const panes = stages.map((stage) =>
    el("div", { class: "stage" }, el("h3", {}, stage.title),
       stage.holds && el("p", {}, capital(stage.holds)),
       stage.tables.map((table) => stageTable(table, stage))));
  const buttons = stages.map((stage, number) =>
    el("button", { type: "button", onclick: () => show(number) }, stage.title));
  function show(number) {
    if (number < 0) return;
    panes.forEach((pane, at) => pane.classList.toggle("away", at !== number));
    buttons.forEach((button, at) => button.setAttribute("aria-pressed", String(at === number)));
  }
  const judged = stages.findIndex((stage) => stage.tables.some((table) =>
    table.rows.some((row) => ["split", "surplus", "missing"].includes(row.mark))));
  show(Math.max(0, judged));
  const choices = { class: "stage-choice", role: "group", "aria-label": "Moment" };
  return { element: el("div", { class: "stages" }, el("div", choices, buttons), panes), show };
}
