## 有账户时的页面：框架与请求。

web-nav-tokens = 令牌
web-nav-people = 人员
web-nav-webhooks = 回调
web-nav-audit = 审计
web-nav-account = 我的账户
web-own-menu = ：账户与退出
web-own-signed-in = 已登录：{ $login }
web-own-account = 我的账户
web-own-leave = 退出登录

web-group = { $name } 组
web-and = 、
web-behalf = 代 { $name } 提出
web-asked = 由 { $names } 答复
web-watched = 关注者：{ $names }
web-take-over = 从 { $name } 手中接过
web-hand-delegate = 转交…
web-hand-assign = 指派…
web-hand-candidates = 谁可以答复…
web-hand-invite = 邀请访客…
web-not-yours = 你可以查看这条请求，但不能答复。
web-not-yours-asked = 这是你自己提出的，需由他人答复。
web-not-yours-named = 你可以查看，但这条请求由 { $names } 答复。
web-not-yours-asked-named = 这是你自己提出的，由 { $names } 答复。
web-event-assigned = { $chosen ->
    [nobody] { $name } 取消了指派
   *[other] { $name } 指派给 { $to }
  }
web-event-delegated = { $name } 转交给 { $to }
web-event-candidates_set = { $name } 设定了谁可以答复：{ $chosen ->
    [nobody] 所有人
   *[other] { $names }
  }
web-event-claimed-over = { $name } 从 { $over } 手中接过
web-record-passkey = 已用通行密钥确认
