//! What somebody without an account sees: one request, who invited them, and how long that holds.
import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { useLocation } from "wouter";
import type { Me } from "../api/accounts";
import { sessionOf } from "../api/sessions";
import { isOpen } from "../api/types";
import { useWords } from "../language";
import { inLanguage } from "../language/text";
import { revealed } from "../hostile";
import { Guard } from "../routes/errors";
import { Request } from "../routes/request/Request";
import { Mark } from "../ui/Icon";
import { Notice } from "../ui/Notice";
import { Plain } from "../ui/Plain";
import { PageTools } from "./PageTools";

export default function GuestFrame({ me }: { me: Me }) {
  const say = useWords();
  const id = me.session_id ?? "";
  const [path, go] = useLocation();
  const here = path === `/r/${id}`;
  const { data } = useQuery({ ...sessionOf(id), enabled: here && !me.ended });
  useEffect(() => {
    if (!here) go(`/r/${id}`, { replace: true });
  }, [here, id, go]);
  useEffect(() => {
    document.title = `${data ? `${revealed(inLanguage(data.interaction_data.title))} · ` : ""}Askwell`;
  }, [data]);
  const over = me.ended || (data && !isOpen(data));
  return (
    <div className="guest">
      <header className="guest-head small">
        <Mark />
        <p>
          <Plain text={me.invited_by ? say("guest-invited", { by: me.invited_by, name: nameOf(me) }) : say("guest-here", { name: nameOf(me) })} />
          <span className="quiet"> {say(over ? "guest-over" : "guest-once")}</span>
        </p>
        <PageTools />
      </header>
      <main id="main" tabIndex={-1}>
        <Guard mark={path}>
          {me.ended && !data ? <Notice alone icon="check" title={say("guest-ended")}><p>{say("guest-ended-detail")}</p></Notice> : here && <Request id={id} />}
        </Guard>
      </main>
    </div>
  );
}

const nameOf = (me: Me): string => (me.name ?? "").replace(/^guest:/, "");
