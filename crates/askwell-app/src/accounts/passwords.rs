//! Passwords: argon2id, a few at a time.

use argon2::{Algorithm, Argon2, Params, PasswordHash, PasswordHasher as _, PasswordVerifier as _, Version};
use askwell_core::{Code, Finding};

use crate::app::App;
use crate::caller::{Caller, Method};
use crate::error::AppError;
use crate::ports::UserRow;

/// The shortest password, in characters. Length is what counts; no rule of kinds of characters.
const SHORTEST: usize = 12;

/// The longest password, in bytes.
const LONGEST: usize = 1_024;

/// The hash of nothing that anybody knows: so that a name that does not exist takes as long as one that does.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$YXNrd2VsbC1ub2JvZHkhIQ$5wfyVPrNFzjYrFbKbBHbJSvJ9m1SeIXdgSMI7hrF9tE";

/// 19 MiB, two passes, one lane: what OWASP asks for.
fn argon2() -> Argon2<'static> {
    let params = Params::new(19 * 1024, 2, 1, None).unwrap_or_default();
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// Whether a password may be one.
///
/// # Errors
/// What is wrong with it, at `pointer`.
pub(super) fn check_new(password: &str, pointer: &str) -> Result<(), AppError> {
    let length = password.chars().count();
    let finding = if length < SHORTEST {
        Finding::new(pointer, Code::TooShort).with("limit", SHORTEST).with("actual", length)
    } else if password.len() > LONGEST {
        Finding::new(pointer, Code::TooLong).with("limit", LONGEST).with("actual", password.len())
    } else {
        return Ok(());
    };
    Err(AppError::Invalid(vec![finding.with("unit", "characters")]))
}

impl App {
    /// The hash of a password, to be kept.
    pub(super) async fn hash_password(&self, password: String) -> Result<String, AppError> {
        let salt = self.inner.ids.secret();
        self.hashing(move || {
            let hash = argon2().hash_password_with_salt(password.as_bytes(), &salt[..16]);
            hash.map(|hash| hash.to_string()).map_err(|error| AppError::Unavailable(error.to_string()))
        })
        .await?
    }

    async fn is_password(&self, password: String, hash: Option<String>) -> Result<bool, AppError> {
        self.hashing(move || {
            let known = hash.is_some();
            let hash = PasswordHash::new(hash.as_deref().unwrap_or(NOBODY));
            let right = hash.is_ok_and(|hash| argon2().verify_password(password.as_bytes(), &hash).is_ok());
            known && right
        })
        .await
    }

    async fn hashing<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, AppError> {
        let _place = self.inner.accounts.hashing.acquire().await;
        tokio::task::spawn_blocking(work).await.map_err(|error| AppError::Unavailable(error.to_string()))
    }

    /// The person whose name and password these are.
    pub(super) async fn check_password(
        &self,
        caller: &Caller,
        method: Method,
        login: &str,
        password: &str,
    ) -> Result<UserRow, AppError> {
        let login = login.trim().to_lowercase();
        self.login_allowed(&login, caller.address)?;
        let user = if super::is_login(&login) { self.inner.store.user(&login).await? } else { None };
        let hash = user.as_ref().filter(|user| user.disabled_at.is_none()).and_then(|user| user.password.clone());
        let right = password.len() <= LONGEST && self.is_password(password.to_owned(), hash).await?;
        match user {
            Some(user) if right => Ok(user),
            _ => Err(self.refused(caller, method, &format!("wrong name or password for {login:?}"))),
        }
    }
}
