//! Tokens: what programs ask with. Invariants: a secret is shown once; no token answers, and the page says why.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useSearchParams } from "wouter";
import { Confirm } from "../../accounts/form/Confirm";
import { Lines } from "../../accounts/Lines";
import type { Token } from "../../api/accounts";
import { revokeToken, tokensOf } from "../../api/accounts/tokens";
import { queries } from "../../api/sessions";
import { now } from "../../clock";
import { useWords } from "../../language";
import { useIdentity } from "../../me";
import { TabSign } from "../../notify";
import { Button } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import { KEY } from "../../accounts/strokes";
import { Failure, Notice } from "../../ui/Notice";
import { Plain } from "../../ui/Plain";
import { When } from "../../ui/When";
import { NewToken } from "./NewToken";
import "../../accounts/form/form.css";
import "../../accounts/ledger.css";
import "./tokens.css";

export default function Tokens() {
  const say = useWords();
  const { me } = useIdentity();
  const [params, setParams] = useSearchParams();
  const all = params.get("all") === "1" && me?.admin === true;
  const query = useQuery(tokensOf(all));
  const [making, make] = useState(false);
  const [ending, end] = useState<Token | null>(null);
  const again = () => queries.invalidateQueries({ queryKey: ["tokens"] });
  const tokens = (query.data ?? []).toSorted((a, b) => Number(isOver(a)) - Number(isOver(b)));
  return (
    <div className="screen tokens">
      <TabSign title={say("tokens-title")} />
      <header className="screen-head">
        <h1>{say("tokens-title")}</h1>
        <Button tone="solid" icon={KEY} onClick={() => make(true)}>{say("tokens-new")}</Button>
      </header>
      <p className="quiet ledger-intro">{say("tokens-intro")}</p>
      {me?.admin && (
        <div className="ledger-tools">
          <nav className="tabs" aria-label={say("tabs")}>
            {([false, true] as const).map((each) => (
              <button key={String(each)} type="button" aria-current={all === each ? "page" : undefined} onClick={() => setParams(each ? { all: "1" } : {}, { replace: true })}>{say(each ? "tokens-all" : "tokens-own")}</button>
            ))}
          </nav>
        </div>
      )}
      {query.isError ? <Failure error={query.error} retry={() => void query.refetch()} />
        : query.isPending ? <Lines count={5} />
        : tokens.length ? <Table tokens={tokens} all={all} end={end} />
        : <Notice icon={KEY} title={say("tokens-none")}><p>{say("tokens-none-detail")}</p></Notice>}
      {making && <NewToken onClose={() => make(false)} created={() => void again()} />}
      {ending && (
        <Confirm title={say("tokens-revoke-title", { name: ending.name })} act={say("tokens-revoke")} run={() => revokeToken(ending.id).then(again)} onClose={() => end(null)}>
          <p>{say("tokens-revoke-detail")}</p>
        </Confirm>
      )}
    </div>
  );
}

const isOver = (token: Token): boolean => !!token.revoked_at || (!!token.expires_at && Date.parse(token.expires_at) <= now());

function Table({ tokens, all, end }: { tokens: Token[]; all: boolean; end: (token: Token) => void }) {
  const say = useWords();
  return (
    <table className="ledger">
      <thead><tr>{["name", ...(all ? ["owner"] : []), "scopes", "used", "until"].map((each) => <th key={each} scope="col">{say(`tokens-col-${each}`)}</th>)}<th scope="col"><span className="unseen">{say("tokens-revoke")}</span></th></tr></thead>
      <tbody>
        {tokens.map((each) => (
          <tr key={each.id} className={isOver(each) ? "off" : ""}>
            <td>
              <div className="name">
                <span><Plain text={each.name} /></span>
                {each.workflow_prefix && <span className="small quiet"><Plain text={say("tokens-only", { prefix: each.workflow_prefix })} /></span>}
              </div>
            </td>
            {all && <td data-label={say("tokens-col-owner")}><Plain text={each.owner} /></td>}
            <td><ul className="pieces">{each.scopes.map((scope) => <li key={scope} title={say(`scope-${scope}-detail`)}>{say(`scope-${scope}`)}</li>)}</ul></td>
            <td className="small" data-label={say("tokens-col-used")}>{each.last_used_at ? <When at={each.last_used_at} /> : <span className="quiet">{say("never")}</span>}</td>
            <td className="small" data-label={say("tokens-col-until")}>
              {each.revoked_at ? <span className="state"><Icon name="close" size={16} />{say("tokens-revoked")}</span>
                : isOver(each) ? <span className="state"><Icon name="clock" size={16} />{say("tokens-expired")}</span>
                : each.expires_at ? <When at={each.expires_at} /> : <span className="quiet">{say("tokens-endless")}</span>}
            </td>
            <td>{!isOver(each) && <Button small aria-label={say("tokens-revoke-which", { name: each.name })} onClick={() => end(each)}>{say("tokens-revoke")}</Button>}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
