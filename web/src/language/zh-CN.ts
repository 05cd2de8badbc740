import ask from "../../../locales/zh-CN/web-request.ftl?raw";
import play from "../../../locales/zh-CN/web-play.ftl?raw";
import shell from "../../../locales/zh-CN/web.ftl?raw";

export default [shell, ask, play];
