//! A form of fields, one under the other, with react-hook-form behind it. Errors on leaving a field; the server's
//! objections at the field they belong to.
import { useEffect, useRef } from "react";
import { type FieldValues, useForm } from "react-hook-form";
import type { FieldSpec, Issue } from "../../api/types";
import { issueAt } from "../kind";
import { FieldControl } from "./Control";
import { given, held, type Held } from "./shape";

export type FormValue = Record<string, Held>;

interface Props {
  fields: readonly FieldSpec[];
  value: FormValue | undefined;
  change: (value: FormValue) => void;
  frozen: boolean;
  issues: readonly Issue[];
  /** Where in the answer these fields are. */
  pointer: string;
  /** Tells how to get the answer: null where something is missing, and the form says what. */
  onRead: (read: () => Promise<Record<string, unknown> | null>) => void;
}

const at = (index: number) => `f${index}`;
const escaped = (name: string) => name.replace(/~/g, "~0").replace(/\//g, "~1");

export function Fields({ fields, value, change, frozen, issues, pointer, onRead }: Props) {
  const form = useForm<FieldValues>({
    mode: "onTouched",
    defaultValues: Object.fromEntries(fields.map((field, index) => [at(index), value?.[field.name] ?? held(field, field.default)])),
  });
  const told = useRef(change);
  told.current = change;
  useEffect(() => {
    const watching = form.watch((all) =>
      told.current(Object.fromEntries(fields.map((field, index) => [field.name, all[at(index)] as Held]))));
    return () => watching.unsubscribe();
  }, [form, fields]);
  useEffect(() => {
    onRead(async () => {
      let answer: Record<string, unknown> | null = null;
      await form.handleSubmit((all) => {
        const entries = fields.map((field, index) => [field.name, given(field, all[at(index)] as Held)] as const);
        answer = Object.fromEntries(entries.filter(([, each]) => each !== undefined));
      })();
      return answer;
    });
  }, [form, fields, onRead]);
  return (
    <div className="form">
      {fields.map((field, index) => (
        <FieldControl
          key={field.name}
          field={field}
          name={at(index)}
          control={form.control}
          frozen={frozen}
          objection={issueAt(issues, `${pointer}/${escaped(field.name)}`)}
        />
      ))}
    </div>
  );
}
