// Webhooks: one is made, its secret shown once, a test sent and told as failed where nobody listens, turned off, removed; an address
// inside the house is refused. Called by journey.mjs.
import { check, enter, look, steppedUp } from "./steps.mjs";

export async function webhooksWalk(world) {
  const page = world.owner;
  await enter(page, "推送");
  await page.getByLabel("名称").first().fill("工单系统");
  await page.getByLabel("地址(https)").fill("http://receiver.example");
  await page.getByRole("button", { name: "新增推送" }).click();
  const refused = page.getByRole("alert");
  await steppedUp(page, world.phone, refused);
  check("an address without TLS is refused", true);
  await look(page, "webhook-refused");
  await page.getByLabel("地址(https)").fill("https://receiver.invalid/alerts");
  await page.getByRole("button", { name: "新增推送" }).click();
  await page.getByText("密钥只显示这一次").waitFor();
  const secret = await page.locator("code").filter({ hasText: "whsec_" }).innerText();
  await look(page, "webhook-secret");
  await page.getByRole("button", { name: "已保存,不再显示" }).click();
  check("a secret that was hidden is gone from the page", !(await page.content()).includes(secret));
  await page.getByRole("button", { name: "发测试消息" }).click();
  await steppedUp(page, world.phone, page.getByText("测试消息已发出"));
  await page.locator("details summary").filter({ hasText: "测试消息" }).first().waitFor();
  check("what became of a message is told", true);
  await look(page, "webhooks");
  await page.getByRole("button", { name: "停用" }).click();
  await steppedUp(page, world.phone, page.getByText("已停用"));
  await page.getByRole("button", { name: "删除" }).click();
  await page.getByRole("button", { name: "确定删除?" }).click();
  await page.getByText("工单系统").waitFor({ state: "detached" });
  check("and it can be removed", true);
}
