import { expect, test } from "vitest";
import type { Read } from "../base/signal.ts";
import { asking } from "../testing/asking.ts";
import { fakeClient } from "./fake/client.ts";
import { demoWorld } from "./fake/demo.ts";
import { demoNow } from "./fake/demoTime.ts";
import { anouk, nora, pavel } from "./fake/people.ts";
import { fakePlatform } from "./fake/platform.ts";
import { peopleOf, type People } from "./people.ts";

const read: Read = (signal) => signal.get();

/** Pictures that come when the test lets them, and the addresses that are in use. */
function setUp(): { readonly people: People; readonly pictures: ReturnType<typeof pictureCalls>; used: Set<string> } {
  const used = new Set<string>();
  let count = 0;
  const platform = {
    ...fakePlatform({ now: demoNow }),
    addressOf: () => {
      const address = `blob:${++count}`;
      used.add(address);
      return address;
    },
    giveBack: (address: string) => {
      used.delete(address);
    },
  };
  const pictures = pictureCalls();
  const client = { ...fakeClient(demoWorld, platform.clock), picture: pictures.ask };
  return { people: peopleOf(client, platform), pictures, used };
}

const pictureCalls = () => asking<[string], Blob>();
const bytes = new Blob(["picture"]);
/** More pictures than are held. */
const many = (people: People, count = 300): void => {
  for (let n = 0; n < count; n++) people.groupFace(read, "group", "Group", `other ${n}`);
};

test("a face has its initials until its picture has come", async () => {
  const { people, pictures } = setUp();
  expect(people.faceOf(read, anouk.account)).toMatchObject({ name: "Anouk", picture: undefined });
  await pictures.asked[0]?.answer(bytes);
  expect(people.faceOf(read, anouk.account).picture).toBe("blob:1");
});

test("who has no picture is not asked for one", () => {
  const { people, pictures } = setUp();
  people.faceOf(read, pavel.account);
  expect(pictures.asked).toEqual([]);
});

test("a face stays the same object as long as nothing in it changes", () => {
  const { people } = setUp();
  expect(people.faceOf(read, anouk.account)).toBe(people.faceOf(read, anouk.account));
});

test("a picture that did not come is asked for again when it is wanted again", async () => {
  const { people, pictures } = setUp();
  people.faceOf(read, anouk.account);
  await pictures.asked[0]?.fail("offline");
  people.faceOf(read, anouk.account);
  expect(pictures.asked.map(({ of }) => of)).toEqual([["face anouk"], ["face anouk"]]);
});

test("the picture that was wanted longest ago is let go, and its address given back", async () => {
  const { people, pictures, used } = setUp();
  people.faceOf(read, anouk.account);
  await pictures.asked[0]?.answer(bytes);
  expect([...used]).toEqual(["blob:1"]);
  many(people);
  expect([...used]).toEqual([]);
});

test("a picture that comes after it was let go takes no address that nobody would give back", async () => {
  const { people, pictures, used } = setUp();
  people.faceOf(read, anouk.account);
  many(people);
  await pictures.asked[0]?.answer(bytes);
  expect([...used]).toEqual([]);
});

test("a picture that fails after it was let go does not take away the newer one", async () => {
  const { people, pictures } = setUp();
  people.faceOf(read, anouk.account);
  many(people);
  people.faceOf(read, anouk.account);
  await pictures.asked.at(-1)?.answer(bytes);
  await pictures.asked[0]?.fail("offline");
  expect(people.faceOf(read, anouk.account).picture).toBe("blob:1");
});

test("a direct conversation has the name and face of the other, a group its own", () => {
  const { people } = setUp();
  const titles = fakeClient(demoWorld, fakePlatform().clock)
    .conversations.get()
    .map((summary) => people.titleOf(read, summary));
  expect(titles.slice(0, 3)).toEqual(["Allotment rota", "Flat four", "Anouk"]);
});

test("the reader is told apart", () => {
  const { people } = setUp();
  expect(people.whoOf(read, nora.account)).toEqual({ name: "Nora Lind", you: true });
  expect(people.whoOf(read, anouk.account)).toEqual({ name: "Anouk", you: false });
});
