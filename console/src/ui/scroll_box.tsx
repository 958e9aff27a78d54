// Something wide or long that scrolls within the page, also by keyboard. Used around tables on small screens.
import { Box } from "@mantine/core";
import type { ReactNode } from "react";

export function ScrollBox({ label, tall, children }: { label: string; tall?: number; children: ReactNode }) {
  return (
    <Box role="region" aria-label={label} tabIndex={0} style={{ overflow: "auto", ...(tall === undefined ? {} : { maxHeight: tall }) }}>
      {children}
    </Box>
  );
}
