import { Fragment, type ReactElement } from "react";
import { findAll } from "./findAll.ts";

interface Props {
  readonly text: string;
  /** What is looked for; nothing is marked if it is empty. */
  readonly query: string;
}

/** Text in which what was looked for is marked. */
export function Marked({ text, query }: Props): ReactElement {
  return (
    <>
      {findAll(text, query).map((part, at) => (
        <Fragment key={at}>{part.found ? <mark>{part.text}</mark> : part.text}</Fragment>
      ))}
    </>
  );
}
