// The registry: an agent is made, a merchant under it, changed twice, the second time too late; what search finds has a
// page; a merchant's activity is drawn and told. Called by journey.mjs.
import { check, enter, look, person } from "./steps.mjs";

async function make(page, word, fields) {
  await enter(page, word);
  await page.getByRole("link", { name: "新增", exact: true }).click();
  for (const [label, text] of Object.entries(fields)) await page.getByLabel(label, { exact: true }).fill(text);
}
const save = (page) => page.getByRole("button", { name: "保存" }).click();

async function somebodyWasQuicker(page, other) {
  await page.getByRole("link", { name: "修改" }).click();
  await page.getByLabel("城市").waitFor();
  await other.goto(page.url());
  await other.getByLabel("城市").fill("宁波");
  await save(other);
  await other.getByRole("heading", { name: "福源便利店" }).waitFor();
  await page.getByLabel("城市").fill("绍兴");
  await save(page);
  await page.getByText("别人修改了这条记录").waitFor();
  await look(page, "registry-conflict");
  await page.getByRole("button", { name: "重新加载" }).click();
  await page.locator("input[value='宁波']").waitFor();
  check("whoever was too late sees what the other wrote", true);
  await page.getByRole("button", { name: "取消" }).click();
}

export async function registryWalk(world) {
  const page = world.owner;
  await make(page, "服务商", { "名称 *": "北区服务商" });
  await look(page, "agent-form");
  await save(page);
  await page.getByRole("heading", { name: "北区服务商" }).waitFor();
  await make(page, "商户", { "名称 *": "福源便利店", "商户类别码": "54", "单笔限额": "5000" });
  await page.getByRole("combobox", { name: "服务商" }).click();
  await page.getByRole("option", { name: "北区服务商" }).click();
  await save(page);
  await page.getByText("商户类别码为 4 位数字").first().waitFor();
  await look(page, "merchant-form");
  await page.getByLabel("商户类别码").fill("5411");
  await save(page);
  await page.getByRole("heading", { name: "福源便利店" }).waitFor();
  await page.getByText("已生效").waitFor();
  check("a merchant is registered, and the engine knows", true);
  await look(page, "merchant-new");
  const other = await page.context().newPage();
  await somebodyWasQuicker(page, other);
  await other.close();
  await page.getByText("新增").first().waitFor();

  await make(page, "业务员", { "姓名 *": "王小明", 电话: "13800138000" });
  await save(page);
  await page.getByRole("heading", { level: 1, name: "王" }).waitFor();
  check("a phone number comes masked", !(await page.content()).includes("13800138000"));
  await look(page, "rep");
  await enter(page, "商户");
  await page.getByLabel("名称、编号或后六位").fill("13800138000");
  await page.getByRole("button", { name: "查找" }).click();
  await page.getByRole("link", { name: /^王/ }).click();
  await page.getByRole("heading", { level: 1, name: "王" }).waitFor();
  check("what search finds has a page", page.url().includes("/reps/"));

  await enter(page, "商户");
  await look(page, "merchants");
  await page.getByText("交易中出现").waitFor();
  await page.locator("text=交易中出现 >> xpath=.. >> a").first().click();
  await page.getByRole("img", { name: /共 \d+ 笔/ }).waitFor();
  await page.getByText("以表格显示").click();
  check("activity is drawn, and told as a table", (await page.locator("details tbody tr").count()) > 0);
  await look(page, "merchant-activity");
  const small = await person(world.browser, { width: 390, height: 844 });
  await small.context().addCookies(await page.context().cookies());
  await small.goto(page.url());
  await small.getByRole("img", { name: /共 \d+ 笔/ }).waitFor();
  await look(small, "merchant-phone");
  await small.context().close();
}
