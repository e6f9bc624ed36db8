// Starts the browser, without a network, and opens pages from disk.
import { chromium } from "playwright-core";

const switches = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                  "--disable-background-networking", "--disable-component-update",
                  "--disable-sync"];

export function startBrowser() {
  const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
  return chromium.launch({ executablePath, args: switches, timeout: 240_000 });
}

// Opens the file's page at the address, and waits until it is drawn. `troubles` gets what its
// console says, and every request but that for the file.
export async function openPage(browser, file, { hash = "", troubles = [], ...options } = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 850 }, ...options });
  const page = await context.newPage();
  // A page that hangs is a failure; a machine that has much else to do is none.
  page.setDefaultTimeout(240_000);
  page.setDefaultNavigationTimeout(240_000);
  page.on("console", (message) => troubles.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (failure) => troubles.push(failure.stack));
  page.on("request", (request) => {
    if (!request.url().startsWith(`file://${file}`)) troubles.push(`request ${request.url()}`);
  });
  page.on("dialog", (dialog) => troubles.push(`dialog ${dialog.message()}`) && dialog.dismiss());
  await page.goto(`file://${file}${hash}`);
  await page.waitForSelector("html[data-ready]");
  return page;
}
