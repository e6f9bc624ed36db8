// Tables that can be scrolled sideways where they are too wide.
import { el } from "./dom.js";

// `heads` are texts; one that begins with "#" is a column of numbers.
export function headRow(heads) {
  const cells = heads.map((head) => {
    const numbers = head.startsWith("#");
    return el("th", { scope: "col", class: numbers && "number" }, numbers ? head.slice(1) : head);
  });
  return el("thead", {}, el("tr", {}, cells));
}

// A frame with a name, that can be reached by keyboard so that it can be scrolled.
export function scrollable(label, content) {
  const frame = { class: "scroll", tabindex: "0", role: "region", "aria-label": label };
  return el("div", frame, content);
}

// Rows are lists of cells: texts or elements. The first cell names its row.
export function plainTable(label, heads, rows) {
  const body = rows.map((cells) =>
    el("tr", {}, cells.map((cell, column) => {
      if (column === 0) return el("th", { scope: "row" }, cell);
      return el("td", { class: heads[column].startsWith("#") && "number" }, cell);
    })));
  return scrollable(label, el("table", {}, headRow(heads), el("tbody", {}, body)));
}

// A list of terms and what they are; those without a value are left out.
export function facts(pairs) {
  const list = el("dl", { class: "facts" });
  for (const [term, value] of pairs) {
    if (value === "" || value === null || value === undefined) continue;
    list.append(el("div", {}, el("dt", {}, term), el("dd", {}, value)));
  }
  return list;
}
