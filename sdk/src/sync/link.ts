import type { Clock, Random, Stop } from "../base/clock.ts";
import { signalOf } from "../base/signal.ts";
import type { Signal } from "../base/signal.ts";
import type { Properties } from "../codec/properties.ts";
import { initialKeepAlive } from "../session/keep_alive.ts";
import { createSession } from "../session/session.ts";
import type { Session, SessionEnd, SessionEvent, SessionOptions } from "../session/session.ts";
import type { Connection, Transport } from "../transport/transport.ts";
import { pauseAfter } from "./back_off.ts";
import type { BackOff } from "./back_off.ts";

/** How it stands with the connection to the server. */
export type LinkState =
  | { readonly state: "stopped" }
  /** There is none; the next try is at `retryAt`. */
  | { readonly state: "offline"; readonly retryAt: number }
  | { readonly state: "connecting" }
  | { readonly state: "open" }
  /** The server does not want this client, and trying again by itself is no use. */
  | { readonly state: "refused"; readonly reason: RefusalReason };

/** `credentials`: the token is worthless. `taken_over`: this device is connected elsewhere. */
export type RefusalReason = "credentials" | "taken_over";

/** A message that came, and its number for {@link Burst.acknowledge}; 0 at QoS 0. */
export interface Incoming {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly ack: number;
}

/** What came in one piece. */
export interface Burst {
  readonly messages: readonly Incoming[];
  /** Acknowledges messages of this burst; after the end of its connection it does nothing. */
  acknowledge(acks: readonly number[]): void;
}

/** What the server answered to a message of QoS 1. */
export interface LinkAnswer {
  readonly reason: number;
  readonly properties: Properties;
}

/** What a link tells. */
export interface LinkEvents {
  readonly opened: (properties: Properties) => void;
  readonly burst: (burst: Burst) => void;
  /** A connection that was open is gone. */
  readonly closed: () => void;
}

/** A connection that comes back by itself, with a session on it. */
export interface Link {
  readonly state: Signal<LinkState>;
  /** Connects, now and again whenever the connection is lost. Also after a refusal. */
  start(): void;
  /** Says goodbye and stays away. */
  stop(): void;
  /** The network has changed, or somebody looks: connects now, or asks whether the connection is still alive. */
  hurry(): void;
  /** Gives this connection up, and comes back after a pause: what is needed beside it cannot be had now. */
  restart(): void;
  /** Publishes at QoS 0; without a connection it does nothing. */
  publish(topic: string, payload: Uint8Array): void;
  /** Publishes at QoS 1, and gives the answer, or undefined when the connection ended without one. False: no connection. */
  ask(topic: string, payload: Uint8Array, answered: (answer: LinkAnswer | undefined) => void): boolean;
  /** Subscribes at QoS 0 on this connection, and gives the server's reason; without a connection it does nothing. */
  subscribe(filter: string, answered: (reason: number) => void): void;
  unsubscribe(filter: string): void;
}

/** What a link is made of. */
export interface LinkParts {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly random: Random;
  readonly backOff: BackOff;
  readonly session: Omit<SessionOptions, "keepAlive" | "subscriptions">;
  readonly subscriptions: SessionOptions["subscriptions"];
  readonly events: LinkEvents;
}

interface Attempt {
  readonly connection: Connection;
  readonly session: Session;
  readonly asked: Map<number, (answer: LinkAnswer | undefined) => void>;
  readonly subscribed: Map<number, (reason: number) => void>;
  timer: Stop | undefined;
  opened: boolean;
  openedAt: number;
}

interface Machine {
  readonly parts: LinkParts;
  readonly state: ReturnType<typeof signalOf<LinkState>>;
  keepAlive: SessionOptions["keepAlive"];
  attempt: Attempt | undefined;
  retry: Stop | undefined;
  tries: number;
}

/** Reasons of CONNACK and DISCONNECT after which a client does not come back by itself. */
const refusals: Readonly<Record<number, RefusalReason>> = {
  0x86: "credentials",
  0x87: "credentials",
  0x8e: "taken_over",
};

/** How long a connection may take to come about, in milliseconds. */
const connectWithin = 20_000;
/** A connection that lasted for this long was a good one: the next pause is the first again. Milliseconds. */
const goodAfter = 10_000;

/** Makes a link that is stopped. */
export function createLink(parts: LinkParts): Link {
  const machine: Machine = {
    parts,
    state: signalOf<LinkState>({ state: "stopped" }),
    keepAlive: initialKeepAlive,
    attempt: undefined,
    retry: undefined,
    tries: 0,
  };
  const { clock } = parts;
  return {
    state: machine.state.signal,
    start: () => {
      if (machine.attempt === undefined) connect(machine);
    },
    stop: () => {
      machine.attempt?.session.disconnect(clock.now());
      leave(machine);
      machine.state.set({ state: "stopped" });
    },
    hurry: () => {
      const { state } = machine.state.signal.get();
      if (state === "offline") connect(machine);
      else if (state === "open")
        act(machine, (session) => {
          session.probe(clock.now());
        });
    },
    restart: () => {
      if (machine.attempt !== undefined) lose(machine);
    },
    publish: (topic, payload) => {
      if (machine.attempt?.opened === true)
        act(machine, (session) => void session.publish(topic, payload, 0, clock.now()));
    },
    ask: (topic, payload, answered) => {
      const { attempt } = machine;
      if (attempt?.opened !== true) return false;
      act(machine, (session) => void attempt.asked.set(session.publish(topic, payload, 1, clock.now()), answered));
      return true;
    },
    subscribe: (filter, answered) => {
      const { attempt } = machine;
      if (attempt?.opened !== true) return;
      act(machine, (session) => void attempt.subscribed.set(session.subscribe(filter, 0, clock.now()), answered));
    },
    unsubscribe: (filter) => {
      if (machine.attempt?.opened !== true) return;
      act(machine, (session) => {
        session.unsubscribe(filter, clock.now());
      });
    },
  };
}

