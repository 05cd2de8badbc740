import ask from "../../../locales/en/web-request.ftl?raw";
import play from "../../../locales/en/web-play.ftl?raw";
import shell from "../../../locales/en/web.ftl?raw";

export default [shell, ask, play];
