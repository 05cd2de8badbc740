## The page with accounts: frame and request.

web-nav-tokens = Tokens
web-nav-people = People
web-nav-webhooks = Webhooks
web-nav-audit = Audit
web-nav-account = my account
web-own-menu = : account and sign out
web-own-signed-in = Signed in as { $login }
web-own-account = My account
web-own-leave = Sign out

web-group = group { $name }
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
