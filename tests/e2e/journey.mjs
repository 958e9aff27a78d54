// A newcomer's days at the console in a real browser, on a real server with simulated traffic. Run by desk_journey.py, which
// starts the server: node journey.mjs DESK_URL FIRST_RUN_URL SCREENSHOT_FOLDER [WALK...]
// (firstDay, on which all stand, and those named; else all). Prints "ok" and "FAILED" lines.
import { readFileSync } from "node:fs";
import { check, failures, open, person, screenshotsIn } from "./steps.mjs";
import { accessWalk } from "./access_walk.mjs";
import { firstDay } from "./first_day.mjs";
import { decisionsWalk } from "./decisions_walk.mjs";
import { formsWalk } from "./forms_walk.mjs";
import { houseWalk } from "./house_walk.mjs";
import { keyboardWalk } from "./keyboard_walk.mjs";
import { keysWalk } from "./keys_walk.mjs";
import { listsWalk } from "./lists_walk.mjs";
import { policyWalk } from "./policy_walk.mjs";
import { registryWalk } from "./registry_walk.mjs";
import { statesWalk } from "./states_walk.mjs";
import { subtreeWalk } from "./subtree_walk.mjs";
import { webhooksWalk } from "./webhooks_walk.mjs";
import { wordsWalk } from "./words_walk.mjs";

const [desk, link, folder, ...chosen] = process.argv.slice(2);

// A payment that fires now, as an acquirer sends it: on a terminal that nobody registered.
let sent = 0;
async function fire() {
  sent += 1;
  const answer = await fetch(`${process.env.TILLWATCH_API}/v1/decisions`, {
    method: "POST",
    headers: { Authorization: `Bearer ${readFileSync(process.env.TILLWATCH_API_KEY_FILE, "utf8").trim()}`, "Content-Type": "application/json" },
    body: JSON.stringify({
      id: `live-${sent}`, time: new Date().toISOString(), amount: 500000, currency: "CNY", card: { token: `card-${sent}`, token_namespace: "e2e" },
      merchant: { id: "M13C70C6F" }, terminal: { serial: "UNKNOWN-1" }, tx: { type: "sale", card_present: true },
    }),
  });
  const decision = await answer.json();
  check("a payment fires", answer.status === 200 && decision.reasons?.length > 0, JSON.stringify(decision).slice(0, 300));
  return decision;
}

async function main() {
  screenshotsIn(folder);
  const browser = await open();
  const owner = await person(browser);
  // What the walks share: the owner's page and authenticator, and who was invited.
  const world = { browser, desk, link, owner, phone: null, fire };
  const walks = [firstDay, decisionsWalk, houseWalk, registryWalk, formsWalk, subtreeWalk, webhooksWalk, keysWalk, policyWalk, listsWalk, accessWalk, keyboardWalk, statesWalk, wordsWalk];
  const unknown = chosen.filter((name) => !walks.some((walk) => walk.name === name));
  check("every walk asked for is there", unknown.length === 0, unknown.join(", "));
  for (const walk of walks.filter(({ name }) => chosen.length === 0 || name === "firstDay" || chosen.includes(name))) {
    try {
      await walk(world);
    } catch (error) {
      await owner.screenshot({ path: `${folder}/broken-${walk.name}.png` }).catch(() => {});
      check(`${walk.name} goes to its end`, false, String(error).slice(0, 1500));
      if (world.phone === null) break;
    }
  }
  check("the browser complains of nothing", owner.complaints.length === 0, owner.complaints.join("; "));
  await browser.close();
}

await main();
process.exit(failures() === 0 ? 0 : 1);
