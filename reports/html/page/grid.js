// The sweep as a picture: rows are the places in order, columns the faults, each cell the result.
import { pager } from "./controls.js";
import { el } from "./dom.js";
import { scrollable } from "./tables.js";
import { capital, counted, shortened } from "./text.js";
import { gridResults, linkOfFinding } from "./words.js";

const rowsOnPage = 100;

const phases = {
  operation: ["During the operation", "one fault in each run"],
  orders: ["While sessions are at work at once", "one fault, in every order of their steps"],
  "orders, pairs": ["While sessions are at work at once, after a fault", "a second fault"],
  recovery: ["During the recovery from a fault", "a second fault in each run"],
  retry: ["During the retry after a fault", "a second fault in each run"],
  disk: ["On the simulated disk", "before each operation on its files"],
  memory: ["While SQLite asks for memory", "each piece refused"],
};

function cellOf(row, strings) {
  const [result, runs = 0, worst = 0, plan = 0, oracles = [], finding = 0] = row;
  return { result: strings[result], runs, worst, plan: strings[plan],
           oracles: oracles.map((number) => strings[number]), finding: strings[finding] };
}

function placeName(row) {
  const [client, statement, retry] = row;
  return `${retry ? "retry " : ""}${client}${statement}`;
}

function told(cell) {
  const [, , meaning] = gridResults[cell.result];
  const by = cell.oracles.length > 0 ? ` (${cell.oracles.join(", ")})` : "";
  const runs = cell.runs > 1 ? `; ${cell.worst} of ${counted(cell.runs, "run", "runs")}` : "";
  return `${meaning}${by}${runs}`;
}

function drawnCell(cell, label) {
  const [drawn, colour] = gridResults[cell.result];
  if (cell.result === "cannot-occur") return el("td", { class: "cell none" });
  const text = `${label}: ${told(cell)}${cell.plan ? `; ${cell.plan}` : ""}`;
  const mark = cell.finding
    ? el("a", { href: linkOfFinding(cell.finding), "aria-label": text, title: text }, drawn)
    : el("span", { role: "img", "aria-label": text, title: text }, drawn);
  return el("td", { class: `cell ${colour}` }, mark);
}

function rowHead(row, strings) {
  const [client, statement, retry, name, sql] = row;
  const place = placeName([strings[client], statement, retry]);
  const text = strings[sql] || strings[name];
  return el("th", { scope: "row", title: text },
    el("span", { class: "place" }, place), " ", strings[name],
    strings[sql] && strings[sql] !== strings[name] &&
      el("code", {}, shortened(strings[sql].replace(/^\/\*.*?\*\/\s*/, ""), 64)));
}

// Columns of both modes stand beside each other; those of "from there on" are marked by a plus.
function columnHeads(columns, strings) {
  return columns.map(([fault, mode, words]) => {
    const goesOn = strings[mode] === "from-there-on";
    const title = `${strings[words]}${goesOn ? ", from there on" : ", once"}`;
    return el("th", { scope: "col", class: "fault", title },
              el("span", {}, strings[fault], goesOn && " +"));
  });
}

function legend(cells) {
  const there = new Set(cells.map((cell) => cell.result));
  const items = Object.entries(gridResults).filter(([result]) => there.has(result));
  return el("ul", { class: "legend" }, items.map(([, [drawn, colour, meaning]]) =>
    el("li", {}, el("span", { class: `cell ${colour}`, "aria-hidden": "true" }, drawn || " "), ` ${meaning}`)));
}

function sumOf(cells) {
  const tried = cells.filter((cell) => cell.runs > 0);
  const bad = tried.filter((cell) => cell.result === "violated").length;
  const left = cells.filter((cell) => cell.result === "not-tried").length;
  const broken = bad === 0 ? "none violates what is claimed"
                           : `${bad} violate${bad === 1 ? "s" : ""} what is claimed`;
  const rest = left === 0 ? "no place is left out" : `${left} were not tried`;
  return `${counted(tried.length, "place × fault was", "places × faults were")} tried: ${broken}; ${rest}.`;
}

function gridPart(data, strings) {
  const phase = strings[data.phase];
  const [title, note] = phases[phase] ?? [phase, ""];
  const cells = data.cells.map((row) => cellOf(row, strings));
  const width = data.columns.length;
  const pages = Math.max(1, Math.ceil(data.rows.length / rowsOnPage));
  const faults = data.columns.map(([fault, mode]) =>
    `${strings[fault]}${strings[mode] === "from-there-on" ? " from there on" : ""}`);
  const place = el("div", {});
  const show = (page) => {
    const first = (page - 1) * rowsOnPage;
    const rows = data.rows.slice(first, first + rowsOnPage).map((row, at) => {
      const name = placeName([strings[row[0]], row[1], row[2]]);
      const begin = (first + at) * width;
      return el("tr", {}, rowHead(row, strings), faults.map((fault, column) =>
        drawnCell(cells[begin + column], `${name}, ${fault}`)));
    });
    const head = el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "place"),
                                    columnHeads(data.columns, strings)));
    place.replaceChildren(
      scrollable(`Grid: ${title}`, el("table", { class: "grid" }, head, el("tbody", {}, rows))),
      pager(page, pages, show));
  };
  show(1);
  return el("section", { class: "grid-part" }, el("h3", {}, title),
            el("p", { class: "muted" }, `${capital(note)}. ${sumOf(cells)}`), place, legend(cells));
}

export function gridView(parts, strings) {
  return parts.map((part) => gridPart(part, strings));
}
