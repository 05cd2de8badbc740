// Reads /api/openapi.json and shows it. Every text enters the page through textContent.
'use strict';

const TEXTS = {
  en: {
    lead: 'Automation asks a person and gets exactly one trustworthy answer.', base: 'Base address',
    search: 'Search everything', found: (n) => (n === 0 ? 'Nothing found' : n + ' found'),
    parameters: 'Parameters', body: 'Body', answers: 'Responses', example: 'Example', reply: 'Example response', curl: 'Command line',
    required: 'required', copy: 'Copy curl', copied: 'Copied', copyFailed: 'Could not copy; select the text instead',
    schemas: 'Schemas', schemasAbout: 'The shapes that bodies have.', errors: 'Error codes',
    errorsAbout: 'Every failure is application/problem+json. The code is stable, the words follow Accept-Language.',
    findings: 'Findings', findingsAbout: 'What can be wrong with, or odd about, one value: in errors and warnings.',
    status: 'Status', code: 'Code', meaning: 'Meaning', path: 'path', query: 'query', header: 'header',
    language: '中文', other: 'zh-CN', themes: { auto: 'Auto', light: 'Light', dark: 'Dark' }, theme: 'Theme',
    skip: 'Skip to the content', download: 'OpenAPI', loading: 'Loading…', contents: 'Contents', reference: 'Reference',
    failed: 'The description could not be loaded. Reload the page to try again.',
    tags: { sessions: 'Sessions', answers: 'Answers', files: 'Files', events: 'Events', deliveries: 'Callbacks', server: 'Server' },
  },
  'zh-CN': {
    lead: '自动化向人提问，并得到唯一可信的回答。', base: '基础地址',
    search: '搜索全部内容', found: (n) => (n === 0 ? '没有结果' : '找到 ' + n + ' 项'),
    parameters: '参数', body: '请求体', answers: '响应', example: '示例', reply: '响应示例', curl: '命令行',
    required: '必需', copy: '复制 curl', copied: '已复制', copyFailed: '无法复制，请选中文本',
    schemas: '数据结构', schemasAbout: '请求体与响应体的形状。', errors: '错误码',
    errorsAbout: '所有失败均为 application/problem+json。code 保持不变，文字随 Accept-Language 而定。',
    findings: '校验结果', findingsAbout: '单个值可能出现的错误或异常，见于 errors 与 warnings。',
    status: '状态', code: '代码', meaning: '含义', path: '路径', query: '查询', header: '头',
    language: 'English', other: 'en', themes: { auto: '自动', light: '浅色', dark: '深色' }, theme: '主题',
    skip: '跳到正文', download: 'OpenAPI', loading: '正在加载…', contents: '目录', reference: '参考',
    failed: '无法加载接口描述，请刷新页面重试。',
    tags: { sessions: '会话', answers: '回答', files: '文件', events: '事件', deliveries: '回调', server: '服务器' },
  },
};
const THEMES = ['auto', 'light', 'dark'];
const $ = (id) => document.getElementById(id);

// Preferences are a convenience: a browser that keeps none still shows the page.
function recall(key) { try { return localStorage.getItem('askwell.docs.' + key); } catch { return null; } }
function keep(key, value) { try { localStorage.setItem('askwell.docs.' + key, value); } catch { /* not kept */ } }

let language = recall('language') || ((navigator.language || 'en').toLowerCase().startsWith('zh') ? 'zh-CN' : 'en');
if (!Object.hasOwn(TEXTS, language)) language = 'en';
let theme = THEMES.includes(recall('theme')) ? recall('theme') : 'auto';
let api = null;
const say = (key) => TEXTS[language][key];

function make(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (name === 'on') for (const [event, run] of Object.entries(value)) node.addEventListener(event, run);
    else if (value !== null && value !== undefined && value !== false) node.setAttribute(name, value === true ? '' : value);
  }
  for (const child of children.flat(Infinity)) if (child !== null && child !== undefined) node.append(child);
  return node;
}

// `code` in backticks is the only markup that descriptions have.
function prose(text) {
  return String(text || '').split('`').map((part, index) => (index % 2 ? make('code', {}, part) : part));
}

const nameOf = (reference) => reference.split('/').pop();
const follow = (schema) => (schema && schema.$ref ? api.components.schemas[nameOf(schema.$ref)] : schema) || {};

