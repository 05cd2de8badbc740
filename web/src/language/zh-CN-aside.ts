import aside from "../../../locales/zh-CN/web-aside.ftl?raw";

export default [aside];
