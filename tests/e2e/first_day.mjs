// The first day: the one-time link, a second factor, an alert and its verdict, a colleague on a phone, both languages.
// Called by journey.mjs.
import { aloneWithTheMode } from "./access_walk.mjs";
import { arrive, check, enrol, enter, invite, look, password, person, workOf } from "./steps.mjs";

async function ownerArrives(world) {
  const page = world.owner;
  await page.goto(world.link);
  await page.getByLabel("登录名").fill("chen.wei");
  await page.getByLabel("姓名或称呼").fill("陈伟");
  await page.getByLabel("密码", { exact: false }).first().fill("short");
  await page.getByRole("button", { name: "下一步" }).click();
  await page.getByText("密码至少 15 个字符").first().waitFor();
  await look(page, "first-run");
  await page.getByLabel("密码", { exact: false }).first().fill(password);
  await page.getByRole("button", { name: "下一步" }).click();
  await page.getByText("绑定验证器").waitFor();
  world.phone = await enrol(page, "owner");
  await page.getByText("陈伟,您好").waitFor();
  await page.getByText("疑似").first().waitFor({ timeout: 120000 });
  await look(page, "home");
}

async function ownerSignsInAgain(world) {
  const page = world.owner;
  await page.getByRole("button", { name: "退出" }).click();
  await page.getByLabel("登录名").fill("chen.wei");
  await page.getByLabel("密码", { exact: false }).first().fill("wrong wrong wrong");
  await page.getByRole("button", { name: "登录" }).click();
  await page.getByText("登录名、密码或动态口令不对").waitFor();
  await look(page, "sign-in");
  await page.getByLabel("密码", { exact: false }).first().fill(password);
  await page.getByRole("button", { name: "登录" }).click();
  await page.getByLabel("验证器上的 6 位数字").fill(world.phone.digits());
  await page.getByRole("button", { name: "下一步" }).click();
  await page.getByText("陈伟,您好").waitFor();
  check("the owner signs in with a second factor", true);
}

async function anAlert(world) {
  const page = world.owner;
  await enter(page, "预警");
  await page.locator("tbody tr").first().waitFor();
  await look(page, "alerts");
  await page.getByLabel("规则编号").fill("T06-split");
  await page.getByLabel("规则编号").press("Enter");
  await page.waitForURL(/rule=T06-split/);
  await page.locator("tbody tr").filter({ hasNotText: "分单" }).first().waitFor({ state: "detached" });
  await page.reload();
  await page.locator("tbody tr").first().waitFor();
  const rows = await page.locator("tbody tr").allInnerTexts();
  check("a filter lives in the address", rows.length > 0 && rows.every((row) => row.includes("分单")), rows.join(";"));
  await page.goto(`${world.desk}/alerts`);
  await page.locator("tbody tr").first().waitFor();
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await page.getByText("涉及的交易").waitFor();
  check("j and Enter open the first alert", page.url().includes("/alerts/"));
  await look(page, "alert");
  await page.getByRole("button", { name: "由我处理" }).click();
  await page.getByText("指派给").waitFor();
  await page.getByLabel("理由(必填)").fill("商户承认拆分交易");
  await page.getByRole("button", { name: "疑似属实" }).click();
  await page.getByText(/结论已生效:[1-9]/).waitFor({ timeout: 30000 });
  check("the verdict's labels reached the engine", true);
  await look(page, "alert-judged");
}

// Tab and Enter and nothing else: from the list over an alert to its verdict.
async function tabTo(page, wanted, what) {
  for (let pressed = 0; pressed < 80; pressed += 1) {
    if (await page.evaluate(wanted)) return;
    await page.keyboard.press("Tab");
  }
  check(`Tab comes to ${what}`, false);
}

