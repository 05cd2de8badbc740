import aside from "../../../locales/en/web-aside.ftl?raw";

export default [aside];
