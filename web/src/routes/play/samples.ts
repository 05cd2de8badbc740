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
      consequences: {
        on_answer: [
          text("12 个实例分 3 批滚动重启，约 6 分钟", "12 pods restart in 3 batches, about 6 minutes"),
          { text: text("执行迁移 0142：新增 orders.settled_at", "Migration 0142 adds orders.settled_at"), irreversible: true },
          text("release-bot 会在 #payments 发布通知", "release-bot announces it in #payments"),
        ],
        on_timeout: text("今晚不部署，明天重新提问。", "Nothing is deployed tonight; it asks again tomorrow."),
      },
      data_for_review: { diff: " pool:\n-  max: 20\n+  max: 60\n+  idle_timeout: 30s" },
      default_value: "hold",
      timeout: 900,
    },
    workflow_id: "deployment-payments",
    metadata: { requester: "release-bot" },
    on_timeout: "default",
    risk: "medium",
  },
};
