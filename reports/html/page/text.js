// Texts for people: numbers, plurals, and what is in data made visible.

const numbers = new Intl.NumberFormat("en");

export function numeral(value) {
  return numbers.format(value);
}

// "1 run", "2,040 runs"
export function counted(value, one, many) {
  return `${numeral(value)} ${value === 1 ? one : many}`;
}

// Control characters, and those that change the direction of what is read, as escapes: what comes
// out of a database never misleads the reader. Line ends and tabs stay where they are shown as such.
const unseen = /[\u0000-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;
const unseenInLines =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

function escaped(sign) {
  if (sign === "\n") return "\\n";
  if (sign === "\t") return "\\t";
  const code = sign.charCodeAt(0).toString(16);
  return code.length < 3 ? `\\x${code.padStart(2, "0")}` : `\\u${code.padStart(4, "0")}`;
}

export function visible(text) {
  return text.replace(unseen, escaped);
}

export function visibleLines(text) {
  return text.replace(unseenInLines, escaped);
}

// At most so many characters, cut ones marked.
export function shortened(text, length) {
  const signs = Array.from(text);
  return signs.length <= length ? text : `${signs.slice(0, length - 1).join("")}…`;
}

// A sentence begins with a capital letter.
export function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
