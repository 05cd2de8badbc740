//! Published keys: fetched once, kept, and fetched anew when they change.

use std::time::Duration;

use futures::future::join_all;
use tokio::time::advance;

use super::*;

struct Stage {
    world: Arc<World>,
    verifier: JwtVerifier,
}

impl Stage {
    fn new(keys: &[&Signer]) -> Self {
        let world = World::new();
        let options = JwtOptions {
            keys: TokenKeys::Published(JWKS.parse().unwrap()),
            issuer: Some(ISSUER.into()),
            audience: Some(AUDIENCE.into()),
            groups: None,
        };
        let verifier = JwtVerifier::new(options, Arc::clone(&world) as _).unwrap();
        let stage = Self { world, verifier };
        stage.publish(keys);
        stage
    }

    fn publish(&self, keys: &[&Signer]) {
        let keys: Vec<_> = keys.iter().map(|key| key.jwk.clone()).collect();
        self.world.publish(JWKS, &json!({"keys": keys}));
    }

    async fn takes(&self, signer: &Signer) -> Result<(), SignInError> {
        self.verifier.verify(&signer.token(&claims(&json!({}))), now()).await.map(drop)
    }

    fn fetches(&self) -> usize {
        self.world.asked(JWKS)
    }
}

#[tokio::test(start_paused = true)]
async fn a_new_key_is_fetched_once() {
    let stage = Stage::new(&[&CAST.rsa]);
    for _ in 0..3 {
        stage.takes(&CAST.rsa).await.unwrap();
    }
    assert_eq!(stage.fetches(), 1);
    advance(Duration::from_mins(1)).await;
    stage.publish(&[&CAST.p256]);
    stage.takes(&CAST.p256).await.unwrap();
    assert_eq!(stage.fetches(), 2);
    assert!(matches!(stage.takes(&CAST.rsa).await, Err(SignInError::Refused(_))), "it is no longer published");
}

#[tokio::test(start_paused = true)]
async fn made_up_keys_fetch_at_most_once_a_minute() {
    let stage = Stage::new(&[&CAST.rsa]);
    stage.takes(&CAST.rsa).await.unwrap();
    for minute in 1..=5 {
        for _ in 0..60 {
            assert!(matches!(stage.takes(&CAST.p256).await, Err(SignInError::Refused(_))));
            stage.takes(&CAST.rsa).await.unwrap();
            advance(Duration::from_secs(1)).await;
        }
        // One more for the first, which no key was missed for.
        assert_eq!(stage.fetches(), minute + 1, "in {minute} minutes");
    }
}

#[tokio::test(start_paused = true)]
async fn a_key_that_is_published_right_after_a_fetch_is_let_in() {
    let stage = Stage::new(&[&CAST.rsa]);
    stage.takes(&CAST.rsa).await.unwrap();
    stage.publish(&[&CAST.rsa, &CAST.p256]);
    advance(Duration::from_secs(5)).await;
    stage.takes(&CAST.p256).await.unwrap();
    // And right after it was fetched anew because of its age.
    advance(Duration::from_mins(11)).await;
    stage.takes(&CAST.rsa).await.unwrap();
    stage.publish(&[&CAST.ed25519]);
    advance(Duration::from_secs(5)).await;
    stage.takes(&CAST.ed25519).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn many_at_once_share_one_fetch() {
    let stage = Stage::new(&[&CAST.rsa, &CAST.p256]);
    stage.world.hold();
    let all = join_all((0..50).map(|turn| stage.takes(if turn % 2 == 0 { &CAST.rsa } else { &CAST.p256 })));
    let release = async {
        stage.world.arrived(1).await;
        stage.world.let_go();
    };
    let (results, ()) = tokio::join!(all, release);
    assert!(results.iter().all(Result::is_ok), "{results:?}");
    assert_eq!(stage.fetches(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_failure_is_shared_too() {
    let stage = Stage::new(&[]);
    stage.world.vanish(JWKS);
    let results = join_all((0..20).map(|_| stage.takes(&CAST.rsa))).await;
    assert!(results.iter().all(|result| matches!(result, Err(SignInError::Unavailable(_)))), "{results:?}");
    assert_eq!(stage.fetches(), 1);
    stage.publish(&[&CAST.rsa]);
    advance(Duration::from_secs(5)).await;
    stage.takes(&CAST.rsa).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn who_gives_up_does_not_use_up_the_minute() {
    let stage = Stage::new(&[&CAST.rsa]);
    stage.takes(&CAST.rsa).await.unwrap();
    advance(Duration::from_mins(1)).await;
    stage.publish(&[&CAST.p256]);
    stage.world.hold();
    tokio::select! {
        biased;
        _ = stage.takes(&CAST.ed25519) => panic!("held"),
        () = stage.world.arrived(2) => {}
    }
    stage.world.let_go();
    advance(Duration::from_secs(1)).await;
    stage.takes(&CAST.p256).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn nobody_waits_for_keys_that_are_only_old() {
    let stage = Stage::new(&[&CAST.rsa]);
    stage.takes(&CAST.rsa).await.unwrap();
    advance(Duration::from_mins(11)).await;
    stage.world.hold();
    let second = async {
        stage.world.arrived(2).await;
        stage.takes(&CAST.rsa).await
    };
    tokio::select! {
        biased;
        _ = stage.takes(&CAST.rsa) => panic!("held"),
        taken = second => taken.unwrap(),
    }
}

#[tokio::test(start_paused = true)]
async fn an_issuer_that_is_away_is_borne_for_a_day() {
    let stage = Stage::new(&[&CAST.rsa]);
    stage.takes(&CAST.rsa).await.unwrap();
    stage.world.answer(JWKS, 503, "");
    advance(Duration::from_hours(23)).await;
    stage.takes(&CAST.rsa).await.unwrap();
    advance(Duration::from_hours(2)).await;
    assert!(matches!(stage.takes(&CAST.rsa).await, Err(SignInError::Unavailable(_))));
}

#[tokio::test(start_paused = true)]
async fn what_was_withdrawn_stops_counting() {
    let stage = Stage::new(&[&CAST.rsa, &CAST.p256]);
    stage.takes(&CAST.rsa).await.unwrap();
    stage.publish(&[&CAST.p256]);
    advance(Duration::from_mins(10)).await;
    stage.takes(&CAST.p256).await.unwrap();
    assert!(stage.takes(&CAST.rsa).await.is_err());
}
