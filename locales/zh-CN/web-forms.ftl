## 有账户时的页面：各表单共用的文字，以及通行密钥。

web-group-word = 组
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
