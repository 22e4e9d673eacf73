import type { Catalogue } from "../i18n/en.ts";
import type { Platform } from "./platform.ts";
import { reasonOf } from "./ports.ts";

/** A picture that was chosen: as the server takes it, and as it is shown meanwhile. */
export interface ChosenPicture {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly address: string;
}

/** Makes a chosen file as small as the server wants it. Rejects if it is no picture. */
export async function choosePicture(platform: Platform, file: Blob): Promise<ChosenPicture> {
  const bytes = await platform.shrink(file);
  return { bytes, address: platform.addressOf(new Blob([bytes])) };
}

/** Why a picture was not taken. */
export function pictureError(words: Catalogue, error: unknown): string {
  switch (reasonOf(error)) {
    case "offline":
      return words.app.offline;
    case "large-picture":
    case "too-large":
      return words.signUp.pictureTooLarge;
    default:
      return words.signUp.pictureUnreadable;
  }
}
