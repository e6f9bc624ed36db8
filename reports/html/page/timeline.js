// The run of a finding: a lane for each session, and beside it what the client was told, what the
// server held and what was on stable storage. One steps through it by keys or by clicking.
import { el, heard } from "./dom.js";
import { facts, scrollable } from "./tables.js";
import { verbatim } from "./controls.js";

// A step as the data have it, with its texts.
export function stepOf(row, strings) {
  const text = (at) => strings[row[at]];
  return {
    kind: text(0), lane: row[1], label: text(2), statement: row[3], retry: row[4] === 1,
    sql: text(5), parameters: row[6].map((number) => strings[number]), fault: text(7),
    answer: text(8), waits: text(9), told: text(10), held: text(11), stored: text(12),
    stage: row[13],
  };
}

function happened(step) {
  if (step.kind === "wait") return [`waits for ${step.waits}`];
  if (step.kind !== "statement") return [];
  const failed = !step.answer.startsWith("ok");
  return [
    step.fault && el("span", { class: "struck" }, el("span", { "aria-hidden": "true" }, "⚡ "),
                     heard("fault: "), step.fault),
    el("span", { class: failed ? "answer failed" : "answer" }, step.answer),
  ];
}

function laneCell(step, lane) {
  if (step.lane !== lane) return el("td", { class: "lane" });
  const number = step.statement > 0 ? `${step.statement} ` : "";
  const title = step.kind === "told" ? "" : el("b", {}, number, step.label);
  const content = step.kind === "told" ? el("span", { class: "told" }, step.label) : happened(step);
  const kind = step.fault ? "event fault" : `event ${step.kind}`;
  return el("td", { class: "lane" }, el("div", { class: kind }, title, content));
}

// What is so at each step: what was said last.
export function standing(steps) {
  const now = { told: "", held: "", stored: "", stage: -1 };
  return steps.map((step) => {
    for (const key of ["told", "held", "stored"]) {
      if (step[key]) now[key] = step[key];
    }
    if (step.stage >= 0) now.stage = step.stage;
    return { ...now };
  });
}

function stepRow(step, number, lanes, states, choose) {
  const retry = step.retry ? " in the retry" : "";
  const button = el("button", { type: "button", class: "step-number", tabindex: "-1",
                                "aria-label": `Step ${number + 1}${retry}: ${step.label}` },
                    number + 1);
  // What is read, and statements that are summed up, are in no lane.
  const cells = step.lane < 0
    ? [el("td", { colspan: lanes.length, class: step.kind === "state" ? "moment" : "summed-up" },
          step.label)]
    : lanes.map((_, lane) => laneCell(step, lane));
  const row = el("tr", { class: `row-of-${step.kind}`, onclick: () => choose(number) },
    el("td", { class: "number" }, button), cells,
    states.map((key) => el("td", { class: step[key] ? "state said" : "state" }, step[key])));
  return { row, button };
}

const titles = { told: "client was told", held: "server holds", stored: "on stable storage" };

function detailPanel(step, number, count, now, timeline) {
  const lane = step.lane >= 0 ? timeline.lanes[step.lane] : "";
  const where = step.retry ? ", in the retry" : "";
  return [
    el("p", { class: "muted" }, `Step ${number + 1} of ${count}${lane && ` · ${lane}`}${where}`),
    el("p", { class: "detail-title" }, step.label),
    step.sql && verbatim("SQL of this step", step.sql),
    facts([
      ["with", step.parameters.map((value, at) => `$${at + 1} = ${value}`).join(", ")],
      ["fault", step.fault], ["answer", step.answer], ["waits for", step.waits],
      ["client was told", now.told], ["server holds", now.held],
      ["on stable storage", now.stored],
    ]),
  ];
}

const moves = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1, PageDown: 5, PageUp: -5 };

function targetOf(key, at, count) {
  if (key === "Home") return 0;
  if (key === "End") return count - 1;
  return key in moves ? Math.min(count - 1, Math.max(0, at + moves[key])) : -1;
}

// `onStage` is called with the number of the stage that was read last at the step.
export function timelineView(timeline, onStage) {
  const { steps, lanes } = timeline;
  const states = ["told", "held", "stored"].filter((key) => steps.some((step) => step[key]));
  const now = standing(steps);
  const panel = el("div", { class: "step-panel", role: "status", "aria-label": "This step" });
  const rows = [];
  let at = -1;
  const choose = (number, focus = true) => {
    if (at >= 0) {
      rows[at].row.removeAttribute("aria-current");
      rows[at].button.tabIndex = -1;
    }
    at = number;
    rows[at].row.setAttribute("aria-current", "step");
    rows[at].button.tabIndex = 0;
    if (focus) {
      rows[at].button.focus({ preventScroll: true });
      rows[at].row.scrollIntoView({ block: "nearest" });
    }
    panel.replaceChildren(...detailPanel(steps[at], at, steps.length, now[at], timeline)
      .filter(Boolean));
    // The tables begin with what was judged, whichever step is shown first.
    if (focus) onStage(now[at].stage);
  };
  steps.forEach((step, number) => rows.push(stepRow(step, number, lanes, states, choose)));
  const heads = [el("th", { scope: "col" }, "step"),
    lanes.map((lane) => el("th", { scope: "col", class: "lane" }, lane)),
    states.map((key) => el("th", { scope: "col", class: `state ${key}` }, titles[key]))];
  const crowded = lanes.length + states.length > 4;
  const table = el("table", { class: crowded ? "timeline crowded" : "timeline" }, el("thead", {}, el("tr", {}, heads)),
                   el("tbody", {}, rows.map(({ row }) => row)));
  const frame = scrollable("Timeline; arrow keys step through it", table);
  frame.addEventListener("keydown", (event) => {
    const to = targetOf(event.key, at, steps.length);
    if (to < 0 || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    choose(to);
  });
  const struck = steps.findIndex((step) => step.fault);
  choose(struck < 0 ? steps.length - 1 : struck, false);
  return el("div", { class: "timeline-frame" }, frame, panel);
}
