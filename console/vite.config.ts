// How the console is built: one page, hashed assets below /assets, nothing inlined, because the page's policy lets
// neither inline scripts nor data: scripts run. The development server hands /desk on to a running desk.
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [react()],
  build: { assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  server: { proxy: { "/desk": process.env.TILLWATCH_DESK ?? "http://127.0.0.1:8090" } },
});
