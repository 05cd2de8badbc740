import kinds from "../../../locales/en/web-kinds.ftl?raw";
import play from "../../../locales/en/web-play.ftl?raw";

export default [kinds, play];
