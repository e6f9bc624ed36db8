// The first screen: the verdict, what was tested in numbers, the cases, and what was not tested.
import { comparisonPart } from "./comparison.js";
import { choice, pageOf, pager, searchField } from "./controls.js";
import { el, heard } from "./dom.js";
import { addressOf, keepAddress } from "./router.js";
import { headRow, plainTable, scrollable } from "./tables.js";
import { counted, numeral } from "./text.js";
import { linkOfCase, linkOfFinding, nameOfCase, roles } from "./words.js";
import { verdictBadge, verdictColour } from "./words.js";

const casesOnPage = 200;

function sum(cases, key) {
  return cases.reduce((all, one) => all + one[key], 0);
}

function figure(value, label, note) {
  return el("div", { class: "figure" }, el("dt", {}, label),
            el("dd", {}, el("b", {}, value), note && el("span", {}, note)));
}

// "2 not run, 3 not applicable": a case that its target has no use for is not left out.
function idleInWords(cases) {
  const idle = cases.filter((one) => one.runs === 0);
  const useless = idle.filter((one) => one.result === "not-applicable").length;
  return [idle.length > useless && `${numeral(idle.length - useless)} not run`,
          useless > 0 && `${numeral(useless)} not applicable`].filter(Boolean).join(", ");
}

function figures(report) {
  const { index, cases } = report;
  const ran = cases.filter((one) => one.runs > 0);
  const closed = ran.filter((one) => one.closed === "yes").length;
  const drawn = ran.filter((one) => one.closed === "drawn").length;
  const of = (pair) => [numeral(pair[0]), `of ${numeral(pair[1])}`];
  const list = el("dl", { class: "figures" },
    figure(numeral(cases.length), "cases", idleInWords(cases)),
    figure(numeral(sum(cases, "points")), "fault points"),
    figure(numeral(sum(cases, "fired")), "faults fired", `of ${numeral(sum(cases, "planned"))}`),
    figure(numeral(sum(cases, "runs")), "runs"),
    index.orders > 0 && figure(numeral(index.orders), "schedules"),
    index.images > 0 && figure(numeral(index.images), "crash images"),
    figure(numeral(closed), "sweeps closed", `of ${counted(ran.length - drawn, "case", "cases")}`),
    index.controls[1] > 0 && figure(...swap(of(index.controls), "controls caught")),
    index.mutants[1] > 0 && figure(...swap(of(index.mutants), "mutants caught")));
  return list;
}

function swap([value, note], label) {
  return [value, label, note];
}

// "PASS: 5 cases did …" and "STOPPED BEFORE THE END. So far …" as the words and the rest.
function verdictHeading(report) {
  const sentence = report.text("sentence");
  const [, word, rest] = /^([A-Z ]*[A-Z])[.:] (.*)$/s.exec(sentence) ?? ["", sentence, ""];
  const colour = verdictColour(report.text("result"));
  return el("h1", { class: "verdict" }, el("span", { class: `stamp ${colour}` }, word),
            heard(": "), el("span", {}, rest));
}

function failures(report) {
  const failed = report.cases.filter((one) => one.fails ||
    !["pass", "not-run", "not-applicable"].includes(one.result));
  if (failed.length === 0) return null;
  const items = failed.slice(0, 50).map((one) => {
    const finding = one.findings > 0 && report.finding(one.firstFinding);
    return el("li", {}, verdictBadge(one.result), " ",
      el("a", { href: linkOfCase(one) }, nameOfCase(one)),
      one.reason && el("p", {}, one.reason),
      finding && el("p", {}, "Seen: ",
        el("a", { href: linkOfFinding(finding.id) }, finding.damage || finding.claim)));
  });
  const more = failed.length > items.length &&
    el("p", { class: "muted" }, `and ${numeral(failed.length - items.length)} more, in the table`);
  return el("section", { "aria-labelledby": "part-failures" },
    el("h2", { id: "part-failures" }, "What did not pass"), el("ul", { class: "failures" }, items), more);
}

function caseRow(one) {
  const ran = one.runs > 0;
  const number = (value) => el("td", { class: "number" }, ran ? numeral(value) : "–");
  const findings = one.findings > 0
    ? el("a", { href: addressOf("findings", { q: nameOfCase(one) }),
                "aria-label": `${counted(one.findings, "finding", "findings")} of ${nameOfCase(one)}` },
         numeral(one.findings))
    : "–";
  return el("tr", {},
    el("th", { scope: "row" }, el("a", { href: linkOfCase(one) }, one.variant || one.scenario),
       el("span", { class: "role" }, roles[one.role] ?? one.role)),
    el("td", {}, one.target),
    el("td", {}, one.expected || "–"),
    el("td", {}, ran ? one.observed : "–"),
    el("td", {}, verdictBadge(one.result)),
    number(one.runs), number(one.points), number(one.fired),
    el("td", { class: "wrap" }, one.orders.replace(/ orders?$/, "") || "–"),
    el("td", {}, ran ? one.closed : "–"),
    el("td", { class: "number" }, findings));
}

