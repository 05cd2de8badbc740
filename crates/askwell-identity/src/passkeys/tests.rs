mod authenticator;

use askwell_core::digest::ContentHash;

use self::authenticator::{Authenticator, Flags};
use super::*;

const ORIGIN: &str = "http://localhost:8096";
const NONCE: [u8; 32] = [7; 32];

fn passkeys_at(origin: &str) -> WebauthnPasskeys {
    WebauthnPasskeys::new(&[origin.parse().unwrap()], "Askwell").unwrap()
}

fn answer() -> Signed {
    Signed {
        session: "0190-1".into(),
        version: 3,
        content_hash: ContentHash("ab".repeat(32)),
        answer: r#"{"choice":"approve"}"#.into(),
    }
}

/// Somebody with one passkey, and what is kept of it.
struct Person {
    passkeys: WebauthnPasskeys,
    authenticator: Authenticator,
    id: String,
    kept: Vec<String>,
}

impl Person {
    fn new() -> Self {
        let passkeys = passkeys_at(ORIGIN);
        let authenticator = Authenticator::new();
        let (options, state) = passkeys.register("mei", "Mei", &[]).unwrap();
        let credential = authenticator.create(&options, ORIGIN, Flags::VERIFIED);
        let (id, kept) = passkeys.registered(&state, &credential).unwrap();
        Self { passkeys, authenticator, id, kept: vec![kept] }
    }

    /// Options and state for signing `what`.
    fn ask(&self, what: &Signed, nonce: &[u8; 32]) -> (String, String) {
        self.passkeys.challenge(&self.kept, what, nonce).unwrap()
    }

    fn asserted(&self, state: &str, what: &Signed, nonce: &[u8; 32], credential: &str) -> Result<String, SignInError> {
        self.passkeys.asserted(state, &self.kept, what, nonce, credential).map(|(id, kept)| {
            assert_eq!(id, self.id);
            kept
        })
    }
}

#[test]
fn what_is_signed_is_what_was_shown() {
    let mut person = Person::new();
    let (options, state) = person.ask(&answer(), &NONCE);
    let options_json: Value = serde_json::from_str(&options).unwrap();
    assert_eq!(options_json["challenge"], URL_SAFE_NO_PAD.encode(challenge(&answer(), &NONCE)));
    assert_eq!((&options_json["rpId"], &options_json["userVerification"]), (&json!("localhost"), &json!("required")));
    assert_eq!(options_json["allowCredentials"][0]["id"], person.id.as_str());
    let credential = person.authenticator.get(&options, ORIGIN, Flags::VERIFIED);
    let kept = person.asserted(&state, &answer(), &NONCE, &credential).unwrap();
    assert_ne!(kept, person.kept[0], "the counter went on");
    person.kept = vec![kept];

    let (options, state) = person.ask(&answer(), &[8; 32]);
    let credential = person.authenticator.get(&options, ORIGIN, Flags::VERIFIED);
    assert!(person.asserted(&state, &answer(), &[8; 32], &credential).is_ok());
}

