// Catches what a room throws while it is loaded or drawn, and says so in its place: the frame and its navigation stay. Used by the
// shell. A room is loaded when it is first entered: by then the server may be away, or may have been replaced by a newer one.
import { Component, type ReactNode } from "react";
import { useWords } from "../locales/words";
import { Failure } from "../ui/states";

interface Props {
  place: string; // another place begins anew
  children: ReactNode;
}
interface State {
  error: unknown;
  place: string;
}

export class RoomBoundary extends Component<Props, State> {
  override state: State = { error: null, place: this.props.place };
  static getDerivedStateFromError(error: unknown): Partial<State> {
    return { error };
  }
  static getDerivedStateFromProps(props: Props, state: State): State | null {
    return props.place === state.place ? null : { error: null, place: props.place };
  }
  override render(): ReactNode {
    if (this.state.error === null) return this.props.children;
    // A browser keeps in mind that it could not load a script: only a page loaded anew asks for it again.
    return <Broken error={this.state.error} />;
  }
}

function Broken({ error }: { error: unknown }) {
  const { say } = useWords();
  return <Failure error={error} words={say("state.broken")} again={() => window.location.reload()} />;
}
