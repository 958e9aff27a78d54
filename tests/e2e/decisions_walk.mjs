// The decisions room: filters in the address, a decision's page in words with its values, its policy, its raw event and what
// happened around it. Called by journey.mjs.
import { check, enter, look, person } from "./steps.mjs";

async function theList(page) {
  await enter(page, "交易判定");
  await page.locator("tbody tr").first().waitFor();
  await page.getByLabel("仅命中规则的").check();
  await page.getByLabel("规则编号").fill("T06-split");
  await page.getByRole("button", { name: "查询" }).click();
  await page.waitForURL(/fired=true/);
  await page.locator("tbody tr").filter({ hasNotText: "分单" }).first().waitFor({ state: "detached" });
  await page.locator("tbody tr").filter({ hasText: "分单" }).first().waitFor();
  check("decisions are filtered, and the address says how", page.url().includes("rule=T06-split") && (await page.locator("tbody tr").count()) > 0);
  await look(page, "decisions");
}

async function thePage(page) {
  await page.locator("tbody tr a").last().click();
  await page.getByRole("heading", { name: "为什么" }).waitFor();
  await page.getByText(/疑似分单:该卡10分钟内在本商户交易\d+笔/).waitFor();
  check("a decision says why, in words", true);
  await page.getByRole("heading", { name: "依据的数值" }).waitFor();
  const values = await page.locator("table").first().innerText();
  check("with values, windows and how complete they were", values.includes("card_pair_count_1h") && values.includes("完整") && /\d+ 条记录/.test(values), values);
  check("and by which policy", /第 \d+ 版/.test(await page.locator("main").innerText()));
  await page.getByRole("img", { name: /这张卡:之前 \d+ 笔/ }).waitFor();
  check("what happened around it is drawn and told", true);
  await page.getByText("原始事件").click();
  check("the raw event is there", (await page.locator("details pre, details code").last().innerText()).includes("terminal"));
  await look(page, "decision");
}

export async function decisionsWalk(world) {
  const page = world.owner;
  await theList(page);
  await thePage(page);
  const address = page.url();
  const small = await person(world.browser, { width: 390, height: 844 });
  await small.context().addCookies(await page.context().cookies());
  await small.goto(address);
  await small.getByRole("img", { name: /这张卡/ }).waitFor();
  await look(small, "decision-phone");
  await enterPhone(small);
  await small.context().close();
  await page.getByRole("button", { name: "English" }).click();
  await page.getByText(/Suspected split sale: \d+ payments/).waitFor();
  check("and in English", true);
  await look(page, "decision-en");
  await page.getByRole("button", { name: "中文" }).click();
}

async function enterPhone(small) {
  await small.goto(`${new URL(small.url()).origin}/decisions?fired=true`);
  await small.getByText("疑似").locator("visible=true").first().waitFor();
  await look(small, "decisions-phone");
}
