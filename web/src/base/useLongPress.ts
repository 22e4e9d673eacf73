import { useRef, type PointerEvent } from "react";

const pressAfter = 350;
const slack = 10;

interface LongPress {
  readonly onPointerDown: (event: PointerEvent) => void;
  readonly onPointerMove: (event: PointerEvent) => void;
  readonly onPointerUp: () => void;
  readonly onPointerCancel: () => void;
}

/** A finger that stays for 350 ms. Mice and pens have a second button. */
export function useLongPress(onPress: (x: number, y: number) => void): LongPress {
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const from = useRef({ x: 0, y: 0 });
  const stop = (): void => {
    clearTimeout(timer.current);
    timer.current = undefined;
  };
  return {
    onPointerDown: (event) => {
      if (event.pointerType !== "touch") return;
      from.current = { x: event.clientX, y: event.clientY };
      stop();
      timer.current = setTimeout(() => {
        onPress(from.current.x, from.current.y);
      }, pressAfter);
    },
    onPointerMove: (event) => {
      const { x, y } = from.current;
      if (Math.hypot(event.clientX - x, event.clientY - y) > slack) stop();
    },
    onPointerUp: stop,
    onPointerCancel: stop,
  };
}
