import { ImageUp, ImageOff, LockOpen, LogOut, Pencil, UserPlus } from "lucide-react";
import { useRef, useState, type ReactElement } from "react";
import { useWords } from "../../i18n/Words.tsx";
import { Card } from "../../ui/Card/Card.tsx";
import { Hero } from "../../ui/Hero/Hero.tsx";
import { ListButton, ListText } from "../../ui/ListItem/ListItem.tsx";
import { Menu } from "../../ui/Menu/Menu.tsx";
import type { MenuAnchor } from "../../ui/Menu/place.ts";
import { Skeleton } from "../../ui/Skeleton/Skeleton.tsx";
import type { GroupSnapshot, InfoActions, MemberSnapshot } from "./InfoPane.tsx";
import type { InfoQuestion } from "./InfoDialogs.tsx";
import { markActions } from "./marks.ts";
import { MemberRow } from "./MemberRow.tsx";
import { memberMenu } from "./memberMenu.ts";
import styles from "./InfoPane.module.css";

interface Props {
  readonly snapshot: GroupSnapshot;
  readonly actions: InfoActions;
  readonly onAsk: (question: InfoQuestion) => void;
}

/** As many members as are shown before one asks for all. */
const few = 7;

/** About a group, its members and their roles, and what one may change. */
export function GroupInfo({ snapshot, actions, onAsk }: Props): ReactElement {
  const { t, format, now } = useWords();
  const { face, name, memberCount, made, role, left } = snapshot;
  const managing = role !== "member" && !left;
  const text =
    made === undefined
      ? t.info.groupOf(memberCount)
      : `${t.info.groupOf(memberCount)}, ${t.info.madeBy(made.by, format.date(made.time, now))}`;
  const quick = markActions(snapshot, actions, t);
  if (managing) quick.push({ key: "add", label: t.info.add, icon: UserPlus, onSelect: actions.addMembers });
  return (
    <>
      <Hero face={face} title={name} text={text} actions={quick} />
      <Members snapshot={snapshot} actions={actions} managing={managing} onAsk={onAsk} />
      {managing && <Changes snapshot={snapshot} actions={actions} onAsk={onAsk} />}
      <Card>
        <ul>
          <li>
            <ListText icon={LockOpen} title={t.info.encryption} text={t.app.notEncrypted} />
          </li>
        </ul>
      </Card>
      {!left && (
        <Card>
          <ul>
            <li>
              <ListButton
                tone="danger"
                icon={LogOut}
                title={t.info.leave}
                onClick={() => {
                  onAsk({ kind: "leave", group: name });
                }}
              />
            </li>
          </ul>
        </Card>
      )}
    </>
  );
}

interface MembersProps extends Props {
  readonly managing: boolean;
}

function Members({ snapshot, actions, managing, onAsk }: MembersProps): ReactElement {
  const { t } = useWords();
  const { members, memberCount, role } = snapshot;
  const [all, setAll] = useState(false);
  const [menu, setMenu] = useState<{ member: MemberSnapshot; anchor: MenuAnchor } | undefined>(undefined);
  const shown = all ? members : members?.slice(0, few);
  return (
    <Card level={3} title={t.info.members(memberCount)}>
      <ul>
        {managing && (
          <li>
            <ListButton tone="accent" icon={UserPlus} title={t.info.addMembers} onClick={actions.addMembers} />
          </li>
        )}
        {shown === undefined && <WaitingMembers count={Math.min(memberCount, few)} />}
        {shown?.map((member) => (
          <li key={member.id}>
            <MemberRow
              member={member}
              onMenu={
                member.you
                  ? undefined
                  : (anchor) => {
                      setMenu({ member, anchor });
                    }
              }
            />
          </li>
        ))}
      </ul>
      {!all && (members?.length ?? memberCount) > few && (
        <button
          type="button"
          className={styles.all}
          onClick={() => {
            setAll(true);
          }}
        >
          {t.info.showAll(memberCount)}
        </button>
      )}
      {menu !== undefined && (
        <Menu
          label={t.info.memberActions(menu.member.name)}
          anchor={menu.anchor}
          items={memberMenu(menu.member, role, t, actions, onAsk)}
          onClose={() => {
            setMenu(undefined);
          }}
        />
      )}
    </Card>
  );
}

/** Lines as high as those of the members that are being read. */
function WaitingMembers({ count }: { readonly count: number }): ReactElement {
  return (
    <>
      {Array.from({ length: count }, (_, at) => (
        <li key={at} className={styles.wait}>
          <Skeleton circle width={2.5} />
          <Skeleton width={7 + ((at * 3) % 5)} />
        </li>
      ))}
    </>
  );
}

function Changes({ snapshot, actions, onAsk }: Props): ReactElement {
  const { t } = useWords();
  const input = useRef<HTMLInputElement>(null);
  return (
    <Card>
      <ul>
        <li>
          <ListButton
            icon={Pencil}
            title={t.info.rename}
            onClick={() => {
              onAsk({ kind: "rename", name: snapshot.name });
            }}
          />
        </li>
        <li>
          <ListButton
            icon={ImageUp}
            title={t.info.changePicture}
            onClick={() => {
              input.current?.click();
            }}
          />
          <input
            ref={input}
            hidden
            type="file"
            accept="image/jpeg,image/png,image/webp"
            aria-label={t.info.changePicture}
            onChange={(event) => {
              const file = event.target.files?.[0];
              event.target.value = "";
              if (file !== undefined) actions.setPicture(file);
            }}
          />
        </li>
        {snapshot.face.picture !== undefined && (
          <li>
            <ListButton icon={ImageOff} title={t.signUp.removePicture} onClick={actions.removePicture} />
          </li>
        )}
      </ul>
    </Card>
  );
}
