use std::sync::LazyLock;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::advance;

use super::*;
use crate::testing::{Signer, World};

const ISSUER: &str = "https://idp.example/realm";
const DISCOVERY: &str = "https://idp.example/realm/.well-known/openid-configuration";
const BACK: &str = "https://askwell.example/api/login/oauth/callback";
const TOKEN: &str = "https://idp.example/token";
const USERINFO: &str = "https://idp.example/me";
const JWKS: &str = "https://idp.example/jwks";
const NOW: i64 = 1_800_000_000;

static KEY: LazyLock<Signer> = LazyLock::new(|| Signer::p256("k1"));
static NEXT: LazyLock<Signer> = LazyLock::new(|| Signer::p256("k2"));

fn discovery() -> Value {
    json!({
        "issuer": ISSUER, "authorization_endpoint": "https://idp.example/auth", "token_endpoint": TOKEN,
        "userinfo_endpoint": USERINFO, "jwks_uri": JWKS, "response_types_supported": ["code"],
        "subject_types_supported": ["public"], "id_token_signing_alg_values_supported": ["ES256"],
        "authorization_response_iss_parameter_supported": true,
    })
}

struct Stage {
    world: Arc<World>,
    provider: OidcProvider,
}

fn options(issuer: &str) -> OidcOptions {
    OidcOptions {
        name: "Example".into(),
        issuer: issuer.into(),
        client_id: "askwell".into(),
        client_secret: Some("hush".into()),
        scopes: vec!["openid".into(), "profile".into(), "groups".into()],
        groups: Some(GroupsClaim { claim: "groups".into(), allowed: vec!["ops".into()] }),
    }
}

/// A departure as the browser keeps it.
struct Way {
    flow: String,
    back: Return,
    nonce: String,
}

impl Stage {
    fn new() -> Self {
        let world = World::new();
        world.publish(DISCOVERY, &discovery());
        world.publish(JWKS, &json!({"keys": [KEY.jwk]}));
        let provider = OidcProvider::new(options(ISSUER), Arc::clone(&world) as _).unwrap();
        Self { world, provider }
    }

    /// Goes there and comes back as one should.
    async fn depart(&self) -> Way {
        let Departure { url, flow } = self.provider.depart(BACK).await.unwrap();
        let url: Url = url.parse().unwrap();
        let of = |name: &str| url.query_pairs().find(|(found, _)| found == name).unwrap().1.into_owned();
        let back =
            Return { code: Some("c".into()), state: Some(of("state")), issuer: Some(ISSUER.into()), error: None };
        Way { flow, back, nonce: of("nonce") }
    }

    /// What the token endpoint gives from now on.
    fn give(&self, signer: &Signer, claims: &Value) {
        let tokens = json!({"access_token": "at", "token_type": "Bearer", "id_token": signer.token(claims)});
        self.world.publish(TOKEN, &tokens);
    }

    async fn arrive(&self, way: &Way) -> Result<ExternalIdentity, SignInError> {
        self.provider.arrive(BACK, &way.back, &way.flow, Timestamp::from_second(NOW).unwrap()).await
    }
}

/// Claims as they should be, but for some.
fn claims(way: &Way, changed: &Value) -> Value {
    let mut claims = json!({
        "iss": ISSUER, "aud": "askwell", "sub": "u-1", "exp": NOW + 600, "iat": NOW, "nonce": way.nonce,
        "name": "Lin", "preferred_username": "lin", "email": "lin@example.org", "groups": ["ops", "root"],
    });
    for (name, value) in changed.as_object().unwrap() {
        if value.is_null() {
            claims.as_object_mut().unwrap().remove(name);
        } else {
            claims[name] = value.clone();
        }
    }
    claims
}

#[tokio::test]
async fn a_departure_asks_for_a_code_with_proof() {
    let stage = Stage::new();
    let departure = stage.provider.depart(BACK).await.unwrap();
    let url: Url = departure.url.parse().unwrap();
    let of = |name: &str| url.query_pairs().find(|(found, _)| found == name).map(|(_, value)| value.into_owned());
    assert!(departure.url.starts_with("https://idp.example/auth?"), "{}", departure.url);
    assert_eq!(of("response_type").as_deref(), Some("code"));
    assert_eq!(of("code_challenge_method").as_deref(), Some("S256"));
    assert_eq!(of("redirect_uri").as_deref(), Some(BACK));
    assert_eq!(of("scope").as_deref(), Some("openid profile groups"));
    let flow: Flow = serde_json::from_str(&departure.flow).unwrap();
    assert!(!departure.url.contains(&flow.verifier), "the verifier stays with the browser");
    let other = stage.provider.depart(BACK).await.unwrap();
    assert!(other.flow != departure.flow && stage.world.asked(DISCOVERY) == 1);
}

