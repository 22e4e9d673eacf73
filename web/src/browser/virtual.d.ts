// Made by vite/emojiData.ts, which knows the shape.
declare module "virtual:emoji/*" {
  export const groups: readonly unknown[];
}