const caseHeads = ["variant", "target", "expected", "observed", "verdict", "#runs", "#points",
                   "#fired", "schedules", "closed", "#findings"];

// A body for each scenario, which begins with its name and title.
function caseTable(cases) {
  const table = el("table", { class: "cases" }, headRow(caseHeads));
  let scenario = null;
  let body = null;
  for (const one of cases) {
    if (one.scenario !== scenario) {
      scenario = one.scenario;
      body = el("tbody", {}, el("tr", { class: "group" },
        el("th", { scope: "rowgroup", colspan: caseHeads.length }, one.scenario,
           el("span", {}, one.title))));
      table.append(body);
    }
    body.append(caseRow(one));
  }
  return scrollable("Table of cases", table);
}

function matches(one, words, verdict) {
  if (verdict && one.result !== verdict) return false;
  const text = `${nameOfCase(one)} ${one.title} ${one.role} ${one.reason}`.toLowerCase();
  return words.every((word) => text.includes(word));
}

function caseSection(report, parameters) {
  const state = { q: parameters.get("q") ?? "", verdict: parameters.get("verdict") ?? "",
                  page: Number(parameters.get("page")) || 1 };
  const status = el("p", { class: "muted", role: "status" });
  const place = el("div", {});
  const show = () => {
    const words = state.q.toLowerCase().split(/\s+/).filter(Boolean);
    const found = report.cases.filter((one) => matches(one, words, state.verdict));
    const shown = pageOf(found, state.page, casesOnPage);
    status.textContent = found.length === report.cases.length
      ? "" : `${numeral(found.length)} of ${counted(report.cases.length, "case", "cases")}`;
    place.replaceChildren(caseTable(shown.elements), pager(shown.page, shown.pages, (page) => {
      set({ page });
    }));
  };
  const set = (change) => {
    Object.assign(state, { page: 1 }, change);
    keepAddress(addressOf("summary", { ...state, page: state.page > 1 ? state.page : "" }));
    show();
  };
  const results = [...new Set(report.cases.map((one) => one.result))];
  const controls = el("div", { class: "controls" },
    searchField("Search cases", state.q, (q) => set({ q })),
    choice("Verdict", [["", "all"], ...results.map((one) => [one, one])], state.verdict,
           (verdict) => set({ verdict })), status);
  show();
  return el("section", { "aria-labelledby": "part-cases" },
    el("h2", { id: "part-cases" }, "Cases"), report.cases.length > 6 && controls, place);
}

function notTested(report) {
  const lines = report.texts(report.index.not_tested);
  return el("section", { class: "not-tested", "aria-labelledby": "part-not-tested" },
    el("h2", { id: "part-not-tested" }, "Not tested"),
    lines.length === 0 ? el("p", { class: "muted" }, "Nothing is named.")
                       : el("ul", {}, lines.map((line) => el("li", {}, line))));
}

// Of a page that is made of a report's files.
function lacksPart(lacks) {
  if (lacks.length === 0) return null;
  return el("section", { class: "lacks", "aria-labelledby": "part-lacks" },
    el("h2", { id: "part-lacks" }, "Not in this page"),
    el("ul", {}, lacks.map((sentence) => el("li", {}, sentence))));
}

function gradeTable(report) {
  const { grades } = report.index;
  if (grades.rows.length === 0) return null;
  const oracles = report.texts(grades.oracles);
  const rows = grades.rows.map(([mutant, ...cells]) => [
    report.strings[mutant],
    ...cells.map(([declared, targets]) => {
      if (targets.length === 0) return "";
      const text = report.texts(targets).join(", ");
      return declared ? el("b", {}, `${text} *`) : text;
    }),
  ]);
  const pairs = (title, list) => list.length > 0 && [
    el("h3", {}, title),
    el("ul", {}, list.map(([who, why]) =>
      el("li", {}, el("b", {}, report.strings[who]), `: ${report.strings[why]}`))),
  ];
  return el("section", { "aria-labelledby": "part-grades" },
    el("h2", { id: "part-grades" }, "Which oracle catches which mistake"),
    el("p", { class: "muted" }, "Variants that are known to be wrong, and the oracles that object " +
      "to them, by target. A star marks the oracle that must object."),
    plainTable("Oracles and mutants", ["variant", ...oracles], rows),
    pairs("Missed", grades.missed), pairs("Cannot be written there", grades.not_expressible));
}

export function summaryView(report, parameters) {
  const sweeps = report.text("sweeps");
  return [
    verdictHeading(report),
    el("p", { class: "muted origin" }, report.text("origin"), " · ", report.text("compiler"),
       " · ", report.text("kernel"), sweeps && ` · sweeps closed: ${sweeps}`),
    figures(report),
    comparisonPart(report.comparison),
    failures(report),
    lacksPart(report.lacks),
    notTested(report),
    caseSection(report, parameters),
    gradeTable(report),
  ];
}