#[test]
fn an_assertion_cannot_be_moved() {
    let person = Person::new();
    let (options, state) = person.ask(&answer(), &NONCE);
    let credential = person.authenticator.get(&options, ORIGIN, Flags::VERIFIED);
    let with = |change: fn(&mut Signed)| {
        let mut what = answer();
        change(&mut what);
        what
    };
    for (name, what, nonce) in [
        ("another session", with(|what| what.session = "0190-2".into()), NONCE),
        ("another version", with(|what| what.version = 4), NONCE),
        ("another question", with(|what| what.content_hash = ContentHash("cd".repeat(32))), NONCE),
        ("another answer", with(|what| what.answer = r#"{"choice":"abort"}"#.into()), NONCE),
        ("another nonce: a replay", answer(), [8; 32]),
    ] {
        let moved = person.asserted(&state, &what, &nonce, &credential);
        assert!(matches!(moved, Err(SignInError::Refused(_))), "{name}: {moved:?}");
        // Nor with a state that fits: the signature does not.
        let (_, fitting) = person.ask(&what, &nonce);
        let moved = person.asserted(&fitting, &what, &nonce, &credential);
        assert!(matches!(moved, Err(SignInError::Refused(_))), "{name}: {moved:?}");
    }
    assert!(person.asserted(&state, &answer(), &NONCE, &credential).is_ok());
}

#[test]
fn a_page_elsewhere_gets_nothing() {
    let person = Person::new();
    let (options, state) = person.ask(&answer(), &NONCE);
    for origin in ["http://localhost:8097", "https://localhost:8096", "http://localhost.evil.test:8096", "null"] {
        let credential = person.authenticator.get(&options, origin, Flags::VERIFIED);
        assert!(person.asserted(&state, &answer(), &NONCE, &credential).is_err(), "{origin}");
    }
    let framed = person.authenticator.get(&options, ORIGIN, Flags { cross_origin: true, ..Flags::VERIFIED });
    assert!(person.asserted(&state, &answer(), &NONCE, &framed).is_err(), "in another page's frame");
    let other_party = options.replace(r#""rpId":"localhost""#, r#""rpId":"evil.test""#);
    assert_ne!(other_party, options);
    let credential = person.authenticator.get(&other_party, ORIGIN, Flags::VERIFIED);
    assert!(person.asserted(&state, &answer(), &NONCE, &credential).is_err(), "for another party");
}

#[test]
fn presence_verification_and_the_counter_are_demanded() {
    let mut person = Person::new();
    let (options, state) = person.ask(&answer(), &NONCE);
    for (name, flags) in [
        ("nobody there", Flags { present: false, ..Flags::VERIFIED }),
        ("nobody verified", Flags { verified: false, ..Flags::VERIFIED }),
    ] {
        let credential = person.authenticator.get(&options, ORIGIN, flags);
        assert!(person.asserted(&state, &answer(), &NONCE, &credential).is_err(), "{name}");
    }
    let credential = person.authenticator.get(&options, ORIGIN, Flags::VERIFIED);
    person.kept = vec![person.asserted(&state, &answer(), &NONCE, &credential).unwrap()];
    person.authenticator.rewind();
    let cloned = person.authenticator.get(&options, ORIGIN, Flags::VERIFIED);
    assert!(person.asserted(&state, &answer(), &NONCE, &cloned).is_err(), "a counter that goes back shows a copy");
}

#[test]
fn only_the_person_s_own_passkeys_sign() {
    let (person, other) = (Person::new(), Person::new());
    let (options, state) = person.ask(&answer(), &NONCE);
    let credential = other.authenticator.get(&options, ORIGIN, Flags::VERIFIED);
    assert!(person.asserted(&state, &answer(), &NONCE, &credential).is_err());
    assert!(person.passkeys.challenge(&[], &answer(), &NONCE).is_err(), "there is none");
    let forged = person.authenticator.get(&options, ORIGIN, Flags::VERIFIED);
    let mut forged: Value = serde_json::from_str(&forged).unwrap();
    forged["response"]["signature"] =
        other.authenticator.get(&options, ORIGIN, Flags::VERIFIED).parse::<Value>().unwrap()["response"]["signature"]
            .take();
    assert!(person.asserted(&state, &answer(), &NONCE, &forged.to_string()).is_err());
    for text in ["", "{}", "null", &"x".repeat(MAX_CREDENTIAL + 1)] {
        assert!(person.asserted(&state, &answer(), &NONCE, text).is_err());
        assert!(person.asserted(text, &answer(), &NONCE, &credential).is_err());
    }
}

#[test]
fn registering_asks_for_verification_and_leaves_out_what_is_there() {
    let person = Person::new();
    let (options, state) = person.passkeys.register("mei", "Mei", &person.kept).unwrap();
    let json: Value = serde_json::from_str(&options).unwrap();
    assert_eq!(json["attestation"], "none");
    assert_eq!(json["authenticatorSelection"]["userVerification"], "required");
    assert_eq!(json["excludeCredentials"][0]["id"], person.id.as_str());
    assert_eq!((&json["rp"]["id"], &json["user"]["name"]), (&json!("localhost"), &json!("mei")));
    let (again, other_state) = person.passkeys.register("mei", "Mei", &[]).unwrap();
    assert_eq!(again.parse::<Value>().unwrap()["user"]["id"], json["user"]["id"], "one person stays one person");

    let second = Authenticator::new();
    for (name, credential) in [
        ("elsewhere", second.create(&options, "https://evil.test", Flags::VERIFIED)),
        ("unverified", second.create(&options, ORIGIN, Flags { verified: false, ..Flags::VERIFIED })),
        ("nobody there", second.create(&options, ORIGIN, Flags { present: false, ..Flags::VERIFIED })),
        ("another challenge", second.create(&again, ORIGIN, Flags::VERIFIED)),
        ("in a frame", second.create(&options, ORIGIN, Flags { cross_origin: true, ..Flags::VERIFIED })),
        ("one that is there", person.authenticator.create(&options, ORIGIN, Flags::VERIFIED)),
        ("an assertion", second.get(&options, ORIGIN, Flags::VERIFIED)),
    ] {
        assert!(person.passkeys.registered(&state, &credential).is_err(), "{name}");
    }
    let credential = second.create(&options, ORIGIN, Flags::VERIFIED);
    assert!(person.passkeys.registered(&other_state, &credential).is_err());
    assert!(person.passkeys.registered(&state, &credential).is_ok());
}
