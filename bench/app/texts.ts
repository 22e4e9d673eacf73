const words = (
  "the pump in the second greenhouse is mended and leeks kale carrots will be at the market on Saturday morning before " +
  "eight bring boxes if you have any left from last week because ours went with the van and nobody knows when it is back"
).split(" ");

/** What the message of a number says: from two words to two lines, the same each time. */
export function textOf(number: number): string {
  const first = (number * 7) % words.length;
  const count = 2 + ((number * 7919) % 15);
  return `${number} ${[...words, ...words].slice(first, first + count).join(" ")}`;
}

/** Texts of the messages from one number to another. */
export const textsOf = (first: number, last: number): readonly string[] =>
  Array.from({ length: last - first + 1 }, (_, at) => textOf(first + at));
