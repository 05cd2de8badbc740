## API 成功时的说法。

message-responded = 响应已提交
message-cancelled = 会话已取消

template-confirmation = 确认对话框
    .description = 用于需要用户确认的场景
template-selection = 选择列表
    .description = 从给定选项中选择一个或多个
template-text_input = 文本输入
    .description = 在一个或多个字段中填写内容
template-file_upload = 文件上传
    .description = 上传一个或多个文件
template-review = 审阅
    .description = 批准、退回修改或中止计划与操作
template-signature = 签名
    .description = 签署一份声明
template-custom = 自定义
    .description = 任何符合 JSON Schema 的内容

operation-openSession = 创建会话
operation-listSessions = 列出会话
operation-getSession = 读取会话
operation-getSessionStatus = 读取会话状态
operation-cancelSession = 取消会话
operation-deleteSession = 取消会话（DELETE）
operation-claimSession = 认领会话
operation-releaseSession = 释放会话
operation-extendSession = 延长会话
operation-getSessionHistory = 读取会话历史
operation-respondToSession = 回答会话
operation-respondToMany = 一次回答多个会话
operation-uploadFile = 上传文件
operation-listFiles = 列出会话的文件
operation-downloadFile = 下载文件
operation-removeFile = 删除文件
operation-listEvents = 跟踪所有变更
operation-listDeliveries = 列出回调
operation-redeliver = 重新发送回调
operation-getStatistics = 会话统计
operation-listTemplates = 列出交互类型
operation-getHealth = 读取服务器状况
operation-getReadiness = 询问服务器是否就绪
operation-getMetrics = 读取指标
