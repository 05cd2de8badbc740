## The page: signing in, the first set-up, and guests' links.

web-signin-title = Sign in
web-signin-main = Sign in
web-signin-do = Sign in
web-signin-back = After signing in you are back where you were. What you typed there is kept.
web-signin-provider = Continue with { $provider }
web-signin-provider-unnamed = single sign-on
web-signin-or = or
web-signin-none = This server takes no sign-in from the page. Programs and people come with a token of your organisation.
web-signin-forgotten = Forgotten your password? Somebody who manages people here can give you a new one.
web-signin-bad = The login or the password is not right.
web-signin-wait = Too many tries. Try again in { $time }; what you typed stays here.
web-signin-wait-over = Too many tries just now. You can try again.
web-signin-sign-in-refused = { $provider } did not confirm who you are. Nothing was changed; try again, or sign in another way.
web-signin-provider-unavailable = { $provider } cannot be reached right now. Try again in a moment, or sign in another way.
web-signin-not-invited = { $provider } knows you, but this server does not. Somebody who manages people here has to add you first.
web-signin-other = Signing in with { $provider } did not work. Try again, or sign in another way.

web-setup-title = Set up this server
web-setup-intro = You will be its first administrator, and can add everybody else afterwards. The link works once.
web-setup-where = Nobody has an account here yet. The server has printed a link for the first one on its console, beginning with this address and /setup.
web-setup-or = Or stop the server and run, on its machine:
web-setup-command = Command
web-setup-do = Create my account
web-setup-bad = This link is not the one that the server printed last. Look at its console again.
web-setup-done-title = This server is set up
web-setup-done = There is somebody who manages people here already. Sign in, or ask them for an account.

web-guest-title = You have been invited
web-guest-intro = Somebody asks for your decision on one request. You need no account.
web-guest-point-once = The link works once, for this one request, in this browser.
web-guest-point-record = Your answer is recorded under the name that the invitation gave you.
web-guest-open = Open the request
web-guest-instead = You are signed in as { $login }. Opening it as a guest signs you out.
web-guest-used = This link has been used
web-guest-bad = This link leads nowhere
web-guest-ask-again = A link works once, and ends when the request closes or somebody takes it back. Ask whoever invited you for a new one.
web-guest-have-account = Do you have an account?
web-guest-none = The invitation is not here
web-guest-none-detail = Open the link from the message again, whole. It has not been used up by looking at it.

web-guest-invited = { $by } invited you as { $name }.
web-guest-here = You are here as a guest: { $name }.
web-guest-once = The link works once and ends with this request.
web-guest-over = This request is closed, and your link with it.
web-guest-ended = This invitation has ended
web-guest-ended-detail = The request is closed or the link was taken back. There is nothing more to do here.
