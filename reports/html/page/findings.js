// The list of findings, with search and filters. It looks into the texts of the index, each once,
// so that a hundred thousand findings are searched while one types.
import { choice, pageOf, pager, searchField } from "./controls.js";
import { el } from "./dom.js";
import { addressOf, keepAddress } from "./router.js";
import { counted, numeral } from "./text.js";
import { linkOfFinding, nameOfCase, severityBadge } from "./words.js";

const findingsOnPage = 100;

class FindingSearch {
  constructor(report) {
    this.report = report;
    this.texts = report.strings.map((text) => text.toLowerCase());
    this.ids = report.index.findings.id.map((id) => id.toLowerCase());
    this.names = report.cases.map((one) => nameOfCase(one).toLowerCase());
  }

  // Numbers of the findings that have every word somewhere and fit the filters.
  find({ q, oracle, severity, where }) {
    const columns = this.report.index.findings;
    const fits = this.wordFilters(q);
    const found = [];
    for (let i = 0; i < this.ids.length; ++i) {
      const of = this.report.cases[this.report.caseOfFinding[i]];
      if (oracle && this.report.strings[columns.oracle[i]] !== oracle) continue;
      if (severity && this.report.strings[columns.severity[i]] !== severity) continue;
      if (where === "unexpected" && of.expected !== "holds") continue;
      if (where === "expected" && of.expected === "holds") continue;
      if (fits.every((fit) => fit(i))) found.push(i);
    }
    return found;
  }

  // The name of a case is looked for as a whole, anything else word by word.
  wordFilters(q) {
    const query = q.toLowerCase().trim();
    if (query === "") return [];
    const named = this.names.indexOf(query);
    if (named >= 0) return [(i) => this.report.caseOfFinding[i] === named];
    return query.split(/\s+/).map((word) => this.wordFilter(word));
  }

  wordFilter(word) {
    const columns = this.report.index.findings;
    const has = Uint8Array.from(this.texts, (text) => (text.includes(word) ? 1 : 0));
    const inCase = this.names.map((name) => name.includes(word));
    return (i) =>
      has[columns.claim[i]] === 1 || has[columns.damage[i]] === 1 || has[columns.plan[i]] === 1 ||
      has[columns.oracle[i]] === 1 || has[columns.anomaly[i]] === 1 ||
      inCase[this.report.caseOfFinding[i]] || this.ids[i].includes(word);
  }
}

let search = null;

// A page of one case has its name already.
export function findingItem(one, named = true) {
  const anomaly = one.anomaly ? ` · ${one.anomaly}` : "";
  const name = named ? `${nameOfCase(one.of)} · ` : "";
  return el("li", { class: "item" },
    el("div", { class: "item-head" }, severityBadge(one.severity),
       el("a", { href: linkOfFinding(one.id) }, one.damage || one.claim)),
    el("p", { class: "muted" },
       `${name}${one.oracle}${anomaly} · in ${counted(one.runs, "run", "runs")}`),
    el("p", {}, el("code", {}, one.plan)));
}

function oraclesOf(report) {
  const numbers = [...new Set(report.index.findings.oracle)];
  return report.texts(numbers).sort();
}

const whereOptions = [["", "everywhere"], ["unexpected", "in what must hold"],
                      ["expected", "in what is known to be wrong"]];

export function findingsView(report, parameters) {
  search ??= new FindingSearch(report);
  const state = { page: Number(parameters.get("page")) || 1 };
  for (const name of ["q", "oracle", "severity", "where"]) {
    state[name] = parameters.get(name) ?? "";
  }
  const status = el("p", { class: "muted", role: "status" });
  const place = el("div", {});
  const show = () => {
    const found = search.find(state);
    const shown = pageOf(found, state.page, findingsOnPage);
    const last = shown.first + shown.elements.length;
    status.textContent = found.length === 0
      ? "No finding fits."
      : `${numeral(shown.first + 1)} to ${numeral(last)} of ` +
        counted(found.length, "finding", "findings");
    const items = shown.elements.map((number) => findingItem(report.finding(number)));
    place.replaceChildren(
      el("ol", { class: "items", start: shown.first + 1 }, items),
      pager(shown.page, shown.pages, (page) => {
        set({ page });
        document.getElementById("main").scrollIntoView();
      }));
  };
  const set = (change) => {
    Object.assign(state, { page: 1 }, change);
    keepAddress(addressOf("findings", { ...state, page: state.page > 1 ? state.page : "" }));
    show();
  };
  const filter = (label, name, options) => choice(label, options, state[name],
                                                  (value) => set({ [name]: value }));
  const all = (texts) => [["", "all"], ...texts.map((text) => [text, text])];
  show();
  return [
    el("h1", {}, "Findings"),
    el("div", { class: "controls" },
      searchField("Search findings", state.q, (q) => set({ q })),
      filter("Oracle", "oracle", all(oraclesOf(report))),
      filter("Severity", "severity", all(["violation", "warning"])),
      filter("Where", "where", whereOptions)),
    status, place,
  ];
}
