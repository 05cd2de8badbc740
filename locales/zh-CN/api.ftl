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
