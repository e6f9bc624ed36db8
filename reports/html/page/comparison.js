// This report held against an older one: what appeared, what was mended, what is not swept any more
// and what is swept only since.
import { pageOf, pager } from "./controls.js";
import { el } from "./dom.js";
import { facts } from "./tables.js";
import { capital, counted, numeral } from "./text.js";
import { linkOfCase, linkOfFinding, nameOfCase, verdictBadge } from "./words.js";

const comparedOnPage = 50;

function comparedCase(row, strings) {
  const findings = (pairs) => pairs.map(([id, words]) => ({ id: strings[id], words: strings[words] }));
  const texts = (numbers) => numbers.map((number) => strings[number]);
  return {
    scenario: strings[row[0]], variant: strings[row[1]], target: strings[row[2]],
    before: strings[row[3]], now: strings[row[4]], appeared: findings(row[5]),
    mended: findings(row[6]), vanished: texts(row[7]), added: texts(row[8]),
  };
}

export function comparisonOf(data) {
  const { strings } = data;
  const cases = data.cases.map((row) => comparedCase(row, strings));
  const sum = (key) => cases.reduce((all, one) => all + one[key].length, 0);
  return { before: strings[data.before], now: strings[data.now], alike: data.alike, cases,
           appeared: sum("appeared"), mended: sum("mended"), vanished: sum("vanished"),
           added: sum("added") };
}

// "2 findings appeared, 1 was mended; …", for the first screen and the view.
export function comparedInWords(comparison) {
  const { appeared, mended, vanished, cases, alike } = comparison;
  const gone = cases.filter((one) => one.now === "").length;
  const all = counted(alike + cases.length, "case", "cases");
  if (cases.length === 0) return `Nothing differs: ${all} alike.`;
  const parts = [
    appeared > 0 && `${counted(appeared, "finding", "findings")} appeared`,
    mended > 0 && `${numeral(mended)} ${mended === 1 ? "was" : "were"} mended`,
    vanished > 0 && "something is not swept any more",
    gone > 0 && `${counted(gone, "case", "cases")} of the older report ` +
      `${gone === 1 ? "is" : "are"} not in this one`,
  ].filter(Boolean);
  const what = parts.length > 0 ? `${parts.join(", ")}; ` : "";
  return `${what}${numeral(cases.length)} of ${all} ${cases.length === 1 ? "differs" : "differ"}.`;
}

export function comparisonPart(comparison) {
  if (!comparison) return null;
  return el("section", { "aria-labelledby": "part-comparison" },
    el("h2", { id: "part-comparison" }, "Against the older report"),
    el("p", {}, el("code", {}, comparison.before), ": ", comparedInWords(comparison), " ",
       el("a", { href: "#comparison" }, "What differs")));
}

function comparedResults(one) {
  if (one.before === "") return [verdictBadge(one.now), " · a new case"];
  if (one.now === "") return ["was ", verdictBadge(one.before), " · not in this report"];
  if (one.before === one.now) return [verdictBadge(one.now), " · as before"];
  return [verdictBadge(one.now), " · was ", verdictBadge(one.before)];
}

function findingList(title, kind, findings, report) {
  if (findings.length === 0) return null;
  // The id of a finding that was mended is one of the older report.
  const name = (one) => kind === "appeared" && report.numberOfFinding(one.id) >= 0
    ? el("a", { href: linkOfFinding(one.id) }, one.id) : el("code", {}, one.id);
  return el("div", { class: `compared ${kind}` }, el("h3", {}, title),
    el("ul", {}, findings.map((one) => el("li", {}, one.words, " ", el("small", {}, name(one))))));
}

function textList(title, kind, texts, question) {
  if (texts.length === 0) return null;
  return el("div", { class: `compared ${kind}` }, el("h3", {}, title),
    el("ul", {}, texts.map((text) => el("li", {}, text))),
    question && el("p", { class: "question" }, question));
}

function comparedSection(one, number, report) {
  const known = report.cases.some((other) => nameOfCase(other) === nameOfCase(one));
  const name = known ? el("a", { href: linkOfCase(one) }, nameOfCase(one)) : nameOfCase(one);
  return el("section", { "aria-labelledby": `compared-${number}` },
    el("h2", { id: `compared-${number}` }, name),
    el("p", { class: "tags" }, comparedResults(one)),
    findingList("+ Appeared", "appeared", one.appeared, report),
    findingList("✓ Mended", "mended", one.mended, report),
    textList("− Not swept any more", "vanished", one.vanished,
             "Is the case still about the same thing?"),
    textList("Swept only since", "added", one.added, ""));
}

export async function comparisonView(report) {
  const { comparison } = report;
  if (!comparison) {
    return [el("h1", {}, "No comparison"),
            el("p", {}, "This page has none. splitproof report NEW --compare OLD --html FILE " +
                        "writes one that has.")];
  }
  const place = el("div", {});
  const show = (wanted) => {
    const shown = pageOf(comparison.cases, wanted, comparedOnPage);
    place.replaceChildren(
      ...shown.elements.map((one, at) => comparedSection(one, shown.first + at, report)),
      pager(shown.page, shown.pages, show));
  };
  show(1);
  return [
    el("h1", {}, "Against the older report"),
    el("p", { class: "lead" }, capital(comparedInWords(comparison))),
    facts([
      ["this report", el("code", {}, comparison.now)],
      ["older report", el("code", {}, comparison.before)],
      ["findings that appeared", numeral(comparison.appeared)],
      ["mended", numeral(comparison.mended)],
      ["not swept any more", numeral(comparison.vanished)],
      ["swept only since", numeral(comparison.added)],
      ["cases alike", numeral(comparison.alike)],
    ]),
    el("p", { class: "muted" }, "Findings are the same where their oracle, their anomaly, the names " +
       "of their damage and what struck are; the numbers of their plans may differ."),
    place,
  ];
}
