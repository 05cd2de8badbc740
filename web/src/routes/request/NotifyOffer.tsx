import { useState } from "react";
import { useWords } from "../../language";
import { type Ability, ability, askPermission } from "../../permission";
import { preferences } from "../../preferences";
import { Button } from "../../ui/Button";
import { BELL } from "../../ui/strokes";

/** Offered once, after the first answer. */
export function NotifyOffer() {
  const say = useWords();
  const [state, settle] = useState<Ability | "later">(ability);
  if (state !== "default" || preferences().notifications) return null;
  return <Button small tone="plain" icon={BELL} onClick={() => void askPermission().then(settle)}>{say("notify-offer")}</Button>;
}