async function aVerdictByKeyboard(world) {
  const page = world.owner;
  await page.goto(`${world.desk}/alerts`);
  await page.locator("tbody tr").first().waitFor();
  await tabTo(page, () => document.activeElement.matches("a[data-row]"), "the first alert");
  await page.keyboard.press("Enter");
  await page.getByText("涉及的交易").waitFor();
  const fact = (word) => page.locator("dt", { hasText: word }).locator("xpath=following-sibling::dd").first().innerText();
  const [first, last] = [await fact("首笔"), await fact("最近一笔")];
  check("its first payment is no later than its last", /^\d{4}-/.test(first) && first <= last, `${first}, ${last}`);
  await tabTo(page, () => document.activeElement.tagName === "TEXTAREA", "the reason");
  await page.keyboard.type("误触,已电话核实");
  await tabTo(page, () => document.activeElement.textContent === "误报", "the verdict");
  await page.keyboard.press("Enter");
  await page.getByText(/结论已生效:[1-9]/).waitFor({ timeout: 30000 });
  check("an alert is judged with Tab and Enter", true);
  await page.getByText("误触,已电话核实").waitFor();
}

async function aColleague(world) {
  const page = world.owner;
  const link = await invite(page, world.phone, { signIn: "lin", shown: "林内勤" });
  check("a link that was hidden is gone from the page", (await page.content()).includes(link) === false);
  await look(page, "accounts");
  await enter(page, "预警");
  await page.locator("tbody tr a").first().click();
  await page.getByRole("combobox", { name: "交给" }).click();
  await page.getByRole("option", { name: "林内勤" }).click();
  await page.getByText(/指派给 林内勤/).waitFor();
  check("an alert is given to a colleague", true);
  const small = await person(world.browser, { width: 390, height: 844, locale: "en-GB" });
  await arrive(small, link, "colleague-phone");
  await small.getByText("Hello, 林内勤").waitFor();
  await small.getByRole("link", { name: "My alerts: 1" }).waitFor();
  check("and is the first thing that needs the colleague", true);
  await look(small, "home-phone");
  await small.getByRole("button", { name: "Menu" }).click();
  await look(small, "menu-phone");
  await small.getByRole("button", { name: "Menu" }).click();
  await small.goto(`${world.desk}/alerts?assignee=me`);
  await small.locator("a[href^='/alerts/']:visible").first().click();
  await small.getByText("Alert history").waitFor();
  await small.getByText("assigned to 林内勤").waitFor();
  const told = await small.locator("main").innerText();
  check("a colleague is told names, without the right to read accounts", told.includes("陈伟") && !told.includes("acc_"), told);
  await small.getByRole("button", { name: "Menu" }).click();
  check("a colleague has no accounts room", (await small.getByRole("link", { name: "Accounts", exact: true }).count()) === 0);
  await enter(small, "Alerts");
  await look(small, "alerts-phone");
  check("the colleague's browser complains of nothing", small.complaints.length === 0, small.complaints.join("; "));
  await small.context().close();
}

// Without a mouse: over the navigation into the page, and from there into the first finding.
async function byKeyboard(world) {
  const page = world.owner;
  const work = await workOf(page, world.desk);
  check(`the first page takes ${work.toFixed(2)} s of the browser's time, less than 2`, work < 2);
  await page.keyboard.press("Tab");
  check("the first key jumps over the navigation", (await page.locator(":focus").innerText()) === "跳到正文");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  check("and lands in the page", await page.evaluate(() => document.activeElement.closest("#content") !== null));
  await page.getByText("疑似").first().waitFor();
  await page.getByRole("button", { name: "知道了" }).press("Enter");
  await page.reload();
  await page.getByText("疑似").first().waitFor();
  check("the tour was put away, and stays so", (await page.getByText("第一次来?").count()) === 0);
}

export async function firstDay(world) {
  await ownerArrives(world);
  await ownerSignsInAgain(world);
  await byKeyboard(world);
  await anAlert(world);
  await aVerdictByKeyboard(world);
  await aloneWithTheMode(world);
  await aColleague(world);
  for (const [name, word] of [["proposals", "待复核变更"], ["own", "我的账号"]]) {
    await enter(world.owner, word);
    await look(world.owner, name);
  }
  await world.owner.getByRole("button", { name: "English" }).click();
  await enter(world.owner, "Alerts");
  await look(world.owner, "alerts-en");
  await world.owner.getByRole("button", { name: "中文" }).click();
}
