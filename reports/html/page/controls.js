// Search fields, choices, pages and buttons.
import { el } from "./dom.js";
import { numeral, visibleLines } from "./text.js";

let controlCount = 0;

function labelled(label, control) {
  controlCount += 1;
  control.id = `control-${controlCount}`;
  return el("div", { class: "control" }, el("label", { for: control.id }, label), control);
}

export function searchField(label, value, changed) {
  const listen = (event) => changed(event.target.value);
  const attributes = { type: "search", autocomplete: "off", spellcheck: "false", value };
  return labelled(label, el("input", { ...attributes, oninput: listen }));
}

// `options` are pairs of value and text.
export function choice(label, options, value, changed) {
  const select = el("select", { onchange: (event) => changed(event.target.value) });
  for (const [one, text] of options) {
    select.append(el("option", { value: one, selected: one === value }, text));
  }
  return labelled(label, select);
}

// Buttons between pages; nothing where all is on one.
export function pager(page, pages, go) {
  if (pages < 2) return el("div", { class: "pager" });
  const button = (text, to, off) =>
    el("button", { type: "button", disabled: off, onclick: () => go(to) }, text);
  return el(
    "nav",
    { class: "pager", "aria-label": "Pages" },
    button("First", 1, page === 1),
    button("Previous", page - 1, page === 1),
    el("span", {}, `page ${numeral(page)} of ${numeral(pages)}`),
    button("Next", page + 1, page === pages),
    button("Last", pages, page === pages),
  );
}

function select(element) {
  const range = document.createRange();
  range.selectNodeContents(element);
  getSelection().removeAllRanges();
  getSelection().addRange(range);
}

// Text to be pasted elsewhere, with a button that copies it.
export function copyable(label, text) {
  const code = el("code", {});
  code.textContent = visibleLines(text);
  const button = el("button", { type: "button", class: "copy" }, "Copy");
  button.setAttribute("aria-label", `Copy ${label}`);
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "Copied";
    } catch {
      select(code);
      button.textContent = "Selected";
    }
  });
  const frame = { class: "code", tabindex: "0", role: "group", "aria-label": label };
  return el("div", { class: "copyable" }, el("pre", frame, code), button);
}

// Lines as they were written.
export function verbatim(label, text) {
  const code = el("code", {});
  code.textContent = visibleLines(text);
  return el("pre", { class: "code", tabindex: "0", role: "group", "aria-label": label }, code);
}

// The elements of one page, and how many pages there are.
export function pageOf(elements, page, size) {
  const pages = Math.max(1, Math.ceil(elements.length / size));
  const shown = Math.min(Math.max(1, page), pages);
  return { pages, page: shown, first: (shown - 1) * size,
           elements: elements.slice((shown - 1) * size, shown * size) };
}
