//! People, tokens, sign-ins and links as they stand on the wire.

use askwell_app::ports::{GuestRow, LoginRow, PasskeyRow, TokenRow, UserRow};
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

/// A person with an account.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = User)]
pub(crate) struct UserBody {
    login: String,
    name: String,
    email: Option<String>,
    groups: Vec<String>,
    admin: bool,
    #[schema(format = DateTime)]
    created_at: String,
    /// Since when they may no longer sign in.
    #[schema(format = DateTime)]
    disabled_at: Option<String>,
    has_password: bool,
    /// Whether an identity provider vouches for them.
    external: bool,
}

impl From<&UserRow> for UserBody {
    fn from(row: &UserRow) -> Self {
        Self {
            login: row.login.clone(),
            name: row.name.clone(),
            email: row.email.clone(),
            groups: row.groups.clone(),
            admin: row.role == Role::Admin,
            created_at: timestamp_text(row.created_at),
            disabled_at: row.disabled_at.map(timestamp_text),
            has_password: row.password.is_some(),
            external: row.external.is_some(),
        }
    }
}

/// One person.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OneUser)]
pub(crate) struct UserReply {
    success: bool,
    user: UserBody,
}

impl UserReply {
    pub(crate) fn of(row: &UserRow) -> Self {
        Self { success: true, user: row.into() }
    }
}

/// A page of people.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UserPage)]
pub(crate) struct UsersReply {
    success: bool,
    users: Vec<UserBody>,
    /// Send it as `after` for the next page.
    next: Option<String>,
}

impl UsersReply {
    pub(crate) fn of(rows: &[UserRow], limit: usize) -> Self {
        let next = rows.last().filter(|_| rows.len() == limit).map(|row| row.login.clone());
        Self { success: true, users: rows.iter().map(Into::into).collect(), next }
    }
}

/// A person to choose.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Choice)]
pub(crate) struct ChoiceBody {
    login: String,
    name: String,
}

/// People and groups to choose from.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Choices)]
pub(crate) struct ChoicesReply {
    success: bool,
    people: Vec<ChoiceBody>,
    groups: Vec<String>,
}

impl ChoicesReply {
    pub(crate) fn of((people, groups): (Vec<(String, String)>, Vec<String>)) -> Self {
        let people = people.into_iter().map(|(login, name)| ChoiceBody { login, name }).collect();
        Self { success: true, people, groups }
    }
}

/// A token of a program, without its secret.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Token)]
pub(crate) struct TokenBody {
    id: String,
    name: String,
    owner: String,
    #[schema(value_type = Vec<super::schema::Scope>)]
    scopes: Vec<&'static str>,
    workflow_prefix: Option<String>,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    expires_at: Option<String>,
    /// To about a minute.
    #[schema(format = DateTime)]
    last_used_at: Option<String>,
    #[schema(format = DateTime)]
    revoked_at: Option<String>,
}

impl From<&TokenRow> for TokenBody {
    fn from(row: &TokenRow) -> Self {
        Self {
            id: row.id.to_string(),
            name: row.name.clone(),
            owner: row.owner.clone(),
            scopes: row.scopes.iter().map(TokenScope::as_str).collect(),
            workflow_prefix: row.workflow_prefix.clone(),
            created_at: timestamp_text(row.created_at),
            expires_at: row.expires_at.map(timestamp_text),
            last_used_at: row.last_used_at.map(timestamp_text),
            revoked_at: row.revoked_at.map(timestamp_text),
        }
    }
}

/// Tokens, newest first.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Tokens)]
pub(crate) struct TokensReply {
    success: bool,
    tokens: Vec<TokenBody>,
}

impl TokensReply {
    pub(crate) fn of(rows: &[TokenRow]) -> Self {
        Self { success: true, tokens: rows.iter().map(Into::into).collect() }
    }
}

/// A token that was made, with its secret: shown this once.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = IssuedToken)]
pub(crate) struct IssuedReply<'a> {
    success: bool,
    token: TokenBody,
    secret: &'a str,
}

impl<'a> IssuedReply<'a> {
    pub(crate) fn of(issued: &'a askwell_app::Issued) -> Self {
        Self { success: true, token: (&issued.token).into(), secret: &issued.secret }
    }
}

