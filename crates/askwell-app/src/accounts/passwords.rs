//! Passwords: what one must be like, and whose it is.

use askwell_core::{Code, Finding};

use crate::app::App;
use crate::caller::{Caller, Method};
use crate::error::AppError;
use crate::ports::UserRow;

/// The shortest password, in characters. Length is what counts; no rule of kinds of characters.
const SHORTEST: usize = 12;

/// The longest password, in bytes.
const LONGEST: usize = 1_024;

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
        let mut salt = [0; 16];
        salt.copy_from_slice(&self.inner.ids.secret()[..16]);
        Ok(self.inner.passwords.hash(password, salt).await?)
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
        let right = password.len() <= LONGEST && self.inner.passwords.matches(password.to_owned(), hash).await?;
        match user {
            Some(user) if right => Ok(user),
            // People type their password where the name belongs: only a name that is one is kept.
            Some(user) => Err(self.refused(caller, method, &format!("wrong password for {:?}", user.login))),
            None => Err(self.refused(caller, method, "nobody of that name")),
        }
    }
}
