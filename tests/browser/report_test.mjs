// report.html as people use it: in a browser, with a mouse, by keyboard alone, on a phone, on
// paper. The reports are of runs that are made here.
//
// node --test report_test.mjs, with SPLITPROOF the program and OUT a folder for what is made.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { after, before, test } from "node:test";

import { openPage, startBrowser } from "./open.mjs";

const program = process.env.SPLITPROOF;
const out = process.env.OUT;
const here = import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname);
const axeScript = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

let browser = null;
const files = {};

function run(name, ...words) {
  const folder = path.join(out, name);
  const ended = spawnSync(program, ["run", ...words, "--target", "sqlite", "--quiet", "--out",
                                    folder], { encoding: "utf8" });
  assert.equal(ended.status, 0, `${words.join(" ")}: ${ended.stdout}${ended.stderr}`);
  files[name] = path.join(folder, "report.html");
}

// The page of a report against an older one, which end with this exit code.
function compare(name, folder, older, expected) {
  files[name] = path.join(out, `${name}.html`);
  const ended = spawnSync(program, ["report", path.join(out, folder), "--compare",
                                    path.join(out, older), "--html", files[name]],
                          { encoding: "utf8" });
  assert.equal(ended.status, expected, `${name}: ${ended.stdout}${ended.stderr}`);
}

before(async () => {
  mkdirSync(out, { recursive: true });
  run("split", "august-september-split", "lost-update");
  run("fewer", "lost-update", "--faults", "0");
  run("power", "power-loss-transfer", "--variant", "synchronous-off");
  run("hostile", path.join(here, "hostile.yaml"));
  compare("more", "split", "fewer", 1);
  compare("less", "fewer", "split", 2);
  browser = await startBrowser();
});

after(() => browser?.close());

// Opens a page for the work, and expects that nothing went wrong meanwhile.
async function withPage(name, options, work) {
  const troubles = [];
  const page = await openPage(browser, files[name], { ...options, troubles });
  try {
    await work(page);
  } finally {
    await page.context().close();
  }
  assert.deepEqual(troubles, []);
}

const incident = "#finding-august-september-split.autocommit.sqlite.incident.1";
const lostUpdate = "#finding-lost-update.autocommit.sqlite.1";
const powerLoss = "#finding-power-loss-transfer.synchronous-off.sqlite.3";
const sweptCase = "#case/august-september-split/autocommit/sqlite";

test("the first screen has the verdict, the numbers, the cases and what was not tested", () =>
  withPage("split", {}, async (page) => {
    assert.match(await page.locator("h1").textContent(), /^PASS: 11 cases did what was expected/);
    const report = JSON.parse(readFileSync(files.split.replace(/html$/, "json"), "utf8"));
    const runs = report.cases.reduce((sum, one) => sum + one.runs, 0);
    assert.equal(await page.locator(".figure", { hasText: /^runs/ }).locator("b").textContent(),
                 runs.toLocaleString("en"));
    assert.equal(await page.locator(".cases tbody tr:not(.group)").count(), report.cases.length);
    assert.equal(await page.locator(".not-tested li").count(), report.not_tested.length);
    for (const visible of [".figures", ".not-tested", ".cases thead"]) {
      assert.ok((await page.locator(visible).boundingBox()).y < 850, `${visible} is further down`);
    }
  }));

test("a finding tells the claim, the damage, the steps, the tables and the command", () =>
  withPage("split", { hash: incident }, async (page) => {
    assert.match(await page.locator("h1").textContent(), /August 2025: campaign metrics of 16 /);
    assert.ok(await page.getByText("splitproof run august-september-split --variant").isVisible());
    assert.ok(await page.locator(".event.fault").count() >= 2);
    assert.match(await page.locator(".stage:not(.away) h3").textContent(), /had stopped/);
    const marked = ":is(.row-split .wrong, .row-surplus)";
    assert.ok(await page.locator(`.stage:not(.away) ${marked}`).count() > 0);
    assert.ok(await page.locator(".story li").count() > 3);
  }));

test("a timeline is stepped through by keys, and the tables follow", () =>
  withPage("split", { hash: incident }, async (page) => {
    const current = page.locator(".timeline tr[aria-current]");
    await page.locator(".timeline tr[aria-current] button").focus();
    await page.keyboard.press("Home");
    assert.equal(await current.locator(".step-number").textContent(), "1");
    assert.equal(await page.locator(".stage:not(.away) h3").textContent(), "before");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowRight");
    assert.equal(await current.locator(".step-number").textContent(), "3");
    await page.keyboard.press("ArrowUp");
    assert.equal(await current.locator(".step-number").textContent(), "2");
    assert.match(await page.locator(".step-panel").textContent(), /^Step 2 of /);
    await page.keyboard.press("End");
    assert.equal(await page.locator(".stage:not(.away) h3").textContent(), "after the retries");
    await page.locator(".timeline tbody tr").nth(3).click();
    assert.equal(await current.locator(".step-number").textContent(), "4");
  }));

