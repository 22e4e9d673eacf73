import { AppWindow, HardDrive, LogOut, ShieldAlert, WifiOff } from "lucide-react";
import type { ReactElement } from "react";
import { useWords } from "../../i18n/Words.tsx";
import { Banner, BannerAction } from "../../ui/Banner/Banner.tsx";

/** How it is between here and the server, as far as it concerns the reader. */
export type ConnectionSnapshot =
  | { readonly state: "online" }
  /** For longer than 2 s. */
  | { readonly state: "connecting" }
  /** Connected, and still behind. */
  | { readonly state: "updating" }
  | { readonly state: "offline" }
  /** It does not go on by itself: logged out, open elsewhere, or no room for what comes. */
  | { readonly state: "refused"; readonly reason: "credentials" | "taken_over" | "store" }
  /** The page came without TLS: no store, no second tab. */
  | { readonly state: "insecure" };

export interface ConnectionActions {
  /** Now, whatever was planned. */
  readonly reconnect: () => void;
  /** Leaves the account on this device. */
  readonly leave: () => void;
}

interface Props {
  readonly connection: ConnectionSnapshot;
  readonly actions: ConnectionActions;
}

/** The region is always there, so that what comes into it is read out. */
export function ConnectionBanner({ connection, actions }: Props): ReactElement {
  const { t } = useWords();
  return (
    <div role="status">
      {connection.state === "offline" && <Banner icon={WifiOff} title={t.list.offlineTitle} text={t.list.offline} />}
      {connection.state === "insecure" && (
        <Banner icon={ShieldAlert} title={t.list.insecureTitle} text={t.list.insecure} />
      )}
      {connection.state === "refused" && <Refused reason={connection.reason} actions={actions} />}
    </div>
  );
}

interface RefusedProps {
  readonly reason: "credentials" | "taken_over" | "store";
  readonly actions: ConnectionActions;
}

function Refused({ reason, actions }: RefusedProps): ReactElement {
  const { t } = useWords();
  switch (reason) {
    case "credentials":
      return (
        <Banner icon={LogOut} title={t.list.refusedTitle} text={t.list.refused}>
          <BannerAction label={t.list.refusedAction} onClick={actions.leave} />
        </Banner>
      );
    case "taken_over":
      return (
        <Banner icon={AppWindow} title={t.list.takenOverTitle} text={t.list.takenOver}>
          <BannerAction label={t.list.takenOverAction} onClick={actions.reconnect} />
        </Banner>
      );
    case "store":
      return (
        <Banner icon={HardDrive} title={t.list.storeTitle} text={t.list.store}>
          <BannerAction label={t.app.tryAgain} onClick={actions.reconnect} />
        </Banner>
      );
  }
}
