//! Who calls, and how one can sign in, as they stand on the wire; below it what belongs to accounts.

pub(crate) mod guests;
pub(crate) mod people;
pub(crate) mod tokens;
pub(crate) mod ways;

use askwell_app::ports::UserRow;
use askwell_app::{App, Caller, timestamp_text};
use askwell_core::access::{Principal, RequesterAnswers, Role, TokenScope};
use serde::Serialize;
use utoipa::ToSchema;

/// Who calls, and how one can sign in.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Me)]
pub(crate) struct MeReply {
    success: bool,
    /// Nobody: `null`.
    #[schema(inline = false)]
    me: Option<MeBody>,
    auth: WaysBody,
}

impl MeReply {
    pub(crate) fn of(app: &App, caller: &Caller, account: Option<&UserRow>, passkeys: usize) -> Self {
        Self { success: true, me: MeBody::of(caller, account, passkeys), auth: WaysBody::of(app) }
    }
}

/// Who calls.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Caller)]
pub(crate) struct MeBody {
    /// `local`, `user`, `token` or `guest`.
    kind: &'static str,
    /// The login; of a token its owner's.
    login: Option<String>,
    name: String,
    email: Option<String>,
    groups: Vec<String>,
    admin: bool,
    /// What a token may do.
    scopes: Vec<&'static str>,
    /// How they proved who they are.
    method: Option<&'static str>,
    #[schema(format = DateTime)]
    expires_at: Option<String>,
    /// A guest's one session.
    #[schema(value_type = Option<String>, format = "uuid")]
    session_id: Option<askwell_core::ids::SessionId>,
    /// Who gave a guest their link.
    invited_by: Option<String>,
    has_password: bool,
    /// How many passkeys they have.
    passkeys: usize,
}

impl MeBody {
    fn of(caller: &Caller, account: Option<&UserRow>, passkeys: usize) -> Option<Self> {
        let mut body = Self {
            kind: "local",
            login: caller.principal.login().map(str::to_owned),
            name: String::new(),
            email: account.and_then(|row| row.email.clone()),
            groups: Vec::new(),
            admin: false,
            scopes: Vec::new(),
            method: caller.credential.as_ref().map(|credential| credential.method.as_str()),
            expires_at: caller.credential.as_ref().and_then(|credential| credential.expires_at).map(timestamp_text),
            session_id: None,
            invited_by: None,
            has_password: account.is_some_and(|row| row.password.is_some()),
            passkeys,
        };
        match &caller.principal {
            Principal::Nobody => return None,
            Principal::LocalOwner => body.admin = true,
            Principal::User(user) => {
                body.kind = "user";
                body.name.clone_from(&user.name);
                body.groups.clone_from(&user.groups);
                body.admin = user.role == Role::Admin;
            }
            Principal::Token(token) => {
                body.kind = "token";
                body.name.clone_from(&token.name);
                body.scopes = token.scopes.iter().map(TokenScope::as_str).collect();
            }
            Principal::Guest(guest) => {
                body.kind = "guest";
                body.name.clone_from(&guest.name);
                body.session_id = Some(guest.session);
                body.invited_by = Some(guest.invited_by.clone());
            }
        }
        Some(body)
    }
}

/// How one can sign in.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Ways)]
#[expect(clippy::struct_excessive_bools, reason = "facts of the wire, each by itself")]
pub(crate) struct WaysBody {
    /// Whether one must.
    enabled: bool,
    /// `password`, `basic`, `jwt`, `oauth`.
    ways: Vec<&'static str>,
    /// What people call the identity provider.
    provider: Option<String>,
    /// Whether there is nobody yet.
    setup: bool,
    /// Whether passkeys can be used.
    passkeys: bool,
    guest_links: bool,
    /// Whether whoever asked may answer, too.
    requester_may_answer: bool,
}

impl WaysBody {
    fn of(app: &App) -> Self {
        let ways = app.settings().accounts.as_ref().map(|accounts| accounts.ways.as_slice()).unwrap_or_default();
        Self {
            enabled: app.needs_sign_in(),
            ways: ways.iter().map(|way| way.as_str()).collect(),
            provider: app.provider_name().map(str::to_owned),
            setup: app.awaits_set_up(),
            passkeys: app.has_passkeys(),
            guest_links: app.needs_sign_in(),
            requester_may_answer: app.settings().policy.requester_may_answer == RequesterAnswers::IfEligible,
        }
    }
}

/// A guest who came in.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = GuestEntered)]
pub(crate) struct GuestEnteredReply {
    success: bool,
    #[schema(value_type = String, format = "uuid")]
    session_id: askwell_core::ids::SessionId,
    #[schema(inline = false)]
    me: Option<MeBody>,
}

impl GuestEnteredReply {
    pub(crate) fn of(caller: &Caller, session_id: askwell_core::ids::SessionId) -> Self {
        Self { success: true, session_id, me: MeBody::of(caller, None, 0) }
    }
}

/// Done, and nothing more to say.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Done)]
pub(crate) struct DoneReply {
    success: bool,
}

impl DoneReply {
    pub(crate) const YES: Self = Self { success: true };
}
