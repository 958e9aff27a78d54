// The pictures of the README: a newcomer's desk with simulated traffic. Run by desk_journey.py --pictures (script/screenshots),
// which starts the server: node pictures.mjs DESK_URL FIRST_RUN_URL FOLDER.
import { enrol, enter, open, password, person, screenshotsIn } from "./steps.mjs";

const [desk, link, folder] = process.argv.slice(2);
const scratch = process.env.TILLWATCH_SCRATCH ?? folder;
const size = { width: 1280, height: 720 };

async function owner(browser, locale, name) {
  const page = await person(browser, { ...size, locale });
  await page.goto(link);
  await page.locator("input").nth(0).fill("chen.wei");
  await page.locator("input").nth(1).fill(name);
  await page.locator("input[type=password]").fill(password);
  await page.getByRole("button", { name: /下一步|Next/ }).click();
  await page.locator("code").first().waitFor();
  await enrol(page, "pictures");
  return page;
}

async function main() {
  screenshotsIn(scratch);
  const browser = await open();
  const page = await owner(browser, "en-GB", "Chen Wei");
  const picture = async (name) => {
    await page.waitForLoadState("networkidle");
    await page.screenshot({ path: `${folder}/${name}.png` });
    console.log(`ok      ${name}.png`);
  };
  await page.getByText("Card testing").first().waitFor({ timeout: 120000 });
  await page.getByRole("button", { name: "Got it" }).click();
  await picture("home");
  await page.goto(`${desk}/decisions?fired=true&rule=T06-split`);
  await page.locator("tbody tr a").first().click();
  await page.getByRole("img", { name: /This card/ }).waitFor();
  await picture("decision");
  await page.getByRole("button", { name: "中文" }).click();
  await enter(page, "今日待办");
  await page.getByText("疑似").first().waitFor();
  await picture("home-zh");
  await browser.close();
}

await main();
