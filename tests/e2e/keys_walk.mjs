// Keys of programs: one is made, shown once, works, and is revoked, whereupon it does not. Called by journey.mjs.
import { check, enter, look, steppedUp } from "./steps.mjs";

async function statusWith(key) {
  const answer = await fetch(`${process.env.TILLWATCH_API}/v1/decisions?after=0&limit=1`, { headers: { Authorization: `Bearer ${key}` } });
  return answer.status;
}

// The engine hears of a change within a second.
async function eventually(key, wanted) {
  const end = performance.now() + 20_000;
  while (performance.now() < end) if ((await statusWith(key)) === wanted) return true;
  return false;
}

export async function keysWalk(world) {
  const page = world.owner;
  await enter(page, "接口密钥");
  await page.getByLabel("系统名称").fill("front-1");
  await page.getByRole("button", { name: "新增密钥" }).click();
  const shown = page.locator("code").filter({ hasText: "tw_" });
  await steppedUp(page, world.phone, shown);
  const key = (await shown.innerText()).trim();
  await look(page, "key-once");
  await page.getByRole("button", { name: "已保存,不再显示" }).click();
  check("a key that was hidden is gone from the page", !(await page.content()).includes(key));
  check("and is known, without the right to read", await eventually(key, 403));
  await page.getByRole("button", { name: "作废" }).click();
  await page.getByRole("button", { name: "确定作废?立即生效" }).click();
  await steppedUp(page, world.phone, page.getByText("已作废"));
  check("a revoked key opens nothing", await eventually(key, 401));
  await look(page, "keys");
}
