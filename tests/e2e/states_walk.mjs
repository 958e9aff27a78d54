// Every room while it waits, when the server is away, and when there is nothing: words in each, and a way to try again. The desk's
// answers are held back and dropped in the browser. Called by journey.mjs.
import { check } from "./steps.mjs";

const lists = ["/alerts", "/decisions", "/merchants", "/terminals", "/agents", "/reps", "/settlement-accounts", "/persons", "/channels", "/drafts", "/lists",
  "/proposals", "/webhooks", "/api-keys", "/audit"];
const others = ["/", "/policy", "/accounts", "/access-review", "/health", "/account"];
const nothing = JSON.stringify({ items: [], next: null, stopped_at: null });

async function roomStates(page, desk, path, empty) {
  let mode = "hold";
  const held = [];
  await page.route(/\/desk\//, async (route) => {
    const asked = new URL(route.request().url()).pathname;
    if (asked === "/desk/session") return route.continue();
    if (mode === "hold") return held.push(route);
    if (mode === "down") return route.abort();
    const list = empty && asked === `/desk${path === "/drafts" ? "/policy/drafts" : path}`;
    return list ? route.fulfill({ contentType: "application/json", body: nothing }) : route.continue();
  });
  await page.goto(desk + path);
  await page.getByText("加载中…").first().waitFor();
  mode = "down";
  for (const route of held.splice(0)) await route.abort();
  const again = page.getByRole("button", { name: "重试" });
  await page.getByText("连不上服务器").first().waitFor();
  await again.first().waitFor();
  mode = "up";
  while ((await again.count()) > 0) {
    await again.first().click();
    await page.waitForLoadState("networkidle");
  }
  if (empty) await page.getByText("没有符合条件的记录").first().waitFor();
  check(`${path} waits, says that the server is away, tries again${empty ? ", and says that there is nothing" : ""}`, true);
  await page.unrouteAll({ behavior: "ignoreErrors" });
}

export async function statesWalk(world) {
  const page = await world.owner.context().newPage();
  for (const path of lists) await roomStates(page, world.desk, path, true);
  for (const path of others) await roomStates(page, world.desk, path, false);
  await page.route(/\/desk\/stream/, (route) => route.abort());
  await page.goto(`${world.desk}/live`);
  await page.getByText("连接中断").waitFor();
  check("the live room says that it lost the server", true);
  await page.close();
}
