import bulk from "../../../locales/en/web-bulk.ftl?raw";
import kinds from "../../../locales/en/web-kinds.ftl?raw";
import play from "../../../locales/en/web-play.ftl?raw";

export default [bulk, kinds, play];