// A schema in a few words, with links to the shapes it names.
function typeOf(schema) {
  if (!schema) return [];
  if (schema.$ref) return [make('a', { href: '#schema-' + nameOf(schema.$ref) }, nameOf(schema.$ref))];
  const choices = schema.oneOf || schema.anyOf;
  if (choices) return choices.flatMap((choice, index) => (index ? [' | '] : []).concat(typeOf(choice)));
  if (schema.enum) return [schema.enum.map((value) => JSON.stringify(value)).join(' | ')];
  const types = [].concat(schema.type || 'any');
  return types.flatMap((type, index) => {
    const before = index ? [' | '] : [];
    if (type === 'array') return before.concat('[', typeOf(schema.items), ']');
    return before.concat(schema.format && type !== 'null' ? type + ' (' + schema.format + ')' : type);
  });
}

// A value that fits a schema, for people to start from.
function sample(schema, depth) {
  if (!schema || depth > 12) return null;
  if (schema.example !== undefined) return schema.example;
  if (schema.$ref) return sample(follow(schema), depth + 1);
  const choices = schema.oneOf || schema.anyOf;
  if (choices) return sample(choices.find((choice) => choice.type !== 'null'), depth + 1);
  if (schema.enum) return schema.enum[0];
  const type = [].concat(schema.type || []).find((name) => name !== 'null');
  if (type === 'object' || schema.properties) {
    return Object.fromEntries(Object.entries(schema.properties || {}).map(([key, value]) => [key, sample(value, depth + 1)]));
  }
  if (type === 'array') { const item = sample(schema.items, depth + 1); return item === null ? [] : [item]; }
  if (type === 'boolean') return true;
  if (type === 'integer' || type === 'number') return 1;
  if (type !== 'string') return null;
  if (schema.format === 'date-time') return '2026-01-01T08:00:00.000Z';
  if (schema.format === 'uuid') return '0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b';
  return '…';
}

const summaryOf = (operation) => (operation['x-summary'] || {})[language] || operation.summary;
const aboutOf = (part) => (part['x-description'] || {})[language] || part.description;
const bodyOf = (operation) => Object.entries((operation.requestBody || {}).content || {})[0];

function curlOf(method, path, operation) {
  const quote = (text) => "'" + text.replaceAll("'", "'\\''") + "'";
  const parts = ['curl'];
  if (method !== 'get') parts.push('-X ' + method.toUpperCase());
  const address = location.origin + path.replace(/\{(\w+)\}/g, (_, name) => '$' + name.toUpperCase());
  parts.push(address.includes('$') ? '"' + address + '"' : quote(address));
  const body = bodyOf(operation);
  if (body && body[0].startsWith('multipart/')) parts.push('-F file=@./file.txt');
  else if (body && body[0] === 'application/json') {
    const schema = body[1].schema || {};
    parts.push("-H 'Content-Type: application/json'", '-d ' + quote(JSON.stringify(sample(schema, 0))));
  }
  return parts.join(' ');
}

let toastTimer = 0;
function toast(text) {
  $('toast').textContent = text;
  $('toast').classList.add('on');
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => $('toast').classList.remove('on'), 1600);
}

async function copy(text) {
  try { await navigator.clipboard.writeText(text); toast(say('copied')); } catch { toast(say('copyFailed')); }
}

function row(name, schema, required, text) {
  return make('div', { class: 'row' },
    make('div', { class: 'line' },
      make('span', { class: 'name' }, name), make('span', { class: 'type' }, typeOf(schema)),
      required ? make('span', { class: 'must' }, say('required')) : null),
    text ? make('div', { class: 'text' }, prose(text)) : null);
}

function parametersOf(operation) {
  const rows = (operation.parameters || []).map((parameter) => {
    const node = row(parameter.name, parameter.schema, parameter.required, aboutOf(parameter));
    node.firstChild.append(make('span', { class: 'type' }, say(parameter.in) || parameter.in));
    return node;
  });
  return rows.length ? [make('h4', {}, say('parameters')), make('div', { class: 'rows' }, rows)] : [];
}

function requestOf(operation) {
  const body = bodyOf(operation);
  if (!body) return [];
  const shape = follow(body[1].schema);
  const named = (body[1].schema || {}).oneOf ? follow(body[1].schema.oneOf.find((choice) => choice.$ref)) : shape;
  return [make('h4', {}, say('body') + ' · ' + body[0]), propertiesOf(named)];
}

function propertiesOf(shape) {
  const must = shape.required || [];
  const rows = Object.entries(shape.properties || {}).map(([key, schema]) => row(key, schema, must.includes(key), aboutOf(schema)));
  return make('div', { class: 'rows' }, rows);
}

