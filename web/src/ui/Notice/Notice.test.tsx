import { screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { renderView } from "../../testing/render.tsx";
import { Notice } from "./Notice.tsx";

test.each([
  ["en", false, /^Not encrypted yet\./u],
  ["en", true, /^Not encrypted yet\./u],
  ["de", false, /^Noch nicht verschlüsselt\./u],
] as const)("it says in words that nothing is encrypted (%s, small: %s)", (locale, small, text) => {
  renderView(<Notice small={small} />, locale);
  expect(screen.getByText(text).closest("[aria-hidden]")).toBeNull();
});
