//! Which line: the socket where the server has one, a stream otherwise.
import type { Heard } from "../feed";
import { openSocket } from "./socket";

export interface Looked {
  id: string | null;
  name: string;
}

export interface Line {
  /** Say again what is being looked at. */
  viewing(): void;
  close(): void;
}

const RETRY_SOCKET = 60_000;

export function openLine(heard: Heard, looked: () => Looked): Line {
  let current: Line | undefined;
  let closed = false;

  const socket = () => {
    current?.close();
    current = undefined;
    void openSocket(heard, looked, stream).then((line) => {
      if (closed) line.close();
      else current = line;
    });
  };
  const stream = () => {
    current?.close();
    current = undefined;
    void import("./stream").then(({ openStream }) => {
      if (!closed) current = openStream(heard);
    });
    // A server that is replaced by one with sockets gets its better line without a reload.
    setTimeout(() => current && probe(), RETRY_SOCKET);
  };
  const probe = () =>
    fetch("/socket.io/?EIO=4&transport=polling")
      .then((answer) => closed || (answer.ok ? socket() : void setTimeout(probe, RETRY_SOCKET)))
      .catch(() => closed || void setTimeout(probe, RETRY_SOCKET));

  socket();
  return {
    viewing: () => current?.viewing(),
    close: () => {
      closed = true;
      current?.close();
      current = undefined;
    },
  };
}
