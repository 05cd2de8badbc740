//! One good example of each kind, in both languages: what the playground shows and the empty inbox offers.

const text = (zh: string, en: string) => ({ "zh-CN": zh, en });

export const samples: Record<string, Record<string, unknown>> = {
  confirmation: {
    interaction_data: {
      interaction_type: "confirmation",
      title: text("部署支付服务 v3.8.2 到生产环境？", "Deploy payments v3.8.2 to production?"),
      message: text(
        "`main@9f31c2` 的全部检查已通过。此次发布调整连接池并新增一个数据库字段，23:00 前为低峰时段。",
        "All checks on `main@9f31c2` passed. The release changes the connection pool and adds one database column. Traffic is low until 23:00.",
      ),
      options: [
        { value: "deploy", label: text("批准部署", "Approve deploy") },
        { value: "hold", label: text("拒绝", "Reject") },
      ],
      default_value: "hold",
      consequences: {
        on_answer: [
          text("12 个实例分 3 批滚动重启，约 6 分钟", "12 pods restart in 3 batches, about 6 minutes"),
          text("release-bot 会在 #payments 发布通知", "release-bot announces it in #payments"),
        ],
        on_timeout: text("今晚不部署，明天重新提问。", "Nothing is deployed tonight; it asks again tomorrow."),
      },
      data_for_review: { diff: " pool:\n-  max: 20\n+  max: 60\n+  idle_timeout: 30s" },
      timeout: 1800,
    },
    workflow_id: "deployment-payments",
    metadata: { requester: "release-bot" },
    on_timeout: "default",
    risk: "medium",
  },
  selection: {
    interaction_data: {
      interaction_type: "selection",
      title: text("选择部署环境", "Choose the environments to deploy to"),
      message: text("版本 7 已在开发环境运行两天。", "Version 7 has run in development for two days."),
      multiple: true,
      min_choices: 1,
      options: [
        { value: "staging", label: text("测试环境", "Staging") },
        { value: "eu", label: text("生产环境，欧洲", "Production, Europe") },
        { value: "cn", label: text("生产环境，中国", "Production, China"), description: text("流量最大，建议最后", "Most traffic; better last") },
      ],
      timeout: 3600,
    },
    workflow_id: "release-7",
    metadata: { requester: "release-bot" },
  },
  text_input: {
    interaction_data: {
      interaction_type: "text_input",
      title: text("填写新服务器配置", "Fill in the new server configuration"),
      message: text("新服务器将加入 build 集群。", "The new server joins the build cluster."),
      fields: [
        { name: "host", label: text("主机名", "Host name"), field_type: "text", required: true, validation: "[a-z0-9-]+", placeholder: "build-3", help: text("只用小写字母、数字和连字符", "Lower-case letters, digits and hyphens only") },
        { name: "port", label: text("端口", "Port"), field_type: "integer", required: true, min_value: 1, max_value: 65535, default: 8080 },
        { name: "region", label: text("区域", "Region"), field_type: "select", options: ["cn-north", "eu-west"], required: true },
        { name: "tls", label: text("启用 TLS", "Enable TLS"), field_type: "checkbox", default: true },
      ],
      timeout: 7200,
    },
    workflow_id: "infra",
    metadata: { requester: "infra-agent" },
  },
  file_upload: {
    interaction_data: {
      interaction_type: "file_upload",
      title: text("上传应用配置文件", "Upload the application config"),
      message: text("迁移需要当前配置。", "The migration needs the current config."),
      accept_types: [".yaml", ".json", ".txt"],
      max_file_size: "10MB",
      multiple: true,
      timeout: 7200,
    },
    workflow_id: "etl",
    metadata: { requester: "etl" },
  },
  review: {
    interaction_data: {
      interaction_type: "review",
      title: text("审查研究计划：2026 Q3 竞品定价", "Review the research plan: Q3 2026 competitor pricing"),
      message: text("请在执行前审查以下计划，预计耗时 40 分钟。", "Please review the plan before it runs. It takes about 40 minutes."),
      checkpoint_name: "PlanGeneration",
      node_id: "root",
      attempt: 1,
      data_for_review: {
        planned_sub_tasks: [
          { id: "1", goal: "Collect list prices of six competitors", node_type: "SEARCH" },
          { id: "2", goal: "Normalise plans to a seat and month", node_type: "EXECUTE", depends_on: ["1"] },
          { id: "3", goal: "Write the recommendation for Q3", node_type: "WRITE", depends_on: ["2"] },
        ],
      },
      consequences: { on_answer: [text("第一个子任务立即开始，其余依次进行", "The first sub-task starts now, the others in turn")], on_timeout: text("计划被放弃", "The plan is dropped") },
      timeout: 1200,
    },
    workflow_id: "research-2026q3",
    metadata: { requester: "planner" },
  },
  custom: {
    interaction_data: {
      interaction_type: "custom",
      title: text("设置告警阈值", "Set the alert thresholds"),
      message: text("请给出各服务的阈值。", "Give the thresholds of each service."),
      schema: {
        type: "object",
        required: ["cpu", "services"],
        additionalProperties: false,
        properties: {
          cpu: { type: "integer", minimum: 1, maximum: 100, title: "CPU %" },
          services: { type: "array", items: { type: "string" }, minItems: 1, title: "Services" },
          level: { enum: ["page", "mail"], title: "Level" },
        },
      },
      timeout: 7200,
    },
    workflow_id: "alerts",
    metadata: { requester: "ops-agent" },
  },
};

/** How an answer of each kind looks, for showing the callback. */
export const answers: Record<string, unknown> = {
  confirmation: { choice: "deploy" },
  selection: { selection: ["staging"] },
  text_input: { host: "build-3", port: 8080, region: "eu-west", tls: true },
  file_upload: { files: ["01a21782-e18b-7179-a73b-8c8541a36573"] },
  review: { action: "approve" },
  custom: { cpu: 80, services: ["api"], level: "page" },
};
