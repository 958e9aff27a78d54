// The shape of a catalogue: a key, and what it is in Chinese and in English. A word that lacks one of the two does not compile.
export type Pairs = Record<string, readonly [zh: string, en: string]>;
