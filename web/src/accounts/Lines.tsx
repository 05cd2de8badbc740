import { useWords } from "../language";

/** What is yet to come, in the room that it will take. */
export function Lines({ count = 3 }: { count?: number }) {
  const say = useWords();
  return <div className="skeleton" role="status" aria-label={say("loading")}>{Array.from({ length: count }, (_, index) => <i key={index} />)}</div>;
}
