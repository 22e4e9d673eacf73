import { computed, source, type Signal } from "../../base/signal.ts";
import type { Catalogue } from "../../i18n/en.ts";
import type { LinkBrowserActions, LinkBrowserSnapshot } from "../../views/LinkBrowser/LinkBrowser.tsx";
import type { SignUpActions, SignUpSnapshot } from "../../views/SignUp/SignUp.tsx";
import type { WelcomeActions, WelcomeSnapshot } from "../../views/Welcome/Welcome.tsx";
import type { Platform } from "../platform.ts";
import type { Client } from "../ports.ts";
import type { Router } from "../router.ts";
import { linkBrowserModel } from "./linkBrowser.ts";
import { signUpModel } from "./signUp.ts";
import { welcomeModel } from "./welcome.ts";

/** What the ways in stand on. */
export interface EntryParts {
  readonly client: Client;
  readonly platform: Platform;
  readonly router: Router;
  readonly words: Signal<Catalogue>;
}

/** What is shown to who is not signed in. */
export type EntrySnapshot =
  | { readonly at: "welcome"; readonly welcome: WelcomeSnapshot }
  | { readonly at: "sign_up"; readonly signUp: SignUpSnapshot }
  | { readonly at: "link"; readonly link: LinkBrowserSnapshot };

export interface EntryModel {
  readonly snapshot: Signal<EntrySnapshot>;
  readonly welcome: WelcomeActions;
  readonly signUp: SignUpActions;
  readonly link: LinkBrowserActions;
  readonly end: () => void;
}

/** The ways in: an invitation, an account of one's own, another device. */
export function entryModel(parts: EntryParts): EntryModel {
  const at = source<EntrySnapshot["at"]>("welcome");
  const toWelcome = (): void => {
    link.stop();
    at.set("welcome");
  };
  const welcome = welcomeModel(parts, {
    accept: () => {
      at.set("sign_up");
    },
    linkDevice: () => {
      at.set("link");
      link.ask();
    },
  });
  const signUp = signUpModel(parts, welcome.invite, toWelcome);
  const link = linkBrowserModel(parts, toWelcome);
  return {
    snapshot: computed((read): EntrySnapshot => {
      switch (read(at)) {
        case "welcome":
          return { at: "welcome", welcome: read(welcome.snapshot) };
        case "sign_up":
          return { at: "sign_up", signUp: read(signUp.snapshot) };
        case "link":
          return { at: "link", link: read(link.snapshot) };
      }
    }),
    welcome: welcome.actions,
    signUp: signUp.actions,
    link: link.actions,
    end: () => {
      welcome.end();
      signUp.end();
      link.stop();
    },
  };
}
