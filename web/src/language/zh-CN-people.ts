import people from "../../../locales/zh-CN/web-people.ftl?raw";

export default [people];
