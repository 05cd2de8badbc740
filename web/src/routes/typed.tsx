//! Fields that filter while one types. Invariants: what is typed is passed on once one pauses, and never overtaken by what
//! was passed on before. Neighbours: `address.ts` and the inbox's filter keep it in the address.
import { useEffect, useRef, useState } from "react";

const PAUSE = 200;

/** What stands in the field, and how typing changes it. What comes from elsewhere, as by going back, is taken over. */
export function useTyped(value: string, change: (value: string) => void): [string, (typed: string) => void] {
  const [typed, type] = useState(value);
  const passed = useRef(value);
  useEffect(() => {
    if (value !== passed.current) type((passed.current = value));
  }, [value]);
  useEffect(() => {
    if (typed === passed.current) return;
    const timer = setTimeout(() => change((passed.current = typed)), PAUSE);
    return () => clearTimeout(timer);
  });
  return [typed, type];
}

interface Props {
  label: string;
  value: string;
  change: (value: string) => void;
  /** The id of a list of suggestions. */
  list?: string;
}

export function Typed({ label, value, change, list }: Props) {
  const [typed, type] = useTyped(value, change);
  return <input type="search" className="control" aria-label={label} placeholder={label} value={typed} list={list} autoCapitalize="off" spellCheck={false} onChange={(event) => type(event.target.value)} />;
}
