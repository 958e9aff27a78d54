// Every page in both languages and two sizes: a Chinese page has no English but names and units, an English page no Chinese but what
// people typed; nothing sticks out, and axe finds no serious fault. A picture of each is kept. Called by journey.mjs last, when every
// room has something in it.
import { check, look, picture, steppedUp } from "./steps.mjs";

const rooms = ["/", "/alerts?state=all", "/decisions?fired=true", "/live", "/merchants", "/terminals", "/agents", "/reps", "/settlement-accounts", "/persons",
  "/channels", "/merchants/new", "/policy", "/drafts", "/lists", "/proposals?state=consumed", "/accounts", "/access-review", "/api-keys", "/webhooks", "/audit", "/health", "/account"];
// A page of each kind: the first link of this shape on that list.
const singles = [["/alerts?state=closed", "/alerts/"], ["/decisions?fired=true", "/decisions/"], ["/merchants", "/merchants/"], ["/agents", "/agents/"],
  ["/terminals", "/terminals/"], ["/settlement-accounts", "/settlement-accounts/"], ["/persons", "/persons/"], ["/channels", "/channels/"], ["/reps", "/reps/"], ["/policy", "/policy/rules/"], ["/drafts", "/drafts/"], ["/lists", "/lists/"]];

// What people typed and what the server calls itself in Chinese: data, in whatever language.
const typed = ["陈伟", "林内勤", "周管理", "赵业务", "张规则", "孙审批", "王小明", "王**", "福源便利店", "北区服务商", "南区服务商", "和顺茶行", "宁波", "绍兴", "工单系统",
  "商户承认拆分交易", "误触,已电话核实", "分单提示更确定", "核实过的都属实", "先退回观察", "定时生效", "月底起生效", "商户报失", "终端已找回", "中秋只留一人",
  "郑管理", "东区服务商", "备2026-118", "乐刷通道", "李**", "吴**", "永和豆浆店", "永**", "农业银行", "已电话核对", "季度核对", "键盘核实,商户有小票"];
// Names of techniques, units, currencies and programs, which Chinese pages write as they are.
const names = new Set(("CNY USD API SN POS BIN https TLS STARTTLS TUSN SSL HTTP HTTPS JSON UTF CSV ID QR MiB KiB kB MB GB TB ms km SQLite PostgreSQL English Standard " +
  "Webhooks Tillwatch Enter Chrome Linux system sqlite postgres decide events read metrics lin sun zhang zhou zhao zheng chen wei leshua").split(" "));

function textsOf() {
  const out = [];
  const shown = (element) => element.checkVisibility({ visibilityProperty: true }) && !element.closest("code, pre, textarea, script, style, body [lang]");
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode())
    if (node.parentElement && shown(node.parentElement) && node.data.trim() !== "") out.push(node.data.trim());
  for (const element of document.querySelectorAll("[placeholder], [aria-label]"))
    if (shown(element)) out.push(element.getAttribute("placeholder") ?? "", element.getAttribute("aria-label") ?? "");
  for (const input of document.querySelectorAll("input[aria-haspopup=listbox]")) if (shown(input)) out.push(input.value);
  return out;
}

// The name of a key made at the desk, or its end: letters from a to p.
const keyName = /^([a-p]{16}|[a-p]{6})$/;

// Words of Latin letters that are no identifier (a digit, a dot, a dash or the like in it) and no name.
export function latinIn(text) {
  return text.split(/[^A-Za-z0-9_.:@/#*+…-]+/).map((word) => word.replace(/^[.:-]+|[.:-]+$/g, "")).filter((word) => /^[A-Za-z]{2,}$/.test(word) && !keyName.test(word) && !names.has(word));
}

function chineseIn(text) {
  const left = typed.reduce((rest, data) => rest.replaceAll(data, ""), text);
  return /[\u3400-\u9fff]/.test(left) && left !== "中文" ? [left] : [];
}

async function places(page, desk) {
  const found = [...rooms];
  for (const [list, shape] of singles) {
    await page.goto(desk + list);
    const link = page.locator(`main a[href^="${shape}"]:not([href$="/new"]):visible`).first();
    await link.waitFor();
    found.push(await link.getAttribute("href"));
  }
  return found;
}

async function onePage(page, desk, path, language) {
  const name = `${path.split(/[?]/)[0].split("/").filter((step) => step !== "").map((step) => step.slice(0, 20)).join("-") || "home"}-${language}`;
  await page.setViewportSize({ width: 1366, height: 768 });
  await page.goto(desk + path);
  await page.getByRole("heading", { level: 1 }).first().waitFor();
  await page.getByText(/加载中…|Loading…/).first().waitFor({ state: "detached" });
  await look(page, `tour-${name}`);
  const texts = await page.evaluate(textsOf);
  const strange = texts.flatMap((text) => (language === "zh" ? latinIn(text).map((word) => `${word} (${text.slice(0, 60)})`) : chineseIn(text)));
  check(`${path} in ${language} is in one language`, texts.length > 5 && strange.length === 0, [...new Set(strange)].slice(0, 8).join(" | "));
  await page.setViewportSize({ width: 390, height: 844 });
  await picture(page, `tour-${name}-phone`);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  check(`${path} in ${language} fits a phone`, wide <= 0, `${wide} px`);
}

// What may be read only with a fresh second factor is to be there too.
async function freshFactor(page, world) {
  await page.goto(`${world.desk}/api-keys`);
  const asked = page.getByRole("button", { name: "验证", exact: true });
  const there = page.getByText(/…\w{6}|没有符合条件的记录/);
  await asked.or(there).first().waitFor();
  if (!(await asked.isVisible())) return;
  await asked.click();
  await steppedUp(page, world.phone, there);
}

export async function wordsWalk(world) {
  const page = await world.owner.context().newPage();
  await freshFactor(page, world);
  const all = await places(page, world.desk);
  for (const language of ["zh", "en"]) {
    await page.evaluate((chosen) => localStorage.setItem("tillwatch-language", chosen), language);
    for (const path of all) await onePage(page, world.desk, path, language);
  }
  await page.evaluate(() => localStorage.setItem("tillwatch-language", "zh"));
  await page.close();
}
