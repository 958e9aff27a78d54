// The policy room: rules with what they came to; a draft whose fault is told by its line, whose test fails, is mended, proposed,
// approved by a second account and not by its author, published, and in force. Called by journey.mjs.
import { arrive, check, enter, invite, look, person, steppedUp } from "./steps.mjs";

async function write(page, text) {
  await page.getByRole("textbox", { name: /rules/ }).fill(text);
  await page.getByRole("button", { name: "保存文件" }).click();
  await page.getByText("已保存").first().waitFor();
}

async function theRules(page) {
  await enter(page, "规则");
  await page.getByText(/现行规则:第 1 版/).waitFor();
  check("rules stand with their hits", (await page.locator("tbody tr").count()) > 10);
  await look(page, "policy");
  await page.getByRole("link", { name: "疑似分单交易" }).click();
  await page.getByRole("heading", { name: "每日命中" }).waitFor();
  await look(page, "policy-rule");
}

async function theDraft(page) {
  await enter(page, "规则草稿");
  await page.getByLabel("草稿标题").fill("分单提示更确定");
  await page.getByRole("button", { name: "从现行规则起草" }).click();
  await page.getByText("没有错误").waitFor({ timeout: 60000 });
  const first = await page.getByRole("textbox", { name: /rules/ }).inputValue();
  await write(page, first.replace("severity: 3", "severity: many"));
  await page.getByText(/错误 · .* 第 \d+ 行/).first().waitFor({ timeout: 60000 });
  check("a fault is told by its line", true);
  await look(page, "draft-fault");
  await write(page, first.replace("split_count_10m >= param.split_count_10m", "split_count_10m >= 99").replace("split_count_1h >= param.split_count_1h", "split_count_1h >= 99"));
  await page.getByText("没有错误").waitFor({ timeout: 60000 });
  await page.getByRole("button", { name: "运行测试" }).click();
  await page.getByText(/✗ \d+ 个场景中 [1-9]\d* 个未通过/).waitFor({ timeout: 60000 });
  check("a rule that no longer sees what it should fails its test", (await page.getByText("t06_split_sale").count()) > 0);
  await look(page, "draft-failed");
  await write(page, first.replace("confidence: 0.7", "confidence: 0.75"));
  await page.getByText("没有错误").waitFor({ timeout: 60000 });
  await page.getByRole("button", { name: "运行测试" }).click();
  await page.getByText(/✓ \d+ 个场景全部通过/).waitFor({ timeout: 60000 });
  check("mended, it passes", true);
  await page.getByLabel("为什么修改(必填)").fill("核实过的都属实");
  await page.getByRole("button", { name: "提交复核" }).click();
  await page.getByText("这是您提出的变更").waitFor();
  check("its author is not offered to approve it", (await page.getByRole("button", { name: "同意", exact: true }).count()) === 0);
  check("nor to publish what nobody approved", (await page.getByRole("button", { name: "发布", exact: true }).count()) === 0);
  await look(page, "draft");
}

// Somebody of his own, and not by a role that the author gave.
async function anotherApproves(page, phone, address) {
  await enter(page, "待复核变更");
  await page.getByText("核实过的都属实").waitFor();
  await page.getByRole("button", { name: "同意", exact: true }).click();
  await steppedUp(page, phone, page.getByText("没有符合条件的记录"));
  check("a second account approves it", true);
  await page.goto(address);
  await page.getByRole("button", { name: "发布", exact: true }).click();
  await steppedUp(page, phone, page.getByText(/已发布:第 2 版/));
  await enter(page, "规则");
  await page.getByText(/现行规则:第 2 版/).waitFor();
  check("and it is in force", true);
  await look(page, "policy-published");
}

// The way back is such a change too: proposed by one, approved by another, carried out by whoever proposed it.
async function theWayBack(page, phone, owner, ownersPhone) {
  await page.getByLabel("理由").fill("先退回观察");
  await page.getByRole("button", { name: "退回这一版" }).click();
  await steppedUp(page, phone, page.getByText("已提交复核"));
  await enter(owner, "待复核变更");
  await owner.getByText("先退回观察").waitFor();
  await owner.getByRole("button", { name: "同意", exact: true }).click();
  await steppedUp(owner, ownersPhone, owner.getByText("没有符合条件的记录"));
  await page.goto(`${new URL(page.url()).origin}/proposals?state=approved`);
  await page.getByRole("button", { name: "执行", exact: true }).click();
  await steppedUp(page, phone, page.getByText("没有符合条件的记录"));
  await enter(page, "规则");
  await page.getByText(/现行规则:第 3 版/).waitFor();
  check("and an older version is back, by two people again", true);
}

// A publication with a time waits for it, and says so.
async function onItsDay(author, approver, phone) {
  await enter(author, "规则草稿");
  await author.getByLabel("草稿标题").fill("定时生效");
  await author.getByRole("button", { name: "从现行规则起草" }).click();
  await author.getByText("没有错误").waitFor({ timeout: 60000 });
  const first = await author.getByRole("textbox", { name: /rules/ }).inputValue();
  await write(author, first.replace("confidence: 0.7", "confidence: 0.72"));
  await author.getByText("没有错误").waitFor({ timeout: 60000 });
  await author.getByRole("button", { name: "运行测试" }).click();
  await author.getByText(/✓ \d+ 个场景全部通过/).waitFor({ timeout: 60000 });
  const day = new Date(Date.now() + 10 * 24 * 3600 * 1000).toISOString().slice(0, 10);
  await author.getByLabel("为什么修改(必填)").fill("月底起生效");
  await author.getByLabel("生效时间").fill(`${day}T08:30`);
  await author.getByRole("button", { name: "提交复核" }).click();
  await author.getByText("这是您提出的变更").waitFor();
  await enter(approver, "待复核变更");
  await approver.getByText(`定于 ${day} 08:30 生效`).waitFor();
  check("whoever approves sees the time", true);
  await look(approver, "proposal-publish");
  await approver.getByRole("button", { name: "同意", exact: true }).click();
  await steppedUp(approver, phone, approver.getByText("没有符合条件的记录"));
  await approver.goto(`${new URL(approver.url()).origin}/proposals?state=approved`);
  await approver.getByRole("button", { name: "执行", exact: true }).click();
  await steppedUp(approver, phone, approver.getByText("没有符合条件的记录"));
  await enter(approver, "规则");
  await approver.getByText(`定于 ${day} 08:30 生效:第 4 版`).waitFor();
  check("a publication with a time waits for it", (await approver.getByText(/现行规则:第 3 版/).count()) === 1);
  await look(approver, "policy-scheduled");
}

export async function policyWalk(world) {
  await theRules(world.owner);
  const links = [];
  for (const [signIn, shown, role] of [["zhang", "张规则", "规则编写"], ["sun", "孙审批", "规则审批"]])
    links.push(await invite(world.owner, world.phone, { signIn, shown, role }));
  const author = await person(world.browser);
  await arrive(author, links[0], "author");
  await theDraft(author);
  const approver = await person(world.browser);
  const phone = await arrive(approver, links[1], "approver");
  await anotherApproves(approver, phone, author.url());
  await theWayBack(approver, phone, world.owner, world.phone);
  await onItsDay(author, approver, phone);
  check("the browsers of both complain of nothing", author.complaints.length + approver.complaints.length === 0,
    [...author.complaints, ...approver.complaints].join("; "));
  await author.context().close();
  await approver.context().close();
}
