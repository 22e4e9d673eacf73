import { computed, source, type Signal, type Source } from "../../base/signal.ts";
import type { Catalogue } from "../../i18n/en.ts";
import type { ServerFacts, WelcomeActions, WelcomeSnapshot } from "../../views/Welcome/Welcome.tsx";
import { reasonOf, type Invite, type ServerInfo } from "../ports.ts";
import { routeOf } from "../router.ts";
import type { EntryParts } from "./entry.ts";

export interface WelcomeModel {
  readonly snapshot: Signal<WelcomeSnapshot>;
  readonly actions: WelcomeActions;
  /** The code of the invitation that is good; undefined without one. */
  readonly invite: Signal<string | undefined>;
  readonly end: () => void;
}

type Why = "unknown" | "expired" | "used";

type Asked =
  | { readonly state: "asking" }
  | { readonly state: "unreachable" }
  | { readonly state: "known"; readonly server: ServerInfo; readonly invite: Checked };

type Checked =
  | { readonly state: "none" }
  | { readonly state: "good"; readonly code: string; readonly invite: Invite }
  | { readonly state: "bad"; readonly why: Why };

const whys: Record<string, Why> = {
  "invite-unknown": "unknown",
  "invite-expired": "expired",
  "invite-used": "used",
};

/** What is typed where one has a code. */
interface CodeState {
  /** Undefined as long as nobody types. */
  readonly text: Source<string | undefined>;
  readonly error: Source<string | undefined>;
  readonly busy: Source<boolean>;
}

/** The server's door: whether one may come in, and by whose invitation. */
export function welcomeModel(
  { client, platform, router, words }: EntryParts,
  go: { readonly accept: () => void; readonly linkDevice: () => void },
): WelcomeModel {
  const asked = source<Asked>({ state: "asking" });
  const code: CodeState = {
    text: source<string | undefined>(undefined),
    error: source<string | undefined>(undefined),
    busy: source(false),
  };
  let last = 0;
  /** What was asked before says nothing any more, whenever it is answered. */
  const ask = (invite: string): Promise<void> => {
    const own = ++last;
    return Promise.all([client.server(), check(client, invite)]).then(
      ([server, checked]) => {
        if (own === last) asked.set({ state: "known", server, invite: checked });
      },
      (error: unknown) => {
        if (own === last) throw error;
      },
    );
  };
  const begin = (): void => {
    const route = router.route.get();
    asked.set({ state: "asking" });
    code.text.set(undefined);
    ask(route.at === "invite" ? route.code : "").catch(() => {
      asked.set({ state: "unreachable" });
    });
  };
  // An invitation that is opened while the page is there counts, too.
  const end = router.route.subscribe(begin);
  begin();
  return {
    end,
    invite: computed((read) => {
      const now = read(asked);
      return now.state === "known" && now.invite.state === "good" ? now.invite.code : undefined;
    }),
    snapshot: computed((read): WelcomeSnapshot => {
      const now = read(asked);
      if (now.state === "asking") return { state: "loading" };
      if (now.state === "unreachable") return { state: "unreachable" };
      const server = factsOf(now.server, platform.host);
      const typed = read(code.text);
      if (typed === undefined) return doorOf(now.server, server, now.invite);
      return { state: "code", server, code: typed, busy: read(code.busy), error: read(code.error) };
    }),
    actions: { ...go, ...codeActions(code, words, asked, ask), retry: begin },
  };
}

function codeActions(
  { text, error, busy }: CodeState,
  words: EntryParts["words"],
  asked: Signal<Asked>,
  ask: (invite: string) => Promise<void>,
): Pick<WelcomeActions, "enterCode" | "setCode" | "submitCode" | "back"> {
  const show = (typed: string | undefined): void => {
    error.set(undefined);
    text.set(typed);
  };
  return {
    enterCode: () => {
      show("");
    },
    setCode: show,
    back: () => {
      show(undefined);
    },
    submitCode: () => {
      const code = codeIn(text.get() ?? "");
      if (code === "" || busy.get()) return;
      busy.set(true);
      ask(code)
        .then(() => {
          const now = asked.get();
          if (now.state !== "known" || now.invite.state !== "bad") text.set(undefined);
          else error.set(words.get().welcome[`${now.invite.why}Title`]);
        })
        .catch((problem: unknown) => {
          error.set(problemText(words.get(), reasonOf(problem)));
        })
        .finally(() => {
          busy.set(false);
        });
    },
  };
}

async function check(client: EntryParts["client"], code: string): Promise<Checked> {
  if (code === "") return { state: "none" };
  try {
    return { state: "good", code, invite: await client.invite(code) };
  } catch (error) {
    const why = whys[reasonOf(error)];
    if (why === undefined) throw error;
    return { state: "bad", why };
  }
}

function doorOf(info: ServerInfo, server: ServerFacts, invite: Checked): WelcomeSnapshot {
  if (info.signup === "closed") return { state: "closed", server };
  if (invite.state === "good") {
    const { from } = invite.invite;
    return {
      state: "invited",
      server,
      from: from === undefined ? undefined : { id: from.handle, name: from.name, picture: undefined },
    };
  }
  if (info.signup === "open") return { state: "open", server };
  return invite.state === "bad" ? { state: "bad_invite", server, why: invite.why } : { state: "invite_only", server };
}

const factsOf = ({ name, accounts, since }: ServerInfo, host: string): ServerFacts => ({
  name,
  host,
  members: accounts,
  since,
});

/** A code, or the whole address that it came in. */
function codeIn(text: string): string {
  const hash = text.indexOf("#");
  const route = routeOf(hash < 0 ? `invite=${text.trim()}` : text.trim().slice(hash));
  return route.at === "invite" ? route.code : text.trim();
}

function problemText(words: Catalogue, reason: string): string {
  if (reason === "offline") return words.welcome.unreachable;
  return reason === "rate-limited" ? words.app.tooMany : words.app.failed;
}
