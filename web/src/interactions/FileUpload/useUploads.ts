//! The files of one request: those that travel, those that arrived. What arrived is kept in the draft.
import { useCallback, useEffect, useRef, useState } from "react";
import { listFiles, removeFile, type Sending, sendFile } from "../../api/files";
import { asProblem } from "../../api/problem";
import type { Words } from "../../language";
import { bytes } from "../../language/duration";
import { accepts, bytesOf } from "./accept";
import type { Session } from "../../api/types";

export interface Upload {
  key: string;
  name: string;
  size: number;
  state: "sending" | "done" | "failed" | "cancelled";
  share: number;
  id?: string;
  why?: string;
  file?: File;
}

/** What the draft and the button know of it. */
export interface Files {
  files: { id: string; name: string; size: number }[];
  sending: number;
}

export function useUploads(session: Session, kept: Files | undefined, change: (files: Files) => void, say: Words, preview = false) {
  const id = session.session_id;
  const data = session.interaction_data;
  const [uploads, setUploads] = useState<Upload[]>(() =>
    (kept?.files ?? []).map((each) => ({ key: each.id, name: each.name, size: each.size, state: "done", share: 1, id: each.id })));
  const sendings = useRef(new Map<string, Sending>());
  const first = useRef(true);

  // What an earlier visit uploaded and the server still has.
  useEffect(() => {
    if (preview) return;
    let current = true;
    listFiles(id).then((found) => {
      if (!current) return;
      const there = new Set(found.map((each) => each.file_id));
      setUploads((all) => all.filter((each) => each.state !== "done" || (each.id && there.has(each.id))));
    }, () => undefined);
    return () => {
      current = false;
      for (const sending of sendings.current.values()) sending.cancel();
    };
  }, [id, preview]);

  useEffect(() => {
    if (first.current && !uploads.length) return;
    first.current = false;
    change({
      files: uploads.filter((each) => each.state === "done").map((each) => ({ id: each.id ?? "", name: each.name, size: each.size })),
      sending: uploads.filter((each) => each.state === "sending").length,
    });
  }, [uploads, change]);

  const patch = useCallback((key: string, next: Partial<Upload>) =>
    setUploads((all) => all.map((each) => (each.key === key ? { ...each, ...next } : each))), []);

  const send = useCallback((key: string, file: File) => {
    const sending = sendFile(id, file, (share) => patch(key, { share }));
    sendings.current.set(key, sending);
    sending.done.then(
      (found) => patch(key, { state: "done", share: 1, id: found.file_id, name: found.name, size: found.size }),
      (error: unknown) => {
        if (error instanceof DOMException) return patch(key, { state: "cancelled" });
        const problem = asProblem(error);
        patch(key, { state: "failed", why: problem.unreachable ? say("upload-unreachable") : (problem.issues[0]?.detail ?? problem.message) });
      },
    ).finally(() => sendings.current.delete(key));
  }, [id, patch, say]);

  const remove = (upload: Upload) => {
    sendings.current.get(upload.key)?.cancel();
    setUploads((all) => all.filter((each) => each.key !== upload.key));
    if (upload.id) void removeFile(id, upload.id).catch(() => undefined);
  };

  const add = (given: Iterable<File>) => {
    const most = bytesOf(data.max_file_size);
    const fresh = [...given].map((file): Upload => {
      const why = !accepts(data.accept_types, file) ? say("upload-type", { types: (data.accept_types ?? []).join(", ") })
        : most !== null && file.size > most ? say("upload-large", { limit: bytes(most) }) : undefined;
      return { key: crypto.randomUUID?.() ?? String(Math.random()), name: file.name, size: file.size, share: 0, ...(why ? { state: "failed", why } : { state: "sending", file }) };
    });
    const chosen = data.multiple ? fresh : fresh.slice(0, 1);
    // One file replaces the other where only one is taken.
    if (!data.multiple && chosen.some((each) => each.state === "sending")) for (const each of uploads) remove(each);
    setUploads((all) => [...all, ...chosen]);
    for (const each of chosen) if (each.file) send(each.key, each.file);
  };

  return {
    uploads,
    add,
    remove,
    cancel: (upload: Upload) => sendings.current.get(upload.key)?.cancel(),
    again: (upload: Upload) => {
      if (!upload.file) return;
      patch(upload.key, { state: "sending", share: 0 });
      send(upload.key, upload.file);
    },
  };
}
