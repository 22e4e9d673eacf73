import { Fragment, type ReactElement } from "react";

/** A sentence of the catalogue in which what stands between two pairs of asterisks is strong. */
export function Strong({ text }: { readonly text: string }): ReactElement {
  return (
    <>
      {text
        .split("**")
        .map((part, at) => (at % 2 === 1 ? <strong key={at}>{part}</strong> : <Fragment key={at}>{part}</Fragment>))}
    </>
  );
}
