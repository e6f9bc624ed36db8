// How long a report takes to open and how long a search through all of its findings takes: the
// median of five, each in a window of its own.
//
// Two times are told of each. One is by the clock, from the address to the first screen, as the
// page itself sees it. The other is what its process worked for it, which a machine with much else
// to do does not lengthen.
import { statSync } from "node:fs";
import { resolve } from "node:path";

import { openPage, startBrowser } from "./open.mjs";

const file = resolve(process.argv[2]);
const browser = await startBrowser();

function median(values) {
  return values.sort((left, right) => left - right)[Math.floor(values.length / 2)];
}

// Milliseconds that the page's thread has worked since it was opened.
async function workOf(debuggerOfPage) {
  const { metrics } = await debuggerOfPage.send("Performance.getMetrics");
  return 1000 * metrics.find((one) => one.name === "TaskDuration").value;
}

const opened = [];
const openedByWork = [];
const searched = [];
const searchedByWork = [];
for (let round = 0; round < 5; ++round) {
  const page = await openPage(browser, file);
  opened.push(await page.evaluate(() => performance.getEntriesByName("ready")[0].startTime));
  const debuggerOfPage = await page.context().newCDPSession(page);
  await debuggerOfPage.send("Performance.enable", { timeDomain: "threadTicks" });
  const unopened = await workOf(debuggerOfPage);
  await page.reload();
  await page.waitForSelector("html[data-ready]");
  openedByWork.push(await workOf(debuggerOfPage) - unopened);
  await page.goto(`file://${file}#findings`);
  const status = page.locator("main > [role=status]");
  await status.filter({ hasText: "findings" }).waitFor();
  const all = await status.textContent();
  const before = await workOf(debuggerOfPage);
  const begin = performance.now();
  await page.getByLabel("Search findings").fill("variant-3 drop");
  await page.waitForFunction((text) =>
    document.querySelector("main > [role=status]").textContent !== text, all);
  searched.push(performance.now() - begin);
  searchedByWork.push(await workOf(debuggerOfPage) - before);
  await page.context().close();
}
await browser.close();
const told = (times, byWork) => `${median(times).toFixed(0)} ms (${median(byWork).toFixed(0)} of work)`;
console.log(`${statSync(file).size} bytes; opens in ${told(opened, openedByWork)}, ` +
            `searches in ${told(searched, searchedByWork)}`);
