## 页面：登录、首次设置、访客链接。

web-signin-title = 登录
web-signin-main = 登录
web-signin-do = 登录
web-signin-back = 登录后会回到刚才的位置，在那里输入的内容都已保留。
web-signin-provider = 使用 { $provider } 继续
web-signin-provider-unnamed = 单点登录
web-signin-or = 或
web-signin-none = 这台服务器不在页面上登录，请使用贵组织签发的令牌访问。
web-signin-forgotten = 忘记密码？这里的管理员可以给你一个新密码。
web-signin-bad = 登录名或密码不正确。
web-signin-wait = 尝试次数过多，请在 { $time }后再试。已输入的内容仍在这里。
web-signin-wait-over = 刚才尝试次数过多，现在可以再试。
web-signin-sign-in-refused = { $provider } 没有确认你的身份。什么都没有改变，请重试或换一种方式登录。
web-signin-provider-unavailable = 目前无法连接 { $provider }。请稍后重试，或换一种方式登录。
web-signin-not-invited = { $provider } 认识你，但这台服务器还不认识，需要这里的管理员先把你加进来。
web-signin-other = 使用 { $provider } 登录未成功。请重试，或换一种方式登录。

web-setup-title = 设置这台服务器
web-setup-intro = 你将成为第一位管理员，之后可以添加其他人。链接只能用一次。
web-setup-where = 这里还没有任何账户。服务器已在控制台打印出首个账户的链接，以本页地址加 /setup 开头。
web-setup-or = 也可以先停止服务器，在它所在的机器上运行：
web-setup-command = 命令
web-setup-do = 创建我的账户
web-setup-bad = 这不是服务器最近打印的链接，请再看一下控制台。
web-setup-done-title = 这台服务器已经设置好
web-setup-done = 这里已经有管理员了。请登录，或向管理员申请账户。

web-guest-title = 你收到一份邀请
web-guest-intro = 有人请你就一条请求作出决定，不需要账户。
web-guest-point-once = 链接只能用一次，只用于这一条请求，只在这个浏览器中有效。
web-guest-point-record = 你的答复会以邀请中写明的名字记录。
web-guest-open = 打开请求
web-guest-instead = 你已登录为 { $login }。以访客身份打开会退出登录。
web-guest-used = 这个链接已经用过
web-guest-bad = 这个链接无效
web-guest-ask-again = 链接只能用一次，请求结束或有人收回链接后即失效。请向邀请你的人要一个新的。
web-guest-have-account = 有账户吗？
web-guest-none = 这里没有邀请
web-guest-none-detail = 请从消息中重新打开完整的链接。只是查看不会用掉它。

web-guest-invited = { $by } 邀请你以“{ $name }”的身份来处理。
web-guest-here = 你是访客：{ $name }。
web-guest-once = 链接只能用一次，请求结束即失效。
web-guest-over = 这条请求已经结束，链接也随之失效。
web-guest-ended = 邀请已结束
web-guest-ended-detail = 请求已经结束，或者链接已被收回。这里没有其他要做的事。
