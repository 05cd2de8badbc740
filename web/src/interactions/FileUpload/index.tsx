//! One or several files: dragged, pasted, picked, photographed.
import { type ClipboardEvent, type DragEvent, useEffect, useRef, useState } from "react";
import { fileAddress, listFiles } from "../../api/files";
import type { Session } from "../../api/types";
import { useQuery } from "@tanstack/react-query";
import { useWords } from "../../language";
import { bytes } from "../../language/duration";
import { Button, IconButton } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import { DOWNLOAD, FILE } from "../../ui/strokes";
import { Plain } from "../../ui/Plain";
import { type BodyProps, type Kind, submitChoice } from "../kind";
import { bytesOf } from "./accept";
import { type Files, type Upload, useUploads } from "./useUploads";
import "./upload.css";

function Line({ upload, frozen, cancel, again, remove }: { upload: Upload; frozen: boolean; cancel: () => void; again: () => void; remove: () => void }) {
  const say = useWords();
  const { state } = upload;
  return (
    <li className={`upload ${state}`}>
      <Icon name={state === "failed" ? "warning" : state === "done" ? "check" : FILE} />
      <span className="upload-name"><Plain text={upload.name} /></span>
      <span className="quiet small ticks">{state === "sending" ? `${Math.round(upload.share * 100)} %` : bytes(upload.size)}</span>
      <span className="upload-acts">
        {state === "sending" && <Button small tone="plain" onClick={cancel}>{say("upload-cancel")}</Button>}
        {(state === "cancelled" || (state === "failed" && upload.file)) && <Button small tone="plain" disabled={frozen} onClick={again}>{say("retry")}</Button>}
        {state !== "sending" && <IconButton icon="close" label={say("upload-remove", { name: upload.name })} disabled={frozen} onClick={remove} />}
      </span>
      {state === "sending" && <progress value={upload.share} max={1} aria-label={upload.name} />}
      {state === "failed" && <span className="upload-why field-error"><Plain text={upload.why ?? ""} /></span>}
      {state === "cancelled" && <span className="upload-why quiet small">{say("upload-cancelled")}</span>}
    </li>
  );
}

function Body({ session, value, change, frozen, issues, onCollect, wanted, preview }: BodyProps) {
  const say = useWords();
  const data = session.interaction_data;
  const picker = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const { uploads, add, remove, cancel, again } = useUploads(session, value as Files | undefined, change, say, preview);
  const now = useRef(uploads);
  now.current = uploads;
  useEffect(() => onCollect(() => {
    const done = now.current.filter((each) => each.state === "done");
    if (!done.length || now.current.some((each) => each.state === "sending")) return null;
    return { files: done.map((each) => each.id) };
  }), [onCollect]);

  const blocked = frozen || preview === true;
  const take = (files: FileList | undefined) => !blocked && files?.length && add(files);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    take(event.dataTransfer.files);
  };
  const paste = (event: ClipboardEvent) => take(event.clipboardData.files);
  const most = bytesOf(data.max_file_size);
  const images = (data.accept_types ?? []).some((each) => /image|png|jpe?g|heic/i.test(each)) || !data.accept_types?.length;
  const missing = wanted && !uploads.some((each) => each.state === "done");
  return (
    <section className="uploads" onPaste={paste}>
      <div
        className={`drop ${over ? "over" : ""}`}
        tabIndex={-1}
        data-wanted={missing ? true : undefined}
        onDragOver={(event) => (event.preventDefault(), setOver(true))}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      >
        <Icon name="file_upload" size={24} />
        <p>{say(data.multiple ? "upload-drop-many" : "upload-drop-one")}</p>
        <p className="small quiet">
          {data.accept_types?.length ? data.accept_types.join(" ") : say("upload-any")}
          {most !== null && ` · ${say("upload-most", { limit: bytes(most) })}`}
        </p>
        <div className="drop-buttons">
          <Button disabled={blocked} onClick={() => picker.current?.click()}>{say("upload-pick")}</Button>
          {images && <label className={`button outline camera ${blocked ? "off" : ""}`}>{say("upload-camera")}<input type="file" accept="image/*" capture="environment" disabled={blocked} onChange={(event) => take(event.target.files ?? undefined)} /></label>}
        </div>
        <input
          ref={picker}
          type="file"
          hidden
          aria-label={say("upload-pick")}
          multiple={data.multiple === true}
          accept={data.accept_types?.join(",")}
          onChange={(event) => {
            take(event.target.files ?? undefined);
            event.target.value = "";
          }}
        />
      </div>
      {uploads.length > 0 && (
        <ul className="upload-list">
          {uploads.map((each) => <Line key={each.key} upload={each} frozen={frozen} cancel={() => cancel(each)} again={() => again(each)} remove={() => remove(each)} />)}
        </ul>
      )}
      <p className="field-note" role="alert">{(missing || issues.length > 0) && <span className="field-error">{issues[0]?.detail ?? say("upload-missing")}</span>}</p>
    </section>
  );
}

function Answered({ session }: { session: Session }) {
  const id = session.session_id;
  const { data } = useQuery({ queryKey: ["session", id, "files"], queryFn: () => listFiles(id) });
  const ids = ((session.response?.response_data as { files?: string[] } | undefined)?.files ?? []);
  return (
    <ul className="answer-files">
      {ids.map((file) => {
        const known = data?.find((each) => each.file_id === file);
        return (
          <li key={file}>
            <a href={fileAddress(id, file)} download><Icon name={DOWNLOAD} size={16} /> <Plain text={known?.name ?? file} /></a>
            {known && <span className="quiet small"> {bytes(known.size)}</span>}
          </li>
        );
      })}
    </ul>
  );
}

const kind: Kind = {
  Body,
  Answered,
  choices: (session, value, say) => {
    const sending = (value as Files | undefined)?.sending ?? 0;
    return [submitChoice(session, say, sending ? say("upload-wait", { count: sending }) : undefined)];
  },
};

export default kind;
