use super::*;

const SALT: [u8; 16] = *b"a salt of 16 b.!";

#[tokio::test]
async fn a_password_matches_its_own_hash_and_no_other() {
    let passwords = Argon2Passwords::start().unwrap();
    let hash = passwords.hash("correct horse battery".to_owned(), SALT).await.unwrap();
    assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
    for (password, kept, right) in [
        ("correct horse battery", Some(hash.clone()), true),
        ("correct horse batterz", Some(hash), false),
        ("correct horse battery", Some("no hash at all".to_owned()), false),
        // Not even what that hash was made of.
        ("askwell-nobody!!", None, false),
    ] {
        let found = passwords.matches(password.to_owned(), kept.clone()).await.unwrap();
        assert_eq!(found, right, "{password:?} against {kept:?}");
    }
}

#[tokio::test]
async fn more_than_fit_in_the_queue_are_all_answered_and_who_went_away_holds_nobody_up() {
    let passwords = std::sync::Arc::new(Argon2Passwords::start().unwrap());
    let mut asked = tokio::task::JoinSet::new();
    for _ in 0..QUEUE + 8 {
        let passwords = std::sync::Arc::clone(&passwords);
        asked.spawn(async move { passwords.matches("a guess at it".to_owned(), None).await });
    }
    // Most of them leave.
    for _ in 0..4 {
        assert!(!asked.join_next().await.unwrap().unwrap().unwrap());
    }
    asked.abort_all();
    assert!(!passwords.matches("somebody else's".to_owned(), None).await.unwrap());
}

#[cfg(target_os = "linux")]
#[test]
fn the_thread_stands_back_and_the_process_does_not() {
    let niceness = || rustix::process::getpriority_process(None).unwrap();
    let before = niceness();
    let behind = std::thread::spawn(move || {
        stand_back();
        niceness()
    });
    assert_eq!((behind.join().unwrap(), niceness()), (before.max(NICENESS), before));
}
