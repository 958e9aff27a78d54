// A newcomer's journey through the console in a real browser, on a real server with simulated traffic: the one-time link,
// a second factor, an alert and its verdict, a colleague, both languages, two sizes. Run by desk_journey.py, which starts
// the server: node journey.mjs DESK_URL FIRST_RUN_URL SCREENSHOT_FOLDER. Prints "ok" and "FAILED" lines.
import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const [desk, link, folder] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const password = "seven brass anchors rust";
let failed = 0;

function check(what, good, told = "") {
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
class Phone {
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

async function look(page, name) {
  await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  check(`${name}: nothing sticks out`, wide <= 0, `${wide} px`);
  const faults = await faultsOf(page);
  check(`${name}: axe finds no serious fault`, faults.length === 0, faults.join("; "));
}

async function enrol(page, name) {
  const secret = await page.locator("code").first().innerText();
  await look(page, `${name}-enrolment`);
  const phone = new Phone(secret.trim());
  await page.getByRole("textbox").fill(phone.digits());
  await page.getByRole("button", { name: /下一步|Next/ }).click();
  await page.getByRole("button", { name: /已妥善保存|I have kept them/ }).waitFor();
  check(`${name}: ten recovery codes`, (await page.locator("code").count()) === 10);
  await page.getByRole("button", { name: /已妥善保存|I have kept them/ }).click();
  return phone;
}

async function main() {
  const browser = await chromium.launch({
    executablePath: process.env.TILLWATCH_CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
      "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"],
  });
  const context = await browser.newContext({ viewport: { width: 1366, height: 768 }, locale: "zh-CN" });
  const page = await context.newPage();
  const complaints = [];
  page.on("console", (message) => {
    if (message.type() === "error" && !message.text().includes("status of 4")) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));

  await page.goto(link);
  await page.getByLabel("登录名").fill("chen.wei");
  await page.getByLabel("姓名或称呼").fill("陈伟");
  await page.getByLabel("密码", { exact: false }).first().fill("short");
  await page.getByRole("button", { name: "下一步" }).click();
  await page.getByText("at least 15 characters").first().waitFor();
  await look(page, "first-run");
  await page.getByLabel("密码", { exact: false }).first().fill(password);
  await page.getByRole("button", { name: "下一步" }).click();
  await page.getByText("绑定验证器").waitFor();
  const phone = await enrol(page, "owner");
  await page.getByText("陈伟,您好").waitFor();
  await page.getByText("疑似").first().waitFor({ timeout: 120000 });
  await look(page, "home");

  await page.getByRole("button", { name: "退出" }).click();
  await page.getByLabel("登录名").fill("chen.wei");
  await page.getByLabel("密码", { exact: false }).first().fill("wrong wrong wrong");
  await page.getByRole("button", { name: "登录" }).click();
  await page.getByText("登录名、密码或动态口令不对").waitFor();
  await look(page, "sign-in");
  await page.getByLabel("密码", { exact: false }).first().fill(password);
  await page.getByRole("button", { name: "登录" }).click();
  await page.getByLabel("验证器上的 6 位数字").fill(phone.digits());
  await page.getByRole("button", { name: "下一步" }).click();
  await page.getByText("陈伟,您好").waitFor();
  check("the owner signs in with a second factor", true);

  await page.getByRole("link", { name: "预警" }).click();
  await page.locator("tbody tr").first().waitFor();
  await look(page, "alerts");
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await page.getByText("涉及的交易").waitFor();
  check("j and Enter open the first alert", page.url().includes("/alerts/"));
  await look(page, "alert");
  await page.getByLabel("理由(必填)").fill("商户承认拆分交易");
  await page.getByRole("button", { name: "疑似属实" }).click();
  await page.getByText(/结论已生效:[1-9]/).waitFor({ timeout: 30000 });
  check("the verdict's labels reached the engine", true);
  await look(page, "alert-judged");

  await page.getByRole("link", { name: "账号", exact: true }).click();
  await page.getByLabel("登录名").fill("lin");
  await page.getByLabel("姓名或称呼").fill("林内勤");
  await page.getByRole("button", { name: "新增账号" }).click();
  const asked = page.getByText("请再验证一次");
  const shown = page.locator("code").filter({ hasText: "/first-run#" });
  await asked.or(shown).first().waitFor();
  if (await asked.isVisible()) {
    await page.getByLabel("验证器上的 6 位数字").fill(phone.digits());
    await page.getByRole("button", { name: "下一步" }).click();
  }
  await shown.waitFor();
  const invitation = await shown.innerText();
  await look(page, "accounts");
  for (const [name, word] of [["merchants", "商户"], ["agents", "服务商"], ["proposals", "待复核变更"], ["own", "我的账号"]]) {
    await page.getByRole("link", { name: word, exact: true }).click();
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.waitForLoadState("networkidle");
    await look(page, name);
  }
  await page.getByRole("button", { name: "English" }).click();
  await page.getByRole("link", { name: "Alerts" }).click();
  await page.locator("tbody tr").first().waitFor();
  await look(page, "alerts-en");

  const phoneContext = await browser.newContext({ viewport: { width: 390, height: 844 }, locale: "en-GB" });
  const small = await phoneContext.newPage();
  await small.goto(invitation);
  await small.getByLabel("Password", { exact: false }).first().fill(password);
  await small.getByRole("button", { name: "Next" }).click();
  await enrol(small, "colleague-phone");
  await small.getByText("Hello, 林内勤").waitFor();
  await look(small, "home-phone");
  await small.getByRole("button", { name: "Menu" }).click();
  check("a colleague has no accounts room", (await small.getByRole("link", { name: "Accounts" }).count()) === 0);
  await small.getByRole("link", { name: "Alerts" }).click();
  await small.getByRole("heading", { name: "Alerts" }).waitFor();
  await small.waitForLoadState("networkidle");
  await look(small, "alerts-phone");
  check("the browser complains of nothing", complaints.length === 0, complaints.join("; "));
  await browser.close();
}

try {
  await main();
} catch (error) {
  check("the journey goes to its end", false, String(error).slice(0, 1500));
}
process.exit(failed === 0 ? 0 : 1);
