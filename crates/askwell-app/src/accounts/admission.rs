//! From what a request shows to who it is.

use std::sync::Arc;

use askwell_core::access::secret::{is_token_well_formed, secret_digest};
use askwell_core::access::{Guest, Principal, Role, Token, TokenScope, User};
use askwell_core::audit::Verdict;
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest as _, Sha256};

use super::Way;
use crate::app::App;
use crate::caller::{Caller, Credential, Method};
use crate::error::AppError;
use crate::ports::{Digest, GuestRow, LoginRow, SignInError, Standing, TokenRow, UserRow};

/// How often the last use of a token is written down.
const USE_NOTED: SignedDuration = SignedDuration::from_mins(1);

/// How long a guest may look at what they did after the session has closed.
const GUEST_LINGERS: SignedDuration = SignedDuration::from_mins(5);

/// The longest reason that the audit keeps, in characters: some of it is what others sent.
const LONGEST_REASON: usize = 200;

/// What a request shows to be let in.
#[derive(Clone, Copy)]
pub enum Presented<'a> {
    /// The secret of a sign-in, or of a guest.
    Cookie(&'a str),
    /// A program's token, `ask_…`.
    Token(&'a str),
    /// A signed token of somebody else's.
    Jwt(&'a str),
    /// The same, shown by a client of the Model Context Protocol.
    McpJwt(&'a str),
    /// Name and password.
    Basic {
        /// The name.
        login: &'a str,
        /// The password.
        password: &'a str,
    },
}

impl std::fmt::Debug for Presented<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Cookie(_) => "Cookie(…)",
            Self::Token(_) => "Token(…)",
            Self::Jwt(_) => "Jwt(…)",
            Self::McpJwt(_) => "McpJwt(…)",
            Self::Basic { .. } => "Basic(…)",
        })
    }
}

impl Presented<'_> {
    /// Under which it is remembered: mixed with the way, so that what is good by one is not so by another.
    fn key(&self, pepper: &[u8; 32]) -> Digest {
        let (way, parts) = match self {
            Self::Cookie(secret) => ("cookie", [*secret, ""]),
            Self::Token(text) => ("token", [*text, ""]),
            Self::Jwt(text) => ("jwt", [*text, ""]),
            Self::McpJwt(text) => ("mcp-jwt", [*text, ""]),
            Self::Basic { login, password } => ("basic", [*login, *password]),
        };
        let hash = Sha256::new()
            .chain_update(pepper)
            .chain_update(way)
            .chain_update("\0")
            .chain_update(parts[0])
            .chain_update("\0");
        hash.chain_update(parts[1]).finalize().into()
    }
}

/// What a signed token must be for.
#[derive(Clone, Copy)]
enum Audience {
    Api,
    Mcp,
}

/// Who was let in, and by what.
#[derive(Debug)]
pub struct Admitted {
    /// Who.
    pub principal: Principal,
    /// By what.
    pub credential: Arc<Credential>,
}

impl App {
    /// Whether people and programs must say who they are.
    #[must_use]
    pub fn needs_sign_in(&self) -> bool {
        self.inner.settings.accounts.is_some()
    }

    /// Whether this way in is open.
    #[must_use]
    pub fn has_way(&self, way: Way) -> bool {
        self.inner.settings.accounts.as_ref().is_some_and(|accounts| accounts.has(way))
    }

    /// Who shows this. `caller` is whoever it is until then.
    ///
    /// # Errors
    /// [`AppError::Unauthenticated`]; [`AppError::RateLimited`]; [`AppError::Unavailable`].
    pub async fn admit(&self, caller: &Caller, presented: Presented<'_>) -> Result<Arc<Admitted>, AppError> {
        let accounts = &self.inner.accounts;
        let now = self.now();
        let key = presented.key(&accounts.pepper);
        // Read before what is shown is looked at: a change meanwhile makes the memory an old one.
        let epoch = *accounts.epoch.borrow();
        if let Some((seen, admitted)) = accounts.remembered(&key, now) {
            if seen == epoch {
                return self.in_time(admitted, now);
            }
            // Something changed, most likely of somebody else: that is no reason to prove all of it again.
            if self.still_stands(&admitted.credential.standing, epoch).await? {
                accounts.renew(&key, epoch);
                return self.in_time(admitted, now);
            }
            accounts.forget(&key);
        }
        let admitted = Arc::new(match presented {
            Presented::Cookie(secret) => self.admit_cookie(&secret_digest(secret), now).await?,
            Presented::Token(text) => self.admit_token(caller, text, now).await?,
            Presented::Jwt(text) => self.admit_jwt(caller, text, Audience::Api, now).await?,
            Presented::McpJwt(text) => self.admit_jwt(caller, text, Audience::Mcp, now).await?,
            Presented::Basic { login, password } => self.admit_basic(caller, login, password).await?,
        });
        // A guest's session may close at any time, which is no change of an account.
        if !matches!(admitted.principal, Principal::Guest(_)) {
            accounts.remember(key, epoch, now, &admitted);
        }
        self.in_time(admitted, now)
    }

