//! Who one is: signing in and out, one's own account.

use askwell_app::{AppError, SignIn, SignedIn};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, header};
use axum::response::Response;

use crate::identity::{Identity, cookie};
use crate::state::Server;
use crate::wire::account::ways::LoginsReply;
use crate::wire::account::{DoneReply, GuestEnteredReply, MeReply};
use crate::wire::account_body::{self as body, GuestRequest, LoginRequest, PasswordRequest, SetupRequest};
use crate::wire::body::JsonBody;
use crate::wire::json;
use crate::wire::problem::{Code, Problem};
use crate::wire::rate;

/// The longest that is kept of what a browser calls itself.
const MAX_AGENT: usize = 200;

/// See who one is
///
/// And how one can sign in. Open to everybody.
#[utoipa::path(get, path = "/api/me", operation_id = "getMe", tag = "account",
    responses((status = 200, description = "Who calls; `me` is null for nobody", body = MeReply)))]
pub(super) async fn me(State(server): State<Server>, who: Identity) -> Result<Response, Problem> {
    reply(&server, &who).await
}

async fn reply(server: &Server, who: &Identity) -> Result<Response, Problem> {
    let account = match server.app.own_account(&who.caller).await {
        Ok(account) => Some(account),
        // Nobody, a program, a guest: they have none. A store that cannot say so is another matter.
        Err(AppError::Unauthenticated | AppError::Forbidden | AppError::NoAccounts) => None,
        Err(error) => return Err(error.into()),
    };
    let passkeys = if account.is_some() { server.app.passkeys(&who.caller).await?.len() } else { 0 };
    Ok(json(&MeReply::of(&server.app, &who.caller, account.as_ref(), passkeys)))
}

/// Sign in
///
/// Sets a cookie that scripts cannot read.
#[utoipa::path(post, path = "/api/login", operation_id = "login", tag = "account", request_body = LoginRequest,
    responses((status = 200, description = "Signed in", body = MeReply)))]
pub(super) async fn login(
    State(server): State<Server>,
    who: Identity,
    headers: HeaderMap,
    JsonBody(given): JsonBody,
) -> Result<Response, Problem> {
    let (login, password) = body::login(given)?;
    let signed_in = server.app.sign_in(&who.caller, &login, &password, sign_in(&headers)).await;
    let left = server.app.logins_left(&login, who.caller.address);
    let answer = entered(&server, who, signed_in.map_err(|error| rate::told(bad_credentials(error), left))?).await;
    answer.map(|answer| rate::tell(answer, left))
}

/// Sign out
#[utoipa::path(post, path = "/api/logout", operation_id = "logout", tag = "account",
    responses((status = 200, description = "Signed out", body = DoneReply)))]
pub(super) async fn logout(State(server): State<Server>, who: Identity) -> Result<Response, Problem> {
    server.app.sign_out(&who.caller).await?;
    let mut response = json(&DoneReply::YES);
    cookie::remove_login(response.headers_mut(), who.outside);
    Ok(response)
}

/// Make the first administrator
///
/// Once, with the secret from the link that the server printed at its first start.
#[utoipa::path(post, path = "/api/setup", operation_id = "setUp", tag = "account", request_body = SetupRequest,
    responses((status = 200, description = "Made, and signed in", body = MeReply)))]
pub(super) async fn setup(
    State(server): State<Server>,
    who: Identity,
    headers: HeaderMap,
    JsonBody(given): JsonBody,
) -> Result<Response, Problem> {
    let (secret, user) = body::setup(given)?;
    let signed_in = server.app.set_up(&who.caller, &secret, user, sign_in(&headers)).await;
    entered(&server, who, signed_in.map_err(|error| instead(error, Code::BadSetupSecret))?).await
}

/// Come in by a link
///
/// With what follows `#` in the link. It lets in once, to one session, until that ends.
#[utoipa::path(post, path = "/api/guest", operation_id = "enterAsGuest", tag = "account", request_body = GuestRequest,
    responses((status = 200, description = "In", body = GuestEnteredReply)))]
