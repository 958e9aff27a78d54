// Lists: a terminal is blocked at once, and its next payment is refused with the list's name; off again only by a second person.
// Called by journey.mjs.
import { check, enter, look, steppedUp } from "./steps.mjs";

export async function listsWalk(world) {
  const page = world.owner;
  await enter(page, "名单");
  await page.getByRole("link", { name: "终端SN号名单 · 拦截" }).click();
  await page.getByLabel("终端SN号").fill("UNKNOWN-1");
  await page.getByLabel("原因代码").fill("confirmed_fraud");
  await page.getByLabel("说明").fill("商户报失");
  await page.getByRole("button", { name: "加入名单" }).click();
  await steppedUp(page, world.phone, page.getByText("已生效"));
  await page.getByText("商户报失").first().waitFor();
  check("a terminal is blocked, and the engine knows", true);
  await look(page, "list");
  const decision = await world.fire();
  check("its next payment meets the list", decision.standing?.some((one) => one.name === "blocked_terminals"), JSON.stringify(decision).slice(0, 400));
  await page.getByPlaceholder("移除原因").fill("终端已找回");
  await page.getByRole("button", { name: "移除", exact: true }).click();
  await steppedUp(page, world.phone, page.getByText("已提交复核"));
  check("off again takes a second person", true);
}
