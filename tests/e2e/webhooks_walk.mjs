// Webhooks: one is made, its secret shown once, a test sent and told as failed where nobody listens, turned off, removed; an address
// inside the house is refused. Called by journey.mjs.
import { check, enter, look, steppedUp } from "./steps.mjs";

async function theMail(page, phone) {
  const save = page.getByRole("button", { name: "保存", exact: true });
  await page.getByLabel("发信服务器").fill("mail.example.cn");
  await page.getByLabel("发件人").fill("nobody in particular");
  await page.getByRole("button", { name: "添加收件人" }).click();
  await page.getByLabel("邮箱").fill("chen.wei@");
  await save.click();
  await steppedUp(page, phone, page.getByText("应为一个邮箱地址,例如 desk@example.cn"));
  check("a sender that is no address is refused in words", true);
  await page.getByLabel("发件人").fill("desk@example.cn");
  await save.click();
  await steppedUp(page, phone, page.getByText("应为一个邮箱地址,例如 lin@example.cn"));
  check("and so is a receiver", true);
  await look(page, "mail-refused");
  await page.getByLabel("邮箱").fill("chen.wei@example.cn");
  await save.click();
  await steppedUp(page, phone, page.getByText("已保存"));
  await page.reload();
  await page.getByLabel("邮箱").waitFor();
  // Names come after the page.
  await page.waitForFunction(() => [...document.querySelectorAll("input")].some((input) => input.value === "陈伟"));
  check("what is right is kept, for a colleague by name", true);
  const other = await page.context().newPage();
  await other.goto(page.url());
  await other.getByLabel("发件人").fill("alerts@example.cn");
  await other.getByRole("button", { name: "保存", exact: true }).click();
  await steppedUp(other, phone, other.getByText("已保存"));
  await other.close();
  await enter(page, "推送");
  await page.waitForFunction(() => [...document.querySelectorAll("input")].some((input) => input.value === "alerts@example.cn"));
  check("what was saved elsewhere is in the form once it is loaded", true);
  await look(page, "mail");
}

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
  await theMail(page, world.phone);
}
