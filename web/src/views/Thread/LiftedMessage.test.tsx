import { expect, test } from "vitest";
import { renderView } from "../../testing/render.tsx";
import messageStyles from "../Message/Message.module.css";
import { LiftedMessage } from "./LiftedMessage.tsx";

test.each([
  [true, messageStyles.out],
  [false, messageStyles.in],
])("it stays at the side where it was (the reader's own: %s)", (mine, side) => {
  const { container } = renderView(<LiftedMessage mine={mine}>Page 38</LiftedMessage>);
  expect([messageStyles.out, messageStyles.in].filter((one) => container.querySelector(`.${one ?? ""}`))).toEqual([
    side,
  ]);
});
