import { Link } from "wouter";
import { called, placesOf, useLeave } from "../../accounts";
import { useWords } from "../../language";
import { useIdentity } from "../../me";
import { Button } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import { Plain } from "../../ui/Plain";

/** Who one is; on a phone the way to all that accounts add. */
export default function You() {
  const say = useWords();
  const { me } = useIdentity();
  const leave = useLeave();
  return (
    <>
      <div className="setting">
        <div><span><Plain text={called(me)} /></span><p className="small quiet">{say("own-signed-in", { login: me?.login ?? "" })}</p></div>
        <div className="setting-control setting-buttons">
          <Link className="button outline slim" href="/account">{say("own-account")}</Link>
          <Button small onClick={leave}>{say("own-leave")}</Button>
        </div>
      </div>
      <ul className="setting-places">
        {placesOf(me).map(({ path, name, icon }) => <li key={path}><Link href={path}><Icon name={icon} size={18} />{say(`nav-${name}`)}</Link></li>)}
      </ul>
    </>
  );
}
