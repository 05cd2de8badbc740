//! An identity provider that people sign in at.

use askwell_identity::check_issuer;
use serde_json::Value;
use url::Url;

use super::reader::Reader;
use super::section::section;
use super::security::{AuthMethod, Security};
use super::setting::Setting;
use super::values::Secret;

/// An issuer, kept exactly as it is written: providers compare it letter by letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Issuer(pub(crate) String);

impl Issuer {
    /// Where it is.
    pub(crate) fn url(&self) -> Option<Url> {
        Url::parse(&self.0).ok()
    }
}

impl Setting for Issuer {
    fn expected() -> String {
        "an https address without query (http only on this machine), exactly as the provider writes it".into()
    }

    fn from_text(text: &str) -> Option<Self> {
        check_issuer(text).is_ok().then(|| Self(text.to_owned()))
    }

    fn show(&self) -> Value {
        self.0.as_str().into()
    }
}

section! {
    /// An identity provider that people sign in at (OpenID Connect), where `security.auth_method` names `oauth`.
    /// Register `<public_url>/api/login/oauth/callback` there as the address to come back to.
    Oauth = "oauth" {
        /// The provider's issuer. `<issuer>/.well-known/openid-configuration` has to describe it.
        issuer: Option<Issuer> = None,
        /// Our name there.
        client_id: Option<String> = None,
        /// Our secret there; null for a public client.
        client_secret: Option<Secret> = None,
        /// What the sign-in page calls it.
        name: String = "OpenID Connect".into(),
        /// What is asked for. `openid` always is.
        scopes: Vec<String> = ["openid", "profile", "email"].map(Into::into).into(),
        /// The claim that holds a person's groups; with a leading `/`, a path such as `/realm_access/roles`. Null:
        /// groups are given here.
        groups_claim: Option<String> = None,
        /// The groups that are taken over from there, replaced at each sign-in; all others are ignored.
        allowed_groups: Vec<String> = Vec::new(),
        /// The group whose members are administrators here.
        admin_group: Option<String> = None,
        /// Who may sign in, each by `sub` or by an address that the provider has verified (`email`); empty for everybody
        /// whom the provider lets in. Not by `preferred_username`: with many providers people choose that themselves.
        allowed_logins: Vec<String> = Vec::new(),
    }
}

impl Oauth {
    pub(super) fn check(&self, reader: &mut Reader) {
        let takes_groups = !self.allowed_groups.is_empty() || self.admin_group.is_some();
        if takes_groups && self.groups_claim.is_none() {
            let key = if self.admin_group.is_some() { "oauth.admin_group" } else { "oauth.allowed_groups" };
            reader.notice(key, "has no effect without `oauth.groups_claim`, which says where groups stand");
        }
        if self.groups_claim.is_some() && !takes_groups {
            reader.notice("oauth.groups_claim", "has no effect: `oauth.allowed_groups` lets none in");
        }
    }

    /// Whether the way in that `security.auth_method` names leads anywhere.
    pub(super) fn check_beside(&self, security: &Security, reader: &mut Reader) {
        if !security.enable_auth {
            return;
        }
        let is_named = security.auth_method.has(AuthMethod::Oauth);
        if !is_named && self.issuer.is_some() {
            reader.notice("oauth.issuer", "has no effect: `security.auth_method` does not name `oauth`");
        }
        for (key, is_missing) in
            [("oauth.issuer", self.issuer.is_none()), ("oauth.client_id", self.client_id.is_none())]
        {
            if is_named && is_missing {
                reader.refuse(key, "is missing, and `security.auth_method` names `oauth`");
            }
        }
    }

    /// Every group that is taken over.
    pub(crate) fn admitted_groups(&self) -> Vec<String> {
        let mut groups = self.allowed_groups.clone();
        groups.extend(self.admin_group.iter().filter(|group| !self.allowed_groups.contains(group)).cloned());
        groups
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issuer_stays_as_it_is_written() {
        for text in ["https://idp.example", "https://idp.example/", "http://localhost:9000", "http://127.0.0.1:1/x"] {
            assert_eq!(Issuer::from_text(text), Some(Issuer(text.into())));
        }
        for text in ["", "idp.example", "http://idp.example", "https://u@idp.example", "https://idp.example?a=b"] {
            assert_eq!(Issuer::from_text(text), None, "{text}");
        }
    }

    #[test]
    fn administrators_are_a_group_that_is_let_in() {
        let groups = |allowed: &[&str], admin: Option<&str>| {
            let allowed_groups = allowed.iter().map(|name| (*name).to_owned()).collect();
            Oauth { allowed_groups, admin_group: admin.map(Into::into), ..Oauth::default() }.admitted_groups()
        };
        assert_eq!(groups(&["ops"], Some("admins")), ["ops", "admins"]);
        assert_eq!(groups(&["ops"], Some("ops")), ["ops"]);
        assert!(groups(&[], None).is_empty());
    }
}
