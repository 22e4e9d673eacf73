import { LockOpen } from "lucide-react";
import type { ReactElement } from "react";
import { useWords } from "../../i18n/Words.tsx";
import { Avatar } from "../../ui/Avatar/Avatar.tsx";
import { Card } from "../../ui/Card/Card.tsx";
import { Hero } from "../../ui/Hero/Hero.tsx";
import { ListButton, ListText } from "../../ui/ListItem/ListItem.tsx";
import type { ContactSnapshot, InfoActions } from "./InfoPane.tsx";
import { markActions } from "./marks.ts";

interface Props {
  readonly snapshot: ContactSnapshot;
  readonly actions: InfoActions;
}

/** About the one person of a direct conversation. */
export function ContactInfo({ snapshot, actions }: Props): ReactElement {
  const { t } = useWords();
  const { face, name, handle, host, about, common } = snapshot;
  return (
    <>
      <Hero face={face} title={name} text={t.info.on(handle, host)} actions={markActions(snapshot, actions, t)} />
      {about !== "" && (
        <Card>
          <ul>
            <li>
              <ListText labelFirst title={about} text={t.info.about} />
            </li>
          </ul>
        </Card>
      )}
      <Card>
        <ul>
          <li>
            <ListText icon={LockOpen} title={t.info.encryption} text={t.app.notEncrypted} />
          </li>
        </ul>
      </Card>
      {common.length > 0 && (
        <Card level={3} title={t.info.common(common.length)}>
          <ul>
            {common.map((group) => (
              <li key={group.id}>
                <ListButton
                  before={<Avatar face={group.face} size="md" />}
                  title={group.name}
                  text={group.text}
                  onClick={() => {
                    actions.openGroup(group.id);
                  }}
                />
              </li>
            ))}
          </ul>
        </Card>
      )}
    </>
  );
}
