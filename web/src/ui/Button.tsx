import type { ButtonHTMLAttributes, ReactNode } from "react";
import { Icon, type IconName } from "./Icon";
import "./button.css";

export type Tone = "solid" | "danger" | "outline" | "reject" | "plain";

interface Props extends ButtonHTMLAttributes<HTMLButtonElement> {
  tone?: Tone;
  icon?: IconName;
  /** The key that does the same. */
  keyHint?: string | undefined;
  small?: boolean;
  children?: ReactNode;
}

export function Button({ tone = "outline", icon, keyHint, small, children, className = "", ...rest }: Props) {
  return (
    <button type="button" {...rest} className={`button ${tone} ${small ? "slim" : ""} ${className}`}>
      {icon && <Icon name={icon} size={small ? 16 : 18} />}
      {children}
      {keyHint && <kbd aria-hidden="true">{keyHint}</kbd>}
    </button>
  );
}

export function IconButton({ icon, label, ...rest }: { icon: IconName; label: string } & ButtonHTMLAttributes<HTMLButtonElement>) {
  return (
    <button type="button" {...rest} className={`icon-button ${rest.className ?? ""}`} aria-label={label} title={label}>
      <Icon name={icon} />
    </button>
  );
}
