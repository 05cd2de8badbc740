//! People and their groups, as administrators manage them.

use std::collections::BTreeSet;

use askwell_core::access::{Action, Principal, Role};
use askwell_core::audit::Verdict;
use askwell_core::{Code, Finding};

use super::passwords::check_new;
use crate::app::App;
use crate::caller::Caller;
use crate::error::{AppError, Noun};
use crate::ports::{Admins, Logins, StoreError, UserRow, UserRules};

/// The longest login and group.
const MAX_NAME: usize = 64;

/// People, and groups, that a choice shows at most.
const CHOICES: usize = 50;

/// A person to be.
#[derive(Clone, Default)]
pub struct NewUser {
    /// Their name for signing in.
    pub login: String,
    /// How people call them; absent: their login.
    pub name: Option<String>,
    /// Where mail for them goes.
    pub email: Option<String>,
    /// The groups they belong to.
    pub groups: Vec<String>,
    /// What they may do beyond asking and answering.
    pub role: Role,
    /// Their first password; absent: they sign in otherwise.
    pub password: Option<String>,
}

impl std::fmt::Debug for NewUser {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewUser").field("login", &self.login).finish_non_exhaustive()
    }
}

/// What is to be changed of a person.
#[derive(Clone, Default)]
pub struct UserChange {
    /// How people call them.
    pub name: Option<String>,
    /// Where mail for them goes; an empty text: nowhere.
    pub email: Option<String>,
    /// The groups they belong to.
    pub groups: Option<Vec<String>>,
    /// What they may do beyond asking and answering.
    pub role: Option<Role>,
    /// Their new password.
    pub password: Option<String>,
    /// Whether they may sign in.
    pub access: Option<Access>,
}

impl std::fmt::Debug for UserChange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("UserChange").field("groups", &self.groups).field("role", &self.role).finish_non_exhaustive()
    }
}

/// Whether a person may sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// They may.
    Enabled,
    /// They may not, and whatever they are connected by ends.
    Disabled,
}

/// Whether a text can be a login: lower-case letters, digits, `.`, `_`, `@` and `-`, beginning with one of the first two.
#[must_use]
pub fn is_login(text: &str) -> bool {
    let letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    (1..=MAX_NAME).contains(&text.len())
        && text.bytes().next().is_some_and(letter)
        && text.bytes().all(|byte| letter(byte) || b"._@-".contains(&byte))
}

fn check_groups(groups: &[String]) -> Result<(), AppError> {
    let bad = groups.iter().position(|group| {
        group.trim().is_empty() || group.chars().count() > MAX_NAME || group.chars().any(char::is_control)
    });
    match bad {
        Some(at) => {
            let expected = "a name of 1 to 64 characters";
            let finding = Finding::new(format!("/groups/{at}"), Code::WrongType).with("expected", expected);
            Err(AppError::Invalid(vec![finding.with("actual", &groups[at])]))
        }
        None => Ok(()),
    }
}

fn unique(groups: Vec<String>) -> Vec<String> {
    groups.into_iter().map(|group| group.trim().to_owned()).collect::<BTreeSet<_>>().into_iter().collect()
}

impl App {
    /// At most `limit` people after this login.
    ///
    /// # Errors
    /// [`AppError::Forbidden`], and those of the store.
    pub async fn users(&self, caller: &Caller, after: Option<&str>, limit: usize) -> Result<Vec<UserRow>, AppError> {
        self.require(caller, Action::ManageAccounts, None)?;
        Ok(self.inner.store.users(after, limit).await?)
    }

    /// Adds a person.
    ///
    /// # Errors
    /// [`AppError::Invalid`], [`AppError::LoginTaken`], [`AppError::Forbidden`], and those of the store.
    pub async fn add_user(&self, caller: &Caller, user: NewUser) -> Result<UserRow, AppError> {
        self.require(caller, Action::ManageAccounts, None)?;
        let row = self.new_user(user).await?;
        let mut audit = caller.audit(self.now(), "user.created", Verdict::Done);
        audit.subject = Some(row.login.clone());
        audit.detail.insert("groups".to_owned(), row.groups.clone().into());
        audit.detail.insert("admin".to_owned(), (row.role == Role::Admin).into());
        match self.inner.store.save_user(row.clone(), UserRules::default(), caller.by(audit)).await {
            Ok(()) => Ok(row),
            Err(StoreError::Stale) => Err(AppError::LoginTaken),
            Err(error) => Err(error.into()),
        }
    }

