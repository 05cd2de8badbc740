## 页面：确认以外的各种问题，以及高风险答复的确认。

web-choose = 请选择…
web-fault-required = 请填写此项
web-fault-json = 这不是 JSON
web-fault-integer = 需要整数
web-fault-number = 需要数字
web-fault-min = 至少为 { $limit }
web-fault-max = 最多为 { $limit }
web-fault-email = 这不是电子邮件地址
web-fault-url = 需要完整地址，以 http:// 或 https:// 开头
web-fault-pattern = 须符合 { $pattern }

web-select-one = 选择一项
web-select-many = { $least ->
    [0] 最多选择 { $most } 项
   *[other] 选择 { $least } 至 { $most } 项
}
web-select-so-far = 已选 { $count } 项
web-select-count = { $most ->
    [1] 请选择一项
   *[other] 请选择 { $least } 至 { $most } 项
}
web-select-filter = 在 { $count } 个选项中筛选

web-upload-drop-one = 将文件拖到这里，或直接粘贴
web-upload-drop-many = 将文件拖到这里，或直接粘贴，可多个
web-upload-pick = 选择文件
web-upload-camera = 拍照
web-upload-any = 任意类型
web-upload-most = 每个不超过 { $limit }
web-upload-cancel = 取消
web-upload-cancelled = 已取消，没有保留任何内容
web-upload-remove = 移除 { $name }
web-upload-type = 不接受此类型，可接受：{ $types }
web-upload-large = 超过 { $limit }
web-upload-unreachable = 连接中断，请重试
web-upload-missing = 请先上传文件
web-upload-wait = 还有 { $count } 个文件上传中

web-plan = 计划，共 { $count } 步
web-plan-after = 在 { $steps } 之后
web-plan-new = 新增
web-plan-changed = 有改动
web-plan-gone = 已移除
web-plan-differs = { $count ->
    [0] 与上次相同
   *[other] { $count } 处改动
}
web-plan-remark = 对第 { $n } 步的意见
web-review-since = 与第 { $n } 次相比
web-review-asked = { $name } 当时的修改要求
web-review-instructions = 需要修改什么
web-review-instructions-hint = 说明下一次应当怎样做
web-review-instructions-note = 不会执行任何操作。请求方会收到这些要求，并可再次提交。
web-review-approve = 批准
web-review-modify = 要求修改
web-review-abort = 中止
web-review-submit = 提交决定
web-review-vote = 对第 { $n } 个操作的决定
web-review-edit = 编辑参数
web-review-edit-done = 完成
web-review-edit-undo = 撤销编辑
web-review-edit-json = 以 JSON 编辑
web-review-edit-form = 逐项编辑
web-review-edit-wrong = 参数尚有错误：编辑
web-review-did-approve = 批准
web-review-did-modify = 要求修改
web-review-did-abort = 中止
web-review-did-edit = 并修改了参数
web-review-remarks = { $count } 条意见

web-custom-json = 以 JSON 答复
web-custom-schema = 可接受的内容
web-custom-lines = 每行一项
web-unknown-note = 本页不认识“{ $kind }”这种类型，请以 JSON 答复。

web-check-title = 高风险，确定要继续吗？
web-check-type = 输入“{ $word }”以继续
web-check-word = 批准
web-check-back = 再想想
web-check-by-hold = 改为按住按钮
web-check-by-word = 改为输入文字
web-hold = 按住：{ $label }
web-hold-hint = 按住一秒
web-hold-held = 请继续按住
web-hold-early = 松开过早，未发送任何内容
