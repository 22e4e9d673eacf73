import type { Plugin } from "vite";

/** Has the browser fetch the letters of most languages with the page, so that its first text does not change them. */
export function fontPreload(): Plugin {
  return {
    name: "dunlin:font-preload",
    transformIndexHtml: {
      order: "post",
      handler: (_, { bundle }) => {
        const font = Object.keys(bundle ?? {}).find((name) => /inter-latin-wght-normal-[^/]*\.woff2$/u.test(name));
        if (font === undefined) return [];
        return [
          {
            tag: "link",
            attrs: { rel: "preload", href: `/${font}`, as: "font", type: "font/woff2", crossorigin: true },
            injectTo: "head",
          },
        ];
      },
    },
  };
}