function responsesOf(operation) {
  const rows = Object.entries(operation.responses).map(([status, response]) => {
    const content = Object.values(response.content || {})[0];
    const codes = response['x-codes'];
    const shown = codes
      ? make('div', { class: 'chips' }, codes.map((code) => make('a', { class: 'chip', href: '#' + code }, code)))
      : make('div', { class: 'text' }, prose(aboutOf(response)));
    return make('div', { class: 'row' },
      make('div', { class: 'line' },
        make('span', { class: 'status' + (status >= '400' ? ' bad' : '') }, status),
        content && !codes ? make('span', { class: 'type' }, typeOf(content.schema)) : null),
      shown);
  });
  return [make('h4', {}, say('answers')), make('div', { class: 'rows' }, rows)];
}

function operationCard(method, path, operation) {
  const curl = curlOf(method, path, operation);
  const pieces = path.split(/(\{\w+\})/).map((piece) => (piece.startsWith('{') ? make('b', {}, piece) : piece));
  const content = ((operation.responses['200'] || {}).content || {})['application/json'];
  const body = bodyOf(operation);
  const example = body && body[0] === 'application/json' ? JSON.stringify(sample(body[1].schema, 0), null, 2) : null;
  const reply = content ? JSON.stringify(sample(content.schema, 0), null, 2) : null;
  return make('article', { class: 'operation', id: 'op-' + operation.operationId },
    make('header', {},
      make('h3', {}, make('a', { href: '#op-' + operation.operationId }, summaryOf(operation))),
      make('div', { class: 'call' },
        make('span', { class: 'verb ' + method }, method.toUpperCase()), make('span', { class: 'path' }, pieces),
        make('button', { class: 'copy', type: 'button', on: { click: () => copy(curl) } }, say('copy'))),
      aboutOf(operation) ? make('p', { class: 'about' }, prose(aboutOf(operation))) : null),
    make('div', { class: 'body' },
      make('div', {}, parametersOf(operation), requestOf(operation), responsesOf(operation)),
      make('div', {},
        make('h4', {}, say('curl')), make('pre', { class: 'curl', tabindex: '0' }, curl),
        example ? [make('h4', {}, say('example')), make('pre', { tabindex: '0' }, example)] : null,
        reply ? [make('h4', {}, say('reply')), make('pre', { tabindex: '0' }, reply)] : null)));
}

function schemaCard(name, schema) {
  const described = schema.description ? make('span', { class: 'quiet' }, prose(aboutOf(schema).split('\n')[0])) : null;
  const inner = schema.properties ? propertiesOf(schema) : make('p', {}, make('span', { class: 'type' }, typeOf(schema)));
  return make('details', { class: 'schema', id: 'schema-' + name },
    make('summary', {}, make('span', { class: 'name' }, name), described), inner);
}

function codeTable(codes, withStatus) {
  const heads = (withStatus ? ['status'] : []).concat('code', 'meaning').map((key) => make('th', { scope: 'col' }, say(key)));
  const rows = codes.map((entry) => make('tr', { id: withStatus ? entry.code : 'finding-' + entry.code, 'data-find': true },
    withStatus ? make('td', {}, make('span', { class: 'status bad' }, String(entry.status))) : null,
    make('td', {}, make('code', {}, entry.code)),
    make('td', {}, entry.title ? make('strong', {}, entry.title[language]) : null, entry.detail[language])));
  return make('table', {}, make('thead', {}, make('tr', {}, heads)), make('tbody', {}, rows));
}

function operationsByTag() {
  const groups = new Map(api.tags.map((tag) => [tag.name, { about: aboutOf(tag), operations: [] }]));
  for (const [path, methods] of Object.entries(api.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      groups.get(operation.tags[0]).operations.push([method, path, operation]);
    }
  }
  return groups;
}

function section(id, title, about, ...children) {
  return make('section', { class: 'section', id }, make('h2', {}, title), about ? make('p', {}, about) : null, children);
}

function group(title, links) {
  return make('div', { class: 'group' }, make('h2', {}, title), make('ul', {}, links.map((link) => make('li', {}, link))));
}

