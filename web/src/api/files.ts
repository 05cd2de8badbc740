//! Sending a file, with progress: `fetch` cannot say how far it is.
import { language } from "../language/choice";
import { api, heardStatus, taken } from "./client";
import { Problem } from "./problem";
import type { ProblemBody, UploadedFile } from "./types";

export interface Sending {
  done: Promise<UploadedFile>;
  cancel: () => void;
}

export function sendFile(session: string, file: File, progress: (share: number) => void): Sending {
  const request = new XMLHttpRequest();
  const done = new Promise<UploadedFile>((resolve, reject) => {
    request.open("POST", `/api/sessions/${encodeURIComponent(session)}/files`);
    request.setRequestHeader("Accept-Language", language());
    request.responseType = "json";
    request.upload.onprogress = (event) => event.lengthComputable && progress(event.loaded / event.total);
    request.onload = () => {
      heardStatus(request.status);
      const body = request.response as { file?: UploadedFile } & Partial<ProblemBody>;
      if (request.status < 300 && body?.file) resolve(body.file);
      else reject(new Problem(request.status, body ?? {}));
    };
    request.onerror = () => reject(new Problem(0, { code: "unreachable" }));
    request.onabort = () => reject(new DOMException("", "AbortError"));
    const form = new FormData();
    form.append("file", file, file.name);
    request.send(form);
  });
  return { done, cancel: () => request.abort() };
}

export const listFiles = async (session: string): Promise<UploadedFile[]> =>
  (await taken(api.GET("/api/sessions/{session_id}/files", { params: { path: { session_id: session } } }))).files;

export async function removeFile(session: string, file: string): Promise<void> {
  const { response, error } = await api.DELETE("/api/sessions/{session_id}/files/{file_id}", {
    params: { path: { session_id: session, file_id: file } },
  });
  if (!response.ok && response.status !== 404) throw new Problem(response.status, (error ?? {}) as Partial<ProblemBody>);
}

export const fileAddress = (session: string, file: string): string =>
  `/api/sessions/${encodeURIComponent(session)}/files/${encodeURIComponent(file)}`;