/// A sign-in that lasts.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Login)]
pub(crate) struct LoginBody {
    id: String,
    method: String,
    address: Option<String>,
    agent: Option<String>,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    expires_at: String,
    /// Whether it is the one that this request comes with.
    current: bool,
}

/// The sign-ins of a person, newest first.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Logins)]
pub(crate) struct LoginsReply {
    success: bool,
    logins: Vec<LoginBody>,
}

impl LoginsReply {
    pub(crate) fn of(rows: &[LoginRow], caller: &Caller) -> Self {
        let own = caller.credential.as_ref().and_then(|credential| credential.standing.login);
        let of = |row: &LoginRow| LoginBody {
            id: row.id.to_string(),
            method: row.method.clone(),
            address: row.address.clone(),
            agent: row.agent.clone(),
            created_at: timestamp_text(row.created_at),
            expires_at: timestamp_text(row.expires_at),
            current: own == Some(row.id),
        };
        Self { success: true, logins: rows.iter().map(of).collect() }
    }
}

/// A passkey.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Passkey)]
pub(crate) struct PasskeyBody {
    id: String,
    name: String,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    last_used_at: Option<String>,
}

impl From<&PasskeyRow> for PasskeyBody {
    fn from(row: &PasskeyRow) -> Self {
        Self {
            id: row.id.clone(),
            name: row.name.clone(),
            created_at: timestamp_text(row.created_at),
            last_used_at: row.last_used_at.map(timestamp_text),
        }
    }
}

/// The passkeys of a person, oldest first.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PasskeyList)]
pub(crate) struct PasskeysReply {
    success: bool,
    passkeys: Vec<PasskeyBody>,
}

impl PasskeysReply {
    pub(crate) fn of(rows: &[PasskeyRow]) -> Self {
        Self { success: true, passkeys: rows.iter().map(Into::into).collect() }
    }
}

/// A passkey that was registered.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OnePasskey)]
pub(crate) struct PasskeyReply {
    success: bool,
    passkey: PasskeyBody,
}

impl PasskeyReply {
    pub(crate) fn of(row: &PasskeyRow) -> Self {
        Self { success: true, passkey: row.into() }
    }
}

/// What the browser is to be asked, and what must come back with its answer.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Ceremony)]
pub(crate) struct CeremonyReply {
    success: bool,
    /// As `PublicKeyCredential.parse…OptionsFromJSON` takes it.
    options: serde_json::Value,
    state: String,
}

impl CeremonyReply {
    pub(crate) fn of((options, state): (serde_json::Value, String)) -> Self {
        Self { success: true, options, state }
    }
}

/// A link for somebody without an account, without its secret.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = GuestLink)]
pub(crate) struct GuestLinkBody {
    id: String,
    name: String,
    invited_by: String,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    expires_at: String,
    #[schema(format = DateTime)]
    used_at: Option<String>,
    #[schema(format = DateTime)]
    ended_at: Option<String>,
}

impl From<&GuestRow> for GuestLinkBody {
    fn from(row: &GuestRow) -> Self {
        Self {
            id: row.id.to_string(),
            name: row.name.clone(),
            invited_by: row.invited_by.clone(),
            created_at: timestamp_text(row.created_at),
            expires_at: timestamp_text(row.expires_at),
            used_at: row.used_at.map(timestamp_text),
            ended_at: row.ended_at.map(timestamp_text),
        }
    }
}

/// The links to a session, newest first.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = GuestLinks)]
pub(crate) struct GuestLinksReply {
    success: bool,
    links: Vec<GuestLinkBody>,
}

impl GuestLinksReply {
    pub(crate) fn of(rows: &[GuestRow]) -> Self {
        Self { success: true, links: rows.iter().map(Into::into).collect() }
    }
}

/// A link that was made: shown this once.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = NewGuestLink)]
pub(crate) struct InvitedReply {
    success: bool,
    link: GuestLinkBody,
    url: String,
}

impl InvitedReply {
    pub(crate) fn of(invited: &askwell_app::Invited, base_url: &str) -> Self {
        // In the fragment: it stands in no log, no referrer, and no machine that looks at links sends it.
        Self { success: true, link: (&invited.guest).into(), url: format!("{base_url}/g#{}", invited.secret) }
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
