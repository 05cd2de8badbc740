//! Who may do what, against a table that is written by hand.
//!
//! The table says for each principal and relation the letters of what it may
//! do; how a relation comes about is found here once more, from the session's
//! words, so that a fault of `permits` is not repeated by what judges it.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on should stop")]

use std::sync::Arc;

use askwell_core::access::{
    Action, Guest, GuestId, Person, Policy, Principal, RequesterAnswers, Role, Scopes, Token, TokenId, TokenScope,
    User, may_open, permits, subjects,
};
use askwell_core::ids::{RunId, SessionId};
use askwell_core::session::{Draft, Limits, Parties};
use askwell_core::{Change, Event, Findings, Now, Session, open};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use proptest::test_runner::FileFailurePersistence;
use serde_json::json;
use uuid::Uuid;

/// Each action and its letter in the table.
const ACTIONS: [(Action, char); 11] = [
    (Action::Create, 'o'),
    (Action::Read, 'r'),
    (Action::Respond, 'a'),
    (Action::Delegate, 'd'),
    (Action::Cancel, 'c'),
    (Action::Extend, 'e'),
    (Action::Assign, 's'),
    (Action::Invite, 'i'),
    (Action::Redeliver, 'v'),
    (Action::Administer, 'm'),
    (Action::ManageAccounts, 'u'),
];

/// People on a session: what they have to do with it, what a member may, what an administrator may.
const PEOPLE: [(&str, &str, &str); 8] = [
    ("nothing", "", "rcesivmu"),
    ("watches", "r", "rcesivmu"),
    ("asked", "rcesv", "rcesvmu"),
    ("asked watches", "rcesv", "rcesvmu"),
    ("eligible", "radei", "radcesivmu"),
    ("eligible watches", "radei", "radcesivmu"),
    ("asked eligible", "rcesv", "rcesvmu"),
    ("asked eligible watches", "rcesv", "rcesvmu"),
];

/// The same of those who asked and are eligible, where the owner lets them answer.
const ASKED_AND_LET: (&str, &str) = ("radcesiv", "radcesivmu");

/// Tokens on a session within their reach: scopes, on what their owner asked, on anything else.
const TOKENS: [(&str, &str, &str); 8] = [
    ("", "", ""),
    ("create", "rcesv", ""),
    ("read", "r", ""),
    ("admin", "rvm", "rvm"),
    ("create read", "rcesv", ""),
    ("create admin", "rcesvm", "rvm"),
    ("read admin", "rvm", "rvm"),
    ("create read admin", "rcesvm", "rvm"),
];

/// Where it is about no session: of a token with a prefix `m` and `v` are lost, as they are about everybody's.
const ABOUT_NONE: [(&str, &str); 12] = [
    ("nobody", ""),
    ("guest", "r"),
    ("member", "or"),
    ("administrator", "orvmu"),
    ("", ""),
    ("create", "or"),
    ("read", "r"),
    ("admin", "rvm"),
    ("create read", "or"),
    ("create admin", "orvm"),
    ("read admin", "rvm"),
    ("create read admin", "orvm"),
];

const LOGINS: [&str; 4] = ["ann", "bob", "cyd", "ops"];
const GROUPS: [&str; 3] = ["ops", "night", "ann"];
const CANDIDATES: [&str; 7] = ["ann", "bob", "cyd", "ops", "group:ops", "group:night", "group:ann"];

fn id(number: u128) -> SessionId {
    SessionId(Uuid::from_u128(number))
}

fn any_session() -> impl Strategy<Value = Session> {
    let login = || select(LOGINS.to_vec());
    let parties = || {
        let candidates = subsequence(CANDIDATES.to_vec(), 0..=2);
        let watchers = subsequence(LOGINS.to_vec(), 0..=2);
        (proptest::option::of(login()), candidates, watchers)
    };
    let workflow = select(vec![None, Some("deploy"), Some("deploy-eu"), Some("report")]);
    let asked = (login(), any::<bool>(), proptest::option::of(login()));
    (1..3_u128, parties(), proptest::option::of(parties()), workflow, asked).prop_map(
        |(number, (assignee, candidates, _), later, workflow, (requester, verified, behalf))| {
            let start = "2026-01-01T00:00:00Z".parse().unwrap();
            let now = Now { wall: start, steady: start, run: RunId(Uuid::from_u128(1)) };
            let body = json!({"interaction_data": {"interaction_type": "confirmation", "title": "t"}});
            let limit = std::time::Duration::from_mins(5);
            let limits = Limits { default_timeout: limit, review_timeout: limit, max_timeout: limit };
            let draft = Draft::read(&body, &limits, &mut Findings::default()).expect("a valid body");
            let event = open(draft, id(number), Person { id: requester.to_owned(), verified }, &now);
            let Change::Opened(opened) = event.change else { panic!("it opens") };
            let mut opened = Arc::unwrap_or_clone(opened);
            opened.assignee = assignee.map(str::to_owned);
            opened.candidates = candidates.into_iter().map(str::to_owned).collect();
            opened.workflow_id = workflow.map(str::to_owned);
            opened.on_behalf_of = behalf.map(str::to_owned);
            let session = Session::from_opened(Arc::new(opened));
            let Some((assignee, candidates, watchers)) = later else { return session };
            let texts = |list: Vec<&str>| list.into_iter().map(str::to_owned).collect();
            let parties = Parties {
                assignee: assignee.map(str::to_owned),
                candidates: texts(candidates),
                watchers: texts(watchers),
            };
            let by = Person { id: "ann".to_owned(), verified: true };
            session.apply(&Event { at: start, change: Change::Assigned { by, parties } })
        },
    )
}

