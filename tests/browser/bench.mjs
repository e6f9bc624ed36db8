// How long a report takes to open, from its address to its first screen, and how long a search
// through all of its findings takes. The median of five.
import { statSync } from "node:fs";

import { openPage, startBrowser } from "./open.mjs";

const [file] = process.argv.slice(2);
const browser = await startBrowser();

function median(values) {
  return values.sort((left, right) => left - right)[Math.floor(values.length / 2)];
}

async function milliseconds(work) {
  const begin = performance.now();
  await work();
  return performance.now() - begin;
}

const opened = [];
const searched = [];
for (let round = 0; round < 5; ++round) {
  let page = null;
  opened.push(await milliseconds(async () => {
    page = await openPage(browser, file);
  }));
  await page.goto(`file://${file}#findings`);
  const status = page.locator("main [role=status]");
  await status.filter({ hasText: "findings" }).waitFor();
  const all = await status.textContent();
  searched.push(await milliseconds(async () => {
    await page.getByLabel("Search findings").fill("variant-3 drop");
    await page.waitForFunction((text) =>
      document.querySelector("main [role=status]").textContent !== text, all);
  }));
  await page.context().close();
}
await browser.close();
console.log(`${statSync(file).size} bytes; opens in ${median(opened).toFixed(0)} ms, ` +
            `searches in ${median(searched).toFixed(0)} ms`);
