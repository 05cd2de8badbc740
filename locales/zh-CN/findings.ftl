## 单个值可能出现的错误或异常。

finding-missing_field = 此项必需。
finding-required = 请填写此项。
finding-wrong_type = 应为 { $expected }，实际为 { $actual }。
finding-not_allowed = 不允许 “{ $value }”，可用：{ $allowed }。
finding-unknown_option = “{ $value }” 不在选项之中：{ $allowed }。
finding-unknown_person = 此处没有名为 “{ $value }” 的人。
finding-requester_may_not_answer = “{ $value }” 是提问者，不能回答自己的问题，请另选他人。
finding-unknown_kind = 没有 “{ $value }” 这种交互类型，可用：{ $allowed }。
finding-too_long = 过长：{ $actual }，最多 { $limit }（{ $unit ->
        [bytes] 字节
       *[other] 字符
    }）。
finding-control_character = 名称须在一行之内，且不含不可见字符。
finding-too_short = 过短：{ $actual }，至少 { $limit }。
finding-too_many = 过多：{ $actual } 项，最多 { $limit } 项。
finding-too_few = 过少：{ $actual } 项，至少 { $limit } 项。
finding-below_minimum = 不得小于 { $limit }。
finding-above_maximum = 不得大于 { $limit }。
finding-number_out_of_range = 数字超出 64 位范围。
finding-pattern_mismatch = 不符合格式 { $pattern }。
finding-invalid_pattern = 格式表达式不可用：{ $reason }
finding-invalid_email = 不是有效的电子邮箱地址。
finding-invalid_url = 不是完整的 http 或 https 地址。
finding-invalid_date = 不是有效日期（YYYY-MM-DD）。
finding-invalid_datetime = 不是有效的日期时间（RFC 3339）。
finding-invalid_time = 不是有效时间（HH:MM）。
finding-invalid_color = 不是有效颜色（#rrggbb）。
finding-invalid_tel = 不是有效电话号码。
finding-duplicate = “{ $value }” 重复。
finding-invalid_schema = JSON Schema 不可用：{ $reason }
finding-schema_mismatch = 不符合 JSON Schema：{ $reason }
finding-invalid_default = 缺少默认值，或默认值不是有效回答。
finding-silence_not_allowed = { $kind } 类型的问题不能在无人回答时以默认值作答。
finding-invalid_size = “{ $value }” 不是有效大小，请写作 10MB。
finding-unknown_file = 此处没有文件 { $value }。
finding-file_type_not_accepted = 不接受 “{ $name }” 的类型，可用：{ $allowed }。
finding-file_too_large = “{ $name }” 超过 { $limit }。
finding-action_not_allowed = 此处不允许操作 “{ $value }”，可用：{ $allowed }。
finding-instructions_required = 请说明需要修改什么。
finding-invalid_language = “{ $value }” 不是语言标签。
finding-invalid_json = 不是有效的 JSON。
finding-unused_key = 类型为 { $kind } 的问题不使用 “{ $key }”，已忽略。
finding-unknown_key = 未知的键 “{ $key }”，已忽略。
finding-callback_refused_by_egress = 不允许调用此回调地址：{ $reason }。如需允许，请设置 { $setting }。
finding-not_low_risk = 只有低风险的问题才能一起作答。
finding-not_alike = 只有形式相同的问题才能一起作答。
