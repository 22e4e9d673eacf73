import type { Message } from "../ports.ts";
import { demoNow } from "./demoTime.ts";
import { anouk, idOf, nora } from "./people.ts";
import type { FakeConversation } from "./world.ts";

const minutes = 60_000;
const said = [
  "Good morning",
  "Is anybody there already?",
  "The gate sticks a little, lift it and push",
  "I brought the long hose and both cans, and somebody left a very good rake by the door, whose is it?",
  "Mine, thanks!",
  "Rain from four, they say. Let us see what we get done until then, and the rest can wait for Sunday",
  "Yes",
  "The almanac is at https://larkmoor.example/almanac?year=2026#frost, page 38",
  "Two rows of leeks are in, one of kale. The squash can come out next week, or the week after, there is no hurry",
  "👍",
];

/** A conversation whose last message, which is not read, is taller than any window. */
export function tallConversation(): FakeConversation {
  const { messages, ...rest } = longConversation(3);
  const tall = said.join(". ").repeat(20);
  return {
    ...rest,
    read: 2,
    messages: messages.map((message) =>
      message.seq === 3
        ? {
            ...message,
            mine: false,
            account: anouk.account,
            state: { state: "incoming" },
            content: { type: "text", text: tall },
          }
        : message,
    ),
  };
}

/** A long conversation: so many messages, an hour and less apart, as long as messages are. */
export function longConversation(count: number): FakeConversation {
  const id = idOf("dlong");
  const messages: Message[] = [];
  for (let seq = 1; seq <= count; seq++) {
    const mine = seq % 7 < 3;
    const from = mine ? nora : anouk;
    messages.push({
      key: `long${seq}`,
      conversation: id,
      account: from.account,
      mine,
      seq,
      ts: demoNow - (count - seq) * 17 * minutes,
      content: { type: "text", text: `${said[(seq * 7) % said.length] ?? ""} (${seq})` },
      state: { state: mine ? "read" : "incoming" },
    });
  }
  return { id, kind: "direct", others: [anouk], messages };
}
