## 有账户时的页面：框架、请求，以及各表单共用的话。

web-nav-tokens = 令牌
web-nav-people = 人员
web-nav-webhooks = 回调
web-nav-audit = 审计
web-nav-account = 我的账户
web-own-menu = ：账户与退出
web-own-signed-in = 已登录：{ $login }
web-own-account = 我的账户
web-own-leave = 退出登录
web-forbidden-title = 此页仅供管理员使用
web-forbidden-detail = 你的账户不能查看此页。管理人员的同事可以调整权限。

web-guest-invited = { $by } 邀请你以“{ $name }”的身份来处理。
web-guest-here = 你是访客：{ $name }。
web-guest-once = 链接只能用一次，请求结束即失效。
web-guest-over = 这条请求已经结束，链接也随之失效。
web-guest-ended = 邀请已结束
web-guest-ended-detail = 请求已经结束，或者链接已被收回。这里没有其他要做的事。

web-group = { $name } 组
web-group-word = 组
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

web-passkey-not-given = 未发送：通行密钥没有得到确认。什么都没有决定，已输入的内容都已保留。再按一次即可重试；通行密钥在“我的账户”中添加。
web-passkey-no-address = 通行密钥要求地址栏中是域名。此页以 IP 地址打开，浏览器不允许在这里使用，请改用主机名打开。
web-passkey-no-insecure = 通行密钥需要 https，或者以 localhost 打开本机。此页经由普通 http 打开。
web-passkey-no-browser = 这个浏览器不支持通行密钥。

web-login-rule = 小写字母、数字和 . _ @ -，最多 64 个字符，以字母或数字开头。
web-password-rule = 至少 { $count } 个字符，几个随机的词就很好。
web-password-short = 太短：至少需要 { $count } 个字符。
web-password-show = 显示
web-password-hide = 隐藏
web-caps-lock = 大写锁定已打开。
web-person-name = 姓名
web-signin-login = 登录名
web-signin-password = 密码
web-trouble-invalid = 尚未完成：请看标出的地方。
web-failure-unreachable-kept = 无法连接服务器。什么都没有改变，已输入的内容仍在这里。
