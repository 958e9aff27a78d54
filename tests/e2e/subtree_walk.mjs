// An agent's account sees its subtree and nothing else: lists, search, addresses typed by hand, alerts, and the menu. Called by
// journey.mjs after registry_walk.mjs, which registered 北区服务商 with 福源便利店.
import { arrive, check, enter, invite, look, person } from "./steps.mjs";

async function southernMerchant(page) {
  await enter(page, "服务商");
  await page.getByRole("link", { name: "新增", exact: true }).click();
  await page.getByLabel("名称 *", { exact: true }).fill("南区服务商");
  await page.getByRole("button", { name: "保存" }).click();
  await page.getByRole("heading", { level: 1, name: "南区服务商" }).waitFor();
  await enter(page, "商户");
  await page.getByRole("link", { name: "新增", exact: true }).click();
  await page.getByLabel("名称 *", { exact: true }).fill("和顺茶行");
  await page.getByRole("combobox", { name: "服务商" }).click();
  await page.getByRole("option", { name: "南区服务商" }).click();
  await page.getByRole("button", { name: "保存" }).click();
  await page.getByRole("heading", { level: 1, name: "和顺茶行" }).waitFor();
  return page.url();
}

export async function subtreeWalk(world) {
  const owner = world.owner;
  const foreign = await southernMerchant(owner);
  const link = await invite(owner, world.phone, { signIn: "zhao", shown: "赵业务", role: "业务员", agent: "北区服务商" });
  const page = await person(world.browser, { width: 1366, height: 768 });
  await arrive(page, link, "rep");
  await enter(page, "商户");
  await page.getByRole("link", { name: "福源便利店" }).waitFor();
  check("a rep sees the merchant of his agent", true);
  check("and not another agent's", (await page.getByText("和顺茶行").count()) === 0);
  check("nor what nobody registered", (await page.getByText("交易中出现").count()) === 0);
  await look(page, "rep-merchants");
  await page.getByLabel("名称、编号或后六位").fill("和顺茶行");
  await page.getByRole("button", { name: "查找" }).click();
  await page.getByRole("heading", { name: "查找结果" }).waitFor();
  await page.getByText("没有符合条件的记录").waitFor();
  check("search does not find it", true);
  await page.goto(foreign);
  await page.getByText("没有这条记录,或您无权查看").waitFor();
  check("its address leads nowhere", (await page.getByText("和顺茶行").count()) === 0);
  await look(page, "rep-foreign");
  await enter(page, "服务商");
  await page.getByRole("link", { name: "北区服务商" }).waitFor();
  check("one agent is in his list", (await page.locator("tbody tr").count()) === 1);
  await enter(page, "预警");
  await page.getByText("没有符合条件的记录").waitFor();
  check("alerts of others are not his", true);
  for (const word of ["账号", "待复核变更", "规则", "操作记录"])
    check(`a rep has no room ${word}`, (await page.getByRole("link", { name: word, exact: true }).count()) === 0);
  check("he makes and changes nothing", (await page.getByRole("link", { name: "新增" }).count()) === 0);
  await page.goto(`${world.desk}/accounts`);
  await page.getByText("赵业务,您好").waitFor();
  check("a room he may not enter leads to his first page", true);
  check("the rep's browser complains of nothing", page.complaints.length === 0, page.complaints.join("; "));
  await page.context().close();
}
