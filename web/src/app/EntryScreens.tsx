import type { ReactElement } from "react";
import { useSignal } from "../base/useSignal.ts";
import type { EntryModel } from "../model/entry/entry.ts";
import { SignUp } from "../views/SignUp/SignUp.tsx";
import { Welcome } from "../views/Welcome/Welcome.tsx";
import { LinkBrowser } from "./laterParts.ts";

/** The ways in. */
export function EntryScreens({ model }: { readonly model: EntryModel }): ReactElement {
  const snapshot = useSignal(model.snapshot);
  switch (snapshot.at) {
    case "welcome":
      return <Welcome snapshot={snapshot.welcome} actions={model.welcome} />;
    case "sign_up":
      return <SignUp snapshot={snapshot.signUp} actions={model.signUp} />;
    case "link":
      return <LinkBrowser snapshot={snapshot.link} actions={model.link} />;
  }
}
