// One case: its verdict and why, the sweep as a picture, the schedules, and its findings.
import { el } from "./dom.js";
import { findingItem } from "./findings.js";
import { gridView } from "./grid.js";
import { addressOf } from "./router.js";
import { facts, plainTable } from "./tables.js";
import { capital, counted, numeral } from "./text.js";
import { linkOfFinding, nameOfCase, roles, verdictBadge } from "./words.js";

const findingsShown = 20;

function section(id, title, ...content) {
  return el("section", { "aria-labelledby": `part-${id}` }, el("h2", { id: `part-${id}` }, title), content);
}

function findingsPart(report, one) {
  if (one.findings === 0) return null;
  const shown = Math.min(one.findings, findingsShown);
  const items = Array.from({ length: shown }, (_, at) =>
    findingItem(report.finding(one.firstFinding + at), false));
  const all = one.findings > shown &&
    el("p", {}, el("a", { href: addressOf("findings", { q: nameOfCase(one) }) },
                   `All ${numeral(one.findings)} findings of this case`));
  return section("findings", `Findings`, el("ol", { class: "items" }, items), all);
}

function schedulesPart(schedules, strings) {
  if (!schedules) return null;
  const of = schedules.of > 0 ? ` of ${numeral(schedules.of)}` : "";
  return section("schedules", "Schedules",
    el("p", {}, `${capital(strings[schedules.strategy])}: ${numeral(schedules.explored)} orders ` +
      `run${of && `, the space has ${numeral(schedules.of)}`}` +
      `${schedules.complete ? "; that is all that can differ." : "; not complete."}`),
    facts([
      ["explored", numeral(schedules.explored)],
      ["size of the space", schedules.of > 0 ? numeral(schedules.of) : "not known"],
      ["different in effect", schedules.classes > 0 ? numeral(schedules.classes) : ""],
      ["left out as equal", numeral(schedules.pruned)],
      ["shows", strings[schedules.shows]],
      ["left", strings[schedules.left]],
      ["depth", schedules.depth > 0 ? numeral(schedules.depth) : ""],
      ["probability of a miss", strings[schedules.miss_bound]],
    ]));
}

function storagePart(storage, strings) {
  if (!storage) return null;
  const losses = storage.losses.map(([clause, runs, plan]) =>
    [strings[clause], numeral(runs), el("code", {}, strings[plan])]);
  return section("storage", "Crash images",
    facts([
      ["journal", strings[storage.journal]], ["synchronous", strings[storage.synchronous]],
      ["disk", strings[storage.disk]], ["moments", numeral(storage.moments)],
      ["images judged", numeral(storage.images)], ["equal to one judged", numeral(storage.equal)],
      ["power failed again in a recovery", numeral(storage.in_recovery)],
      ["moments of which only some sets were taken", numeral(storage.sampled)],
      ["moments they were chosen from", storage.moments_of > 0 ? numeral(storage.moments_of) : ""],
      ["things not synced at one of them, at most",
       storage.moments_of > 0 ? numeral(storage.unsynced_max) : ""],
    ]),
    losses.length > 0 && plainTable("Losses that the contract allows",
                                    ["allowed by", "#runs", "first plan"], losses));
}

function sweepsPart(sweeps, strings) {
  if (sweeps.length === 0) return null;
  const open = sweeps.filter((row) => row[5] !== 1).length;
  const rows = sweeps.map(([fault, mode, phase, planned, fired, closed, why]) => [
    el("code", {}, strings[fault]), strings[mode], strings[phase], numeral(planned),
    numeral(fired), closed === 1 ? "yes" : "no", strings[why]]);
  return section("sweeps", "Sweeps",
    el("p", {}, open === 0 ? `All ${numeral(sweeps.length)} are closed.`
                           : `${numeral(open)} of ${numeral(sweeps.length)} are not closed.`),
    el("details", { open: open > 0 }, el("summary", {}, "Each fault, mode and phase"),
       plainTable("Table of sweeps", ["fault", "mode", "phase", "#planned", "#fired", "closed", "open because"],
                  rows)));
}

function foresightParts(detail, strings) {
  const predictions = detail.predictions.map(([client, statement, kind, because, sure, finding]) => [
    `${strings[client]}${statement}`, strings[kind], strings[because],
    sure === 1 ? "yes" : "no",
    strings[finding] && el("a", { href: linkOfFinding(strings[finding]) }, strings[finding])]);
  const ambiguities = detail.ambiguities.map(([plan, transaction, said, held, known, runs]) => [
    el("code", {}, strings[plan]), strings[transaction], strings[said], strings[held],
    strings[known], numeral(runs)]);
  return [
    predictions.length > 0 && section("predictions", "What the statements let one expect",
      plainTable("Predictions", ["place", "kind", "because", "came true", "finding"], predictions)),
    ambiguities.length > 0 && section("ambiguities", "What the client could not know",
      plainTable("Ambiguities", ["plan", "transaction", "told", "held", "known by", "#runs"],
                 ambiguities)),
  ];
}

function observersPart(observers, strings) {
  if (observers.length === 0) return null;
  return section("observers", "Observers", plainTable("Table of observers",
    ["kind", "#states seen", "#not observable"],
    observers.map(([kind, seen, not]) => [strings[kind], numeral(seen), numeral(not)])));
}

function carefulPart(careful, strings) {
  if (careful.length === 0) return null;
  return section("careful", "Compared with care",
    el("ul", {}, careful.map((number) => el("li", {}, strings[number]))));
}

export async function caseView(report, words) {
  const one = report.cases.find((candidate) => candidate.scenario === words[0] &&
    candidate.variant === (words[1] ?? "") && candidate.target === (words[2] ?? ""));
  if (!one) {
    return [el("h1", {}, "No such case"), el("p", {}, `This report has no case ${words.join(" / ")}.`)];
  }
  const { detail, strings } = await report.caseDetail(one.number);
  const ran = one.runs > 0;
  return [
    el("h1", {}, nameOfCase(one)),
    el("p", { class: "lead" }, one.title),
    el("p", { class: "tags" }, verdictBadge(one.result), ` · ${roles[one.role] ?? one.role}`,
       one.expected && ` · expected ${one.expected}`, ran && ` · observed ${one.observed}`),
    one.reason && el("p", {}, one.reason),
    ran && facts([
      ["runs", numeral(one.runs)], ["fault points", numeral(one.points)],
      ["faults fired", `${numeral(one.fired)} of ${counted(one.planned, "planned", "planned")}`],
      ["schedules", one.orders], ["closed", one.closed],
    ]),
    detail.grid.length > 0 && section("grid", "The sweep", gridView(detail.grid, strings)),
    schedulesPart(detail.schedules, strings),
    storagePart(detail.storage, strings),
    findingsPart(report, one),
    ...foresightParts(detail, strings),
    observersPart(detail.observers, strings),
    sweepsPart(detail.sweeps, strings),
    carefulPart(detail.careful, strings),
  ];
}
