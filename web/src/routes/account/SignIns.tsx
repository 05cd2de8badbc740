import { useQuery } from "@tanstack/react-query";
import { agentName } from "../../accounts/agent";
import { Lines } from "../../accounts/Lines";
import { Trouble } from "../../accounts/form/Trouble";
import { useSubmit } from "../../accounts/form/useSubmit";
import type { SignIn } from "../../api/accounts";
import { endSignIn, signInsOf } from "../../api/accounts/own";
import { queries } from "../../api/sessions";
import { useWords } from "../../language";
import { Button } from "../../ui/Button";
import { Failure } from "../../ui/Notice";
import { Plain } from "../../ui/Plain";
import { When } from "../../ui/When";

/** Where one is signed in. This one ends by signing out. */
export function SignIns() {
  const say = useWords();
  const query = useQuery(signInsOf);
  const submit = useSubmit();
  const end = (each: SignIn[]) =>
    void submit.run(() => Promise.all(each.map(({ id }) => endSignIn(id)))).finally(() => void queries.invalidateQueries({ queryKey: signInsOf.queryKey }));
  const others = (query.data ?? []).filter((each) => !each.current);
  return (
    <section>
      <h2 className="label">{say("signins-title")}</h2>
      {query.isError ? <Failure error={query.error} retry={() => void query.refetch()} /> : query.isPending ? <Lines /> : (
        <ul className="things">
          {query.data.toSorted((a, b) => Number(b.current) - Number(a.current)).map((each) => (
            <li key={each.id}>
              <div>
                <span><Plain text={each.agent ? agentName(each.agent) : say("signins-unknown")} />{each.current && <span className="tag plain signin-current">{say("signins-current")}</span>}</span>
                <span className="small quiet"><Plain text={[each.address, say(`method-${METHODS.includes(each.method) ? each.method : "other"}`)].filter(Boolean).join(" · ")} /> · <When at={each.created_at} />{each.expires_at && <> · {say("signins-until")} <When at={each.expires_at} /></>}</span>
              </div>
              {!each.current && <Button small disabled={submit.sending} onClick={() => end([each])}>{say("signins-end")}</Button>}
            </li>
          ))}
        </ul>
      )}
      <Trouble problem={submit.problem} />
      {others.length > 1 && <Button small disabled={submit.sending} onClick={() => end(others)}>{say("signins-end-others", { count: others.length })}</Button>}
    </section>
  );
}

const METHODS = ["password", "oauth", "setup", "basic", "jwt"];
