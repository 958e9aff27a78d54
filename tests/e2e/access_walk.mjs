// How changes are approved, and roles: alone at once, together by proposals that another approves and whose author carries them out;
// what cooled off is offered to its author. Called by first_day.mjs (alone) and journey.mjs.
import { arrive, check, enter, invite, look, person, steppedUp } from "./steps.mjs";

async function chooseMode(page, phone, mode, wanted, reason = "") {
  await enter(page, "权限清单");
  await page.getByRole("combobox", { name: "重要变更怎样复核" }).click();
  await page.getByRole("option", { name: mode }).click();
  if (reason !== "") await page.getByLabel("理由").fill(reason);
  await page.getByRole("button", { name: "保存", exact: true }).click();
  await steppedUp(page, phone, page.getByText(wanted));
}

const modeOf = async (page) => (await (await page.request.get(`${new URL(page.url()).origin}/desk/session`)).json()).approval_mode;

// Whoever has no colleague yet chooses alone.
export async function aloneWithTheMode(world) {
  const page = world.owner;
  await chooseMode(page, world.phone, "一人店", "已保存");
  check("alone, changes go through after a cooling-off", (await modeOf(page)) === "solo");
  await look(page, "mode-solo");
  await chooseMode(page, world.phone, "由另一人复核", "已保存");
  check("and back to two people", (await modeOf(page)) === "two_people");
}

const cardOf = (page, text) => page.locator(".mantine-Card-root").filter({ hasText: text }).first();

export async function addRole(page, phone, name, role) {
  await enter(page, "账号");
  const card = cardOf(page, name);
  await card.getByRole("button", { name: "修改角色" }).click();
  await card.getByRole("button", { name: "再加一个角色" }).click();
  await card.getByRole("combobox", { name: "角色" }).last().click();
  await page.getByRole("option", { name: role, exact: true }).click();
  await look(page, "roles-editor");
  await card.getByRole("button", { name: "保存" }).click();
  await steppedUp(page, phone, page.getByText("增加的角色要由另一人复核"));
}

// Of several that wait, the one that says so.
async function approveOne(page, phone, words) {
  await enter(page, "待复核变更");
  const card = cardOf(page, words);
  await card.getByRole("button", { name: "同意", exact: true }).click();
  await steppedUp(page, phone, page.getByRole("main").filter({ hasNotText: words }));
  await card.waitFor({ state: "detached" });
}

async function rolesByTwo(world, admin, phone) {
  await addRole(admin, phone, "林内勤", "风险分析员");
  await enter(world.owner, "待复核变更");
  await world.owner.getByText("风险分析员 · 全部").waitFor();
  await world.owner.getByText("账号 林内勤").waitFor();
  check("a change of roles is told in words", true);
  await look(world.owner, "proposal-roles");
  await approveOne(world.owner, world.phone, "风险分析员 · 全部");
  await enter(admin, "账号");
  await cardOf(admin, "林内勤").getByText("风险分析员").waitFor();
  check("and carried out with the approval", true);
}

// Nobody waits a day here: the answer of the desk is put back by two days, and the desk then refuses what is not due.
async function whatCooledOff(admin, phone) {
  await addRole(admin, phone, "林内勤", "审计");
  await enter(admin, "待复核变更");
  await admin.getByText("审计 · 全部").waitFor();
  const carry = admin.getByRole("button", { name: "执行", exact: true });
  check("what is cooling off is not offered yet", (await carry.count()) === 0);
  await admin.route(/\/desk\/proposals\/prp_[^/]+$/, async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: { ...(await answer.json()), cooling_until: new Date(Date.now() - 1000).toISOString() } });
  });
  await admin.reload();
  await carry.click();
  await steppedUp(admin, phone, admin.getByText("没有第二人复核,冷静期到"));
  check("what cooled off is its author's to carry out, and the desk says when", true);
  await look(admin, "proposal-cooled");
  await admin.unrouteAll({ behavior: "wait" });
  await admin.getByRole("button", { name: "撤回" }).click();
  await admin.getByText("审计 · 全部").waitFor({ state: "detached" });
}

export async function accessWalk(world) {
  const link = await invite(world.owner, world.phone, { signIn: "zhou", shown: "周管理", role: "系统管理员" });
  const admin = await person(world.browser);
  const phone = await arrive(admin, link, "admin");
  await rolesByTwo(world, admin, phone);
  await chooseMode(admin, phone, "两人店", "已提交复核", "中秋只留一人");
  await enter(world.owner, "待复核变更");
  await world.owner.getByText("两人店:").first().waitFor();
  await approveOne(world.owner, world.phone, "中秋只留一人");
  await admin.goto(`${world.desk}/proposals?state=approved`);
  await admin.getByRole("button", { name: "执行", exact: true }).click();
  await steppedUp(admin, phone, admin.getByText("没有符合条件的记录"));
  check("a looser way of approving takes two people", (await modeOf(admin)) === "duo");
  await whatCooledOff(admin, phone);
  // Her session was read before the administrator changed the mode: the page has to ask for it anew.
  await chooseMode(world.owner, world.phone, "由另一人复核", "已保存");
  check("and a stricter one acts at once", (await modeOf(world.owner)) === "two_people");
  check("the administrator's browser complains of nothing", admin.complaints.length === 0, admin.complaints.join("; "));
  await admin.context().close();
}
