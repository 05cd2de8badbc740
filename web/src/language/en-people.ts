import people from "../../../locales/en/web-people.ftl?raw";

export default [people];