fn any_principal() -> impl Strategy<Value = Principal> {
    let role = select(vec![Role::Member, Role::Admin]);
    let user =
        (select(LOGINS.to_vec()), subsequence(GROUPS.to_vec(), 0..=2), role).prop_map(|(login, groups, role)| {
            let groups = groups.into_iter().map(str::to_owned).collect();
            Principal::User(Arc::new(User { login: login.to_owned(), name: login.to_owned(), groups, role }))
        });
    let prefix = select(vec![None, Some("deploy"), Some("report-")]);
    let scopes = subsequence(TokenScope::ALL.to_vec(), 0..=3);
    let token = (select(LOGINS.to_vec()), scopes, prefix).prop_map(|(owner, scopes, prefix)| {
        Principal::Token(Arc::new(Token {
            id: TokenId(Uuid::from_u128(9)),
            name: "t".to_owned(),
            owner: owner.to_owned(),
            scopes: scopes.into_iter().collect(),
            workflow_prefix: prefix.map(str::to_owned),
        }))
    });
    let guest = (1..3_u128).prop_map(|number| {
        Principal::Guest(Arc::new(Guest {
            id: GuestId(Uuid::from_u128(8)),
            name: "g".to_owned(),
            invited_by: "i".to_owned(),
            session: id(number),
        }))
    });
    prop_oneof![4 => user, 3 => token, 1 => guest, 1 => Just(Principal::Nobody)]
}

fn any_policy() -> impl Strategy<Value = Policy> {
    let answers = select(vec![RequesterAnswers::Never, RequesterAnswers::IfEligible]);
    answers.prop_map(|requester_may_answer| Policy { requester_may_answer })
}

/// What a login has to do with a session, in the words of the table.
fn relation(login: &str, groups: &[String], session: &Session) -> String {
    let now = session.state.parties.clone().unwrap_or_else(|| Parties {
        assignee: session.opened.assignee.clone(),
        candidates: session.opened.candidates.clone(),
        watchers: Vec::new(),
    });
    let for_all = now.assignee.is_none() && now.candidates.is_empty();
    let mut names = vec![login.to_owned()];
    names.extend(groups.iter().map(|group| format!("group:{group}")));
    let eligible =
        for_all || now.assignee.as_deref() == Some(login) || now.candidates.iter().any(|c| names.contains(c));
    let words = [
        (asked(login, session), "asked"),
        (eligible, "eligible"),
        (now.watchers.iter().any(|watcher| watcher == login), "watches"),
    ];
    let words: Vec<_> = words.into_iter().filter(|(is, _)| *is).map(|(_, word)| word).collect();
    if words.is_empty() { "nothing".to_owned() } else { words.join(" ") }
}

fn asked(login: &str, session: &Session) -> bool {
    let opened = &session.opened;
    (opened.requester.id == login && opened.requester.verified) || opened.on_behalf_of.iter().any(|name| name == login)
}

fn words(scopes: &Scopes) -> String {
    scopes.iter().map(TokenScope::as_str).collect::<Vec<_>>().join(" ")
}

fn reaches(token: &Token, session: &Session) -> bool {
    match (&token.workflow_prefix, &session.opened.workflow_id) {
        (None, _) => true,
        (Some(prefix), Some(workflow)) => workflow.starts_with(prefix.as_str()),
        (Some(_), None) => false,
    }
}

/// The letters that the table gives.
fn letters(principal: &Principal, session: &Session, policy: Policy) -> &'static str {
    match principal {
        Principal::Nobody => "",
        Principal::LocalOwner => panic!("it may do all"),
        Principal::Guest(guest) => {
            if guest.session == session.id() {
                "ra"
            } else {
                ""
            }
        }
        Principal::Token(token) if !reaches(token, session) => "",
        Principal::Token(token) => {
            let scopes = words(&token.scopes);
            let (_, own, other) = TOKENS.into_iter().find(|(name, ..)| *name == scopes).expect("all are there");
            if asked(&token.owner, session) { own } else { other }
        }
        Principal::User(user) => {
            let relation = relation(&user.login, &user.groups, session);
            let (_, mut member, mut admin) = PEOPLE.into_iter().find(|(name, ..)| *name == relation).expect("all are");
            let lets = policy.requester_may_answer == RequesterAnswers::IfEligible;
            if lets && relation.starts_with("asked eligible") {
                (member, admin) = ASKED_AND_LET;
            }
            if user.role == Role::Admin { admin } else { member }
        }
    }
}