function connect(machine: Machine): void {
  machine.retry?.();
  machine.retry = undefined;
  const { transport, session: options, subscriptions } = machine.parts;
  const session = createSession({ ...options, subscriptions, keepAlive: machine.keepAlive });
  const ifCurrent = (then: () => void) => () => {
    if (machine.attempt === attempt) then();
  };
  const connection = transport({
    opened: ifCurrent(() => {
      act(machine, (now) => {
        now.open(machine.parts.clock.now());
      });
    }),
    received: (bytes) => {
      if (machine.attempt === attempt) receive(machine, attempt, bytes);
    },
    closed: ifCurrent(() => {
      lose(machine);
    }),
  });
  const attempt: Attempt = {
    connection,
    session,
    asked: new Map(),
    subscribed: new Map(),
    timer: undefined,
    opened: false,
    openedAt: 0,
  };
  attempt.timer = machine.parts.clock.after(connectWithin, () => {
    lose(machine);
  });
  machine.attempt = attempt;
  machine.state.set({ state: "connecting" });
}

/** Lets the session do something, and sends what it wants to send. */
function act(machine: Machine, work: (session: Session) => void): void {
  const { attempt } = machine;
  if (attempt === undefined) return;
  work(attempt.session);
  settle(machine, attempt);
}

/** Sends what the session wants to send, and looks again when it wants to be looked at. */
function settle(machine: Machine, attempt: Attempt): void {
  if (machine.attempt !== attempt) return;
  for (const bytes of attempt.session.take()) attempt.connection.send(bytes);
  const { clock } = machine.parts;
  const deadline = attempt.session.deadline();
  attempt.timer?.();
  attempt.timer =
    deadline === undefined
      ? undefined
      : clock.after(Math.max(0, deadline - clock.now()), () => {
          const events = attempt.session.tick(clock.now());
          handle(machine, attempt, events);
          settle(machine, attempt);
        });
}

function receive(machine: Machine, attempt: Attempt, bytes: Uint8Array): void {
  handle(machine, attempt, attempt.session.receive(bytes, machine.parts.clock.now()));
  settle(machine, attempt);
}

function handle(machine: Machine, attempt: Attempt, events: readonly SessionEvent[]): void {
  const messages: Incoming[] = [];
  for (const event of events) {
    if (machine.attempt !== attempt) return;
    switch (event.type) {
      case "opened":
        attempt.opened = true;
        attempt.openedAt = machine.parts.clock.now();
        machine.state.set({ state: "open" });
        machine.parts.events.opened(event.properties);
        break;
      case "message":
        messages.push(event);
        break;
      case "answered": {
        const answered = attempt.asked.get(event.id);
        attempt.asked.delete(event.id);
        answered?.(event);
        break;
      }
      case "subscribed": {
        const answered = attempt.subscribed.get(event.id);
        attempt.subscribed.delete(event.id);
        answered?.(event.reasons[0] ?? 0x80);
        break;
      }
      case "ended":
        // What came before the end counts.
        tell(machine, attempt, messages.splice(0));
        over(machine, event.end);
    }
  }
  tell(machine, attempt, messages);
}

function tell(machine: Machine, attempt: Attempt, messages: readonly Incoming[]): void {
  if (messages.length === 0 || machine.attempt !== attempt) return;
  machine.parts.events.burst({
    messages,
    acknowledge: (acks) => {
      if (machine.attempt !== attempt) return;
      for (const ack of acks) if (ack !== 0) attempt.session.acknowledge(ack, machine.parts.clock.now());
      settle(machine, attempt);
    },
  });
}

/** The session has ended. */
function over(machine: Machine, end: SessionEnd): void {
  const reason = end.by === "server" ? refusals[end.reason] : undefined;
  if (reason === undefined) {
    lose(machine);
    return;
  }
  leave(machine);
  machine.state.set({ state: "refused", reason });
}

/** The connection is lost: comes back after a pause. */
function lose(machine: Machine): void {
  const { clock, backOff, random } = machine.parts;
  const { attempt } = machine;
  if (attempt?.opened === true && clock.now() - attempt.openedAt >= goodAfter) machine.tries = 0;
  leave(machine);
  const pause = pauseAfter(machine.tries++, backOff, random);
  machine.retry = clock.after(pause, () => {
    connect(machine);
  });
  machine.state.set({ state: "offline", retryAt: clock.now() + pause });
}

/** Lets go of the connection, if there is one, and of the next try. */
function leave(machine: Machine): void {
  machine.retry?.();
  machine.retry = undefined;
  const { attempt } = machine;
  if (attempt === undefined) return;
  machine.attempt = undefined;
  machine.keepAlive = attempt.session.keepAlive();
  attempt.timer?.();
  for (const bytes of attempt.session.take()) attempt.connection.send(bytes);
  attempt.connection.close();
  for (const answered of attempt.asked.values()) answered(undefined);
  if (attempt.opened) machine.parts.events.closed();
}
