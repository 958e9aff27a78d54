// The registry's forms, one new thing of each kind: what is missing or means nothing has words at its field, and so has what the desk
// refuses; saved and changed, the history says who did it and from what to what. Called by journey.mjs after registry_walk.mjs.
import { check, enter, look } from "./steps.mjs";

// In the order in which one needs another. `empty`: required fields; `bad`: what the page itself refuses; `refused`: what the desk does.
const forms = [
  { room: "通道", empty: ["通道代号 *", "名称 *"], bad: { 日切时间: ["25:00", "请写成 22:30"] },
    refused: { "通道代号 *": ["LE SHUA", "应为"] },
    good: { "通道代号 *": "leshua", "名称 *": "乐刷通道", 日切时间: "23:00" }, heading: "乐刷通道", told: "名称: 乐刷通道" },
  { room: "人员", empty: ["姓名 *"], refused: { 电话: ["12", "电话应为 5 至 15 位数字"] },
    good: { "姓名 *": "李四海", 电话: "13900139001" }, heading: /^李/, told: "姓名 (个人信息已变更(内容不保留))" },
  { room: "服务商", empty: ["名称 *"], good: { "名称 *": "东区服务商", 备案号: "备2026-118", 备案有效期: "2027-06-30" },
    choose: { 备案状态: "已备案", 联系人: /^李/ }, heading: "东区服务商", told: "备案号: 备2026-118" },
  { room: "业务员", empty: ["姓名 *"], refused: { 电话: ["无", "电话应为 5 至 15 位数字"] },
    good: { "姓名 *": "吴起", 代号: "R-7" }, choose: { 服务商: "东区服务商" }, heading: /^吴/, told: "代号: R-7" },
  { room: "商户", empty: ["名称 *"], bad: { 单笔限额: ["五千", "请按元填写"], 纬度: ["北纬31度", "请填写小数"], 开门: ["9点", "请写成 22:30"] },
    refused: { 打烊: ["08:00", "打烊应晚于开门"] },
    good: { "名称 *": "永和豆浆店", 单笔限额: "5,000.50", 纬度: "31.230416", 经度: "121.473701", 开门: "09:00" },
    choose: { 服务商: "东区服务商", 业务员: /^吴/, 法定代表人: /^李/ }, number: "8210001", heading: "永和豆浆店", told: "单笔限额: 5,000.50 元" },
  { room: "结算账户", empty: ["账号(卡号) *", "户名 *"], refused: { "账号(卡号) *": ["12", "账号应为 8 至 34 位数字或字母"] },
    good: { "账号(卡号) *": "ZH11002200", "户名 *": "永和豆浆店", 开户行: "农业银行" }, choose: { 商户: "永和豆浆店" }, heading: /^永/, told: "开户行: 农业银行" },
  { room: "终端", empty: ["SN号 *"], good: { "SN号 *": "SN-2026-0007", 型号: "N58" }, refusedChoice: [{ 状态: "正常" }, "商户", "使用中的终端必须登记商户"],
    choose: { 商户: "永和豆浆店" }, heading: "SN-2026-0007", told: "型号: N58" },
];

const fieldOf = (page, label) => page.getByLabel(label, { exact: true }).and(page.locator("input, textarea")).first();
const save = (page) => page.getByRole("button", { name: "保存", exact: true }).click();

// The words that are said of a field, to the eye and to whoever reads by ear.
async function saysAt(page, label, words) {
  const field = fieldOf(page, label);
  await page.waitForFunction(([one, wanted]) => {
    const told = (one.getAttribute("aria-describedby") ?? "").split(" ").map((id) => document.getElementById(id)?.textContent ?? "").join(" ");
    return one.getAttribute("aria-invalid") === "true" && told.includes(wanted);
  }, [await field.elementHandle(), words]);
}

async function fill(page, texts) {
  for (const [label, text] of Object.entries(texts)) await fieldOf(page, label).fill(text);
}

async function choose(page, choices) {
  for (const [label, option] of Object.entries(choices)) {
    await page.getByRole("combobox", { name: label, exact: true }).click();
    await page.getByRole("option", { name: option, exact: typeof option === "string" }).first().click();
  }
}

const textsOf = (pairs) => Object.fromEntries(Object.entries(pairs).map(([label, [text]]) => [label, text]));

async function whatIsWrong(page, form) {
  await fill(page, textsOf(form.bad ?? {}));
  await save(page);
  for (const label of form.empty) await saysAt(page, label, "必填");
  for (const [label, [, words]] of Object.entries(form.bad ?? {})) await saysAt(page, label, words);
  check(`${form.room}: what is missing or means nothing has words at its field`, true);
  const first = await page.evaluate(() => document.activeElement === document.querySelector("[aria-invalid=true]"));
  check(`${form.room}: and the first of them has the focus`, first);
  await look(page, `form-${forms.indexOf(form)}-wrong`);
  await fill(page, { ...form.good, ...textsOf(form.refused ?? {}) });
  await choose(page, form.refusedChoice?.[0] ?? {});
  if (!form.refused && !form.refusedChoice) return;
  await save(page);
  for (const [label, [, words]] of Object.entries(form.refused ?? {})) await saysAt(page, label, words);
  if (form.refusedChoice) await saysAt(page, form.refusedChoice[1], form.refusedChoice[2]);
  check(`${form.room}: what the desk refuses has words at its field`, true);
  await fill(page, Object.fromEntries(Object.keys(form.refused ?? {}).map((label) => [label, form.good[label] ?? ""])));
}

async function itsHistory(page, form) {
  await page.getByRole("heading", { level: 1, name: form.heading }).waitFor();
  const card = page.locator(".mantine-Card-root").filter({ has: page.getByRole("heading", { name: "变更记录" }) });
  await card.getByText(`陈伟 · 新增 ${form.told}`).first().waitFor();
  await page.getByRole("link", { name: "修改", exact: true }).click();
  await page.getByLabel("备注").fill("已电话核对");
  await page.getByLabel("修改原因").fill("季度核对");
  await save(page);
  await page.getByRole("heading", { level: 1, name: form.heading }).waitFor();
  await card.getByText("陈伟 · 修改 备注: 无 → 已电话核对 (季度核对)").waitFor();
  check(`${form.room}: its history has who made it, and the change with its reason`, true);
}

export async function formsWalk(world) {
  const page = world.owner;
  for (const form of forms) {
    await enter(page, form.room);
    await page.getByRole("link", { name: "新增", exact: true }).click();
    await page.getByRole("heading", { level: 1, name: `新增 · ${form.room}` }).waitFor();
    await whatIsWrong(page, form);
    await choose(page, form.choose ?? {});
    if (form.number) {
      await page.getByRole("button", { name: "添加商户号" }).click();
      await page.getByLabel("号码").fill(form.number);
    }
    await save(page);
    await itsHistory(page, form);
  }
  await look(page, "form-made");
}
