import { useEffect, useState } from "react";
import { takeSecret } from "../../secret";

/** The secret that the link brought; also when another link is opened in the same tab. */
export function useSecret(): string {
  const [secret, setSecret] = useState(takeSecret);
  useEffect(() => {
    const again = () => setSecret(takeSecret());
    addEventListener("hashchange", again);
    return () => removeEventListener("hashchange", again);
  }, []);
  return secret;
}