function draw() {
  document.documentElement.lang = language;
  document.title = 'Askwell API';
  $('language').textContent = say('language');
  $('language').lang = say('other');
  $('theme').textContent = say('themes')[theme];
  $('theme').setAttribute('aria-label', say('theme') + ': ' + say('themes')[theme]);
  $('search').placeholder = say('search');
  $('search').setAttribute('aria-label', say('search'));
  document.querySelector('.side').setAttribute('aria-label', say('contents'));
  for (const node of document.querySelectorAll('[data-text]')) node.textContent = say(node.dataset.text);
  if (!api) return;
  $('version').textContent = api.info.version;
  const groups = operationsByTag();
  const page = [make('div', { class: 'intro' },
    make('h1', {}, 'Askwell API'), make('p', {}, say('lead')),
    make('p', { class: 'base' }, say('base') + ' ', make('code', {}, location.origin)))];
  const contents = [];
  for (const [tag, { about, operations }] of groups) {
    const title = say('tags')[tag] || tag;
    page.push(section('tag-' + tag, title, about, operations.map((item) => operationCard(...item))));
    contents.push(group(title, operations.map(([method, , operation]) => make('a', { href: '#op-' + operation.operationId },
      make('span', { class: 'verb ' + method }, method.toUpperCase()), summaryOf(operation)))));
  }
  const schemas = Object.entries(api.components.schemas).sort(([a], [b]) => a.localeCompare(b));
  page.push(section('errors', say('errors'), say('errorsAbout'), codeTable(api['x-problem-codes'], true)));
  page.push(section('findings', say('findings'), say('findingsAbout'), codeTable(api['x-finding-codes'], false)));
  page.push(section('schemas', say('schemas'), say('schemasAbout'), schemas.map(([name, schema]) => schemaCard(name, schema))));
  contents.push(group(say('reference'), ['errors', 'findings', 'schemas'].map((id) => make('a', { href: '#' + id }, say(id)))));
  $('page').replaceChildren(...page);
  $('contents').replaceChildren(...contents);
  $('state').hidden = true;
  filter();
  watch();
}

// What does not hold the words is put away, and so is a section of which nothing is left.
function filter() {
  const words = $('search').value.trim().toLowerCase().split(/\s+/).filter(Boolean);
  const nodes = $('page').querySelectorAll('.operation, .schema, tr[data-find]');
  let count = 0;
  for (const node of nodes) {
    const text = node.textContent.toLowerCase();
    const fits = words.every((word) => text.includes(word));
    node.hidden = !fits;
    count += fits ? 1 : 0;
  }
  for (const part of $('page').querySelectorAll('.section')) {
    part.hidden = words.length > 0 && !part.querySelector('.operation:not([hidden]), .schema:not([hidden]), tr[data-find]:not([hidden])');
  }
  $('page').querySelector('.intro').hidden = words.length > 0;
  for (const link of $('contents').querySelectorAll('a')) {
    const target = document.getElementById(link.getAttribute('href').slice(1));
    link.parentNode.hidden = Boolean(target && target.hidden);
  }
  for (const part of $('contents').querySelectorAll('.group')) part.hidden = !part.querySelector('li:not([hidden])');
  $('found').textContent = words.length ? say('found')(count) : '';
}

// The contents show where the reader is.
let observer = null;
function watch() {
  if (observer) observer.disconnect();
  const links = new Map([...$('contents').querySelectorAll('a')].map((link) => [link.getAttribute('href').slice(1), link]));
  observer = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      for (const link of links.values()) link.removeAttribute('aria-current');
      const link = links.get(entry.target.id);
      if (link) link.setAttribute('aria-current', 'true');
    }
  }, { rootMargin: '-80px 0px -70% 0px' });
  for (const id of links.keys()) { const node = document.getElementById(id); if (node) observer.observe(node); }
}

// A link may lead into something that is put away or folded.
function arrive() {
  const id = decodeURIComponent(location.hash.slice(1)) || (location.pathname.endsWith('/errors') ? 'errors' : '');
  const node = id ? document.getElementById(id) : null;
  if (!node) return;
  if (node.hidden) { $('search').value = ''; filter(); }
  if (node instanceof HTMLDetailsElement) node.open = true;
  node.scrollIntoView();
}

$('language').addEventListener('click', () => { language = say('other'); keep('language', language); draw(); });
$('theme').addEventListener('click', () => {
  theme = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length];
  keep('theme', theme);
  document.documentElement.dataset.theme = theme;
  draw();
});
$('search').addEventListener('input', filter);
addEventListener('hashchange', arrive);
addEventListener('keydown', (event) => {
  const typing = event.target instanceof HTMLInputElement;
  if (event.key === '/' && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) { event.preventDefault(); $('search').focus(); }
  if (event.key === 'Escape' && typing && !event.isComposing) { $('search').value = ''; filter(); $('search').blur(); }
});

document.documentElement.dataset.theme = theme;
draw();
$('state').textContent = say('loading');
fetch('/api/openapi.json', { headers: { accept: 'application/json' } })
  .then((response) => { if (!response.ok) throw new Error(String(response.status)); return response.json(); })
  .then((description) => {
    api = description;
    draw();
    // The address named a place that did not exist before; going there again also marks it as the target.
    const hash = location.hash;
    if (hash) { history.replaceState(null, '', location.pathname); location.replace(hash); }
    arrive();
  })
  .catch(() => { $('state').textContent = say('failed'); $('state').classList.add('bad'); });
