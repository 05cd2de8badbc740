//! Tokens that are taken, and what is taken from them.

use super::*;

/// Tokens for the verifier by published keys.
fn for_keys() -> Vec<(&'static str, String)> {
    let base = claims(&json!({}));
    let text = base.to_string();
    vec![
        ("RS256", CAST.rsa.token(&base)),
        ("ES256", CAST.p256.token(&base)),
        ("EdDSA", CAST.ed25519.token(&base)),
        ("at+jwt", CAST.p256.token_of(r#"{"alg":"ES256","kid":"e1","typ":"at+jwt"}"#, &text)),
        ("no typ", CAST.p256.token_of(r#"{"alg":"ES256","kid":"e1"}"#, &text)),
        ("a thumbprint beside the kid", CAST.rsa.token_of(r#"{"alg":"RS256","kid":"r1","x5t":"abc"}"#, &text)),
    ]
}

/// Tokens for the verifier by the shared secret.
fn for_secret() -> Vec<(&'static str, String)> {
    let with = |changed: Value| CAST.shared.token(&claims(&changed));
    vec![
        ("HS256", with(json!({}))),
        ("exp a second ago, within the skew", with(json!({"exp": NOW - 1}))),
        ("exp 59 s ago", with(json!({"exp": NOW - 59}))),
        ("nbf in 60 s", with(json!({"nbf": NOW + 60}))),
        ("iat in 60 s", with(json!({"iat": NOW + 60}))),
        ("no iat", with(json!({"iat": null}))),
        ("times in fractions", with(json!({"exp": 1_800_000_600.5, "iat": 1_799_999_999.25}))),
        ("aud a list of one", with(json!({"aud": [AUDIENCE]}))),
        ("aud a list of many", with(json!({"aud": ["other", AUDIENCE]}))),
        ("claims nobody knows", with(json!({"x": {"y": [1, 2.5, null]}}))),
    ]
}

#[tokio::test]
async fn all_are_taken() {
    let (by_keys, by_secret) = verifiers();
    for (name, token) in for_keys() {
        let claims = by_keys.verify(&token, now()).await.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!((claims.identity.issuer.as_str(), claims.identity.subject.as_str()), (ISSUER, "u-1"));
        assert_eq!(claims.expires_at.as_second(), NOW + 660, "the skew is part of how long it holds");
    }
    for (name, token) in for_secret() {
        let claims = by_secret.verify(&token, now()).await.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(claims.expires_at > now(), "{name}");
    }
}

#[tokio::test]
async fn an_only_key_needs_no_name() {
    let world = World::new();
    world.publish(JWKS, &json!({"keys": [CAST.p256.jwk, {"kty": "oct", "k": "AAAA"}]}));
    let keys = TokenKeys::Published(JWKS.parse().unwrap());
    let (issuer, audience) = (Some(ISSUER.into()), Some(AUDIENCE.into()));
    let verifier = JwtVerifier::new(JwtOptions { keys, issuer, audience, groups: None }, world).unwrap();
    let token = CAST.p256.token_of(r#"{"alg":"ES256"}"#, &claims(&json!({})).to_string());
    assert!(verifier.verify(&token, now()).await.is_ok());
}

#[tokio::test]
async fn a_token_is_for_one_of_two_places() {
    let mcp = "https://ask.example/mcp";
    let (by_keys, by_secret) = verifiers();
    let to = |audience: Value| CAST.shared.token(&claims(&json!({ "aud": audience })));
    // Without a name of its own the endpoint takes no token at all.
    for audience in [json!(AUDIENCE), json!(mcp), json!(null)] {
        assert!(by_secret.verify_for_mcp(&to(audience), now()).await.is_err());
    }
    let (by_keys, by_secret) = (by_keys.for_mcp(Some(mcp.to_owned())), by_secret.for_mcp(Some(mcp.to_owned())));
    for (audience, at_api, at_mcp) in [
        (json!(AUDIENCE), true, false),
        (json!(mcp), false, true),
        (json!([AUDIENCE, mcp]), true, true),
        (json!(format!("{mcp}/")), false, false),
        (json!(null), false, false),
    ] {
        let token = to(audience.clone());
        assert_eq!(by_secret.verify(&token, now()).await.is_ok(), at_api, "{audience}");
        assert_eq!(by_secret.verify_for_mcp(&token, now()).await.is_ok(), at_mcp, "{audience}");
    }
    let token = CAST.rsa.token(&claims(&json!({ "aud": mcp })));
    assert!(by_keys.verify_for_mcp(&token, now()).await.is_ok() && by_keys.verify(&token, now()).await.is_err());
}

#[tokio::test]
async fn the_person_is_what_the_claims_say() {
    let groups = GroupsClaim { claim: "groups".into(), allowed: vec!["ops".into()] };
    let by = |groups| {
        let keys = TokenKeys::Secret(SECRET.to_vec());
        JwtVerifier::new(JwtOptions { keys, issuer: None, audience: None, groups }, World::new()).unwrap()
    };
    let (silent, verifier) = (by(None), by(Some(groups)));
    let token = CAST.shared.token(&claims(&json!({
        "iss": "https://mallory.example", "aud": null, "jti": "t-1", "preferred_username": " lin ", "name": "林 Lin",
        "email": "lin@example.org", "email_verified": true, "groups": ["root", "ops"],
    })));
    let said = verifier.verify(&token, now()).await.unwrap();
    assert_eq!(said.identity.issuer, SHARED_ISSUER, "no issuer is configured: what is named is not believed");
    assert_eq!(said.id.as_deref(), Some("t-1"));
    assert_eq!(said.identity.login_hint.as_deref(), Some("lin"));
    assert_eq!(said.identity.name.as_deref(), Some("林 Lin"));
    assert_eq!(said.identity.email.as_deref(), Some("lin@example.org"));
    assert_eq!(said.identity.groups, Some(vec!["ops".to_owned()]));
    assert_eq!(silent.verify(&token, now()).await.unwrap().identity.groups, None);

    for verified in [json!(null), json!(false), json!("true"), json!(1)] {
        let token = CAST.shared.token(&claims(&json!({
            "aud": null, "email": "lin@example.org", "email_verified": verified, "name": "a\nb",
        })));
        let identity = verifier.verify(&token, now()).await.unwrap().identity;
        assert_eq!((identity.email, identity.name), (None, None), "{verified}");
        assert_eq!(identity.login_hint.as_deref(), Some("u-1"));
        assert_eq!(identity.groups, Some(Vec::new()), "a configured claim that is missing means no group");
    }
}
