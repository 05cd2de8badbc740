//! Signed callbacks.

use serde_json::Value;

use super::reader::Reader;
use super::section::section;
use super::setting::Setting;
use super::values::Secret;

/// A key that signs callbacks: `whsec_` and 24 to 64 bytes in Base64.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct WebhookSecret(pub(crate) Secret);

impl Setting for WebhookSecret {
    const SECRET: bool = true;

    fn expected() -> String {
        "`whsec_` followed by 24 to 64 bytes in Base64".into()
    }

    fn from_text(text: &str) -> Option<Self> {
        askwell_delivery::WebhookSecret::parse(text).ok().map(|_| Self(Secret(text.to_owned())))
    }

    fn show(&self) -> Value {
        self.0.show()
    }
}

/// Reads a key that was generated.
pub(crate) fn webhook_secret(text: &str) -> Option<Secret> {
    WebhookSecret::from_text(text).map(|secret| secret.0)
}

section! {
    /// Signed callbacks.
    Webhooks = "webhooks" {
        /// The key that signs callbacks. Absent, one is generated once into the data directory;
        /// `askwell webhook-secret` shows it.
        secret: Option<WebhookSecret> = None,
    }
}

impl Webhooks {
    #[expect(clippy::unused_self, reason = "every section has this rule; this one has nothing to refuse")]
    pub(super) fn check(&self, _reader: &mut Reader) {}
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    use super::*;

    #[test]
    fn secrets_have_a_form() {
        let good = format!("whsec_{}", STANDARD.encode([7; 32]));
        assert!(WebhookSecret::from_text(&good).is_some());
        for bad in ["", "whsec_", "whsec_###", "secret", &format!("whsec_{}", STANDARD.encode([7; 8]))] {
            assert!(WebhookSecret::from_text(bad).is_none(), "{bad}");
        }
    }
}
