// Words of decisions: Chinese, English. Read through catalogue.ts.
import type { Pairs } from "../pairs";

export const decisions = {
} as const satisfies Pairs;
