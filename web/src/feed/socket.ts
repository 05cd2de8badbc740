import { heardTime } from "../clock";
import type { Session } from "../api/types";
import type { Heard, Viewer } from "../feed";
import type { Line, Looked } from "./line";

const CHANGES = ["session_completed", "session_cancelled", "session_timeout", "session_updated"] as const;

interface Told {
  session: Session;
  type?: string;
}

/** The Socket.IO line. Gives up in favour of `instead` where the server has none. */
export async function openSocket(heard: Heard, looked: () => Looked, instead: () => void): Promise<Line> {
  const { io } = await import("socket.io-client");
  const socket = io({ path: "/socket.io/", transports: ["websocket", "polling"], reconnectionDelayMax: 4_000 });
  let reached = false;

  const viewing = () => {
    const { id, name } = looked();
    if (socket.connected) socket.emit("viewing", { session_id: id, user_id: name });
  };

  socket.on("connected", (greeting: { server_time?: string }) => {
    if (greeting.server_time) heardTime(greeting.server_time);
  });
  socket.on("connect", () => {
    reached = true;
    heard.connected();
    viewing();
  });
  socket.on("disconnect", (reason) => {
    heard.lost();
    // The library does not come back by itself from a server that said goodbye.
    if (reason === "io server disconnect") socket.connect();
  });
  socket.on("connect_error", () => {
    if (reached) return heard.lost();
    socket.close();
    instead();
  });
  socket.on("new_session", (session: Session) => heard.change({ type: "opened", session }));
  for (const name of CHANGES) {
    socket.on(name, (told: Told) => told.session && heard.change({ type: told.type ?? name, session: told.session }));
  }
  socket.on("presence", (told: { session_id: string; viewers: Viewer[] }) =>
    heard.presence(told.session_id, told.viewers ?? []));

  const close = () => {
    socket.off();
    // Whoever is signed out is hung up on: a goodbye would go into a line that is closing, which browsers report as an error.
    socket.io.reconnection(false);
    socket.io.engine?.close();
    socket.close();
  };

  return { viewing, close };
}
