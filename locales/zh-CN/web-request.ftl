## 页面：单条请求与各种问题。

web-requester-unnamed = 请求方
web-requester-claims = 自称 { $name }
web-says = { $name } 称
web-says-that = { $name } 称：{ $text }
web-says-unnamed = 请求方称
web-why = 缘由
web-consequences-yes = 批准后会发生（{ $name } 称）
web-consequences-submit = 提交后会发生（{ $name } 称）
web-consequences-press = 答复之后
web-consequences-unsaid = 你的答复会立即交给 { $name }，之后不能更改。请求没有说明会据此做什么。
web-consequences-were = 批准意味着（{ $name } 称）
web-irreversible = 不可撤销
web-actions = 将要执行
web-action-on = 对象
web-changes = 改动
web-changes-none = 没有差异
web-data = 数据
web-raw = 完整原始内容
web-activity = 经过
web-asker-waits = 提问方正在等待
web-asker-left = 提问方稍后来取
web-asker-called = 答案会立即送达
web-gone = { $name } 已不再等待，此时答复不会送达任何一方。
web-gone-close = 关闭
web-gone-reason = 智能体已不再等待

web-clock-expire = 后无人答复即关闭，工作流将收到超时。
web-clock-default = 后无人答复即关闭，并采用默认值：{ $answer }。
web-clock-over = 时间已到，正在获取结果。
web-aloud-5m = 还剩 5 分钟
web-aloud-1m = 还剩 1 分钟
web-aloud-10s = 还剩 10 秒
web-extend-by = +{ $minutes } 分钟

web-comment = 备注
web-comment-placeholder = 说明这样决定的理由
web-submit = 提交
web-answering-as = 以 { $name } 答复
web-unverified = 未验证
web-unverified-detail = 这台服务器没有启用账户。名字由你自己填写，记录为自称，未经验证。
web-your-name = 你的名字
web-also-viewing = { $names } 也在查看
web-more-actions = 更多

web-stopped-over = 时间已到，无法再答复。已输入的内容都已保留。
web-stopped-claimed = { $name } 已认领这条请求，直到 { $until }。已输入的内容都已保留。
web-stopped-elsewhere = 在你提交之前，这条请求已经结束。已输入的内容都已保留。
web-stopped-unsent = 未发送：无法连接服务器。什么都没有决定，已输入的内容都已保留。
web-stopped-changed = 问题与你看到的不同，请重新阅读。已输入的内容都已保留。
web-stopped-invalid = 未发送：请看上面标出的地方。
web-send-again = 重新发送
web-draft-kept = 你的草稿

web-answered-with = 选择：

web-event-opened = { $name } 提出请求
web-event-claimed = { $name } 认领
web-event-released = { $name } 放回
web-event-extended = { $name } 将期限延至 { $until }
web-event-answered = { $name } 答复
web-event-timed_out = 期限已过
web-event-cancelled = { $name } 取消
web-event-failed = 出错
