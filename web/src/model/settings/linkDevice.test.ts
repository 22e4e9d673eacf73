import { expect, test } from "vitest";
import { asking, settled } from "../../testing/asking.ts";
import { fakeSession } from "../../testing/session.ts";
import type { Camera } from "../platform.ts";
import type { LinkClaimed } from "../ports.ts";
import { codeIn, linkDeviceModel, plainCode } from "./linkDevice.ts";

const laptop: LinkClaimed = { link: "link", device_name: "Firefox on Linux", created: 0 };

function setUp({ code = "", camera = true } = {}) {
  const claims = asking<[string], LinkClaimed>();
  const confirms = asking<[string], undefined>();
  const refused: string[] = [];
  const open = new Set<MediaStream>();
  let sees: string | undefined;
  const fakeCamera: Camera = {
    open: () => {
      const stream = {} as MediaStream;
      open.add(stream);
      return Promise.resolve(stream);
    },
    close: (stream) => {
      open.delete(stream);
    },
    read: () => Promise.resolve(sees),
  };
  const session = fakeSession({
    client: (fake) => ({
      devices: {
        ...fake.devices,
        claim: claims.ask,
        confirm: confirms.ask,
        refuse: (link) => {
          refused.push(link);
          return Promise.resolve();
        },
      },
    }),
    platform: () => ({ camera: camera ? fakeCamera : undefined }),
  });
  const { snapshot, actions, end } = linkDeviceModel(session, code);
  const show = (text: string | undefined): void => {
    sees = text;
  };
  return { session, claims, confirms, refused, open, show, snapshot, actions, end };
}

test("a code that is scanned is claimed, and the new device confirmed by its name", async () => {
  const { session, claims, confirms, open, show, snapshot, actions } = setUp();
  await settled();
  expect(open.size).toBe(1);
  actions.look({} as HTMLVideoElement);
  show("https://elsewhere.example/");
  session.platform.clock.advance(200);
  await settled();
  expect(claims.asked).toEqual([]);
  show("https://larkmoor.example/#link=K7QXM2RD");
  session.platform.clock.advance(200);
  await settled();
  expect(open.size).toBe(0);
  expect(claims.asked.map(({ of }) => of)).toEqual([["K7QXM2RD"]]);
  await claims.asked[0]?.answer(laptop);
  expect(snapshot.get()).toMatchObject({ state: "confirm", device: "Firefox on Linux" });
  actions.confirm();
  actions.confirm();
  expect(confirms.asked.map(({ of }) => of)).toEqual([["link"]]);
  await confirms.asked[0]?.answer(undefined);
  expect(snapshot.get()).toEqual({ state: "done", device: "Firefox on Linux" });
});

test("without a camera the code is typed, as somebody reads it out", async () => {
  const { claims, snapshot, actions } = setUp({ camera: false });
  expect(snapshot.get()).toMatchObject({ state: "typing", canScan: false });
  actions.submit("k7qx-m2ro");
  actions.submit("k7qx-m2ro");
  expect(claims.asked.map(({ of }) => of)).toEqual([["K7QXM2R0"]]);
  await claims.asked[0]?.answer(laptop);
  expect(snapshot.get().state).toBe("confirm");
});

test("a code that came with the address is claimed at once", () => {
  expect(setUp({ code: "K7QXM2RD" }).claims.asked.map(({ of }) => of)).toEqual([["K7QXM2RD"]]);
});

test.each(["code-unknown", "rate-limited", "offline"])("what was wrong with a code is said (%s)", async (reason) => {
  const { session, claims, snapshot, actions } = setUp({ camera: false });
  actions.submit("AAAABBBB");
  await claims.asked[0]?.fail(reason);
  const words = session.words.get();
  const texts: Record<string, string> = {
    "code-unknown": words.linkDevice.unknown,
    "rate-limited": words.app.tooMany,
    offline: words.app.offline,
  };
  expect(snapshot.get()).toMatchObject({ state: "typing", busy: false, error: texts[reason] });
});

test("who scans meanwhile is not told what was wrong with the code that was typed", async () => {
  const { claims, snapshot, actions } = setUp();
  actions.type();
  actions.submit("AAAABBBB");
  actions.scan();
  await claims.asked[0]?.fail("code-unknown");
  expect(snapshot.get().state).toBe("scanning");
});

test("a code that turns out to be good ends the scanning, and closes the camera", async () => {
  const { claims, open, snapshot, actions } = setUp();
  actions.type();
  actions.submit("AAAABBBB");
  actions.scan();
  await settled();
  expect(open.size).toBe(1);
  await claims.asked[0]?.answer(laptop);
  expect(snapshot.get().state).toBe("confirm");
  expect(open.size).toBe(0);
});

test("the camera is closed when one types, leaves, or it is over", async () => {
  const ways: ((one: ReturnType<typeof setUp>) => void)[] = [
    ({ actions }) => {
      actions.type();
    },
    ({ actions }) => {
      actions.close();
    },
    ({ end }) => {
      end();
    },
  ];
  for (const leave of ways) {
    const one = setUp();
    await settled();
    leave(one);
    expect(one.open.size).toBe(0);
  }
});

test("a camera that opens only after it is over is closed again", async () => {
  const { open, end } = setUp();
  end();
  await settled();
  expect(open.size).toBe(0);
});

test("a device that one does not know is refused", async () => {
  const { claims, refused, actions } = setUp({ code: "K7QXM2RD" });
  await claims.asked[0]?.answer(laptop);
  actions.refuse();
  expect(refused).toEqual(["link"]);
});

test.each([
  ["https://larkmoor.example/#link=K7QXM2RD", "K7QXM2RD"],
  ["K7QX-M2RD", "K7QX-M2RD"],
  ["https://larkmoor.example/", undefined],
  ["hello", undefined],
])("the code in %s is %s", (text, code) => {
  expect(codeIn(text)).toBe(code);
});

test("letters that look like digits are those", () => {
  expect(plainCode(" o1lI-7qx ")).toBe("01117QX");
});
