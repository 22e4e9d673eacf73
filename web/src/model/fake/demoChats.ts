import { at } from "./demoTime.ts";
import { anouk, greta, hana, idOf, iver, malik, nora, odile, pavel, rosa, samir, theo, wim, zoe } from "./people.ts";
import { scriptOf, type FakeConversation } from "./world.ts";

/** Two days of planning with one person. */
function withAnouk(): FakeConversation {
  const id = idOf("danouk");
  const { say, messages } = scriptOf(id, nora);
  say(anouk, at("18:20", 1), "The almanac says first frost at 04:42 on Saturday");
  say(anouk, at("18:20", 1), "So the squash should be in by Friday noon");
  say(nora, at("18:26", 1), "Friday it is. I’ll bring the crates");
  say(nora, at("18:27", 1), "And soup, obviously. The big pot this time");
  say(
    anouk,
    at("21:04", 1),
    "This is how it went last year, for the record: we began at nine, Theo brought the wrong ladder, it rained from " +
      "ten to eleven, and at four we still had half of the south beds before us. So this time we start with those. " +
      "Malik has drawn a plan and put it up in the shed, the long version is at https://larkmoor.example/plans/autumn",
  );
  say(anouk, at("21:05", 1), "He has even numbered the crates");
  say(nora, at("09:30"), "Is that the new almanac, or still the one from spring?");
  say(anouk, at("09:34"), "New one. Page 38, the table on the left");
  say(anouk, at("09:35"), "I checked with the seed bank, and Greta says the same too");
  say(nora, at("09:40"), "Perfect, thank you 🙏", "delivered");
  return { id, kind: "direct", others: [anouk], messages, typing: [anouk.account] };
}

/** Everything that can happen to a message. */
function withSamir(): FakeConversation {
  const id = idOf("dsamir");
  const { say, record, messages } = scriptOf(id, nora);
  say(samir, at("18:55", 1), "The heating knocks again, all night");
  say(nora, at("19:02", 1), "Did the boiler man ever come?");
  say(samir, at("08:12"), "He did! It knocks less, but it still knocks");
  record(samir, at("08:13"), { type: "unsupported" });
  say(samir, at("08:14"), "And he left his ladder here");
  return { id, kind: "direct", others: [samir], messages };
}

/** The same a little later, with what was sent on a bad connection. */
export function samirLater(): FakeConversation {
  const before = withSamir();
  const { say, messages } = scriptOf(before.id, nora);
  say(nora, at("09:50"), "I have a spare valve in the shed", "sent");
  say(nora, at("09:52"), "The pump is fixed from our side, so it is the pipe", "failed", "offline");
  say(nora, at("09:53"), "Will look on Sunday", "sending");
  const later = messages.map((message, index) => ({
    ...message,
    key: `later${index}`,
    seq: message.seq === undefined ? undefined : message.seq + before.messages.length,
  }));
  return { ...before, read: 2, messages: [...before.messages, ...later] };
}

/** The last of one's own waits for the network. */
export function anoukOffline(): FakeConversation {
  const before = withAnouk();
  const { say, messages } = scriptOf(before.id, nora);
  say(nora, at("09:44"), "On the train, the signal comes and goes", "sending");
  const waiting = messages.map((message) => ({ ...message, key: "waiting" }));
  return { ...before, typing: [], messages: [...before.messages, ...waiting] };
}

function rota(): FakeConversation {
  const id = idOf("grota");
  const { say, record, messages } = scriptOf(id, nora);
  const other = [malik, greta, hana, anouk, odile, pavel, rosa, iver, zoe, wim, samir];
  record(malik, at("10:00", 260), {
    type: "created",
    name: "Allotment rota",
    members: [nora, ...other].map(({ account }) => ({ account, role: "member" })),
  });
  say(malik, at("10:02", 260), "So that nobody digs where somebody has sown. Who is there on which Saturday, here");
  say(nora, at("10:05", 260), "Good idea");
  record(anouk, at("06:50"), {
    type: "members",
    joined: [{ account: theo.account, role: "member" }],
    left: [],
    roles: [],
  });
  say(malik, at("07:05"), "Morning all. Mist is lifting, the first beds are dry enough to walk on");
  say(malik, at("07:06"), "Leeks 60, kale 40, two big squashes");
  say(greta, at("07:18"), "South beds. Hardly a weed");
  say(nora, at("07:22"), "I count 71 from the shed, but some moved twice. Take the lower one?");
  say(theo, at("09:12"), "Hello everyone, thanks for having me. Where do I park?");
  say(hana, at("09:36"), "By the chapel, then follow the wall");
  say(hana, at("09:37"), "And yes, the lower one. Malik does the far beds, as always");
  say(malik, at("09:38"), "31 crates so far, still picking");
  return {
    id,
    kind: "group",
    name: "Allotment rota",
    picture: "sign rota",
    others: [malik, greta, theo, hana, anouk, odile, pavel, rosa, iver, zoe, wim, samir],
    memberCount: 14,
    role: "admin",
    roles: { [malik.account]: "owner", [anouk.account]: "admin" },
    messages,
    read: messages.length - 3,
    settings: { pinned: true },
  };
}

function flat(): FakeConversation {
  const id = idOf("gflat");
  const { say, messages } = scriptOf(id, nora);
  say(wim, at("09:02"), "We are out of oats again");
  return {
    id,
    kind: "group",
    name: "Flat four",
    picture: "sign flat",
    others: [wim, odile],
    messages,
    draft: "Home by six, can you let the",
    settings: { pinned: true },
  };
}

function films(): FakeConversation {
  const id = idOf("gfilms");
  const { say, messages } = scriptOf(id, nora);
  say(nora, at("22:10", 2), "That was long");
  for (let minute = 10; minute < 21; minute++) say(greta, at(`08:${minute}`), "No more endings before breakfast");
  say(greta, at("08:55"), "I did not see that last one coming");
  return {
    id,
    kind: "group",
    name: "Film night",
    picture: "sign films",
    others: [greta, theo, pavel],
    messages,
    read: 1,
    settings: { muted: true },
  };
}

function notices(): FakeConversation {
  const id = idOf("gnotices");
  const { say, messages } = scriptOf(id, nora);
  say(rosa, at("07:00"), "Water off on Tuesday from nine to one");
  return { id, kind: "group", name: "Street notices", others: [rosa, wim, iver, zoe], messages, read: 0 };
}

function swimmers(): FakeConversation {
  const id = idOf("gswimmers");
  const { say, messages } = scriptOf(id, nora);
  say(iver, at("14:20", 3), "Too rough after three, I would wait");
  return {
    id,
    kind: "group",
    name: "Dawn swimmers",
    picture: "sign swimmers",
    others: [iver, hana, theo],
    messages,
    settings: { muted: true },
  };
}

export const conversationWith = { anouk: withAnouk(), samir: withSamir() };

export const groupConversations: readonly FakeConversation[] = [rota(), flat(), films(), notices(), swimmers()];
