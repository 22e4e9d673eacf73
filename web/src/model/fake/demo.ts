import type { Profile } from "../ports.ts";
import { conversationWith, groupConversations } from "./demoChats.ts";
import {
  anouk,
  bea,
  everybody,
  greta,
  hana,
  idOf,
  iver,
  nora,
  odile,
  pavel,
  rosa,
  samir,
  theo,
  wim,
  zoe,
} from "./people.ts";
import { at, demoNow } from "./demoTime.ts";
import { scriptOf, type FakeConversation, type World } from "./world.ts";

/** A direct conversation of which only the last message matters. */
function short(other: Profile, write: (say: ReturnType<typeof scriptOf>["say"]) => void): FakeConversation {
  const id = idOf(`d${other.handle.replace(/[^a-z]/gu, "")}`);
  const script = scriptOf(id, nora);
  write(script.say);
  return { id, kind: "direct", others: [other], messages: script.messages };
}

const directs: readonly FakeConversation[] = [
  conversationWith.anouk,
  short(theo, (say) => {
    say(theo, at("09:05"), "Shall I bring the long ladder?");
    say(nora, at("09:12"), "See you at the gate at seven");
  }),
  conversationWith.samir,
  short(odile, (say) => {
    say(nora, at("20:14", 1), "Left the key with Wim", "sent");
  }),
  short(hana, (say) => {
    say(hana, at("18:40", 1), "Thank you, that was kind of you");
  }),
  short(greta, (say) => {
    say(greta, at("17:02", 1), "Can you send me the seed list again");
  }),
  short(pavel, (say) => {
    say(nora, at("19:20", 3), "Sold the old bike, at last");
  }),
  short(iver, (say) => {
    say(iver, at("11:00", 4), "Found your gloves behind the water butt");
  }),
  short(zoe, (say) => {
    say(nora, at("15:30", 5), "Minutes are in the green folder");
  }),
  short(bea, (say) => {
    say(bea, at("10:10", 16), "Until the spring, then");
  }),
];

/** What a list begins with: the same shapes that a busy person has. */
const order = [
  "Allotment rota",
  "Flat four",
  "Anouk",
  "Theo",
  "Film night",
  "Samir",
  "Street notices",
  "Odile",
  "Hana",
  "Greta",
  "Pavel",
  "Dawn swimmers",
  "Iver",
  "Zoë",
  "Bea",
];

function listed(): readonly FakeConversation[] {
  const nameOf = ({ name, others }: FakeConversation): string => name ?? others[0]?.name ?? "";
  const all = [...directs, ...groupConversations];
  return order.flatMap((name) => all.filter((one) => nameOf(one) === name));
}

export const demoWorld: World = {
  me: nora,
  people: everybody,
  server: {
    name: "Larkmoor Commons",
    signup: "invite",
    accounts: 186,
    since: new Date(2024, 2, 1).getTime(),
    version: "0.1",
    data_id: "demo",
    directory: "members",
  },
  conversations: listed(),
  connection: { state: "online" },
  presence: {
    [anouk.account]: { online: true, lastSeen: undefined },
    [theo.account]: { online: true, lastSeen: undefined },
    [samir.account]: { online: false, lastSeen: at("09:20") },
    [hana.account]: { online: false, lastSeen: at("09:37") },
    [greta.account]: { online: false, lastSeen: at("07:20") },
    [odile.account]: { online: false, lastSeen: at("21:10", 1) },
    [rosa.account]: { online: false, lastSeen: at("22:00", 3) },
    [wim.account]: { online: false, lastSeen: at("08:00", 12) },
  },
  devices: [
    { device: "device", name: "Nora’s phone", created: at("10:00", 200), last_seen: demoNow, current: true },
    {
      device: "kitchen",
      name: "Firefox on the kitchen laptop",
      created: at("10:00", 90),
      last_seen: at("08:40"),
      current: false,
    },
    {
      device: "shed",
      name: "Chromium at the shed",
      created: at("10:00", 30),
      last_seen: at("16:00", 4),
      current: false,
    },
  ],
  linking: { state: "waiting", code: "K7QX-M2RD", expires: demoNow + 42_000 },
  invites: { thanks: { handle: "anouk", name: "Anouk" }, old: "invite-expired", full: "invite-used" },
  taken: everybody.map(({ handle }) => handle),
};
