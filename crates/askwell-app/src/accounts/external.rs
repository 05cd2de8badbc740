//! People that somebody else vouches for.

use askwell_core::access::Role;
use askwell_core::audit::Verdict;

use super::{JwtSubject, is_login};
use crate::app::App;
use crate::caller::Caller;
use crate::error::AppError;
use crate::ports::{ExternalIdentity, StoreError, UserRow};

/// How many names are tried for somebody new whose own is taken.
const NAMES: usize = 100;

impl App {
    /// The person whom a signed token names.
    pub(super) async fn user_named(&self, caller: &Caller, identity: &ExternalIdentity) -> Result<UserRow, AppError> {
        let accounts = self.inner.settings.accounts.as_ref();
        let subject = identity.subject.to_lowercase();
        if accounts.is_some_and(|accounts| accounts.jwt_subject == JwtSubject::Login)
            && is_login(&subject)
            && let Some(known) = self.inner.store.user(&subject).await?
        {
            return self.refresh(caller, known, identity).await;
        }
        self.user_for(caller, identity).await
    }

    /// The person who is known elsewhere as this; made at their first coming. Groups are what the other side says now.
    pub(super) async fn user_for(&self, caller: &Caller, identity: &ExternalIdentity) -> Result<UserRow, AppError> {
        let external = format!("{} {}", identity.issuer, identity.subject);
        if let Some(known) = self.inner.store.user_of(&external).await? {
            return self.refresh(caller, known, identity).await;
        }
        let hint = identity.login_hint.as_deref().unwrap_or(&identity.subject);
        let base = login_from(hint);
        for attempt in 1..=NAMES {
            let login = if attempt == 1 { base.clone() } else { format!("{base}-{attempt}") };
            let row = UserRow {
                name: identity.name.clone().unwrap_or_else(|| login.clone()),
                login,
                email: identity.email.clone(),
                groups: identity.groups.clone().unwrap_or_default(),
                role: self.role_of(identity, Role::Member),
                password: None,
                external: Some(external.clone()),
                created_at: self.now(),
                disabled_at: None,
                version: 1,
            };
            let mut audit = caller.audit(self.now(), "user.created", Verdict::Done);
            audit.subject = Some(row.login.clone());
            audit.detail.insert("external".to_owned(), external.clone().into());
            match self.inner.store.save_user(row.clone(), audit).await {
                Ok(()) => return Ok(row),
                // The name is somebody else's: it never becomes theirs. Or they came twice at once.
                Err(StoreError::Stale) => {
                    if let Some(known) = self.inner.store.user_of(&external).await? {
                        return Ok(known);
                    }
                }
                Err(error) => return Err(error.into()),
            }
        }
        Err(AppError::Overloaded)
    }

    /// What the other side says of them now replaces what it said before.
    async fn refresh(&self, caller: &Caller, known: UserRow, identity: &ExternalIdentity) -> Result<UserRow, AppError> {
        if known.disabled_at.is_some() {
            return Err(AppError::Unauthenticated);
        }
        let role = self.role_of(identity, known.role);
        let fresh = UserRow {
            name: identity.name.clone().unwrap_or_else(|| known.name.clone()),
            email: identity.email.clone().or_else(|| known.email.clone()),
            groups: identity.groups.clone().unwrap_or_else(|| known.groups.clone()),
            role,
            ..known.clone()
        };
        if fresh == known {
            return Ok(known);
        }
        let fresh = UserRow { version: known.version + 1, ..fresh };
        let mut audit = caller.audit(self.now(), "user.refreshed", Verdict::Done);
        audit.subject = Some(fresh.login.clone());
        audit.detail.insert("groups".to_owned(), fresh.groups.clone().into());
        match self.inner.store.save_user(fresh.clone(), audit).await {
            Ok(()) => {
                self.accounts_changed().await;
                Ok(fresh)
            }
            // Somebody else was faster with the same news, or an administrator with other ones.
            Err(StoreError::Stale) => self.inner.store.user(&known.login).await?.ok_or(AppError::Unauthenticated),
            Err(error) => Err(error.into()),
        }
    }

    /// Only where the owner named a group for it does the other side make administrators.
    fn role_of(&self, identity: &ExternalIdentity, otherwise: Role) -> Role {
        let accounts = self.inner.settings.accounts.as_ref();
        match (accounts.and_then(|accounts| accounts.admin_group.as_ref()), &identity.groups) {
            (Some(group), Some(groups)) if groups.contains(group) => Role::Admin,
            (Some(_), Some(_)) => Role::Member,
            _ => otherwise,
        }
    }
}

/// A login out of what somebody would like to be called.
fn login_from(hint: &str) -> String {
    let allowed = |letter: char| if letter.is_ascii_alphanumeric() || "._@-".contains(letter) { letter } else { '-' };
    let text: String = hint.to_lowercase().chars().map(allowed).take(48).collect();
    let text = text.trim_start_matches(|letter: char| !letter.is_ascii_alphanumeric()).to_owned();
    if is_login(&text) { text } else { "person".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_name_makes_a_login() {
        for (hint, login) in [
            ("Mei.Li@Example.com", "mei.li@example.com"),
            ("李 梅", "person"),
            ("--x", "x"),
            ("", "person"),
            ("a b", "a-b"),
        ] {
            assert_eq!(login_from(hint), login, "{hint}");
        }
    }
}
