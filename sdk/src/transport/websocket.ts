import type { Connection, ConnectionEvents, Transport } from "./transport.ts";

/**
 * MQTT over WebSocket, with the platform's own WebSocket: browsers and Node have one.
 *
 * @param server the server's address, as the app was loaded from: `https://chat.example` or `http://127.0.0.1:8080`
 */
export function webSocketTransport(server: string | URL): Transport {
  const address = new URL("/mqtt", server);
  address.protocol = address.protocol === "http:" || address.protocol === "ws:" ? "ws:" : "wss:";
  return (events) => connect(address, events);
}

function connect(address: URL, events: ConnectionEvents): Connection {
  const socket = new WebSocket(address, "mqtt");
  socket.binaryType = "arraybuffer";
  let over = false;
  const end = (): void => {
    if (over) return;
    over = true;
    events.closed();
  };
  socket.addEventListener("open", () => {
    if (!over) events.opened();
  });
  socket.addEventListener("message", (event: MessageEvent<unknown>) => {
    if (over) return;
    if (event.data instanceof ArrayBuffer) {
      events.received(new Uint8Array(event.data));
    } else {
      // A text frame is not MQTT.
      socket.close();
      end();
    }
  });
  socket.addEventListener("close", end);
  socket.addEventListener("error", end);
  return {
    send: (bytes) => {
      if (!over && socket.readyState === WebSocket.OPEN) socket.send(bytes);
    },
    close: () => {
      over = true;
      socket.close();
    },
  };
}