#[tokio::test]
async fn whoever_comes_back_is_who_the_token_says() {
    let stage = Stage::new();
    let way = stage.depart().await;
    stage.give(&KEY, &claims(&way, &json!({"at_hash": "x", "email_verified": true})));
    assert!(stage.arrive(&way).await.is_err(), "another access token's hash");
    stage.give(&KEY, &claims(&way, &json!({"email_verified": true})));
    let identity = stage.arrive(&way).await.unwrap();
    assert_eq!((identity.issuer.as_str(), identity.subject.as_str()), (ISSUER, "u-1"));
    assert_eq!((identity.login_hint.as_deref(), identity.name.as_deref()), (Some("lin"), Some("Lin")));
    assert_eq!(identity.email.as_deref(), Some("lin@example.org"));
    assert_eq!(identity.groups, Some(vec!["ops".into()]));
    assert_eq!(stage.world.asked(USERINFO), 0, "nothing was missing");
}

#[tokio::test]
async fn an_answer_to_something_else_is_refused() {
    let stage = Stage::new();
    let way = stage.depart().await;
    let other = stage.depart().await;
    stage.give(&KEY, &claims(&way, &json!({})));
    let now = Timestamp::from_second(NOW).unwrap();
    let text = |text: &str| Some(text.to_owned());
    for (name, back) in [
        ("no state", Return { state: None, ..way.back.clone() }),
        ("another's state", Return { state: other.back.state.clone(), ..way.back.clone() }),
        ("another issuer", Return { issuer: text("https://mallory.example"), ..way.back.clone() }),
        ("no issuer, though promised", Return { issuer: None, ..way.back.clone() }),
        ("no code", Return { code: None, ..way.back.clone() }),
        ("an empty code", Return { code: text(""), ..way.back.clone() }),
        ("an error", Return { error: text("access_denied"), ..way.back.clone() }),
    ] {
        let refused = stage.provider.arrive(BACK, &back, &way.flow, now).await;
        assert!(matches!(refused, Err(SignInError::Refused(_))), "{name}: {refused:?}");
    }
    for flow in ["", "{}", other.flow.as_str()] {
        assert!(stage.provider.arrive(BACK, &way.back, flow, now).await.is_err(), "{flow}");
    }
    assert_eq!(stage.world.asked(TOKEN), 0, "no code is spent on what is no answer");
    assert!(stage.arrive(&way).await.is_ok());
}

