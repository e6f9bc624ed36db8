// The report's data: packed in the page, unpacked when they are needed, and kept.

const documents = new Map();

function bytesOf(base64) {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(base64);
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; ++i) bytes[i] = text.charCodeAt(i);
  return bytes;
}

async function unpacked(id) {
  const element = document.getElementById(id);
  const packed = new Blob([bytesOf(element.textContent)]).stream();
  const text = await new Response(packed.pipeThrough(new DecompressionStream("deflate"))).text();
  return JSON.parse(text);
}

export function hasDocument(id) {
  return document.getElementById(id) !== null;
}

// The document of this id; its texts are in `strings`.
export function documentOf(id) {
  if (!documents.has(id)) documents.set(id, unpacked(id));
  return documents.get(id);
}

// Which document has the n-th detail, and where in it.
function placeOf(counts, number) {
  let first = 0;
  for (let i = 0; i < counts.length; ++i) {
    if (number < first + counts[i]) return { document: i, at: number - first };
    first += counts[i];
  }
  throw new RangeError(`the report has no detail ${number}`);
}

// The n-th detail and the texts that it refers to.
async function detailOf(kind, counts, number) {
  const place = placeOf(counts, number);
  const found = await documentOf(`${kind}-${place.document}`);
  return { detail: found.details[place.at], strings: found.strings };
}

function caseOf(row, strings, number, firstFinding) {
  return {
    number,
    scenario: strings[row[0]],
    title: strings[row[1]],
    variant: strings[row[2]],
    target: strings[row[3]],
    role: strings[row[4]],
    expected: strings[row[5]],
    observed: strings[row[6]],
    result: strings[row[7]],
    reason: strings[row[8]],
    runs: row[9],
    points: row[10],
    closed: strings[row[11]],
    planned: row[12],
    fired: row[13],
    orders: strings[row[14]],
    firstFinding,
    findings: row[15],
    fails: row[16] === 1,
  };
}

// The whole report, as far as it is needed to list it.
export class Report {
  constructor(index) {
    this.index = index;
    this.strings = index.strings;
    this.cases = [];
    this.caseOfFinding = new Int32Array(index.findings.id.length);
    let finding = 0;
    for (const row of index.cases) {
      const one = caseOf(row, this.strings, this.cases.length, finding);
      this.caseOfFinding.fill(one.number, finding, finding + one.findings);
      finding += one.findings;
      this.cases.push(one);
    }
  }

  text(key) {
    return this.strings[this.index[key]];
  }

  texts(numbers) {
    return numbers.map((number) => this.strings[number]);
  }

  get findingCount() {
    return this.index.findings.id.length;
  }

  // What a list says of the n-th finding.
  finding(number) {
    const columns = this.index.findings;
    return {
      number,
      id: columns.id[number],
      oracle: this.strings[columns.oracle[number]],
      severity: this.strings[columns.severity[number]],
      anomaly: this.strings[columns.anomaly[number]],
      claim: this.strings[columns.claim[number]],
      damage: this.strings[columns.damage[number]],
      plan: this.strings[columns.plan[number]],
      runs: columns.runs[number],
      of: this.cases[this.caseOfFinding[number]],
    };
  }

  // -1 where there is none.
  numberOfFinding(id) {
    return this.index.findings.id.indexOf(id);
  }

  findingDetail(number) {
    return detailOf("findings", this.index.finding_documents, number);
  }

  caseDetail(number) {
    return detailOf("cases", this.index.case_documents, number);
  }
}
