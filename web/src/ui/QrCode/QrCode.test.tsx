import { screen } from "@testing-library/react";
import decodeQR, { type Image } from "qr/decode.js";
import { expect, test } from "vitest";
import { renderView } from "../../testing/render.tsx";
import { QrCode } from "./QrCode.tsx";

const scale = 8;
const edge = 4;
/** How wide the three corners are that a scanner finds it by. */
const finder = 7;

const code = (): HTMLElement => screen.getByRole("img", { name: "Code for this browser" });

/** What a camera sees: dots as the code draws them, the three corners as they always are, and nothing where the bird stands. */
function seen(): Image {
  const svg = code().querySelector("svg");
  const size = Number(svg?.getAttribute("viewBox")?.split(" ")[2]);
  const dark = new Set<string>();
  for (const [, x, y] of (svg?.querySelector("path")?.getAttribute("d") ?? "").matchAll(/M([\d.]+) ([\d.]+)/gu)) {
    dark.add(`${Math.floor(Number(x))} ${Math.floor(Number(y))}`);
  }
  const corners = [
    [0, 0],
    [size - finder, 0],
    [0, size - finder],
  ] as const;
  for (const [left, top] of corners) {
    for (let x = 0; x < finder; x++) {
      for (let y = 0; y < finder; y++) {
        if (Math.max(Math.abs(x - 3), Math.abs(y - 3)) !== 2) dark.add(`${left + x} ${top + y}`);
      }
    }
  }
  const side = (size + 2 * edge) * scale;
  const data = new Uint8Array(side * side * 4).fill(255);
  for (let at = 0; at < side * side; at++) {
    const x = Math.floor((at % side) / scale) - edge;
    const y = Math.floor(at / side / scale) - edge;
    if (dark.has(`${x} ${y}`)) data.fill(0, at * 4, at * 4 + 3);
  }
  return { width: side, height: side, data };
}

test.each([
  "http://10.0.0.2/",
  "http://a.example/#link=K7QXM2RD",
  "https://larkmoor.example/#link=K7QXM2RD",
  "https://chat.allotment-society.larkmoor.example:8443/#invite=01890a5d-ac96-774b-bcce-b302099a8057",
])("a camera reads %s, though the bird stands in its middle", (text) => {
  renderView(<QrCode text={text} label="Code for this browser" />);
  expect(decodeQR(seen(), { timeLimit: 10_000 })).toBe(text);
});

test("another text is another code", () => {
  const { rerender } = renderView(
    <QrCode text="https://larkmoor.example/#link=K7QXM2RD" label="Code for this browser" />,
  );
  rerender(<QrCode text="https://larkmoor.example/#link=B3TWN5HC" label="Code for this browser" />);
  expect(decodeQR(seen(), { timeLimit: 10_000 })).toBe("https://larkmoor.example/#link=B3TWN5HC");
});

test("who does not see it hears what it is for, and no more", () => {
  renderView(<QrCode text="https://larkmoor.example/#link=K7QXM2RD" label="Code for this browser" />);
  expect([...code().querySelectorAll("svg")].map((svg) => svg.getAttribute("aria-hidden"))).toEqual(["true", "true"]);
});