test("a circle of dependencies is drawn and told", () =>
  withPage("split", { hash: lostUpdate }, async (page) => {
    assert.equal(await page.locator("svg.cycle .arrow").count(), 2);
    assert.equal(await page.locator("svg.cycle .box").count(), 2);
    assert.ok(await page.getByText("It is P4 in the literature").isVisible());
  }));

test("what was on stable storage stands beside what was told and held", () =>
  withPage("power", { hash: powerLoss }, async (page) => {
    assert.ok(await page.getByRole("columnheader", { name: "on stable storage" }).isVisible());
    const struck = page.locator(".timeline tr", { has: page.locator(".event.fault") }).first();
    assert.match(await struck.locator("td.state").last().textContent(), /^the power failed: of \d+ /);
    assert.match(await page.locator(".timeline").textContent(), /not synced: /);
    assert.match(await page.locator(".step-panel").textContent(), /on stable storage/);
    assert.match(await page.locator(".timeline .summed-up").first().textContent(), /^… \d+ more/);
  }));

test("a run on no simulated disk says that nobody knows what was on stable storage", () =>
  withPage("split", { hash: incident }, async (page) => {
    assert.ok(await page.getByText("What was on stable storage is not known").isVisible());
  }));

test("a comparison tells what appeared, and leads to it", () =>
  withPage("more", {}, async (page) => {
    await page.getByRole("link", { name: "What differs" }).click();
    await page.getByRole("heading", { name: "Against the older report", level: 1 }).waitFor();
    assert.equal(await page.getByRole("link", { name: "Comparison" }).getAttribute("aria-current"),
                 "page");
    assert.ok(await page.getByText("a new case").first().isVisible());
    await page.locator(".compared.appeared a").first().click();
    await page.locator(".argument").waitFor();
    assert.match(page.url(), /#finding-/);
    assert.ok(await page.locator(".timeline").isVisible());
  }));

test("a comparison tells what is not swept any more, and asks about it", () =>
  withPage("less", { hash: "#comparison" }, async (page) => {
    const vanished = page.locator(".compared.vanished").first();
    assert.match(await vanished.textContent(), /is gone/);
    assert.match(await vanished.textContent(), /Is the case still about the same thing\?/);
    assert.ok(await page.getByText("not in this report").first().isVisible());
  }));

test("a page without a comparison has none, and says so", () =>
  withPage("split", { hash: "#comparison" }, async (page) => {
    assert.equal(await page.locator("h1").textContent(), "No comparison");
    assert.equal(await page.locator("#top nav a", { hasText: "Comparison" }).count(), 0);
  }));

test("a page of a folder without its own is made of report.json, and says what it lacks", () => {
  cpSync(path.join(out, "split"), path.join(out, "bare"), { recursive: true });
  rmSync(path.join(out, "bare", "report.html"));
  files.bare = path.join(out, "bare.html");
  const ended = spawnSync(program, ["report", path.join(out, "bare"), "--html", files.bare]);
  assert.equal(ended.status, 0);
  return withPage("bare", {}, async (page) => {
    assert.match(await page.locator(".lacks").textContent(), /is not in the folder/);
    await page.goto(`file://${files.bare}${incident}`);
    await page.locator(".story li").first().waitFor();
    assert.equal(await page.locator(".timeline").count(), 0);
    assert.ok(await page.getByText("This run is not told step by step").isVisible());
  });
});

test("the grid has each place and fault, and leads to findings", () =>
  withPage("split", { hash: sweptCase }, async (page) => {
    const grid = page.locator("table.grid").first();
    const columns = await grid.locator("th.fault").count();
    const rows = await grid.locator("tbody tr").count();
    const cells = await grid.locator("tbody td").count();
    assert.ok(rows >= 10 && columns >= 10, `${rows} rows, ${columns} columns`);
    assert.equal(cells, rows * columns);
    assert.equal(await page.locator("td.cell", { hasText: "?" }).count(), 0);
    await grid.locator("td.cell.bad a").first().click();
    await page.locator(".argument").waitFor();
    assert.match(page.url(), /#finding-august-september-split\.autocommit\.sqlite\./);
  }));

test("findings are searched and filtered, and the address keeps it", () =>
  withPage("split", { hash: "#findings" }, async (page) => {
    const status = page.locator("main > [role=status]");
    const all = await status.textContent();
    await page.getByLabel("Search findings").fill("lost-update 110");
    await page.waitForFunction((text) =>
      document.querySelector("main > [role=status]").textContent !== text, all);
    const texts = await page.locator(".item").allTextContents();
    assert.ok(texts.length > 0);
    for (const text of texts) assert.match(text, /lost-update/);
    assert.match(page.url(), /q=lost-update\+110/);
    await page.reload();
    await page.waitForSelector("html[data-ready]");
    assert.deepEqual(await page.locator(".item").allTextContents(), texts);
    await page.getByLabel("Search findings").fill("no finding has this");
    await page.getByText("No finding fits.").waitFor();
    await page.getByLabel("Search findings").fill("");
    await page.getByLabel("Where").selectOption("unexpected");
    await page.getByText("No finding fits.").waitFor();
  }));

test("everything is reached by keyboard, and the focus is seen", () =>
  withPage("split", {}, async (page) => {
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement.className), "skip");
    await page.keyboard.press("Enter");
    assert.equal(await page.evaluate(() => document.activeElement.id), "main");
    await page.getByRole("link", { name: /^Findings/ }).focus();
    await page.keyboard.press("Enter");
    await page.locator(".items").waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.id), "main");
    await page.keyboard.press("Tab");
    const outline = await page.evaluate(() =>
      getComputedStyle(document.activeElement).outlineStyle);
    assert.equal(outline, "solid");
  }));

