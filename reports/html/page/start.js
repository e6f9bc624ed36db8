// Opens the report: reads its index, draws the frame, and shows the view that the address names.
import { caseView } from "./case.js";
import { comparisonOf, comparisonView } from "./comparison.js";
import { Report, documentOf, hasDocument } from "./data.js";
import { el } from "./dom.js";
import { findingView } from "./finding.js";
import { findingsView } from "./findings.js";
import { contractView, isolationView } from "./matrices.js";
import { routeOf } from "./router.js";
import { summaryView } from "./summary.js";
import { numeral } from "./text.js";

const main = document.getElementById("main");

const views = {
  summary: (report, route) => summaryView(report, route.parameters),
  findings: (report, route) => findingsView(report, route.parameters),
  finding: (report, route) => findingView(report, route.words[0]),
  case: (report, route) => caseView(report, route.words),
  contract: (report) => contractView(report),
  isolation: (report) => isolationView(report),
  comparison: (report) => comparisonView(report),
};

// The address names the view and nothing in it.
function skipToContent(event) {
  event.preventDefault();
  main.focus();
}

function drawFrame(report) {
  document.querySelector(".skip").addEventListener("click", skipToContent);
  const links = [["#summary", "Summary"],
                 ["#findings", `Findings ${numeral(report.findingCount)}`]];
  if (report.index.contracts.length > 0) links.push(["#contract", "Contract"]);
  if (report.comparison) links.push(["#comparison", "Comparison"]);
  if (report.index.isolation.length > 0) links.push(["#isolation", "Isolation"]);
  document.getElementById("top").append(
    el("a", { class: "brand", href: "#summary" }, "splitproof"),
    el("nav", { "aria-label": "Report" }, links.map(([href, text]) => el("a", { href }, text))));
  document.getElementById("foot").append(
    el("p", {}, report.text("origin"), ". The same as data: report.json; every run: ledger.jsonl."));
}

function markLink(view) {
  for (const link of document.querySelectorAll("#top nav a")) {
    const here = routeOf(link.hash).view === view;
    if (here) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

function show(children) {
  main.replaceChildren(...[children].flat(Infinity).filter(Boolean));
}

// The latest view that was asked for; an earlier one that comes late is not shown.
let asked = 0;

async function showRoute(report, moved) {
  const number = ++asked;
  const route = routeOf(location.hash);
  const view = views[route.view] ? route.view : "summary";
  const content = await views[view](report, route);
  if (number !== asked) return;
  show(content);
  markLink(view);
  const title = main.querySelector("h1");
  document.title = `${title ? title.textContent : view} – splitproof report`;
  if (!moved) return;
  scrollTo(0, 0);
  main.focus({ preventScroll: true });
}

function refuse(failure) {
  const old = typeof DecompressionStream === "undefined"
    ? "This browser is too old for it: it needs DecompressionStream, which browsers have since 2023. "
    : "";
  show([el("h1", {}, "This report cannot be shown"),
        el("p", {}, `${old}summary.md and report.json beside it say the same. (${failure.message})`)]);
}

async function start() {
  try {
    const report = new Report(await documentOf("index"));
    // Only a page that was written again has these.
    report.lacks = hasDocument("lacks") ? await documentOf("lacks") : [];
    report.comparison = hasDocument("comparison")
      ? comparisonOf(await documentOf("comparison")) : null;
    drawFrame(report);
    await showRoute(report, false);
    addEventListener("hashchange", () => showRoute(report, true).catch(refuse));
    document.documentElement.dataset.ready = "yes";
    performance.mark("ready");
  } catch (failure) {
    refuse(failure);
  }
}

start();
