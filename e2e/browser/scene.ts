//! Requests as they come in real life, for looking at and for testing.
import { ask, type Askwell } from "./harness";

const text = (zh: string, en: string) => ({ "zh-CN": zh, en });

export async function fillInbox(server: Askwell): Promise<Record<string, string>> {
  const ids: Record<string, string> = {};
  const add = async (name: string, body: unknown) => (ids[name] = (await ask(server, body)).session_id);
  await add("deploy", {
    interaction_data: {
      interaction_type: "confirmation",
      title: text("部署支付服务 v3.8.2 到生产环境", "Deploy payments v3.8.2 to production"),
      message: text(
        "`main@9f31c2` 的全部检查已通过。此次发布调整连接池并新增一个数据库字段，23:00 前为低峰时段。",
        "All checks on `main@9f31c2` passed. The release changes the connection pool and adds one database column. Traffic is low until 23:00.",
      ),
      options: [{ value: "deploy", label: text("批准部署", "Approve deploy") }, { value: "hold", label: text("拒绝", "Reject") }],
      default_value: "hold",
      consequences: {
        on_answer: [
          text("12 个实例分 3 批滚动重启，约 6 分钟", "12 pods restart in 3 batches, about 6 minutes"),
          { text: text("执行迁移 0142：新增 orders.settled_at", "Migration 0142 adds orders.settled_at"), irreversible: true },
          text("release-bot 会在 #payments 发布通知", "release-bot announces it in #payments"),
        ],
        on_timeout: text("今晚不部署，明天重新提问。", "Nothing is deployed tonight; it asks again tomorrow."),
      },
      data_for_review: { diff: " pool:\n-  max: 20\n+  max: 60\n+  idle_timeout: 30s" },
      timeout: 250,
    },
    workflow_id: "deployment-payments", metadata: { requester: "release-bot" }, on_timeout: "default", risk: "high",
  });
  const plan = (more: object[]) => ({
    goal: "Find where our price is off",
    planned_sub_tasks: [
      { id: "1", goal: "Collect list prices of the six competitors", node_type: "SEARCH" },
      { id: "2", goal: "Normalise plans to a seat and month", node_type: "EXECUTE", depends_on: ["1"] },
      ...more,
      { id: "4", goal: "Write the recommendation for Q3", node_type: "WRITE", depends_on: ["2", "3"] },
    ],
  });
  const review = (attempt: number, more: object[]) => ({
    interaction_data: {
      interaction_type: "review",
      title: text("审查研究计划：2026 Q3 竞品定价", "Review research plan: Q3 2026 competitor pricing"),
      message: text("请在执行前审查以下计划，预计耗时 40 分钟，约 3 美元。", "Please review the plan before it runs. It takes about 40 minutes and 3 dollars."),
      checkpoint_name: "PlanGeneration", node_id: "root", attempt, data_for_review: plan(more),
      consequences: { on_answer: [text("第一个子任务立即开始，其余依次进行", "The first sub-task starts now, the others in turn")], on_timeout: text("计划被放弃", "The plan is dropped") },
      timeout: 958,
    },
    workflow_id: "research-2026q3", metadata: { requester: "planner" },
  });
  const first = await ask(server, review(1, [{ id: "3", goal: "Estimate elasticity from last year's data", node_type: "THINK", depends_on: ["1"] }]));
  ids.review1 = first.session_id;
  await fetch(`${server.api}/sessions/${first.session_id}/respond`, {
    method: "POST", headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ response: { action: "modify", modification_instructions: "Use interviews instead of last year's data; it was a special year.", step_comments: { "2": "2025 had the migration, its data misleads." } }, user_id: "han.mei" }),
  });
  await add("review", review(2, [
    { id: "3", goal: "Estimate elasticity from ten customer interviews", node_type: "THINK", depends_on: ["1"] },
  ]));
  await add("select", {
    interaction_data: {
      interaction_type: "selection", title: text("选择要启用的功能模块", "Choose the modules to enable"), message: text("客户已购买基础版。", "The customer has bought the basic edition."),
      multiple: true, min_choices: 1, max_choices: 3,
      options: [
        { value: "auth", label: text("用户认证", "User authentication"), description: text("单点登录与两步验证", "Single sign-on and two-factor") },
        { value: "reports", label: text("报表", "Reports") }, { value: "billing", label: text("计费", "Billing") }, { value: "ml", label: text("推荐", "Recommendations") },
      ], timeout: 104400,
    },
    workflow_id: "onboarding", metadata: { requester: "onboarding" },
  });
  await add("form", {
    interaction_data: {
      interaction_type: "text_input", title: text("填写新服务器配置", "Fill in the new server configuration"), message: text("新服务器将加入 build 集群。", "The new server joins the build cluster."),
      fields: [
        { name: "host", label: text("主机名", "Host name"), field_type: "text", required: true, validation: "[a-z0-9-]+", placeholder: "build-3", help: text("只用小写字母、数字和连字符", "Lower-case letters, digits and hyphens only") },
        { name: "port", label: text("端口", "Port"), field_type: "integer", required: true, min_value: 1, max_value: 65535, default: 8080 },
        { name: "region", label: text("区域", "Region"), field_type: "select", options: ["cn-north", "eu-west"], required: true },
        { name: "tls", label: text("启用 TLS", "Enable TLS"), field_type: "checkbox", default: true },
        { name: "notes", label: text("说明", "Notes"), field_type: "textarea" },
      ], timeout: 21540,
    },
    workflow_id: "infra", metadata: { requester: "infra-agent" },
  });
  await add("upload", {
    interaction_data: { interaction_type: "file_upload", title: text("上传应用配置文件（.yaml / .json）", "Upload the application config (.yaml / .json)"), message: text("迁移需要当前配置。", "The migration needs the current config."), accept_types: [".yaml", ".yml", ".json", ".txt"], max_file_size: "10MB", multiple: true, timeout: 32340 },
    workflow_id: "etl", metadata: { requester: "etl" },
  });
  await add("custom", {
    interaction_data: {
      interaction_type: "custom", title: text("设置告警阈值", "Set the alert thresholds"), message: text("请给出各服务的阈值。", "Give the thresholds of each service."),
      schema: { type: "object", required: ["cpu", "services"], additionalProperties: false, properties: { cpu: { type: "integer", minimum: 1, maximum: 100, title: "CPU %" }, services: { type: "array", items: { type: "string" }, minItems: 1, title: "Services" }, level: { enum: ["page", "mail"], title: "Level" }, quiet: { type: "boolean", title: "Quiet at night" } } },
      timeout: 90000,
    },
    workflow_id: "alerts", metadata: { requester: "ops-agent" }, risk: "medium",
  });
  for (const [name, region] of [["cache", "eu-west"], ["cache2", "cn-north"]] as const) {
    await add(name, {
      interaction_data: {
        interaction_type: "confirmation", title: text(`清空 ${region} 的图片缓存`, `Empty the image cache of ${region}`), message: text("缓存会自行重建。", "The cache fills again by itself."),
        options: [{ value: "empty", label: text("清空缓存", "Empty cache") }, { value: "keep", label: text("保留", "Keep") }], timeout: 7200,
      },
      workflow_id: "cache", metadata: { requester: "cdn-agent" }, risk: "low",
    });
  }
  return ids;
}
