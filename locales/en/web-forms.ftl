## The page with accounts: what its forms share, and passkeys.

web-group-word = group
web-passkey-not-given = Not sent: the passkey was not confirmed. Nothing was decided, and what you typed is kept. Press again to try once more. Passkeys are added in My account.
web-passkey-no-address = Passkeys need a name in the address bar. This page was opened by an IP address, so browsers allow none here. Open it by its host name.
web-passkey-no-insecure = Passkeys need https, or this machine under the name localhost. This page came over plain http.
web-passkey-no-browser = This browser has no passkeys.
web-login-rule = Lower-case letters, digits and . _ @ -, at most 64, beginning with a letter or digit.
web-password-rule = At least { $count } characters. A few random words are good.
web-password-short = Too short: at least { $count } characters.
web-password-show = Show
web-password-hide = Hide
web-caps-lock = Caps Lock is on.
web-person-name = Name
web-signin-login = Login
web-signin-password = Password
web-trouble-invalid = Not done yet: see what is marked.
web-failure-unreachable-kept = The server cannot be reached. Nothing was changed, and what you typed is still here.