fn letters_about_none(principal: &Principal) -> String {
    let (name, narrow) = match principal {
        Principal::LocalOwner => panic!("it may do all"),
        Principal::Nobody => ("nobody".to_owned(), false),
        Principal::Guest(_) => ("guest".to_owned(), false),
        Principal::User(user) if user.role == Role::Admin => ("administrator".to_owned(), false),
        Principal::User(_) => ("member".to_owned(), false),
        Principal::Token(token) => (words(&token.scopes), token.workflow_prefix.is_some()),
    };
    let (_, letters) = ABOUT_NONE.into_iter().find(|(known, _)| *known == name).expect("all are there");
    letters.chars().filter(|letter| !(narrow && "mv".contains(*letter))).collect()
}

fn allowed(principal: &Principal, session: Option<&Session>, policy: Policy) -> String {
    let may = |(action, _): &(Action, char)| permits(principal, *action, session, policy);
    ACTIONS.into_iter().filter(may).map(|(_, letter)| letter).collect()
}

fn sorted(letters: &str) -> String {
    ACTIONS.into_iter().map(|(_, letter)| letter).filter(|letter| letters.contains(*letter)).collect()
}

fn config() -> ProptestConfig {
    ProptestConfig {
        cases: 4_096,
        failure_persistence: Some(Box::new(FileFailurePersistence::WithSource("regressions"))),
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn permits_says_what_the_table_says(session in any_session(), who in any_principal(), policy in any_policy()) {
        prop_assert_eq!(allowed(&who, Some(&session), policy), sorted(letters(&who, &session, policy)), "{:?}", who);
        prop_assert_eq!(allowed(&who, None, policy), sorted(&letters_about_none(&who)), "{:?}", who);
    }

    #[test]
    fn what_must_never_be_is_not(session in any_session(), who in any_principal(), policy in any_policy()) {
        for about in [Some(&session), None] {
            let may = |action| permits(&who, action, about, policy);
            if matches!(who, Principal::Token(_)) {
                for action in [Action::Respond, Action::Delegate, Action::Invite, Action::ManageAccounts] {
                    prop_assert!(!may(action), "a token {:?}", action);
                }
            }
            if let Some(login) = who.login()
                && policy.requester_may_answer == RequesterAnswers::Never
                && asked(login, &session)
                && about.is_some()
            {
                prop_assert!(!may(Action::Respond) && !may(Action::Delegate) && !may(Action::Invite), "asked itself");
            }
            // Whoever may do anything to a session may see it.
            let anything = ACTIONS.into_iter().any(|(action, _)| may(action));
            prop_assert!(about.is_none() || !anything || may(Action::Read), "it acts unseen");
        }
        prop_assert!(!may_open(&Principal::Nobody, None));
        if let Principal::Guest(_) = who {
            prop_assert!(!may_open(&who, Some("deploy")));
        }
    }

    #[test]
    fn the_rows_of_an_engine_lead_to_what_may_be_read(session in any_session(), who in any_principal()) {
        let rows = subjects(&session);
        let has = |subject: String| rows.iter().any(|(known, _)| *known == subject);
        let found = match &who {
            Principal::User(user) => {
                user.role == Role::Admin
                    || session.names_nobody()
                    || has(format!("user:{}", user.login))
                    || has(format!("asked:{}", user.login))
                    || user.groups.iter().any(|group| has(format!("group:{group}")))
            }
            Principal::Token(token) => {
                let asks = token.scopes.has(TokenScope::Create) || token.scopes.has(TokenScope::Read);
                let own = asks && has(format!("asked:{}", token.owner));
                reaches(token, &session) && (token.scopes.has(TokenScope::Admin) || own)
            }
            Principal::Guest(guest) => guest.session == session.id(),
            Principal::Nobody | Principal::LocalOwner => false,
        };
        prop_assert_eq!(found, permits(&who, Action::Read, Some(&session), Policy::default()), "{:?} {:?}", who, rows);
        let mut names: Vec<_> = rows.iter().map(|(subject, _)| subject.clone()).collect();
        names.dedup();
        prop_assert_eq!(names.len(), rows.len(), "a subject twice");
        prop_assert!(rows.is_sorted());
    }
}

#[test]
fn whoever_runs_alone_may_do_all() {
    for (action, _) in ACTIONS {
        assert!(permits(&Principal::LocalOwner, action, None, Policy::default()), "{action:?}");
    }
}
