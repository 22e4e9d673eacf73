import { source, type Source } from "../base/signal.ts";
import { en, type Catalogue } from "../i18n/en.ts";
import { connectionModel } from "../model/connection.ts";
import { fakeClient, type FakeClient } from "../model/fake/client.ts";
import { demoWorld } from "../model/fake/demo.ts";
import { demoNow } from "../model/fake/demoTime.ts";
import { fakeHistory } from "../model/fake/history.ts";
import { fakePlatform, type FakePlatform } from "../model/fake/platform.ts";
import type { World } from "../model/fake/world.ts";
import { lookModel } from "../model/look.ts";
import { peopleOf } from "../model/people.ts";
import type { Platform } from "../model/platform.ts";
import type { Client, ServerInfo } from "../model/ports.ts";
import { routerOn, type History } from "../model/router.ts";
import type { Session } from "../model/session.ts";
import { toastsOn } from "../model/toasts.ts";

interface Choices {
  readonly world?: World;
  /** What is asked of the client is answered by this, and by the fake where it says nothing. */
  readonly client?: (fake: FakeClient) => Partial<Client>;
  /** The same of the browser. */
  readonly platform?: (fake: FakePlatform) => Partial<Platform>;
  /** The address that the app is opened with. */
  readonly address?: string;
}

/** A session whose world a test can change. */
export interface FakeSession extends Session {
  readonly client: FakeClient;
  readonly platform: FakePlatform;
  readonly history: History;
  readonly words: Source<Catalogue>;
  readonly server: Source<ServerInfo | undefined>;
}

/** Somebody who is signed in, in the world of the demo and at its time. */
export function fakeSession(choices: Choices = {}): FakeSession {
  const browser = fakePlatform({ now: demoNow });
  let addresses = 0;
  const platform: FakePlatform = {
    ...browser,
    // jsdom has none.
    addressOf: () => `blob:${++addresses}`,
    giveBack: () => undefined,
    ...choices.platform?.(browser),
    clock: browser.clock,
  };
  const fake = fakeClient(choices.world ?? demoWorld, platform.clock);
  const client: FakeClient = { ...fake, ...choices.client?.(fake) };
  const history = fakeHistory(choices.address ?? "#/");
  return {
    client,
    platform,
    history,
    router: routerOn(history),
    people: peopleOf(client, platform),
    toasts: toastsOn(platform),
    look: lookModel(platform, source(false), () => undefined),
    connection: connectionModel(client, platform),
    words: source<Catalogue>(en),
    server: source<ServerInfo | undefined>(undefined),
  };
}
