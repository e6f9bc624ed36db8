// The contract matrix and the isolation table.
import { el } from "./dom.js";
import { plainTable } from "./tables.js";
import { counted } from "./text.js";
import { linkOfCase, nameOfCase } from "./words.js";

function contractCell(report, cell) {
  if (cell.length === 0) return "–";
  const [promise, seen, clause, broken, plan] = cell;
  return [el("span", {}, `${report.strings[promise]} [${clause}]`), el("br"),
          el("span", { class: broken === 1 ? "cell-bad" : "muted" },
             broken === 1 && "✗ ", report.strings[seen]),
          report.strings[plan] && [el("br"), el("code", {}, report.strings[plan])]];
}

function contractBlock(report, block) {
  const heads = ["variant", ...report.texts(block.settings), ...report.texts(block.failures)];
  const rows = block.rows.map(([number, settings, ...cells]) => {
    const one = report.cases[number];
    return [el("a", { href: linkOfCase(one) }, one.variant), ...report.texts(settings),
            ...cells.map((cell) => contractCell(report, cell))];
  });
  const title = `${report.strings[block.scenario]} on ${report.strings[block.target]}`;
  const images = report.strings[block.images];
  return el("section", {}, el("h2", {}, title), images && el("p", { class: "muted" }, images),
            plainTable(`Contract of ${title}`, heads, rows));
}

export function contractView(report) {
  const { contracts, clauses, other_losses: losses } = report.index;
  return [
    el("h1", {}, "Contract matrix"),
    el("p", { class: "lead" }, "What the documentation promises after each failure, beside what " +
      "was seen. Numbers in brackets are the sentences below."),
    contracts.map((block) => contractBlock(report, block)),
    el("section", {}, el("h2", {}, "What the documentation says"),
       el("ol", {}, report.texts(clauses).map((clause) => el("li", {}, clause)))),
    losses.length > 0 && el("section", {}, el("h2", {}, "Other losses that are allowed"),
       el("ul", {}, report.texts(losses).map((loss) => el("li", {}, loss)))),
  ];
}

function unique(values) {
  return [...new Set(values)];
}

function isolationCell(report, cell) {
  if (!cell) return "–";
  const one = report.cases[cell.number];
  const occurs = cell.occurred > 0;
  const seen = occurs ? `occurs in ${counted(cell.occurred, "run", "runs")}` : "does not occur";
  const idle = one.result === "not-applicable" ? "not applicable" : "not run";
  const text = one.runs > 0 ? seen : idle;
  return [el("a", { href: linkOfCase(one), "aria-label": `${text}: ${nameOfCase(one)}` },
             cell.deviates && "✗ ", text),
          el("br"), el("span", { class: "muted", title: cell.source }, cell.documented)];
}

export function isolationView(report) {
  const cells = report.index.isolation.map(([number, anomaly, says, source, occurred, deviates]) => ({
    number, anomaly: report.strings[anomaly], documented: report.strings[says],
    source: report.strings[source], occurred, deviates: deviates === 1,
  }));
  const targets = unique(cells.map((cell) => report.cases[cell.number].target));
  return [
    el("h1", {}, "Isolation"),
    el("p", { class: "lead" }, "Which anomaly occurs in which mode of a database, and under it " +
      "what the documentation says."),
    targets.map((target) => {
      const own = cells.filter((cell) => report.cases[cell.number].target === target);
      const modes = unique(own.map((cell) => report.cases[cell.number].variant));
      const rows = unique(own.map((cell) => cell.anomaly)).map((anomaly) => [
        anomaly, ...modes.map((mode) => isolationCell(report, own.find((cell) =>
          cell.anomaly === anomaly && report.cases[cell.number].variant === mode)))]);
      return el("section", {}, el("h2", {}, target),
                plainTable(`Isolation of ${target}`, ["anomaly", ...modes], rows));
    }),
  ];
}
