import { Malformed, Reader, Writer } from "./bytes.ts";

/** The properties of MQTT 5 (section 2.2.2), by name. One that is not there is not set. */
export interface Properties {
  readonly payloadFormat?: number;
  readonly messageExpiry?: number;
  readonly contentType?: string;
  readonly responseTopic?: string;
  readonly correlationData?: Uint8Array;
  readonly subscriptionIdentifiers?: readonly number[];
  readonly sessionExpiry?: number;
  readonly assignedClientId?: string;
  readonly serverKeepAlive?: number;
  readonly authMethod?: string;
  readonly authData?: Uint8Array;
  readonly requestProblemInformation?: number;
  readonly willDelay?: number;
  readonly requestResponseInformation?: number;
  readonly responseInformation?: string;
  readonly serverReference?: string;
  readonly reasonString?: string;
  readonly receiveMaximum?: number;
  readonly topicAliasMaximum?: number;
  readonly topicAlias?: number;
  readonly maximumQos?: number;
  readonly retainAvailable?: number;
  readonly user?: readonly (readonly [name: string, value: string])[];
  readonly maximumPacketSize?: number;
  readonly wildcardSubscription?: number;
  readonly subscriptionIdentifiersAvailable?: number;
  readonly sharedSubscription?: number;
}

type Kind = "byte" | "uint16" | "uint32" | "text" | "binary" | "variables" | "pairs";

/** By identifier, in the order in which they are written. */
const table: readonly (readonly [id: number, name: keyof Properties, kind: Kind])[] = [
  [0x01, "payloadFormat", "byte"],
  [0x02, "messageExpiry", "uint32"],
  [0x03, "contentType", "text"],
  [0x08, "responseTopic", "text"],
  [0x09, "correlationData", "binary"],
  [0x0b, "subscriptionIdentifiers", "variables"],
  [0x11, "sessionExpiry", "uint32"],
  [0x12, "assignedClientId", "text"],
  [0x13, "serverKeepAlive", "uint16"],
  [0x15, "authMethod", "text"],
  [0x16, "authData", "binary"],
  [0x17, "requestProblemInformation", "byte"],
  [0x18, "willDelay", "uint32"],
  [0x19, "requestResponseInformation", "byte"],
  [0x1a, "responseInformation", "text"],
  [0x1c, "serverReference", "text"],
  [0x1f, "reasonString", "text"],
  [0x21, "receiveMaximum", "uint16"],
  [0x22, "topicAliasMaximum", "uint16"],
  [0x23, "topicAlias", "uint16"],
  [0x24, "maximumQos", "byte"],
  [0x25, "retainAvailable", "byte"],
  [0x26, "user", "pairs"],
  [0x27, "maximumPacketSize", "uint32"],
  [0x28, "wildcardSubscription", "byte"],
  [0x29, "subscriptionIdentifiersAvailable", "byte"],
  [0x2a, "sharedSubscription", "byte"],
];
const byIdentifier = new Map(table.map(([id, name, kind]) => [id, { name, kind }]));

/** Writes the length of the properties and the properties, by their identifiers. */
export function writeProperties(writer: Writer, properties: Properties): void {
  const inner = new Writer();
  for (const [id, name, kind] of table) {
    const value = properties[name];
    if (value !== undefined) writeProperty(inner, id, kind, value);
  }
  const bytes = inner.taken();
  writer.variable(bytes.length);
  writer.raw(bytes);
}

function writeProperty(writer: Writer, id: number, kind: Kind, value: NonNullable<Properties[keyof Properties]>): void {
  const each = (values: readonly unknown[], write: (value: never) => void): void => {
    for (const one of values) {
      writer.byte(id);
      write(one as never);
    }
  };
  switch (kind) {
    case "variables":
      each(value as readonly number[], (one: number) => {
        writer.variable(one);
      });
      break;
    case "pairs":
      each(value as readonly (readonly [string, string])[], ([name, text]: readonly [string, string]) => {
        writer.text(name);
        writer.text(text);
      });
      break;
    default:
      writer.byte(id);
      (writer[kind] as (value: unknown) => void).call(writer, value);
  }
}

/** Reads what {@link writeProperties} writes. Throws {@link Malformed} for an unknown property, or one that is there twice. */
export function readProperties(reader: Reader): Properties {
  const inner = new Reader(reader.raw(reader.variable()));
  const found: Record<string, unknown> = {};
  while (inner.left > 0) {
    const id = inner.variable();
    const property = byIdentifier.get(id);
    if (property === undefined) throw new Malformed(`there is no property ${id}`);
    const { name, kind } = property;
    if (kind === "variables" || kind === "pairs") {
      const value = kind === "pairs" ? [inner.text(), inner.text()] : inner.variable();
      ((found[name] ??= []) as unknown[]).push(value);
    } else {
      if (name in found) throw new Malformed(`the property ${name} is there twice`);
      found[name] = inner[kind]();
    }
  }
  return found;
}

/** The value of a user property, the first if there are several. */
export function userProperty(properties: Properties, name: string): string | undefined {
  return properties.user?.find(([key]) => key === name)?.[1];
}
