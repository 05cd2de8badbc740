//! Bodies about people, tokens and links: what they look like, and how they are read.

use std::time::Duration;

use askwell_app::{Access, Invitation, NewToken, NewUser, UserChange};
use askwell_core::access::{Role, Scopes, TokenScope};
use askwell_core::session::Takeover;
use askwell_core::{Code as Fault, Finding};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::keys::{Keys, Unit};
use super::problem::Problem;
use super::schema::Name;

/// A password, and a secret from a link, in bytes.
const MAX_SECRET: usize = 4 << 10;
/// What a browser says of a passkey, in bytes.
const MAX_CREDENTIAL: usize = 64 << 10;

/// Name and password.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({"login": "mei", "password": "correct horse battery"}))]
pub(crate) struct LoginRequest {
    #[schema(pattern = r"\S")]
    login: String,
    #[schema(pattern = r"\S")]
    password: String,
}

/// Name and password.
pub(crate) fn login(body: Value) -> Result<(String, String), Problem> {
    let mut keys = Keys::of(body)?;
    let login = required(&mut keys, "login");
    let password = required(&mut keys, "password");
    keys.done((login, password))
}

/// The first administrator.
#[derive(Serialize, ToSchema)]
pub(crate) struct SetupRequest {
    /// From the link that the server printed.
    #[schema(pattern = r"\S")]
    secret: String,
    #[schema(pattern = "^[a-z0-9][a-z0-9._@-]{0,63}$")]
    login: String,
    name: Option<String>,
    /// At least 12 characters.
    #[schema(min_length = 12)]
    password: String,
}

/// The first administrator, with the secret from the link.
pub(crate) fn setup(body: Value) -> Result<(String, NewUser), Problem> {
    let mut keys = Keys::of(body)?;
    let secret = required(&mut keys, "secret");
    let user = NewUser {
        login: required(&mut keys, "login"),
        name: keys.short("name"),
        password: Some(required(&mut keys, "password")),
        ..NewUser::default()
    };
    keys.done((secret, user))
}

/// What stands in a guest's link.
#[derive(Serialize, ToSchema)]
pub(crate) struct GuestRequest {
    /// What follows `#` in the link.
    #[schema(pattern = r"\S")]
    secret: String,
}

/// What stands in a guest's link.
pub(crate) fn guest(body: Value) -> Result<String, Problem> {
    let mut keys = Keys::of(body)?;
    let secret = required(&mut keys, "secret");
    keys.done(secret)
}

/// A new password.
#[derive(Serialize, ToSchema)]
pub(crate) struct PasswordRequest {
    #[schema(pattern = r"\S")]
    current: String,
    /// At least 12 characters.
    #[schema(min_length = 12)]
    password: String,
}

/// The former password and the new one.
pub(crate) fn password(body: Value) -> Result<(String, String), Problem> {
    let mut keys = Keys::of(body)?;
    let current = required(&mut keys, "current");
    let password = required(&mut keys, "password");
    keys.done((current, password))
}

/// A person to add.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({"login": "mei", "name": "李梅", "groups": ["ops"], "password": "correct horse battery"}))]
pub(crate) struct NewUserRequest {
    /// 1 to 64 of `a-z 0-9 . _ @ -`; never changed, never given to somebody else.
    #[schema(pattern = "^[a-z0-9][a-z0-9._@-]{0,63}$")]
    login: String,
    name: Option<String>,
    email: Option<String>,
    groups: Option<Vec<String>>,
    admin: Option<bool>,
    /// At least 12 characters; absent: they sign in otherwise.
    #[schema(min_length = 12)]
    password: Option<String>,
}

/// A person to add.
pub(crate) fn new_user(body: Value) -> Result<NewUser, Problem> {
    let mut keys = Keys::of(body)?;
    let user = NewUser {
        login: required(&mut keys, "login"),
        name: keys.short("name"),
        email: keys.short("email"),
        groups: texts(&mut keys, "groups").unwrap_or_default(),
        role: role(&mut keys).unwrap_or_default(),
        password: keys.text("password", MAX_SECRET, Unit::Bytes),
    };
    keys.done(user)
}

/// What to change of a person; what is absent stays.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({"groups": ["ops", "night"], "disabled": false}))]
pub(crate) struct UserChangeRequest {
    name: Option<String>,
    /// An empty text: none.
    email: Option<String>,
    groups: Option<Vec<String>>,
    admin: Option<bool>,
    password: Option<String>,
    disabled: Option<bool>,
}