    pub(super) async fn new_user(&self, user: NewUser) -> Result<UserRow, AppError> {
        let login = user.login.trim().to_lowercase();
        if !is_login(&login) {
            let expected = "1 to 64 of a-z 0-9 . _ @ -, beginning with a letter or digit";
            let finding =
                Finding::new("/login", Code::WrongType).with("expected", expected).with("actual", &user.login);
            return Err(AppError::Invalid(vec![finding]));
        }
        check_groups(&user.groups)?;
        let password = match user.password {
            Some(password) => {
                check_new(&password, "/password")?;
                Some(self.hash_password(password).await?)
            }
            None => None,
        };
        Ok(UserRow {
            name: user.name.filter(|name| !name.trim().is_empty()).unwrap_or_else(|| login.clone()),
            login,
            email: user.email.filter(|email| !email.is_empty()),
            groups: unique(user.groups),
            role: user.role,
            password,
            external: None,
            created_at: self.now(),
            disabled_at: None,
            version: 1,
        })
    }

    /// Changes a person. Whatever they are connected by is looked at again.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::LastAdmin`], [`AppError::Invalid`], and those of the store.
    pub async fn change_user(&self, caller: &Caller, login: &str, change: UserChange) -> Result<UserRow, AppError> {
        self.require(caller, Action::ManageAccounts, None)?;
        let former = self.inner.store.user(login).await?.ok_or(AppError::NotFound(Noun::User))?;
        let now = self.now();
        let mut row = UserRow { version: former.version + 1, ..former.clone() };
        let mut audit = caller.audit(now, "user.changed", Verdict::Done);
        audit.subject = Some(row.login.clone());
        if let Some(name) = change.name.filter(|name| !name.trim().is_empty()) {
            row.name = name;
        }
        if let Some(email) = change.email {
            row.email = Some(email).filter(|email| !email.is_empty());
        }
        if let Some(groups) = change.groups {
            check_groups(&groups)?;
            row.groups = unique(groups);
            audit.detail.insert("groups".to_owned(), row.groups.clone().into());
        }
        if let Some(role) = change.role {
            row.role = role;
            audit.detail.insert("admin".to_owned(), (role == Role::Admin).into());
        }
        if let Some(password) = change.password {
            check_new(&password, "/password")?;
            row.password = Some(self.hash_password(password).await?);
            audit.detail.insert("password".to_owned(), "changed".into());
        }
        match change.access {
            Some(Access::Disabled) => {
                row.disabled_at = row.disabled_at.or(Some(now));
                "user.disabled".clone_into(&mut audit.action);
            }
            Some(Access::Enabled) => {
                row.disabled_at = None;
                "user.enabled".clone_into(&mut audit.action);
            }
            None => {}
        }
        // Whoever has the old password, or could sign in before, is not to go on with what that gave them.
        let ends = row.password != former.password || row.disabled_at != former.disabled_at;
        let own = caller.credential.as_ref().and_then(|credential| credential.standing.login);
        let logins = if ends { Logins::End { except: own } } else { Logins::GoOn };
        let rules = UserRules { logins, admins: Admins::OneRemains };
        self.inner.store.save_user(row.clone(), rules, caller.by(audit)).await?;
        self.accounts_changed().await;
        Ok(row)
    }

    /// People and groups whose name contains this, to choose from: at most fifty of each, as login and name.
    ///
    /// # Errors
    /// [`AppError::Forbidden`] for anybody but people, and those of the store.
    pub async fn choices(&self, caller: &Caller, text: &str) -> Result<(Vec<(String, String)>, Vec<String>), AppError> {
        Self::own_login(caller)?;
        Ok(self.inner.store.choices(text, CHOICES).await?)
    }

    /// The caller's own account, if they are a person.
    ///
    /// # Errors
    /// [`AppError::Forbidden`] for anybody but people, and those of the store.
    pub async fn own_account(&self, caller: &Caller) -> Result<UserRow, AppError> {
        let login = Self::own_login(caller)?;
        self.inner.store.user(login).await?.ok_or(AppError::Unauthenticated)
    }

    /// Only people have what is their own: a program's token must not get at its owner's.
    pub(crate) fn own_login(caller: &Caller) -> Result<&str, AppError> {
        match &caller.principal {
            Principal::User(user) => Ok(&user.login),
            Principal::Nobody => Err(AppError::Unauthenticated),
            Principal::LocalOwner => Err(AppError::NoAccounts),
            _ => Err(AppError::Forbidden),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logins() {
        for good in ["a", "mei.li", "0x", "m@example.com", "a_b-c"] {
            assert!(is_login(good), "{good}");
        }
        for bad in ["", "A", ".a", "a b", "用户", "a:b", "a/b", &"x".repeat(65), "-a", "group:x"] {
            assert!(!is_login(bad), "{bad}");
        }
    }
}
