import ask from "../../../locales/en/web-request.ftl?raw";
import shell from "../../../locales/en/web.ftl?raw";

export default [shell, ask];