/// What to change of a person.
pub(crate) fn user_change(body: Value) -> Result<UserChange, Problem> {
    let mut keys = Keys::of(body)?;
    let email = match keys.take("email") {
        Some(Value::String(email)) => Some(email),
        Some(other) => {
            keys.wrong_type("email", "string", &other);
            None
        }
        None => None,
    };
    let disabled = flag(&mut keys, "disabled");
    let change = UserChange {
        name: keys.short("name"),
        email,
        groups: texts(&mut keys, "groups"),
        role: role(&mut keys),
        password: keys.text("password", MAX_SECRET, Unit::Bytes),
        access: disabled.map(|disabled| if disabled { Access::Disabled } else { Access::Enabled }),
    };
    keys.done(change)
}

/// A token to make.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({"name": "deploy pipeline", "scopes": ["create", "read"], "workflow_prefix": "deploy-"}))]
pub(crate) struct NewTokenRequest {
    /// What it is for.
    #[schema(pattern = r"\S")]
    name: String,
    /// There is none that answers.
    #[schema(value_type = Vec<super::schema::Scope>)]
    scopes: Vec<String>,
    /// It only sees and opens sessions of workflows that begin so.
    workflow_prefix: Option<String>,
    /// Seconds for which it holds; absent: until it is revoked.
    #[schema(exclusive_minimum = 0)]
    expires_in: Option<f64>,
    /// For whom; only administrators name somebody else.
    owner: Option<String>,
}

/// A token to make.
pub(crate) fn new_token(body: Value) -> Result<NewToken, Problem> {
    let mut keys = Keys::of(body)?;
    let token = NewToken {
        name: required(&mut keys, "name"),
        owner: keys.short("owner"),
        scopes: scopes(&mut keys),
        workflow_prefix: keys.short("workflow_prefix"),
        expires_in: seconds(&mut keys, "expires_in"),
    };
    keys.done(token)
}

fn scopes(keys: &mut Keys) -> Scopes {
    let words = texts(keys, "scopes").unwrap_or_default();
    let mut scopes = Vec::new();
    for (at, word) in words.iter().enumerate() {
        if let Ok(scope) = word.parse::<TokenScope>() {
            scopes.push(scope);
        } else {
            let allowed = TokenScope::ALL.map(TokenScope::as_str).join(", ");
            let finding = Finding::new(format!("/scopes/{at}"), Fault::NotAllowed);
            keys.issue(finding.with("value", word).with("allowed", allowed));
        }
    }
    scopes.into_iter().collect()
}

/// A link for somebody without an account.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({"name": "李经理", "expires_in": 3600}))]
pub(crate) struct InvitationRequest {
    /// How they are called in what they do.
    #[schema(pattern = r"\S")]
    name: String,
    /// Seconds for which the link may be used; never longer than the session.
    #[schema(exclusive_minimum = 0)]
    expires_in: Option<f64>,
}

/// A link for somebody without an account.
pub(crate) fn invitation(body: Value) -> Result<Invitation, Problem> {
    let mut keys = Keys::of(body)?;
    let invitation = Invitation { name: required(&mut keys, "name"), expires_in: seconds(&mut keys, "expires_in") };
    keys.done(invitation)
}

/// Who should answer.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({"assignee": "mei"}))]
pub(crate) struct AssignRequest {
    /// A login; `null`: nobody by name.
    #[schema(required)]
    assignee: Option<String>,
    /// Believed only where there are no accounts.
    user_id: Option<Name>,
}

/// Who should answer, and who says so.
pub(crate) fn assign(body: Value) -> Result<(Option<String>, Option<String>), Problem> {
    let mut keys = Keys::of(body)?;
    // Nobody is said by `null`, not by saying nothing.
    if !keys.has("assignee") {
        keys.issue(Finding::new("/assignee", Fault::MissingField));
    }
    let assignee = keys.short("assignee");
    let user_id = keys.name("user_id");
    keys.done((assignee, user_id))
}

/// To whom it is handed over.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({"to": "mei"}))]
pub(crate) struct DelegateRequest {
    /// A login.
    #[schema(pattern = r"\S")]
    to: String,
    /// Believed only where there are no accounts.
    user_id: Option<Name>,
}

/// To whom it is handed over, and by whom.
pub(crate) fn delegate(body: Value) -> Result<(String, Option<String>), Problem> {
    let mut keys = Keys::of(body)?;
    let to = required(&mut keys, "to");
    let user_id = keys.name("user_id");
    keys.done((to, user_id))
}

