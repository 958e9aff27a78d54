// How changes are approved: whoever is alone chooses, and the choice acts at once. Called by first_day.mjs.
import { check, enter, look, steppedUp } from "./steps.mjs";

async function chooseMode(page, phone, mode, wanted) {
  await enter(page, "权限清单");
  await page.getByRole("combobox", { name: "重要变更怎样复核" }).click();
  await page.getByRole("option", { name: mode }).click();
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
