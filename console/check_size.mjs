// Holds the promise about the first visit: what the page loads before the first room, packed, stays under its bound. Run by
// script/build-console after packing: node check_size.mjs dist. A room is loaded when it is entered and does not count.
import { readFileSync, statSync } from "node:fs";
import { gzipSync } from "node:zlib";

const bytesMax = 400_000;
const dist = process.argv[2] ?? "dist";
const index = readFileSync(`${dist}/index.html`, "utf8");
const named = [...index.matchAll(/(?:src|href)="\/(assets\/[^"]+)"/g)].map((found) => found[1]);

// What a loaded script names by a static import is loaded with it.
const seen = new Set();
function take(file) {
  if (seen.has(file)) return;
  seen.add(file);
  if (!file.endsWith(".js")) return;
  const text = readFileSync(`${dist}/${file}`, "utf8");
  for (const found of text.matchAll(/(?:import|from)\s*"\.\/([^"]+)"/g)) take(`assets/${found[1]}`);
}
named.forEach(take);
let packed = gzipSync(index).length;
for (const file of seen) packed += gzipSync(readFileSync(`${dist}/${file}`), { level: 9 }).length;
const all = [...seen].map((file) => `${file} ${statSync(`${dist}/${file}`).size}`).join(", ");
console.log(`the first visit loads ${Math.round(packed / 1000)} kB packed of at most ${bytesMax / 1000} kB`);
if (packed > bytesMax) {
  console.error(`the first visit is too heavy: ${all}`);
  process.exit(1);
}
