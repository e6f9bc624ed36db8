// One finding: the claim, the damage, what happened, the tables, and how to see it again.
import { copyable, verbatim } from "./controls.js";
import { cycleView } from "./cycle.js";
import { el } from "./dom.js";
import { stageOf, stagesView } from "./stages.js";
import { plainTable } from "./tables.js";
import { capital, counted } from "./text.js";
import { stepOf, timelineView } from "./timeline.js";
import { linkOfCase, linkOfFinding, nameOfCase, severityBadge } from "./words.js";

// A part of the page with a heading; nothing where it has no content.
function part(id, title, ...content) {
  if (content.every((one) => !one)) return null;
  return el("section", { "aria-labelledby": `part-${id}` }, el("h2", { id: `part-${id}` }, title), content);
}

// The data's rows as texts.
function textsOf(rows, strings) {
  return rows.map((row) => row.map((number) => strings[number]));
}

function differenceTable([table, columns, expected, found, leftOut], strings) {
  const lines = (mark, rows) => textsOf(rows, strings).map((cells) => [mark, ...cells]);
  const rows = [...lines("missing", expected), ...lines("surplus", found)];
  const name = strings[table];
  return [el("h3", {}, el("code", {}, name), " is not what it should be"),
          plainTable(`Differences of ${name}`, ["", ...columns.map((one) => strings[one])], rows),
          leftOut > 0 && el("p", { class: "muted" },
                            `and ${counted(leftOut, "row", "rows")} more`)];
}

function storyList(story) {
  if (story.length === 0) return null;
  return el("ol", { class: "story" }, story.map(([actor, text]) =>
    el("li", {}, el("b", {}, actor), " ", text)));
}

function dependencyOf([from, to, kind, predicate, item, because], strings) {
  return { from: strings[from], to: strings[to], kind: strings[kind], predicate: predicate === 1,
           item: strings[item], because: strings[because] };
}

function timelineParts(detail, strings) {
  if (!detail.timeline) return [null, null];
  const steps = detail.timeline.steps.map((row) => stepOf(row, strings));
  const lanes = detail.timeline.lanes.map((number) => strings[number]);
  const stages = stagesView(detail.timeline.stages.map((row) => stageOf(row, strings)));
  const timeline = timelineView({ steps, lanes }, stages.show);
  return [timeline, stages.element];
}

// The disk below a real database says nothing of itself.
function storedNote(timeline) {
  if (timeline.steps.some((row) => row[12] !== 0)) return null;
  return el("p", { class: "muted" }, "What was on stable storage is not known: only a simulated " +
            "disk tells.");
}

// What the comparison of rows itself says begins with the name of a table, which stays as it is.
function headingOf(damage, one) {
  if (damage.length === 0) return capital(one.claim);
  const [name, text] = damage[0];
  return name === "rows" ? text : capital(text);
}

// What an engine lets happen; that is no claim of anybody's code.
function isOfIsolation(one) {
  return one.oracle === "isolation";
}

// Why a finding has no timeline.
function whyUntold(report, one) {
  const begin = "This run is not told step by step, and its tables are not shown: ";
  if (report.lacks.length > 0) return `${begin}only the run's own page holds that.`;
  return isOfIsolation(one)
    ? `${begin}an anomaly is an order of statements and their answers, which stand below.`
    : `${begin}nothing but what stands below was recorded of it.`;
}

function neighbours(report, one) {
  const first = one.of.firstFinding;
  const link = (number, text) => {
    if (number < first || number >= first + one.of.findings) return null;
    return el("a", { href: linkOfFinding(report.finding(number).id) }, text);
  };
  return el("nav", { class: "neighbours", "aria-label": "Findings of this case" },
            link(one.number - 1, "← previous"), link(one.number + 1, "next →"));
}

function againPart(one, detail, strings) {
  const script = (label, key) => key in detail &&
    el("details", {}, el("summary", {}, label), copyable(label, strings[detail[key]]));
  return part("again", "See it again",
    el("p", {}, "The shortest plan that shows it:"), copyable("the plan", one.plan),
    el("p", {}, "The command that replays it:"),
    copyable("the command", strings[detail.replay]),
    script("SQL for two terminals", "script"), script("Spec for isolationtester", "spec"));
}

export async function findingView(report, id) {
  const number = report.numberOfFinding(id);
  if (number < 0) {
    return [el("h1", {}, "No such finding"),
            el("p", {}, `This report has no finding ${id}. `,
               el("a", { href: "#findings" }, "All findings"))];
  }
  const one = report.finding(number);
  const { detail, strings } = await report.findingDetail(number);
  const [timeline, stages] = timelineParts(detail, strings);
  const edges = detail.dependencies.map((row) => dependencyOf(row, strings));
  const damage = textsOf(detail.damage, strings);
  return [
    el("p", { class: "above" }, el("a", { href: linkOfCase(one.of) }, nameOfCase(one.of)),
       neighbours(report, one)),
    el("h1", {}, headingOf(damage, one)),
    el("p", { class: "tags" }, severityBadge(one.severity), ` of ${one.oracle}`,
       one.anomaly && ` · ${one.anomaly}`, ` · seen in ${counted(one.runs, "run", "runs")} · `,
       el("code", {}, one.id)),
    el("dl", { class: "argument" },
       damage.length > 0 && el("div", {}, el("dt", {}, "Claim"), el("dd", {}, one.claim)),
       el("div", {}, el("dt", {}, isOfIsolation(one) ? "What was seen" : "It does not hold"),
          el("dd", {}, capital(strings[detail.because]))),
       damage.length > 1 && el("div", {}, el("dt", {}, "Damage"),
         el("dd", {}, el("ul", {}, damage.map(([, text]) => el("li", {}, text)))))),
    timeline && part("timeline", "What happened, step by step",
      el("p", { class: "muted hint" }, "Arrow keys, or a click on a step."), timeline,
      storedNote(detail.timeline)),
    !timeline && el("p", { class: "muted" }, whyUntold(report, one)),
    stages && part("tables", "The tables", stages),
    edges.length > 0 && part("cycle", "Why no serial order gives it",
                             cycleView(edges, one.anomaly)),
    part("story", timeline ? "The same in words" : "What happened", storyList(textsOf(detail.story, strings))),
    !stages && part("differences", "Where the tables differ",
      detail.differences.length > 0 &&
        detail.differences.map((row) => differenceTable(row, strings))),
    againPart(one, detail, strings),
    "output" in detail && part("output", "The last lines of what the program wrote",
      verbatim("Output of the program", strings[detail.output])),
  ];
}
