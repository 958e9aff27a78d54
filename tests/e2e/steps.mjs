// What every walk through the console needs: a browser, an authenticator, a look at a page (a screenshot, nothing that sticks
// out, axe), and the ways in. Used by journey.mjs and the walks beside it.
import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
export const password = "seven brass anchors rust";

let failed = 0;
let folder = ".";
export const failures = () => failed;
export function screenshotsIn(path) {
  folder = path;
}

export function check(what, good, told = "") {
  if (!good) failed += 1;
  console.log(`${good ? "ok     " : "FAILED "} ${what} ${good ? "" : told}`);
}

function totp(secret, step) {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...secret].map((c) => alphabet.indexOf(c).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((octet) => Number.parseInt(octet, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const digest = createHmac("sha1", key).update(counter).digest();
  const at = digest[19] & 15;
  return ((digest.readUInt32BE(at) & 0x7fffffff) % 1000000).toString().padStart(6, "0");
}

// Each time step counts once: the one before, this one and the next are taken in turn.
export class Phone {
  constructor(secret) {
    this.secret = secret;
    this.last = 0;
  }
  digits() {
    this.last = Math.max(Math.floor(Date.now() / 30000) - 1, this.last + 1);
    return totp(this.secret, this.last);
  }
}

async function faultsOf(page) {
  await page.evaluate(axe);
  const found = await page.evaluate(() => globalThis.axe.run({ resultTypes: ["violations"] }));
  return found.violations
    .filter((one) => ["serious", "critical"].includes(one.impact))
    .map((one) => `${one.id}: ${one.nodes.map((node) => node.target.join(" ")).slice(0, 3).join(", ")}`);
}

// What moves is not looked at: a button that comes back from waiting is pale for a moment.
const still = () => document.querySelector("[data-loading]") === null
  && document.getAnimations().every((one) => one.playState !== "running" || one.effect?.getTiming().iterations === Infinity);

export async function picture(page, name) {
  await page.waitForFunction(still);
  await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
}

export async function look(page, name) {
  await picture(page, name);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  check(`${name}: nothing sticks out`, wide <= 0, `${wide} px`);
  const faults = await faultsOf(page);
  check(`${name}: axe finds no serious fault`, faults.length === 0, faults.join("; "));
}

export async function enrol(page, name) {
  const secret = await page.locator("code").first().innerText();
  await look(page, `${name}-enrolment`);
  const phone = new Phone(secret.trim());
  await page.getByRole("textbox").fill(phone.digits());
  await page.getByRole("button", { name: /下一步|Next/ }).click();
  await page.getByRole("button", { name: /已妥善保存|I have saved them/ }).waitFor();
  check(`${name}: ten recovery codes`, (await page.locator("code").count()) === 10);
  await page.getByRole("button", { name: /已妥善保存|I have saved them/ }).click();
  return phone;
}

// A browser of its own for each person: cookies, language, size.
export async function person(browser, { width = 1366, height = 768, locale = "zh-CN" } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, locale });
  const page = await context.newPage();
  page.complaints = [];
  page.on("console", (message) => {
    if (message.type() === "error" && !message.text().includes("status of 4")) page.complaints.push(message.text());
  });
  // Nothing is asked of anybody but the desk.
  page.on("request", (request) => {
    const asked = new URL(request.url());
    if (["http:", "https:"].includes(asked.protocol) && asked.hostname !== "127.0.0.1") page.complaints.push(`asked ${asked.hostname}`);
  });
  page.on("pageerror", (error) => page.complaints.push(error.message));
  return page;
}

export async function open(browser_path = process.env.TILLWATCH_CHROMIUM ?? "/usr/bin/chromium") {
  return chromium.launch({
    executablePath: browser_path,
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
      "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"],
  });
}

// The browser's work on a page until it has settled, in seconds of its own time; as at the first visit, without a cache.
export async function workOf(page, address) {
  const talk = await page.context().newCDPSession(page);
  await talk.send("Network.clearBrowserCache");
  await talk.send("Performance.enable", { timeDomain: "threadTicks" });
  await page.goto(address);
  await page.getByRole("heading", { level: 1 }).waitFor();
  await page.waitForLoadState("networkidle");
  const { metrics } = await talk.send("Performance.getMetrics");
  await talk.detach();
  return metrics.find((one) => one.name === "TaskDuration")?.value ?? Number.NaN;
}

// Whoever acts may be asked for fresh digits: then they are given, and what was to be seen comes.
export async function steppedUp(page, phone, wanted) {
  const asked = page.getByText(/请再验证一次|Verify once more/);
  await asked.or(wanted).first().waitFor();
  if (await asked.isVisible()) {
    const way_out = page.getByRole("dialog").getByRole("button", { name: /^(关闭|Close)$/ });
    if ((await way_out.count()) !== 1) check("the way out of the dialog has a name", false);
    // The first digits are those of the step before: on a slow machine they may be over when they arrive.
    const refused = page.getByRole("dialog").getByRole("alert");
    for (let tries = 0; tries < 2; tries += 1) {
      await page.getByRole("dialog").getByRole("textbox").fill(phone.digits());
      await page.getByRole("dialog").getByRole("button", { name: /下一步|Next/ }).click();
      await refused.or(wanted).first().waitFor();
      if (!(await refused.isVisible())) break;
    }
  }
  await wanted.first().waitFor();
}

// By the navigation, as people go. The page before stays until the one asked for is loaded: then its link is the present one; and it
// has answered when it says no longer that it loads.
export async function enter(page, word) {
  await page.getByRole("link", { name: word, exact: true }).first().click();
  await page.locator("a[aria-current=page]").filter({ has: page.getByText(word, { exact: true }) }).first().waitFor({ state: "attached" });
  await page.getByRole("heading", { level: 1 }).waitFor();
  await page.getByText(/^(加载中…|Loading…)$/).first().waitFor({ state: "detached" });
}

// Takes up a one-time link with a password and an authenticator of its own.
export async function arrive(page, link, name) {
  await page.goto(link);
  await page.locator("input[type=password]").first().fill(password);
  await page.getByRole("button", { name: /下一步|Next/ }).click();
  await page.locator("code").first().waitFor();
  const phone = await enrol(page, name);
  await page.getByRole("heading", { level: 1 }).waitFor();
  return phone;
}

// A colleague's account by the page of accounts; gives the one-time link.
export async function invite(page, phone, { signIn, shown, role, agent }) {
  await enter(page, "账号");
  await page.getByLabel("登录名").fill(signIn);
  await page.getByLabel("姓名或称呼").fill(shown);
  if (role) {
    await page.getByRole("combobox", { name: "角色" }).click();
    await page.getByRole("option", { name: role, exact: true }).click();
  }
  if (agent) {
    await page.getByRole("combobox", { name: "仅限该服务商及下级" }).click();
    await page.getByRole("option", { name: agent, exact: true }).click();
  }
  await page.getByRole("button", { name: "新增账号" }).click();
  const link = page.locator("code").filter({ hasText: "/first-run#" });
  await steppedUp(page, phone, link);
  const text = await link.innerText();
  await page.getByRole("button", { name: "已保存,不再显示" }).click();
  return text;
}
