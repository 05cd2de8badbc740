//! People that somebody else vouches for.

use askwell_core::access::Role;
use askwell_core::audit::Verdict;
use sha2::{Digest as _, Sha256};

use super::{JwtSubject, is_login};
use crate::app::App;
use crate::caller::Caller;
use crate::error::AppError;
use crate::ports::{ExternalIdentity, StoreError, UserRow, UserRules};

/// How many names are tried for somebody new whose own is taken.
const NAMES: usize = 100;

impl App {
    /// The person whom a signed token names, with the groups and the role that it gives them: for as long as they show
    /// it, and no longer. Their account keeps its own, so that two kinds of token do not take turns in changing it.
    pub(super) async fn user_named(&self, caller: &Caller, identity: &ExternalIdentity) -> Result<UserRow, AppError> {
        let accounts = self.inner.settings.accounts.as_ref();
        let is_ours = accounts.is_some_and(|accounts| accounts.jwt_subject == JwtSubject::Login);
        let known = match login_of(&identity.subject).filter(|_| is_ours) {
            Some(login) => self.inner.store.user(&login).await?,
            None => None,
        };
        let user = if let Some(known) = known {
            known
        } else {
            // What the token says of groups is not the account's; nor is a name that somebody may choose a login.
            let hint = if is_ours { Some(identity.subject.clone()) } else { identity.login_hint.clone() };
            let bare = ExternalIdentity { groups: None, login_hint: hint, ..identity.clone() };
            self.user_for(caller, &bare).await?
        };
        let role = self.role_of(identity, user.role);
        Ok(UserRow { groups: identity.groups.clone().unwrap_or_else(|| user.groups.clone()), role, ..user })
    }

    /// The person who is known elsewhere as this; made at their first coming. Groups are what the other side says now.
    pub(super) async fn user_for(&self, caller: &Caller, identity: &ExternalIdentity) -> Result<UserRow, AppError> {
        let external = format!("{} {}", identity.issuer, identity.subject);
        if let Some(known) = self.inner.store.user_of(&external).await? {
            return self.refresh(caller, known, identity).await;
        }
        let hint = identity.login_hint.as_deref().unwrap_or(&identity.subject);
        let base = login_from(hint, &external);
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
            match self.inner.store.save_user(row.clone(), UserRules::default(), audit.into()).await {
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

    /// What the other side says of them now replaces what it said before. Of whoever is disabled nothing is taken.
    async fn refresh(&self, caller: &Caller, known: UserRow, identity: &ExternalIdentity) -> Result<UserRow, AppError> {
        if known.disabled_at.is_some() {
            return Ok(known);
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
        match self.inner.store.save_user(fresh.clone(), UserRules::default(), audit.into()).await {
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

/// A subject as one of our logins, if it can be one.
fn login_of(subject: &str) -> Option<String> {
    Some(subject.to_lowercase()).filter(|login| is_login(login))
}

/// A login out of what somebody would like to be called; where nothing of it can be used, one of their own, so that
/// people whose names are written otherwise do not all ask for the same.
fn login_from(hint: &str, external: &str) -> String {
    let allowed = |letter: char| if letter.is_ascii_alphanumeric() || "._@-".contains(letter) { letter } else { '-' };
    let text: String = hint.to_lowercase().chars().map(allowed).take(48).collect();
    let text = text.trim_start_matches(|letter: char| !letter.is_ascii_alphanumeric()).to_owned();
    if is_login(&text) {
        return text;
    }
    let digest = Sha256::digest(external);
    digest[..4].iter().fold("person-".to_owned(), |login, byte| login + &format!("{byte:02x}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_name_makes_a_login() {
        for (hint, login) in [("Mei.Li@Example.com", "mei.li@example.com"), ("--x", "x"), ("a b", "a-b"), ("李 x", "x")]
        {
            assert_eq!(login_from(hint, "https://id.example 1"), login, "{hint}");
        }
    }

    #[test]
    fn who_has_no_letters_of_ours_has_a_login_of_their_own() {
        let logins: std::collections::BTreeSet<_> = ["李 梅", "王 伟", ""]
            .iter()
            .enumerate()
            .map(|(at, hint)| login_from(hint, &format!("https://id.example {at}")))
            .collect();
        assert_eq!(logins.len(), 3, "{logins:?}");
        assert!(logins.iter().all(|login| is_login(login) && login.starts_with("person-")), "{logins:?}");
    }
}
