/** What the browser's trace says of a page's thread. Times are in microseconds. */

/** An event of a trace, as far as it is looked at. */
export interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur?: number;
  /** Of the thread's own time: what others took its core away for is not in it. */
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

export interface Task {
  readonly ts: number;
  readonly dur: number;
  /** How long script ran in it, with the layout that the script asked for. */
  readonly script: number;
  /** The same by the thread's own time. */
  readonly scriptAlone: number;
}

/** Events that are a piece of script, outermost first: what lies within one is a part of it. */
const ofScript = new Set(["EvaluateScript", "FunctionCall", "RunMicrotasks", "v8.callFunction", "v8.run"]);

/** The tasks of the main threads of all pages of a trace. */
export function tasksOf(events: readonly TraceEvent[]): readonly Task[] {
  const threadOf = ({ pid, tid }: TraceEvent): string => `${pid}/${tid}`;
  const mains = new Set(
    events.filter(({ name, args }) => name === "thread_name" && args?.name === "CrRendererMain").map(threadOf),
  );
  const byThread = new Map<string, TraceEvent[]>();
  for (const event of events) {
    const thread = threadOf(event);
    if (event.ph !== "X" || !mains.has(thread)) continue;
    const known = byThread.get(thread);
    if (known === undefined) byThread.set(thread, [event]);
    else known.push(event);
  }
  return [...byThread.values()].flatMap(ofThread);
}

/** Tasks that lie within another are a part of it. */
function ofThread(events: readonly TraceEvent[]): readonly Task[] {
  const sorted = [...events].sort((left, right) => left.ts - right.ts || (right.dur ?? 0) - (left.dur ?? 0));
  const tasks: { ts: number; dur: number; script: number; scriptAlone: number }[] = [];
  let scriptUntil = 0;
  for (const { name, ts, dur = 0, tdur = 0 } of sorted) {
    const last = tasks.at(-1);
    if (last === undefined || ts >= last.ts + last.dur) {
      if (name === "RunTask") tasks.push({ ts, dur, script: 0, scriptAlone: 0 });
    } else if (ofScript.has(name) && ts >= scriptUntil) {
      last.script += dur;
      last.scriptAlone += tdur;
      scriptUntil = ts + dur;
    }
  }
  return tasks;
}