const views = { "the first screen": "", findings: "#findings", "a finding": incident,
                "a circle": lostUpdate, "a case": sweptCase, "a loss of power": powerLoss,
                "a comparison": "#comparison" };
const fileOf = (name) => ({ "a loss of power": "power", "a comparison": "less" })[name] ?? "split";

for (const colorScheme of ["light", "dark"]) {
  for (const [name, hash] of Object.entries(views)) {
    test(`${name} is accessible in ${colorScheme} colours`, () =>
      withPage(fileOf(name), { hash, colorScheme }, async (page) => {
        // By the debugger, which the page's policy does not bind.
        await page.evaluate(axeScript);
        const found = await page.evaluate(() => globalThis.axe.run());
        const told = found.violations.map((one) =>
          `${one.id}: ${one.nodes.map((node) => node.html).slice(0, 3).join(" ")}`);
        assert.deepEqual(told, []);
      }));
  }
}

test("dark colours are dark", () =>
  withPage("split", { colorScheme: "dark" }, async (page) => {
    const paper = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const [red, green, blue] = paper.match(/\d+/g).map(Number);
    assert.ok(red + green + blue < 120, paper);
  }));

for (const [name, hash] of Object.entries(views)) {
  test(`${name} fits a phone`, () =>
    withPage(fileOf(name), { hash, viewport: { width: 360, height: 740 } }, async (page) => {
      const beyond = await page.evaluate(() =>
        document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.equal(beyond, 0);
    }));
}

test("a finding is printed on A4, with all its tables", () =>
  withPage("split", { hash: incident }, async (page) => {
    await page.emulateMedia({ media: "print" });
    const stages = await page.locator(".stage").count();
    assert.equal(await page.locator(".stage:visible").count(), stages);
    assert.equal(await page.locator("#top nav:visible").count(), 0);
    const pdf = await page.pdf({ format: "A4", preferCSSPageSize: true });
    assert.equal(pdf.subarray(0, 5).toString(), "%PDF-");
    const box = pdf.toString("latin1").match(/\/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]/);
    assert.ok(Math.abs(box[1] - 595) < 1 && Math.abs(box[2] - 842) < 1, box[0]);
  }));

test("names and values that look like markup are shown, and not run", () =>
  withPage("hostile", {}, async (page) => {
    assert.ok(await page.getByText('<b onclick="alert(1)">Two</b> rows & more').isVisible());
    await page.getByRole("link", { name: /^Findings/ }).click();
    await page.locator(".item a").first().click();
    await page.locator(".argument").waitFor();
    assert.ok(await page.getByText('<script>alert(1)</script>').first().isVisible());
    assert.ok(await page.getByText("<svg onload=alert(2)>").first().isVisible());
    assert.equal(await page.locator("main script, main img, main i, svg[onload]").count(), 0);
    await page.goto(`file://${files.hostile}#case/hostile-names/autocommit/sqlite`);
    await page.locator("table.grid").waitFor();
    assert.equal(await page.locator("main script, main img, main i, svg[onload]").count(), 0);
  }));

test("a script that somebody puts in is kept from running", async () => {
  const troubles = [];
  const page = await openPage(browser, files.split, { troubles });
  await page.evaluate(() => {
    const script = document.createElement("script");
    script.textContent = "document.title = 'run';";
    document.body.append(script);
  });
  assert.notEqual(await page.title(), "run");
  assert.match(troubles.join("\n"), /Content Security Policy/);
  await page.context().close();
});

test("an address of nothing says so", () =>
  withPage("split", { hash: "#finding-nothing.1" }, async (page) => {
    assert.equal(await page.locator("h1").textContent(), "No such finding");
  }));
