import type { Camera } from "../../model/platform.ts";

/** A camera that sees a screen with a code on it, out of focus, as one holds a phone before it. */
export function sceneCamera(): Camera {
  return {
    open: () => {
      const canvas = document.createElement("canvas");
      canvas.width = 390;
      canvas.height = 844;
      draw(canvas);
      const stream = canvas.captureStream();
      // A picture that does not change is not sent again: it is drawn until somebody has seen it.
      let left = 20;
      const again = (): void => {
        draw(canvas);
        if (left-- > 0) requestAnimationFrame(again);
      };
      again();
      return Promise.resolve(stream);
    },
    close: (stream) => {
      for (const track of stream.getTracks()) track.stop();
    },
    read: () => Promise.resolve(undefined),
  };
}

function draw(canvas: HTMLCanvasElement): void {
  const context = canvas.getContext("2d");
  if (context === null) return;
  const ground = context.createLinearGradient(0, 0, 0, canvas.height);
  ground.addColorStop(0, "#4b4a47");
  ground.addColorStop(1, "#2a2723");
  context.fillStyle = ground;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.save();
  context.translate(195, 363);
  context.rotate(-0.06);
  context.fillStyle = "#10181d";
  context.fillRect(-200, -164, 400, 328);
  context.fillStyle = "#1b262c";
  context.fillRect(-188, -152, 376, 304);
  context.fillStyle = "#ffffff";
  context.beginPath();
  context.roundRect(-94, -94, 188, 188, 14);
  context.fill();
  context.fillStyle = "#172228";
  for (let at = 0; at < 625; at++) {
    const [x, y] = [at % 25, Math.floor(at / 25)];
    const corner = (x < 8 && y < 8) || (x > 16 && y < 8) || (x < 8 && y > 16);
    if (!corner && (x * 7 + y * 13 + ((x * y) % 5)) % 3 === 0) context.fillRect(-80 + x * 6.4, -80 + y * 6.4, 5, 5);
  }
  for (const [x, y] of [
    [-78, -78],
    [38, -78],
    [-78, 38],
  ] as const) {
    context.lineWidth = 6;
    context.strokeStyle = "#172228";
    context.strokeRect(x, y, 38, 38);
    context.fillRect(x + 11, y + 11, 16, 16);
  }
  context.restore();
}
