import bulk from "../../../locales/zh-CN/web-bulk.ftl?raw";
import kinds from "../../../locales/zh-CN/web-kinds.ftl?raw";
import play from "../../../locales/zh-CN/web-play.ftl?raw";

export default [bulk, kinds, play];
