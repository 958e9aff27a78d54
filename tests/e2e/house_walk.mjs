// The house's rooms: what fires comes by itself into the live room, a pause leaves nothing out, the audit has what was done, and
// the page of the system's health says that all is well. Called by journey.mjs.
import { check, enter, look, person, steppedUp } from "./steps.mjs";
import { readFileSync } from "node:fs";

async function theExport(world) {
  const page = world.owner;
  await page.goto(`${world.desk}/decisions?fired=true`);
  await page.locator("tbody tr").first().waitFor();
  const file = page.waitForEvent("download").catch(() => null);
  await page.getByRole("button", { name: "导出" }).click();
  await steppedUp(page, world.phone, page.getByText("已导出"));
  const got = await file;
  const text = got === null ? "" : readFileSync(await got.path(), "utf8");
  check("an export holds what was filtered", text.split("\n").length > 2 && text.includes("dec_"), text.slice(0, 200));
}

async function theLiveRoom(world) {
  const page = world.owner;
  await enterLive(page);
  await page.getByText("实时接收中").waitFor();
  check("the stream is open", true);
  await look(page, "live-empty");
  await world.fire();
  await page.locator("tbody tr").first().waitFor({ timeout: 60000 });
  check("what fires comes by itself", true);
  await look(page, "live");
  await page.getByRole("button", { name: "暂停" }).click();
  await page.getByText("已暂停").waitFor();
  const before = await page.locator("tbody tr").count();
  await world.fire();
  await page.getByRole("button", { name: "继续" }).click();
  await page.locator("tbody tr").nth(before).waitFor({ timeout: 60000 });
  check("what came during a pause is there after it", true);
  const small = await person(world.browser, { width: 390, height: 844 });
  await small.context().addCookies(await page.context().cookies());
  await small.goto(`${world.desk}/live`);
  await small.getByText("实时接收中").waitFor();
  await look(small, "live-phone");
  await small.context().close();
}

// The stream stays open: there is no moment without traffic to wait for.
async function enterLive(page) {
  await page.getByRole("link", { name: "实时", exact: true }).click();
  await page.getByRole("heading", { level: 1, name: "实时命中" }).waitFor();
}

export async function houseWalk(world) {
  const page = world.owner;
  await theExport(world);
  await enter(page, "操作记录");
  await page.getByText("导出交易判定").first().waitFor();
  check("the audit has the export", true);
  await look(page, "audit");
  await page.getByLabel("做了什么").fill("alert.judged");
  await page.getByRole("button", { name: "查询" }).click();
  await page.getByText("预警结论").first().waitFor();
  check("and the verdict, in words", page.url().includes("kind=alert.judged"));
  await enter(page, "系统状态");
  await page.getByText("一切正常").waitFor();
  await look(page, "health");
  await enter(page, "权限清单");
  await look(page, "review");
  await theLiveRoom(world);
}