#[tokio::test]
async fn an_id_token_must_be_for_us_and_for_this_departure() {
    let stage = Stage::new();
    let way = stage.depart().await;
    for (name, changed) in [
        ("no nonce", json!({"nonce": null})),
        ("another nonce", json!({"nonce": "n"})),
        ("another issuer", json!({"iss": "https://idp.example"})),
        ("another audience", json!({"aud": "other"})),
        ("expired", json!({"exp": NOW - 61})),
        ("no exp", json!({"exp": null})),
        ("no sub", json!({"sub": null})),
        ("many audiences and no party", json!({"aud": ["askwell", "other"]})),
        ("another party", json!({"aud": ["askwell", "other"], "azp": "other"})),
        ("another party alone", json!({"azp": "other"})),
        ("groups that are none", json!({"groups": {"ops": 1}})),
    ] {
        stage.give(&KEY, &claims(&way, &changed));
        let refused = stage.arrive(&way).await;
        assert!(matches!(refused, Err(SignInError::Refused(_))), "{name}: {refused:?}");
    }
    for changed in [json!({"aud": ["askwell", "other"], "azp": "askwell"}), json!({"aud": ["askwell"]})] {
        stage.give(&KEY, &claims(&way, &changed));
        stage.arrive(&way).await.unwrap();
    }
    let unsigned = format!("{}.", KEY.token(&claims(&way, &json!({}))).rsplit_once('.').unwrap().0);
    for (name, token) in [("unsigned", unsigned), ("a stranger's", Signer::p256("k1").token(&claims(&way, &json!({}))))]
    {
        let tokens = json!({"access_token": "at", "token_type": "Bearer", "id_token": token});
        stage.world.publish(TOKEN, &tokens);
        assert!(stage.arrive(&way).await.is_err(), "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn new_keys_are_fetched_when_they_sign() {
    let stage = Stage::new();
    let way = stage.depart().await;
    stage.give(&KEY, &claims(&way, &json!({})));
    stage.arrive(&way).await.unwrap();
    stage.world.publish(JWKS, &json!({"keys": [NEXT.jwk]}));
    stage.give(&NEXT, &claims(&way, &json!({})));
    assert!(stage.arrive(&way).await.is_err(), "within a minute they are not fetched again");
    advance(Duration::from_mins(1)).await;
    stage.arrive(&way).await.unwrap();
    assert_eq!(stage.world.asked(JWKS), 2);
}

#[tokio::test(start_paused = true)]
async fn a_provider_that_is_away_is_asked_again() {
    let stage = Stage::new();
    stage.world.answer(DISCOVERY, 503, "");
    assert!(matches!(stage.provider.depart(BACK).await, Err(SignInError::Unavailable(_))));
    stage.world.publish(DISCOVERY, &discovery());
    advance(Duration::from_secs(5)).await;
    let way = stage.depart().await;
    let failed = stage.arrive(&way).await;
    assert!(matches!(failed, Err(SignInError::Unavailable(_))), "{failed:?}");
    // It has moved.
    let mut moved = discovery();
    moved["token_endpoint"] = "https://idp.example/token2".into();
    stage.world.publish(DISCOVERY, &moved);
    stage.give(&KEY, &claims(&way, &json!({})));
    let tokens =
        json!({"access_token": "at", "token_type": "Bearer", "id_token": KEY.token(&claims(&way, &json!({})))});
    stage.world.vanish(TOKEN);
    stage.world.publish("https://idp.example/token2", &tokens);
    advance(Duration::from_mins(1)).await;
    stage.arrive(&way).await.unwrap();
}

#[tokio::test]
async fn a_used_code_is_the_person_s_fault_and_a_wrong_secret_is_not() {
    let stage = Stage::new();
    let way = stage.depart().await;
    stage.world.answer(TOKEN, 400, r#"{"error":"invalid_grant"}"#);
    assert!(matches!(stage.arrive(&way).await, Err(SignInError::Refused(_))));
    for (status, body) in [(401, r#"{"error":"invalid_client"}"#), (500, "oops"), (200, r#"{"access_token":7}"#)] {
        stage.world.answer(TOKEN, status, body);
        let failed = stage.arrive(&way).await;
        assert!(matches!(failed, Err(SignInError::Unavailable(_))), "{body}: {failed:?}");
    }
}

#[tokio::test]
async fn what_the_token_lacks_is_asked_for() {
    let stage = Stage::new();
    let way = stage.depart().await;
    let bare = json!({"name": null, "preferred_username": null, "email": null, "groups": null, "email_verified": true});
    stage.give(&KEY, &claims(&way, &bare));
    let unanswered = stage.arrive(&way).await;
    assert!(matches!(unanswered, Err(SignInError::Unavailable(_))), "groups must not be guessed: {unanswered:?}");

    let said = json!({"sub": "u-1", "name": "Lin", "groups": ["ops"], "email": "x@example.org", "iss": "y"});
    stage.world.publish(USERINFO, &said);
    let identity = stage.arrive(&way).await.unwrap();
    assert_eq!((identity.name.as_deref(), identity.groups), (Some("Lin"), Some(vec!["ops".into()])));
    assert_eq!(identity.email, None, "verified was another address, if any");
    assert_eq!(identity.issuer, ISSUER);

    stage.world.publish(USERINFO, &json!({"sub": "u-2", "groups": ["ops"]}));
    assert!(stage.arrive(&way).await.is_err(), "it speaks of somebody else");

    stage.give(&KEY, &claims(&way, &json!({"name": null})));
    stage.world.vanish(USERINFO);
    assert_eq!(stage.arrive(&way).await.unwrap().name, None, "a name alone is not worth failing for");
}

#[tokio::test]
async fn what_a_provider_says_of_itself_is_judged() {
    for (name, changed) in [
        ("another issuer", json!({"issuer": "https://idp.example"})),
        ("no token endpoint", json!({"token_endpoint": null})),
        ("keys in the clear", json!({"jwks_uri": "http://idp.example/jwks"})),
        ("tokens in the clear", json!({"token_endpoint": "http://idp.example/token"})),
        ("keys from a file", json!({"jwks_uri": "file:///etc/keys"})),
    ] {
        let stage = Stage::new();
        let mut document = discovery();
        for (name, value) in changed.as_object().unwrap() {
            document[name] = value.clone();
        }
        stage.world.publish(DISCOVERY, &document);
        assert!(matches!(stage.provider.depart(BACK).await, Err(SignInError::Unavailable(_))), "{name}");
    }
}

#[test]
fn an_issuer_is_an_encrypted_address() {
    let start = |issuer: &str| OidcProvider::new(options(issuer), World::new()).err();
    for good in
        ["https://idp.example", "https://idp.example/realm/", "http://localhost:9000", "http://127.0.0.1:9000/x"]
    {
        assert_eq!(start(good), None, "{good}");
    }
    assert!(matches!(start("http://idp.example"), Some(OidcStartError::Plain(_))));
    for bad in [
        "",
        "idp.example",
        "ftp://idp.example",
        "https://idp.example/?a=b",
        "https://idp.example/#a",
        "https://u@idp.example",
    ] {
        assert!(matches!(start(bad), Some(OidcStartError::Issuer(_))), "{bad}");
    }
    assert!(!format!("{:?}", OidcProvider::new(options(ISSUER), World::new())).contains("hush"));
}
