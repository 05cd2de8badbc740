import ask from "../../../locales/zh-CN/web-request.ftl?raw";
import shell from "../../../locales/zh-CN/web.ftl?raw";

export default [shell, ask];
