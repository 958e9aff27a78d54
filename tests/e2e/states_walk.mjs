// Every room, and a page of each kind, while it waits, when the server is away, and when there is nothing: words in each, and a way to
// try again. The desk's answers are held back and dropped in the browser. Called by journey.mjs.
import { check, steppedUp } from "./steps.mjs";

const lists = ["/alerts", "/decisions", "/merchants", "/terminals", "/agents", "/reps", "/settlement-accounts", "/persons", "/channels", "/drafts", "/lists",
  "/proposals", "/webhooks", "/api-keys", "/audit"];
const others = ["/", "/policy", "/accounts", "/access-review", "/health", "/account"];
// A page of each kind: the first link of this shape on that list that leads to one, not to the form for a new one.
const singles = [["/alerts?state=closed", "/alerts/"], ["/decisions", "/decisions/"], ["/merchants", "/merchants/"], ["/terminals", "/terminals/"],
  ["/agents", "/agents/"], ["/reps", "/reps/"], ["/policy", "/policy/rules/"], ["/drafts", "/drafts/"], ["/lists", "/lists/"]];
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
  // Parts of a page fail one after another: each button is waited for by itself, for their number may grow meanwhile.
  for (let one = await again.first().elementHandle(); one !== null; one = (await again.count()) > 0 ? await again.first().elementHandle() : null) {
    await one.click();
    await one.waitForElementState("hidden");
  }
  await page.getByRole("heading", { level: 1 }).first().waitFor();
  if (empty) await page.getByText("没有符合条件的记录").first().waitFor();
  check(`${path} waits, says that the server is away, tries again${empty ? ", and says that there is nothing" : ""}`, true);
  await page.unrouteAll({ behavior: "ignoreErrors" });
}

// A form has no answer to wait for, but what its fields offer comes from the desk: they say that it is away, and ask again when opened.
async function formStates(page, desk) {
  let down = true;
  await page.route(/\/desk\/(agents|channels)/, (route) => (down ? route.abort() : route.continue()));
  await page.goto(`${desk}/merchants/new`);
  const agent = page.getByRole("combobox", { name: "服务商", exact: true });
  await page.getByText("连不上服务器").nth(1).waitFor();
  check("the field of the agent says that the server is away", (await agent.getAttribute("aria-invalid")) === "true");
  down = false;
  await agent.click();
  await page.getByRole("option").first().waitFor();
  check("and offers agents once the server is back", (await agent.getAttribute("aria-invalid")) !== "true");
  await page.unrouteAll({ behavior: "ignoreErrors" });
}

// What may be read only with a fresh second factor: the desk's refusal is put in its place until the factor was shown.
async function readWithFactor(page, world) {
  let shown = false;
  page.on("response", (answer) => (shown ||= answer.url().endsWith("/desk/session/step-up") && answer.ok()));
  await page.route(/\/desk\/api-keys/, (route) => (shown ? route.continue() : route.fulfill({ status: 403, contentType: "application/problem+json",
    body: JSON.stringify({ type: "urn:tillwatch:problem:step-up-needed", title: "step up", status: 403, detail: "show your second factor once more for this" }) })));
  await page.goto(`${world.desk}/api-keys`);
  await page.getByText("查看这里需要再验证一次动态口令").waitFor();
  await page.getByRole("button", { name: "验证", exact: true }).click();
  await steppedUp(page, world.phone, page.getByText(/…\w{6}|没有符合条件的记录/));
  check("what needs a fresh factor asks for it, and is then there", (await page.getByText("查看这里需要再验证").count()) === 0);
  await page.unrouteAll({ behavior: "ignoreErrors" });
}

// A room's script is loaded when the room is first entered.
async function roomWithoutItsScript(page, desk) {
  await page.goto(desk);
  await page.getByRole("heading", { level: 1 }).waitFor();
  await page.route(/\/assets\/.*\.js$/, (route) => route.abort());
  await page.getByRole("link", { name: "规则", exact: true }).click();
  await page.getByText("页面未能打开").waitFor();
  check("a room whose script cannot be loaded says so, and the navigation stays", await page.getByRole("link", { name: "预警", exact: true }).isVisible());
  await page.unrouteAll({ behavior: "ignoreErrors" });
  await page.getByRole("button", { name: "重试" }).click();
  await page.getByText(/现行规则/).first().waitFor();
  check("and opens when it is tried again", true);
}

export async function statesWalk(world) {
  const page = await world.owner.context().newPage();
  for (const path of lists) await roomStates(page, world.desk, path, true);
  for (const path of others) await roomStates(page, world.desk, path, false);
  for (const [list, shape] of singles) {
    await page.goto(world.desk + list);
    const link = page.locator(`main a[href^="${shape}"]:not([href$="/new"]):visible`).first();
    await link.waitFor();
    await roomStates(page, world.desk, await link.getAttribute("href"), false);
  }
  await formStates(page, world.desk);
  await roomWithoutItsScript(page, world.desk);
  await readWithFactor(page, world);
  await page.route(/\/desk\/stream/, (route) => route.abort());
  await page.goto(`${world.desk}/live`);
  await page.getByText("连接中断").waitFor();
  check("the live room says that it lost the server", true);
  await page.close();
}
