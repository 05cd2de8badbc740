## 页面：一次答复多条请求。

web-bulk = 已选请求
web-bulk-begin = 选出要给出同一答复的请求。
web-bulk-count = 已选 { $count } 条
web-bulk-hidden = （其中 { $count } 条不在当前视图）
web-bulk-clear = 清除
web-bulk-verb = { $verb }（{ $count }）
web-bulk-told = { $failed ->
    [0] 已答复 { $answered } 条。
   *[other] 已答复 { $answered } 条，{ $failed } 条未成功，原因见各行。
}
web-bulk-none = 都已结束，没有可答复的了。
web-bulk-risk = 其中 { $count } 条未标为低风险。只有低风险的请求可以一并答复。
web-bulk-unlike = 它们的选项不同。只有相同的请求可以一并答复。
web-bulk-held = 其中 { $count } 条已由他人认领。
web-bulk-final = 其中 { $count } 条不可撤销，请逐条打开阅读。
web-bulk-most = 一次最多 { $count } 条。
web-bulk-fill = 这些请求需要填写，请逐条打开。
