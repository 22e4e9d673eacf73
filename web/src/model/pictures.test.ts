import { expect, test } from "vitest";
import { de } from "../i18n/de.ts";
import { en } from "../i18n/en.ts";
import { problem } from "../testing/asking.ts";
import { fakePlatform } from "./fake/platform.ts";
import { choosePicture, pictureError } from "./pictures.ts";

test("what is shown of a chosen picture is what the server will get", async () => {
  const shown: Blob[] = [];
  const platform = {
    ...fakePlatform(),
    shrink: () => Promise.resolve(new Uint8Array([1, 2, 3])),
    addressOf: (blob: Blob) => {
      shown.push(blob);
      return "blob:small";
    },
  };
  const chosen = await choosePicture(platform, new Blob(["a picture of forty megabytes"]));
  expect(chosen).toEqual({ bytes: new Uint8Array([1, 2, 3]), address: "blob:small" });
  expect(shown.map(({ size }) => size)).toEqual([3]);
});

test("what is no picture has no address", async () => {
  const addresses: string[] = [];
  const platform = {
    ...fakePlatform(),
    shrink: () => Promise.reject(new Error("no picture")),
    addressOf: () => {
      addresses.push("blob:none");
      return "blob:none";
    },
  };
  await expect(choosePicture(platform, new Blob(["text"]))).rejects.toThrow("no picture");
  expect(addresses).toEqual([]);
});

test.each([
  ["offline", en.app.offline],
  ["large-picture", en.signUp.pictureTooLarge],
  ["too-large", en.signUp.pictureTooLarge],
  ["bad-picture", en.signUp.pictureUnreadable],
])("a picture that was refused for %s says so", (reason, text) => {
  expect(pictureError(en, problem(reason))).toBe(text);
});

test("what cannot be read is said to be no picture, in the reader's language", () => {
  expect(pictureError(de, new Error("no picture"))).toBe(de.signUp.pictureUnreadable);
});
