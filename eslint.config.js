import js from "@eslint/js";
import reactHooks from "eslint-plugin-react-hooks";
import { defineConfig, globalIgnores } from "eslint/config";
import tseslint from "typescript-eslint";

// A folder of sdk/src may import itself and those before it. The order is the architecture (sdk/README.md).
const layers = ["proto", "base", "codec", "session", "transport", "http", "store", "outbox", "sync", "client", "tabs"];

/**
 * One block per layer that refuses imports of the layers above it.
 * @type {import("eslint").Linter.Config[]}
 */
const layering = layers.map((layer, index) => ({
  files: [`sdk/src/${layer}/**/*.ts`],
  rules: {
    "no-restricted-imports": [
      "error",
      {
        patterns: layers.slice(index + 1).map((above) => ({
          group: [`**/${above}/*`],
          message: `${above}/ stands above ${layer}/ (eslint.config.js).`,
        })),
      },
    ],
  },
}));

// So for web/src: views know neither models nor the SDK, models know no app. Stories and tests look at everything.
const webLayers = ["base", "i18n", "ui", "views", "model", "app"];

/** @type {import("eslint").Linter.Config[]} */
const webLayering = webLayers.map((layer, index) => ({
  files: [`web/src/${layer}/**/*.{ts,tsx}`],
  ignores: ["**/*.stories.tsx", "**/*.test.{ts,tsx}"],
  rules: {
    "no-restricted-imports": [
      "error",
      {
        patterns: [...webLayers.slice(index + 1), "gallery", "testing", "browser", "client", "offline"].map(
          (above) => ({
            group: [`**/../${above}/**`],
            message: `${above}/ stands above ${layer}/ (eslint.config.js).`,
          }),
        ),
      },
    ],
  },
}));

export default defineConfig(
  globalIgnores(["**/dist/", "**/node_modules/", "build*/", ".tools/", "sdk/src/proto/", "tests/clients/"]),
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true } },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      eqeqeq: "error",
      // A listener may stop itself: then its end is read in it before it is assigned.
      "prefer-const": ["error", { ignoreReadBeforeAssign: true }],
      "max-lines-per-function": ["error", { max: 70, skipBlankLines: true, skipComments: true }],
      "no-console": "error",
      "no-restricted-syntax": [
        "error",
        { selector: "ExportAllDeclaration", message: "Name what a module gives away." },
        { selector: "ExportDefaultDeclaration", message: "Export by name: one word for one thing." },
      ],
      "@typescript-eslint/consistent-type-definitions": ["error", "interface"],
      "@typescript-eslint/consistent-type-exports": "error",
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-unused-vars": ["error", { ignoreRestSiblings: true }],
      "@typescript-eslint/no-invalid-void-type": [
        "error",
        { allowInGenericTypeArguments: true, allowAsThisParameter: false },
      ],
      "@typescript-eslint/explicit-module-boundary-types": "error",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true, allowBoolean: true }],
      // Objects here are closures: none of their methods knows a `this`.
      "@typescript-eslint/unbound-method": "off",
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
    },
  },
  ...layering,
  ...webLayering,
  {
    // A script of the page, before all modules.
    files: ["web/src/early/*.js"],
    languageOptions: { globals: { document: "readonly", localStorage: "readonly", matchMedia: "readonly" } },
    rules: { "@typescript-eslint/no-unsafe-assignment": "off" },
  },
  { files: ["web/**/*.tsx", "web/**/*.ts"], ...reactHooks.configs.flat["recommended-latest"] },
  {
    // A suite of tests is one function, and says what it does by what it prints.
    files: [
      "**/*.test.ts",
      "**/*.test.tsx",
      "**/*.suite.ts",
      "sdk/test/**",
      "web/browser/*.screens.ts",
      "web/e2e/*.ts",
    ],
    rules: { "max-lines-per-function": "off" },
  },
  {
    // What their tools ask for as the default export.
    files: ["*.config.ts", "**/*.config.ts", "*.config.js", "web/browser/serveGallery.ts"],
    rules: { "no-restricted-syntax": "off" },
  },
);