    fn in_time(&self, admitted: Arc<Admitted>, now: Timestamp) -> Result<Arc<Admitted>, AppError> {
        if admitted.credential.expires_at.is_some_and(|at| at <= now) {
            return Err(AppError::Unauthenticated);
        }
        if let Principal::Token(token) = &admitted.principal
            && self.inner.accounts.is_use_news(token.id, now)
        {
            self.inner.store.note_token_use(token.id, now);
        }
        Ok(admitted)
    }

    async fn admit_cookie(&self, digest: &Digest, now: Timestamp) -> Result<Admitted, AppError> {
        let store = &self.inner.store;
        if let Some(login) = store.login(digest).await? {
            let user = store.user(&login.login).await?.ok_or(AppError::Unauthenticated)?;
            return if login.ended_at.is_none() { by_login(&login, user) } else { Err(AppError::Unauthenticated) };
        }
        let guest = store.guest_by_cookie(digest).await?.filter(|guest| guest.ended_at.is_none());
        let guest = guest.ok_or(AppError::Unauthenticated)?;
        let session = store.session(guest.session).await?.ok_or(AppError::Unauthenticated)?.session;
        let lingers = |closed: Timestamp| closed.saturating_add(GUEST_LINGERS).is_ok_and(|until| now < until);
        if session.state.closed_at.is_some_and(|closed| !lingers(closed)) {
            return Err(AppError::Unauthenticated);
        }
        let admitted = by_guest(guest);
        // Beside the link itself, whoever vouches for them must be somebody still.
        let stands = store.stands(&admitted.credential.standing).await?;
        if stands { Ok(admitted) } else { Err(AppError::Unauthenticated) }
    }

    async fn admit_token(&self, caller: &Caller, text: &str, now: Timestamp) -> Result<Admitted, AppError> {
        let store = &self.inner.store;
        let found = if is_token_well_formed(text) { store.token(&secret_digest(text)).await? } else { None };
        let good = |token: &TokenRow| token.revoked_at.is_none() && token.expires_at.is_none_or(|at| at > now);
        let Some(token) = found.filter(good) else { return Err(self.refused(caller, Method::Token, "unknown")) };
        let owner = store.user(&token.owner).await?.filter(|owner| owner.disabled_at.is_none());
        let Some(owner) = owner else { return Err(self.refused(caller, Method::Token, "its owner is disabled")) };
        Ok(by_token(token, &owner))
    }

    async fn admit_jwt(
        &self,
        caller: &Caller,
        text: &str,
        audience: Audience,
        now: Timestamp,
    ) -> Result<Admitted, AppError> {
        let bearer = self.inner.bearer.as_ref().filter(|_| self.has_way(Way::Jwt));
        let bearer = bearer.ok_or_else(|| self.refused(caller, Method::Jwt, "this way is not open"))?;
        let claims = match audience {
            Audience::Api => bearer.verify(text, now).await,
            Audience::Mcp => bearer.verify_for_mcp(text, now).await,
        };
        let claims = match claims {
            Ok(claims) => claims,
            Err(SignInError::Refused(reason)) => return Err(self.refused(caller, Method::Jwt, &reason)),
            Err(SignInError::Unavailable(reason)) => return Err(AppError::Unavailable(reason)),
        };
        let user = self.user_named(caller, &claims.identity).await?;
        if user.disabled_at.is_some() {
            return Err(self.refused(caller, Method::Jwt, "the account is disabled"));
        }
        Ok(Admitted {
            credential: Arc::new(Credential {
                method: Method::Jwt,
                id: claims.id,
                expires_at: Some(claims.expires_at),
                standing: standing_of(&user),
            }),
            principal: principal_of(user),
        })
    }

