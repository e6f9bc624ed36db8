// Makes elements. Text is always put in as text: there is no way here to put in markup.
import { visible } from "./text.js";

const svgNamespace = "http://www.w3.org/2000/svg";

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === undefined || value === null) continue;
    if (name.startsWith("on")) {
      element.addEventListener(name.slice(2), value);
    } else {
      element.setAttribute(name, value === true ? "" : value);
    }
  }
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : visible(String(child)));
  }
  return element;
}

// el("a", { href: "#" }, "text", …). Attributes that are false or missing are left out; those that
// begin with "on" are listeners.
export function el(name, attributes = {}, ...children) {
  return fill(document.createElement(name), attributes, children);
}

export function svg(name, attributes = {}, ...children) {
  return fill(document.createElementNS(svgNamespace, name), attributes, children);
}

// For those who hear the page, beside what is drawn.
export function heard(text) {
  return el("span", { class: "heard" }, text);
}

// A sign that is drawn, and the word that it stands for.
export function sign(drawn, word) {
  return [el("span", { "aria-hidden": "true" }, drawn), heard(word)];
}