/// Who else may answer.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({"candidates": ["mei", "group:ops"]}))]
pub(crate) struct CandidatesRequest {
    /// Logins, and groups as `group:NAME`.
    candidates: Vec<String>,
    /// Believed only where there are no accounts.
    user_id: Option<Name>,
}

/// Who else may answer, and who says so.
pub(crate) fn candidates(body: Value) -> Result<(Vec<String>, Option<String>), Problem> {
    let mut keys = Keys::of(body)?;
    let candidates = texts(&mut keys, "candidates");
    if candidates.is_none() {
        keys.issue_unless_any("candidates", Fault::MissingField);
    }
    let user_id = keys.name("user_id");
    keys.done((candidates.unwrap_or_default(), user_id))
}

/// Who claims, and whether somebody else's hold may be taken over.
pub(crate) fn claim(body: Value) -> Result<(Option<String>, Takeover), Problem> {
    let mut keys = Keys::of_optional(body)?;
    let user_id = keys.name("user_id");
    let takeover = if flag(&mut keys, "override") == Some(true) { Takeover::Override } else { Takeover::Never };
    keys.done((user_id, takeover))
}

/// A passkey to register.
#[derive(Serialize, ToSchema)]
pub(crate) struct PasskeyRequest {
    /// What its owner calls it.
    #[schema(pattern = r"\S")]
    name: String,
    /// As it came with the options.
    #[schema(pattern = r"\S")]
    state: String,
    /// What the browser gave, by `toJSON`.
    credential: Value,
}

/// A passkey to register: its name, the state, and what the browser gave.
pub(crate) fn passkey(body: Value) -> Result<(String, String, String), Problem> {
    let mut keys = Keys::of(body)?;
    let name = required(&mut keys, "name");
    let state = keys.text("state", MAX_CREDENTIAL, Unit::Bytes);
    let credential = keys.take("credential").filter(Value::is_object);
    if state.is_none() || credential.is_none() {
        keys.issue_unless_any(if state.is_none() { "state" } else { "credential" }, Fault::MissingField);
    }
    let credential = credential.map(|credential| credential.to_string());
    keys.done((name, state.unwrap_or_default(), credential.unwrap_or_default()))
}

/// An answer that a passkey is to sign.
#[derive(Serialize, ToSchema)]
pub(crate) struct StepUpRequest {
    response: Value,
    #[schema(pattern = r"\S")]
    content_hash: String,
}

/// An answer that a passkey is to sign, and what was seen.
pub(crate) fn step_up(body: Value) -> Result<(Value, String), Problem> {
    let mut keys = Keys::of(body)?;
    let response = keys.take("response").ok_or_else(|| Problem::missing("/response"))?;
    let content_hash = required(&mut keys, "content_hash");
    keys.done((response, content_hash))
}

fn required(keys: &mut Keys, key: &'static str) -> String {
    let text = keys.text(key, MAX_SECRET, Unit::Bytes);
    if text.is_none() {
        keys.issue_unless_any(key, Fault::MissingField);
    }
    text.unwrap_or_default()
}

fn flag(keys: &mut Keys, key: &str) -> Option<bool> {
    match keys.take(key)? {
        Value::Bool(flag) => Some(flag),
        other => {
            keys.wrong_type(key, "boolean", &other);
            None
        }
    }
}

fn role(keys: &mut Keys) -> Option<Role> {
    flag(keys, "admin").map(|admin| if admin { Role::Admin } else { Role::Member })
}

fn seconds(keys: &mut Keys, key: &str) -> Option<Duration> {
    let value = keys.take(key)?;
    let time = value.as_f64().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    let time = time.filter(|time| !time.is_zero());
    if time.is_none() {
        let code = if value.is_number() { Fault::BelowMinimum } else { Fault::WrongType };
        let finding = Finding::new(format!("/{key}"), code).with("limit", 1).with("expected", "number");
        keys.issue(finding.with("actual", &value));
    }
    time
}

fn texts(keys: &mut Keys, key: &str) -> Option<Vec<String>> {
    let value = keys.take(key)?;
    let list = value.as_array().map(|list| list.iter().map(|item| item.as_str().map(str::to_owned)).collect());
    let texts: Option<Vec<String>> = list.flatten();
    if texts.is_none() {
        keys.wrong_type(key, "array of strings", &value);
    }
    texts
}