pub(super) async fn guest(
    State(server): State<Server>,
    mut who: Identity,
    JsonBody(given): JsonBody,
) -> Result<Response, Problem> {
    let secret = body::guest(given)?;
    let entry = server.app.enter_as_guest(&who.caller, &secret).await;
    let left = server.app.guests_left(who.caller.address);
    let entry = entry.map_err(|error| rate::told(instead(error, Code::BadLink), left))?;
    who.caller.principal = entry.admitted.principal.clone();
    who.caller.credential = Some(entry.admitted.credential.clone());
    let mut response = json(&GuestEnteredReply::of(&who.caller, entry.session));
    let lasts = server.app.settings().limits.max_timeout.as_secs();
    cookie::set_login(response.headers_mut(), &entry.secret, i64::try_from(lasts).unwrap_or(i64::MAX), who.outside);
    Ok(rate::tell(response, left))
}

/// List one's own sign-ins
#[utoipa::path(get, path = "/api/account/logins", operation_id = "listLogins", tag = "account",
    responses((status = 200, description = "Those that have not ended", body = LoginsReply)))]
pub(super) async fn logins(State(server): State<Server>, who: Identity) -> Result<Response, Problem> {
    let logins = server.app.logins(&who.caller).await?;
    Ok(json(&LoginsReply::of(&logins, &who.caller)))
}

/// End one of one's own sign-ins
#[utoipa::path(delete, path = "/api/account/logins/{id}", operation_id = "endLogin", tag = "account",
    params(("id" = String, Path, description = "The sign-in's id")),
    responses((status = 200, description = "Ended", body = DoneReply)))]
pub(super) async fn end_login(
    State(server): State<Server>,
    who: Identity,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    server.app.end_login(&who.caller, &id).await?;
    Ok(json(&DoneReply::YES))
}

/// Change one's own password
///
/// All other sign-ins end.
#[utoipa::path(put, path = "/api/account/password", operation_id = "changePassword", tag = "account",
    request_body = PasswordRequest, responses((status = 200, description = "Changed", body = DoneReply)))]
pub(super) async fn password(
    State(server): State<Server>,
    who: Identity,
    JsonBody(given): JsonBody,
) -> Result<Response, Problem> {
    let (current, password) = body::password(given)?;
    server.app.change_password(&who.caller, &current, &password).await.map_err(bad_credentials)?;
    Ok(json(&DoneReply::YES))
}

/// What is kept of the program that somebody signs in with.
pub(super) fn sign_in(headers: &HeaderMap) -> SignIn {
    let agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
    SignIn { agent: agent.map(|agent| agent.chars().take(MAX_AGENT).collect()) }
}

/// Answers with who one is now, and sets the cookie.
async fn entered(server: &Server, mut who: Identity, signed_in: SignedIn) -> Result<Response, Problem> {
    who.caller.principal = signed_in.admitted.principal.clone();
    who.caller.credential = Some(signed_in.admitted.credential.clone());
    let mut response = reply(server, &who).await?;
    set_login(&mut response, server, &who, &signed_in);
    Ok(response)
}

/// Sets the cookie of a sign-in.
pub(super) fn set_login(response: &mut Response, server: &Server, who: &Identity, signed_in: &SignedIn) {
    let seconds = signed_in.expires_at.duration_since(server.app.now()).as_secs();
    cookie::set_login(response.headers_mut(), &signed_in.secret, seconds, who.outside);
}

fn bad_credentials(error: AppError) -> Problem {
    instead(error, Code::BadCredentials)
}

/// What was shown is wrong: that is said in words of its own, not as "sign in first".
fn instead(error: AppError, code: Code) -> Problem {
    match error {
        AppError::Unauthenticated => Problem::new(code),
        other => other.into(),
    }
}
