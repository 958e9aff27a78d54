// A text that is not broken over two lines: an amount, a time. Used where one stands among other words.
export const Whole = ({ text }: { text: string }) => <span style={{ whiteSpace: "nowrap" }}>{text}</span>;
