import type { Properties } from "./properties.ts";

/** The packets of MQTT 5.0, as plain values. Sections are those of the OASIS specification. */
export type Packet =
  | Connect
  | Connack
  | Publish
  | Answer
  | Subscribe
  | Suback
  | Unsubscribe
  | Unsuback
  | Pingreq
  | Pingresp
  | Disconnect
  | Auth;

/** 3.1 */
export interface Connect {
  readonly type: "connect";
  readonly clientId: string;
  readonly cleanStart: boolean;
  /** Seconds. */
  readonly keepAlive: number;
  readonly username?: string;
  readonly password?: Uint8Array;
  readonly will?: Will;
  readonly properties: Properties;
}

export interface Will {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: number;
  readonly retain: boolean;
  readonly properties: Properties;
}

/** 3.2 */
export interface Connack {
  readonly type: "connack";
  readonly sessionPresent: boolean;
  readonly reason: number;
  readonly properties: Properties;
}

/** 3.3 */
export interface Publish {
  readonly type: "publish";
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: number;
  readonly retain: boolean;
  readonly dup: boolean;
  /** 0 at QoS 0. */
  readonly id: number;
  readonly properties: Properties;
}

/** 3.4 to 3.7 */
export interface Answer {
  readonly type: "puback" | "pubrec" | "pubrel" | "pubcomp";
  readonly id: number;
  readonly reason: number;
  readonly properties: Properties;
}

export interface Subscription {
  readonly filter: string;
  /** QoS, No Local, Retain As Published and Retain Handling in one byte (3.8.3.1). */
  readonly options: number;
}

/** 3.8 */
export interface Subscribe {
  readonly type: "subscribe";
  readonly id: number;
  readonly subscriptions: readonly Subscription[];
  readonly properties: Properties;
}

/** 3.9 */
export interface Suback {
  readonly type: "suback";
  readonly id: number;
  readonly reasons: readonly number[];
  readonly properties: Properties;
}

/** 3.10 */
export interface Unsubscribe {
  readonly type: "unsubscribe";
  readonly id: number;
  readonly filters: readonly string[];
  readonly properties: Properties;
}

/** 3.11 */
export interface Unsuback {
  readonly type: "unsuback";
  readonly id: number;
  readonly reasons: readonly number[];
  readonly properties: Properties;
}

/** 3.12 */
export interface Pingreq {
  readonly type: "pingreq";
}

/** 3.13 */
export interface Pingresp {
  readonly type: "pingresp";
}

/** 3.14 */
export interface Disconnect {
  readonly type: "disconnect";
  readonly reason: number;
  readonly properties: Properties;
}

/** 3.15 */
export interface Auth {
  readonly type: "auth";
  readonly reason: number;
  readonly properties: Properties;
}
