import { Link } from "wouter";
import { useWords } from "../language";
import { Notice } from "../ui/Notice";
import { Component, type ReactNode } from "react";

export function NotFound() {
  const say = useWords();
  return (
    <Notice alone icon="search" title={say("lost-title")} action={<Link className="button outline" href="/">{say("lost-home")}</Link>}>
      <p>{say("lost-detail")}</p>
    </Notice>
  );
}

function Broken({ error }: { error: Error }) {
  const say = useWords();
  return (
    <Notice alone icon="warning" title={say("broken-title")} action={<button type="button" className="button outline" onClick={() => location.reload()}>{say("broken-reload")}</button>}>
      <p>{say("broken-detail")}</p>
      <p className="tiny mono">{error.message}</p>
    </Notice>
  );
}

/** A part that fails takes itself down, not the page. What was typed is in the drafts. */
export class Guard extends Component<{ children: ReactNode; mark?: string }, { error: Error | null }> {
  override state: { error: Error | null } = { error: null };
  static getDerivedStateFromError = (error: Error) => ({ error });
  override componentDidUpdate(before: { mark?: string }) {
    if (before.mark !== this.props.mark && this.state.error) this.setState({ error: null });
  }
  override render() {
    return this.state.error ? <Broken error={this.state.error} /> : this.props.children;
  }
}
