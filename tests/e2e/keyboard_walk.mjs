// Nobody touches a mouse: signing in, an alert and its verdict, a colleague's change and its approval, with Tab, Enter and Escape. What
// has the focus looks like it; the dialog keeps the focus and gives it back. Called by journey.mjs after access_walk.mjs.
import { addRole } from "./access_walk.mjs";
import { arrive, check, invite, look, password, person } from "./steps.mjs";

const tabsMax = 120;

// What is to be seen of an element's focus; transitions are switched off, so that it is seen at once.
const looksOf = (one) => {
  const style = getComputedStyle(one);
  return [style.outlineStyle, style.outlineWidth, style.outlineColor, style.borderColor, style.boxShadow, style.position].join();
};
const withoutTransitions = () => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync("*, *::before { transition: none !important }");
  document.adoptedStyleSheets = [sheet];
};
const nameOf = (one) => (one.getAttribute("aria-label") || one.textContent || one.getAttribute("name") || one.tagName).trim().slice(0, 40);

// Presses Tab until `wanted` has the focus; whatever is passed has to have looked otherwise while it had it.
async function tabTo(page, wanted, what, unseen) {
  for (let pressed = 0; pressed < tabsMax; pressed += 1) {
    const here = await page.evaluateHandle(() => document.activeElement);
    const passed = await here.evaluate((one) => one !== document.body && one.id !== "content");
    if (passed && (await wanted.evaluateAll((all) => all.includes(document.activeElement)))) return;
    const focused = await here.evaluate(looksOf);
    await page.keyboard.press("Tab");
    if (passed && (await here.evaluate((one) => one.isConnected)) && (await here.evaluate(looksOf)) === focused) unseen.add(await here.evaluate(nameOf));
  }
  throw new Error(`Tab does not come to ${what}`);
}

async function signIn(page, world, unseen) {
  await page.goto(world.desk);
  await page.getByLabel("登录名").waitFor();
  await page.evaluate(withoutTransitions);
  await tabTo(page, page.getByLabel("登录名"), "the sign-in name", unseen);
  await page.keyboard.type("chen.wei");
  await tabTo(page, page.locator("input[type=password]"), "the password", unseen);
  await page.keyboard.type(password);
  await page.keyboard.press("Enter");
  const digits = page.getByLabel("验证器上的 6 位数字");
  await digits.waitFor();
  await tabTo(page, digits, "the digits", unseen);
  await page.keyboard.type(world.phone.digits());
  await page.keyboard.press("Enter");
  await page.getByText("陈伟,您好").waitFor();
  check("somebody signs in by keyboard", true);
}

async function verdict(page, unseen) {
  await page.locator("main a[href^='/alerts/']").first().waitFor();
  await tabTo(page, page.locator("main a[href^='/alerts/']"), "an alert on the first page", unseen);
  await page.keyboard.press("Enter");
  await page.getByText("涉及的交易").waitFor();
  await tabTo(page, page.getByLabel("理由(必填)"), "the reason", unseen);
  await page.keyboard.type("键盘核实,商户有小票");
  await tabTo(page, page.getByRole("button", { name: "误报", exact: true }), "the verdict", unseen);
  await page.keyboard.press("Enter");
  await page.getByText(/结论已生效:[1-9]/).waitFor({ timeout: 30000 });
  check("an alert is opened and judged by keyboard", true);
}

// The desk asks for fresh digits: said in its place once, so that it does not depend on how long ago they were given.
async function askOnce(page) {
  await page.route(/\/desk\/proposals\/[^/]+\/approve/, (route) => route.fulfill({ status: 403, contentType: "application/problem+json", body: JSON.stringify({
    type: "urn:tillwatch:problem:step-up-needed", title: "step up", status: 403, detail: "show your second factor once more for this" }) }));
}

const inDialog = (page) => page.evaluate(() => document.activeElement.closest("[role=dialog]") !== null);

async function dialogKeepsTheFocus(page, button) {
  await askOnce(page);
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox").waitFor();
  await page.waitForFunction(() => document.activeElement.closest("[role=dialog]") !== null && document.activeElement.tagName === "INPUT");
  check("the dialog's field has the focus when it opens", true);
  await look(page, "dialog");
  let inside = true;
  for (const key of ["Tab", "Tab", "Tab", "Tab", "Tab", "Shift+Tab", "Shift+Tab", "Shift+Tab", "Shift+Tab"]) {
    await page.keyboard.press(key);
    inside &&= await inDialog(page);
  }
  check("the dialog keeps the focus", inside);
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  await page.unrouteAll({ behavior: "wait" });
  await page.waitForFunction(() => document.activeElement !== document.body, null, { timeout: 5000 }).catch(() => {});
  check("and gives it back to the button that opened it", await button.evaluate((one) => one === document.activeElement), await page.evaluate(() => document.activeElement.outerHTML.slice(0, 200)));
}

async function approval(page, world, unseen) {
  await tabTo(page, page.getByRole("link", { name: "待复核变更", exact: true }), "the changes to review", unseen);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "待复核变更" }).waitFor();
  const card = page.locator(".mantine-Card-root").filter({ hasText: "审计 · 全部" });
  const button = card.getByRole("button", { name: "同意", exact: true });
  await button.waitFor();
  await tabTo(page, button, "the approval", unseen);
  await dialogKeepsTheFocus(page, button);
  await tabTo(page, button, "the approval", unseen);
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog");
  await dialog.or(page.getByText("没有符合条件的记录")).first().waitFor().catch(() => {});
  if (await dialog.isVisible()) {
    await page.keyboard.type(world.phone.digits());
    await page.keyboard.press("Enter");
  }
  await card.waitFor({ state: "detached" });
  check("a colleague's change is approved by keyboard", true);
}

export async function keyboardWalk(world) {
  const admin = await person(world.browser);
  const phone = await arrive(admin, await invite(world.owner, world.phone, { signIn: "zheng", shown: "郑管理", role: "系统管理员" }), "second-admin");
  await addRole(admin, phone, "林内勤", "审计");
  await admin.context().close();
  const page = await person(world.browser);
  const unseen = new Set();
  await signIn(page, world, unseen);
  await verdict(page, unseen);
  await approval(page, world, unseen);
  check("whatever has the focus looks like it", unseen.size === 0, [...unseen].join(" | "));
  check("the browser complains of nothing by keyboard", page.complaints.length === 0, page.complaints.join("; "));
  await page.context().close();
}
