import { pieces } from "../hostile";
import { useWords } from "../language";

/** Text of others, as it is: what hides in it is shown, and it cannot turn its neighbours around. */
export function Plain({ text }: { text: string }) {
  const say = useWords();
  const found = pieces(text);
  if (found.length === 1 && found[0]?.kind === "plain") return <bdi>{text}</bdi>;
  return (
    <bdi>
      {found.map((piece, index) =>
        piece.kind === "plain" ? (
          piece.text
        ) : piece.kind === "hidden" ? (
          <span key={index} className="odd" title={say("odd-hidden")}>{piece.text}</span>
        ) : (
          <span key={index} className="mixed" title={say("odd-mixed")}>{piece.text}</span>
        ),
      )}
    </bdi>
  );
}