    async fn admit_basic(&self, caller: &Caller, login: &str, password: &str) -> Result<Admitted, AppError> {
        if !self.has_way(Way::Basic) {
            return Err(self.refused(caller, Method::Basic, "this way is not open"));
        }
        let user = self.check_password(caller, Method::Basic, login, password).await?;
        let credential = Credential { method: Method::Basic, id: None, expires_at: None, standing: standing_of(&user) };
        Ok(Admitted { credential: Arc::new(credential), principal: principal_of(user) })
    }

    /// Keeps in the audit that somebody was not let in, and why; they themselves are not told why. Beyond a number a
    /// minute from one address they are only counted: who is refused must not fill the disk.
    pub(crate) fn refused(&self, caller: &Caller, method: Method, reason: &str) -> AppError {
        tracing::debug!(method = method.as_str(), reason, "somebody was not let in");
        metrics::counter!("askwell_sign_ins_refused_total", "method" => method.as_str()).increment(1);
        if self.refusal_is_kept(caller.address) {
            let mut entry = caller.audit(self.now(), "login.refused", Verdict::Refused);
            entry.method = Some(method.as_str().to_owned());
            entry.detail.insert("reason".to_owned(), reason.chars().take(LONGEST_REASON).collect::<String>().into());
            self.record_later(entry);
        }
        AppError::Unauthenticated
    }
}

impl super::Accounts {
    /// Whether a use of the token is worth writing down: once a minute.
    fn is_use_news(&self, id: askwell_core::access::TokenId, now: Timestamp) -> bool {
        let mut noted = super::lock(&self.noted);
        if noted.len() >= super::REMEMBERED {
            noted.clear();
        }
        let news = noted.get(&id).is_none_or(|at| now.duration_since(*at) >= USE_NOTED);
        if news {
            noted.insert(id, now);
        }
        news
    }
}

/// A person as principal.
pub(super) fn principal_of(user: UserRow) -> Principal {
    let UserRow { login, name, groups, role, .. } = user;
    Principal::User(Arc::new(User { login, name, groups, role }))
}

/// What must go on standing of a person.
pub(super) fn standing_of(user: &UserRow) -> Standing {
    Standing { account: Some((user.login.clone(), user.version)), ..Standing::default() }
}

/// Somebody who signed in.
pub(super) fn by_login(login: &LoginRow, user: UserRow) -> Result<Admitted, AppError> {
    if user.disabled_at.is_some() {
        return Err(AppError::Unauthenticated);
    }
    let method = match login.method.as_str() {
        "oauth" => Method::Oauth,
        "setup" => Method::Setup,
        _ => Method::Password,
    };
    let credential = Credential {
        method,
        id: Some(login.id.to_string()),
        expires_at: Some(login.expires_at),
        standing: Standing { login: Some(login.id), ..standing_of(&user) },
    };
    Ok(Admitted { principal: principal_of(user), credential: Arc::new(credential) })
}

/// A token has what its owner's role is now: whoever administers no more has no token that does. What else changes of
/// them, a name or a password, is nothing to a program that waits.
fn by_token(row: TokenRow, owner: &UserRow) -> Admitted {
    let credential = Credential {
        method: Method::Token,
        id: Some(row.id.to_string()),
        expires_at: row.expires_at,
        standing: Standing {
            token: Some(row.id),
            owner: Some((owner.login.clone(), owner.role)),
            ..Standing::default()
        },
    };
    let held = |scope: &TokenScope| *scope != TokenScope::Admin || owner.role == Role::Admin;
    let scopes = row.scopes.iter().filter(held).collect();
    let TokenRow { id, name, owner, workflow_prefix, .. } = row;
    let token = Token { id, name, owner, scopes, workflow_prefix };
    Admitted { principal: Principal::Token(Arc::new(token)), credential: Arc::new(credential) }
}

/// A guest by what their invitation gave.
pub(super) fn by_guest(row: GuestRow) -> Admitted {
    let credential = Credential {
        method: Method::Guest,
        id: Some(row.id.to_string()),
        expires_at: None,
        standing: Standing { guest: Some(row.id), ..Standing::default() },
    };
    let guest = Guest { id: row.id, name: row.name, invited_by: row.invited_by, session: row.session };
    Admitted { principal: Principal::Guest(Arc::new(guest)), credential: Arc::new(credential) }
}
