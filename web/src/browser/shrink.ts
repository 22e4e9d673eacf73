/** As the server takes pictures. */
const mostSide = 1024;
const mostBytes = 256 * 1024;
/** Sides and qualities that are tried, from the best. */
const tries = [
  [512, 0.9],
  [512, 0.75],
  [384, 0.75],
  [256, 0.7],
] as const;

/** Not a picture, or one that cannot be made small enough. */
class Unreadable extends Error {
  readonly reason: string;
  constructor(reason: string) {
    super(reason);
    this.reason = reason;
  }
}

/** The middle of a picture, as a square of at most 512 px and 256 KiB. Rejects with a `reason`. */
export async function shrinkPicture(file: Blob): Promise<Uint8Array<ArrayBuffer>> {
  const picture = await createImageBitmap(file).catch(() => {
    throw new Unreadable("bad-picture");
  });
  try {
    for (const [side, quality] of tries) {
      const blob = await squareOf(picture, Math.min(side, mostSide), quality);
      if (blob !== null && blob.size <= mostBytes) return new Uint8Array(await blob.arrayBuffer());
    }
  } finally {
    picture.close();
  }
  throw new Unreadable("large-picture");
}

function squareOf(picture: ImageBitmap, wanted: number, quality: number): Promise<Blob | null> {
  const from = Math.min(picture.width, picture.height);
  const side = Math.min(wanted, from);
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = side;
  const context = canvas.getContext("2d");
  if (context === null) return Promise.resolve(null);
  context.imageSmoothingQuality = "high";
  const [left, top] = [(picture.width - from) / 2, (picture.height - from) / 2];
  context.drawImage(picture, left, top, from, from, 0, 0, side, side);
  return new Promise((resolve) => {
    canvas.toBlob(resolve, "image/jpeg", quality);
  });
}
