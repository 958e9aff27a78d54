// The console's beginning: styles, words, queries, session, routes. Run by index.html. Loads nothing from elsewhere.
import "@mantine/core/styles.css";
import { createTheme, MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { createRoot } from "react-dom/client";
import { BrowserRouter } from "react-router";
import { Problem } from "../api/client";
import { WordsProvider } from "../locales/words";
import { SessionProvider } from "../ui/session";
import { Shell } from "./shell";

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      retry: (count, error) => count < 2 && !(error instanceof Problem && error.status < 500),
    },
  },
});
const theme = createTheme({
  primaryColor: "teal",
  fontFamily: 'system-ui, -apple-system, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif',
});
// Mantine writes a few styles at run time; the page's policy lets in those with the page's nonce.
const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? "";
const root = document.getElementById("root");
if (root === null) throw new Error("the page has no root");

createRoot(root).render(
  <MantineProvider theme={theme} getStyleNonce={() => nonce}>
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
