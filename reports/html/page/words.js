// The signs and words for results. No meaning is by colour alone.
import { el } from "./dom.js";

// By verdict: its sign, and the class of its colour.
const verdicts = {
  pass: ["✓", "good"],
  fail: ["✗", "bad"],
  inconclusive: ["?", "doubt"],
  unstable: ["≠", "doubt"],
  vacuous: ["○", "doubt"],
  "not-run": ["–", "quiet"],
  "not-applicable": ["–", "quiet"],
};

export function verdictBadge(result) {
  const [drawn, colour] = verdicts[result] ?? ["?", "doubt"];
  const mark = el("span", { "aria-hidden": "true" }, drawn);
  return el("span", { class: `badge ${colour}` }, mark, ` ${result}`);
}

export function verdictColour(result) {
  return (verdicts[result] ?? ["?", "doubt"])[1];
}

export function severityBadge(severity) {
  const bad = severity === "violation";
  const mark = el("span", { "aria-hidden": "true" }, bad ? "✗" : "!");
  return el("span", { class: `badge ${bad ? "bad" : "doubt"}` }, mark, ` ${severity}`);
}

// By result of a cell of the grid: its sign, the class of its colour, and what it means.
export const gridResults = {
  held: ["·", "held", "struck, and what is claimed held"],
  violated: ["✗", "bad", "struck, and what is claimed is violated"],
  warned: ["!", "doubt", "struck, and an oracle warns"],
  allowed: ["~", "doubt", "something is lost, as the storage’s contract allows"],
  "did-not-fire": ["○", "doubt", "planned, and did not strike"],
  "cannot-occur": ["", "quiet", "cannot occur there"],
  "not-tried": ["?", "doubt", "not tried"],
};

// By mark of a row of a stage.
export const rowMarks = {
  "as-before": ["", "as before"],
  changed: ["●", "changed"],
  split: ["◐", "split"],
  surplus: ["+", "surplus"],
  missing: ["−", "missing"],
};

export function nameOfCase(one) {
  const variant = one.variant ? ` / ${one.variant}` : "";
  return `${one.scenario}${variant}${one.target ? ` on ${one.target}` : ""}`;
}

export function linkOfCase(one) {
  return `#case/${[one.scenario, one.variant, one.target].map(encodeURIComponent).join("/")}`;
}

export function linkOfFinding(id) {
  return `#finding-${encodeURIComponent(id)}`;
}

export const roles = { subject: "must hold", control: "negative control", mutant: "mutant" };
