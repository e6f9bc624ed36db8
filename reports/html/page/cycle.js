// A circle of dependencies, drawn: why no serial order gives what was seen.
import { el, svg } from "./dom.js";
import { shortened } from "./text.js";

const kinds = { ww: "overwrote", wr: "read from", rw: "missed what was written by" };
const width = 640;
const boxHeight = 44;

// The places of `count` boxes on an ellipse, the first on the left.
function places(count, height) {
  return Array.from({ length: count }, (_, at) => {
    const angle = Math.PI + (2 * Math.PI * at) / count;
    return { x: width / 2 + Math.cos(angle) * (width / 2 - 130),
             y: height / 2 + Math.sin(angle) * (height / 2 - boxHeight) };
  });
}

// Where the line from the middle of a box to a point leaves the box.
function edgeOf(box, half, to) {
  const dx = to.x - box.x;
  const dy = to.y - box.y;
  const scale = Math.min(half / Math.max(1e-6, Math.abs(dx)),
                         (boxHeight / 2 + 3) / Math.max(1e-6, Math.abs(dy)));
  return { x: box.x + dx * scale, y: box.y + dy * scale };
}

function arrow(from, to, half, kind, bend) {
  const middle = { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 };
  const length = Math.hypot(to.x - from.x, to.y - from.y) || 1;
  // Bent to its right, so that two arrows between the same boxes lie apart.
  const control = { x: middle.x - ((to.y - from.y) / length) * bend,
                    y: middle.y + ((to.x - from.x) / length) * bend };
  const begin = edgeOf(from, half, control);
  const end = edgeOf(to, half, control);
  const d = `M${begin.x},${begin.y} Q${control.x},${control.y} ${end.x},${end.y}`;
  const label = { x: (middle.x + control.x) / 2, y: (middle.y + control.y) / 2 };
  return [svg("path", { d, class: "arrow", "marker-end": "url(#arrow-head)" }),
          svg("rect", { x: label.x - 19, y: label.y - 13, width: 38, height: 24, rx: 4,
                        class: "arrow-label" }),
          svg("text", { x: label.x, y: label.y + 4, "text-anchor": "middle" }, kind)];
}

function drawn(edges, names) {
  const height = names.length < 3 ? 190 : 320;
  const at = places(names.length, height);
  const half = 110;
  const bend = names.length < 3 ? 70 : 24;
  const boxes = names.map((name, number) => svg("g", {},
    svg("rect", { x: at[number].x - half, y: at[number].y - boxHeight / 2, width: 2 * half,
                  height: boxHeight, rx: 8, class: "box" }),
    svg("text", { x: at[number].x, y: at[number].y + 5, "text-anchor": "middle" },
        shortened(name, 30))));
  const arrows = edges.map((edge) =>
    arrow(at[names.indexOf(edge.from)], at[names.indexOf(edge.to)], half, edge.kind, bend));
  const head = svg("marker", { id: "arrow-head", viewBox: "0 0 10 10", refX: 9, refY: 5,
                               markerWidth: 9, markerHeight: 9, orient: "auto-start-reverse" },
                   svg("path", { d: "M0,1 L10,5 L0,9 Z" }));
  return svg("svg", { class: "cycle", viewBox: `0 0 ${width} ${height}`, role: "img",
                      "aria-label": "Circle of dependencies; told in the list below" },
             svg("defs", {}, head), arrows, boxes);
}

// `edges` have from, to, kind, item and because.
export function cycleView(edges, anomaly) {
  const names = [];
  for (const { from, to } of edges) {
    for (const name of [from, to]) if (!names.includes(name)) names.push(name);
  }
  const lines = edges.map((edge) =>
    el("li", {}, el("b", {}, edge.from), ` ${kinds[edge.kind] ?? edge.kind} `, el("b", {}, edge.to),
       ` (${edge.kind}, ${edge.item}). `, edge.because));
  const names_anomaly = anomaly ? `It is ${anomaly} in the literature. ` : "";
  return [
    el("p", {}, names_anomaly, "Each arrow says: in every serial order, the first comes before " +
      "the second. Together they make a circle, so that there is no such order."),
    drawn(edges, names),
    el("ol", {}, lines),
  ];
}
