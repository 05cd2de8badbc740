import kinds from "../../../locales/zh-CN/web-kinds.ftl?raw";
import play from "../../../locales/zh-CN/web-play.ftl?raw";

export default [kinds, play];
