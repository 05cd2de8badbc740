## The page with accounts: frame, request, and what its forms share.

web-nav-tokens = Tokens
web-nav-people = People
web-nav-webhooks = Webhooks
web-nav-audit = Audit
web-nav-account = my account
web-own-menu = : account and sign out
web-own-signed-in = Signed in as { $login }
web-own-account = My account
web-own-leave = Sign out
web-forbidden-title = This is for administrators
web-forbidden-detail = Your account may not see this page. Somebody who manages people here can change that.

web-guest-invited = { $by } invited you as { $name }.
web-guest-here = You are here as a guest: { $name }.
web-guest-once = The link works once and ends with this request.
web-guest-over = This request is closed, and your link with it.
web-guest-ended = This invitation has ended
web-guest-ended-detail = The request is closed or the link was taken back. There is nothing more to do here.

web-group = group { $name }
web-group-word = group
web-and = ,{" "}
web-behalf = for { $name }
web-asked = asked: { $names }
web-watched = watching: { $names }
web-take-over = Take over from { $name }
web-hand-delegate = Delegate…
web-hand-assign = Assign…
web-hand-candidates = Who may answer…
web-hand-invite = Invite a guest…
web-not-yours = You may read this request, but not answer it.
web-not-yours-asked = You asked this yourself, so somebody else has to answer it.
web-not-yours-named = You may read this, but it is for { $names } to answer.
web-not-yours-asked-named = You asked this yourself; it is for { $names } to answer.
web-event-assigned = { $chosen ->
    [nobody] { $name } assigned it to nobody in particular
   *[other] { $name } assigned it to { $to }
  }
web-event-delegated = { $name } delegated it to { $to }
web-event-candidates_set = { $name } chose who may answer: { $chosen ->
    [nobody] everybody
   *[other] { $names }
  }
web-event-claimed-over = { $name } took it over from { $over }
web-record-passkey = confirmed with a passkey

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
