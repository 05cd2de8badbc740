//! What accounts add to the frame: more places, and who one is.
import { useId, useRef } from "react";
import { Link, useLocation } from "wouter";
import type { Me } from "../api/accounts";
import { useWords } from "../language";
import { useIdentity } from "../me";
import { Avatar } from "../ui/Avatar";
import { Icon, type IconName } from "../ui/Icon";
import { BOOK, KEY } from "./strokes";
import { Plain } from "../ui/Plain";

interface Place {
  path: string;
  name: string;
  icon: IconName;
}

const OWN: Place[] = [{ path: "/tokens", name: "tokens", icon: KEY }];
const ADMIN: Place[] = [
  { path: "/people", name: "people", icon: "person" },
  { path: "/webhooks", name: "webhooks", icon: "send" },
  { path: "/audit", name: "audit", icon: BOOK },
];

export const placesOf = (me: Me | null): Place[] => (me?.kind === "user" ? [...OWN, ...(me.admin ? ADMIN : [])] : []);

export function Places({ here }: { here: (path: string) => boolean }) {
  const say = useWords();
  const { me } = useIdentity();
  return (
    <ul className="nav-more">
      {placesOf(me).map(({ path, name, icon }) => (
        <li key={path}>
          <Link href={path} aria-current={here(path) ? "page" : undefined}><Icon name={icon} /><span>{say(`nav-${name}`)}</span></Link>
        </li>
      ))}
    </ul>
  );
}

export const called = (me: Me | null): string => me?.name || me?.login || "";

/** Signing out. */
export function useLeave(): () => void {
  const [, go] = useLocation();
  // To the login page even if the server could not be told: whoever leaves wants to be gone, and is told if not.
  return () => void import("../api/accounts/signIn").then(({ signOut }) => signOut()).then(() => go("/login"), () => location.assign("/login"));
}

/** Who one is, at the foot of the navigation; behind it one's account and the way out. */
export function Own() {
  const say = useWords();
  const { me } = useIdentity();
  const leave = useLeave();
  const id = useId();
  const menu = useRef<HTMLDivElement>(null);
  const close = () => menu.current?.hidePopover();
  return (
    <>
      <button type="button" className="nav-me own small" popoverTarget={id}>
        <Avatar name={called(me)} own />
        <span><Plain text={called(me)} /><span className="unseen">{say("own-menu")}</span></span>
      </button>
      <div ref={menu} id={id} popover="auto" className="menu own-menu">
        <p className="own-who small quiet">{say("own-signed-in", { login: me?.login ?? "" })}</p>
        <Link href="/account" onClick={close}>{say("own-account")}</Link>
        <button type="button" onClick={() => (close(), leave())}>{say("own-leave")}</button>
      </div>
    </>
  );
}
