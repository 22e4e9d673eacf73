import type { Camera } from "../model/platform.ts";

/** The side of the square in which a code is looked for, in px: enough for one that fills a third of it. */
const side = 480;

/** The camera at the back, where there is one that a page may use. */
export function browserCamera(): Camera | undefined {
  if (!isSecureContext || !("mediaDevices" in navigator)) return undefined;
  return {
    open: () => navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" }, audio: false }),
    close: (stream) => {
      for (const track of stream.getTracks()) track.stop();
    },
    read: async (video) => {
      const image = middleOf(video);
      if (image === undefined) return undefined;
      const { default: decode } = await import("qr/decode.js");
      try {
        return decode({ width: image.width, height: image.height, data: image.data });
      } catch {
        // Nothing in the picture, or not readable yet.
        return undefined;
      }
    },
  };
}

/** The middle of what the camera sees now. */
function middleOf(video: HTMLVideoElement): ImageData | undefined {
  const { videoWidth, videoHeight } = video;
  const from = Math.min(videoWidth, videoHeight);
  if (from === 0) return undefined;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = Math.min(side, from);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (context === null) return undefined;
  const [left, top] = [(videoWidth - from) / 2, (videoHeight - from) / 2];
  context.drawImage(video, left, top, from, from, 0, 0, canvas.width, canvas.height);
  return context.getImageData(0, 0, canvas.width, canvas.height);
}
