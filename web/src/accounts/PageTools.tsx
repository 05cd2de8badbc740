import { language } from "../language/choice";
import { useWords } from "../language";
import { nextTheme, prefer } from "../preferences";
import { IconButton } from "../ui/Button";

/** Language and theme, where there is no navigation that has them. */
export function PageTools() {
  const say = useWords();
  return (
    <div className="page-tools">
      <IconButton icon="language" label={say("switch-language")} onClick={() => prefer({ language: language() === "en" ? "zh-CN" : "en" })} />
      <IconButton icon="moon" label={say("switch-theme")} onClick={nextTheme} />
    </div>
  );
}
