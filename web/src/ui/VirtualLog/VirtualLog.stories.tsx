import { useMemo, useRef, useState, type ReactElement, type Ref } from "react";
import type { Stories } from "../../gallery/story.ts";
import type { LogEvents } from "./LogPlace.ts";
import { VirtualLog, type LogHandle } from "./VirtualLog.tsx";

interface SizedRow {
  readonly key: string;
  readonly height: number;
  readonly head?: boolean;
}

/** What says that there are older ones. */
const head: SizedRow = { key: "head", height: 40, head: true };
const sized = (at: number): SizedRow => ({ key: `${at}`, height: 24 + ((Math.abs(at) * 37) % 90) });
const range = (from: number, to: number): SizedRow[] => Array.from({ length: to - from }, (_, at) => sized(from + at));

const nothing = (): void => undefined;
const events: LogEvents = {
  onFollow: nothing,
  onTop: nothing,
  onBottom: nothing,
  onLatest: nothing,
  onSeen: nothing,
  onFirst: nothing,
};

interface LogProps {
  readonly rows: readonly SizedRow[];
  readonly onTop?: () => void;
  readonly ref?: Ref<LogHandle> | undefined;
}

function Log({ rows, onTop = nothing, ref }: LogProps): ReactElement {
  const told = useMemo(() => ({ ...events, onTop }), [onTop]);
  const last = rows.at(-1)?.key;
  return (
    <VirtualLog
      ref={ref}
      label="Rows"
      rows={rows}
      ended
      start={{ at: "end" }}
      estimate={() => 60}
      events={told}
      onLeave={nothing}
      render={({ key, height }) => (
        <div data-focus="" tabIndex={key === last ? 0 : -1} role="article" aria-label={key} style={{ height }}>
          {key}
        </div>
      )}
    />
  );
}

/** Rows that come and grow when buttons are pressed: what a test does to a log. */
function Live(): ReactElement {
  const [rows, setRows] = useState<readonly SizedRow[]>(() => range(0, 300));
  const log = useRef<LogHandle>(null);
  const all = useMemo(() => [head, ...rows], [rows]);
  const older = (): void => {
    setRows((now) => [...range(Number(now[0]?.key) - 50, Number(now[0]?.key)), ...now]);
  };
  const newer = (): void => {
    setRows((now) => [...now, ...range(now.length, now.length + 3)]);
  };
  // As pictures do that come, or letters of another font.
  const taller = (): void => {
    setRows((now) => now.map((row) => (Number(row.key) % 3 === 0 ? { ...row, height: row.height + 31 } : row)));
  };
  return (
    <>
      <p>
        <button type="button" onClick={older}>
          Older
        </button>{" "}
        <button type="button" onClick={newer}>
          Newer
        </button>{" "}
        <button type="button" onClick={taller}>
          Taller
        </button>{" "}
        <button type="button" onClick={() => log.current?.toEnd()}>
          To the end
        </button>
      </p>
      <Log rows={all} ref={log} />
    </>
  );
}

const rows = range(0, 500);

export const stories: Stories = {
  rows: { frame: "pane", render: () => <Log rows={rows} /> },
  live: { frame: "pane", render: () => <Live /> },
};
