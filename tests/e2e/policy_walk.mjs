// The policy room: rules with what they came to, a draft whose fault is told by its line, mended, tested, proposed; its author is not
// offered to approve it. Called by journey.mjs.
import { check, enter, look, steppedUp } from "./steps.mjs";

export async function policyWalk(world) {
  const page = world.owner;
  await enter(page, "规则");
  await page.getByText(/现行规则:第 \d+ 版/).waitFor();
  check("rules stand with their hits", (await page.locator("tbody tr").count()) > 10);
  await look(page, "policy");
  await page.getByRole("link", { name: "疑似分单交易" }).click();
  await page.getByRole("heading", { name: "每日命中" }).waitFor();
  await look(page, "policy-rule");
  await enter(page, "规则草稿");
  await page.getByLabel("草稿标题").fill("分单放宽到三笔");
  await page.getByRole("button", { name: "从现行规则起草" }).click();
  await page.getByText("没有错误").waitFor({ timeout: 60000 });
  const editor = page.getByRole("textbox", { name: /rules/ });
  const text = await editor.inputValue();
  await editor.fill(text.replace("severity: 3", "severity: many"));
  await page.getByRole("button", { name: "保存文件" }).click();
  await page.getByText(/错误 · .* 第 \d+ 行/).first().waitFor({ timeout: 60000 });
  check("a fault is told by its line", true);
  await look(page, "draft-fault");
  await editor.fill(text.replace("confidence: 0.7", "confidence: 0.75"));
  await page.getByRole("button", { name: "保存文件" }).click();
  await page.getByText("没有错误").waitFor({ timeout: 60000 });
  await page.getByRole("button", { name: "运行测试" }).click();
  await page.getByText(/\d+ 个场景/).waitFor({ timeout: 60000 });
  await page.getByLabel("为什么修改(必填)").fill("误报偏多");
  await page.getByRole("button", { name: "提交复核" }).click();
  await steppedUp(page, world.phone, page.getByText("这是您提出的变更"));
  check("its author is not offered to approve it", (await page.getByRole("button", { name: "同意", exact: true }).count()) === 0);
  await look(page, "draft");
}
