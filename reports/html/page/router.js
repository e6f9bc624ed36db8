// Which view the address names: "#findings?q=lost&page=2", "#finding-ID",
// "#case/SCENARIO/VARIANT/TARGET".

export function routeOf(hash) {
  const [path, query = ""] = hash.replace(/^#/, "").split("?");
  const parameters = new URLSearchParams(query);
  if (path.startsWith("finding-")) {
    return { view: "finding", words: [decoded(path.slice("finding-".length))], parameters };
  }
  const [view, ...words] = path.split("/");
  return { view: view || "summary", words: words.map(decoded), parameters };
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

// The address of the view under other parameters; those that are empty are left out.
export function addressOf(view, parameters) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value) query.set(name, value);
  }
  const text = query.toString();
  return `#${view}${text ? `?${text}` : ""}`;
}

// Names the state in the address without leaving the view.
export function keepAddress(address) {
  history.replaceState(null, "", address);
}
