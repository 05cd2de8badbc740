import { useEffect, useState } from "react";
import { useFeed } from "../feed";
import { useWords } from "../language";
import { moment } from "../language/duration";
import { Icon } from "../ui/Icon";

const PATIENCE = 3_000;

/** Live is silent; only offline speaks, after a moment, and says how old is what one sees. */
export function OfflineBar() {
  const say = useWords();
  const { connected, since, fresh } = useFeed();
  const [shown, show] = useState(false);
  useEffect(() => {
    if (connected) return show(false);
    const timer = setTimeout(() => show(true), Math.max(0, PATIENCE - (Date.now() - (since ?? Date.now()))));
    return () => clearTimeout(timer);
  }, [connected, since]);
  if (!shown) return null;
  return (
    <div className="offline small" role="status">
      <Icon name="offline" size={16} />
      <span>{say("offline", { time: moment(new Date(fresh).toISOString()) })}</span>
    </div>
  );
}
