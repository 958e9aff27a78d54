// The console's beginning: styles, words, queries, session, routes. Run by index.html. Loads nothing from elsewhere.
import "@mantine/core/styles.css";
import "./frame.css";
import { type CSSVariablesResolver, createTheme, MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { createRoot } from "react-dom/client";
import { BrowserRouter } from "react-router";
import { Problem } from "../api/client";
import { WordsProvider } from "../locales/words";
import { SessionProvider } from "../ui/session";
import { Shell } from "./shell";

// The second and the third try come soon: whoever waits is told within two seconds.
const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      retryDelay: (count) => 400 * 2 ** count,
      retry: (count, error) => count < 2 && !(error instanceof Problem && error.status < 500),
    },
  },
});
const theme = createTheme({
  primaryColor: "teal",
  primaryShade: 9,
  fontFamily: 'system-ui, -apple-system, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif',
});
// Mantine's own greys and reds are a little too pale to be read by everybody (WCAG 2, 1.4.3).
const readable: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--mantine-color-dimmed": "#495057",
    "--mantine-color-error": "#a51111",
    "--mantine-color-placeholder": "#6b7280",
    "--mantine-color-teal-light-color": "#064e3b",
    "--mantine-color-teal-filled-hover": "#066649",
    "--mantine-primary-color-filled-hover": "#066649",
  },
  dark: {},
});
// Mantine writes a few styles at run time; the page's policy lets in those with the page's nonce.
const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? "";
// What keeps the page behind a dialog from scrolling looks for the nonce under this name (get-nonce).
Object.assign(globalThis, { __webpack_nonce__: nonce });
const root = document.getElementById("root");
if (root === null) throw new Error("the page has no root");

createRoot(root).render(
  <MantineProvider theme={theme} cssVariablesResolver={readable} getStyleNonce={() => nonce}>
    <WordsProvider>
      <QueryClientProvider client={queries}>
        <BrowserRouter>
          <SessionProvider>
            <Shell />
          </SessionProvider>
        </BrowserRouter>
      </QueryClientProvider>
    </WordsProvider>
  </MantineProvider>,
);
