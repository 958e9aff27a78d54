// Words of system: Chinese, English. Read through catalogue.ts.
import type { Pairs } from "../pairs";

export const system = {
} as const satisfies Pairs;
