//! What a store shows of sessions: exactly what rights say of each alone.
//!
//! Random sessions, changed at random; random principals. Every list, count and
//! statistic of the store against the same by hand, from `permits`. The
//! seed is printed.

use std::collections::BTreeMap;
use std::sync::Arc;

use askwell_app::ports::{Everybody, Ids, Order, SessionQuery, SessionStore, Statistics, Visible};
use askwell_app::{App, Caller, Channel};
use askwell_core::access::{Action, Guest, Policy, Principal, Role, Token, TokenScope, User, permits};
use askwell_core::session::Parties;
use askwell_core::{Change, Session, Status};
use serde_json::json;

use super::{Engine, World};
use crate::Chance;
use crate::fixtures::{Question, answered, cancelled, claimed, person, then};

const LOGINS: [&str; 4] = ["ann", "bob", "cyd", "ops"];
const GROUPS: [&str; 3] = ["ops", "night", "ann"];
const CANDIDATES: [&str; 6] = ["ann", "bob", "cyd", "group:ops", "group:night", "group:ann"];
const WORKFLOWS: [&str; 4] = ["deploy", "deploy-eu", "部署-1", "report"];
const PREFIXES: [&str; 4] = ["deploy", "deploy-eu", "部署", "%"];
const ORDERS: [Order; 4] = [Order::CreatedDesc, Order::CreatedAsc, Order::ExpiresAsc, Order::UpdatedDesc];

fn random_question(mut question: Question, chance: &mut Chance) -> Question {
    let login = chance.one(&LOGINS);
    question = match chance.below(4) {
        0 => question.claimed_requester(login),
        1 => question,
        _ => question.requester(login),
    };
    if chance.once_in(5) {
        question = question.on_behalf_of(chance.one(&LOGINS));
    }
    if chance.once_in(2) {
        question = question.assignee(chance.one(&LOGINS));
    }
    for candidate in chance.some(&CANDIDATES, 2) {
        question = question.candidate(&candidate);
    }
    if !chance.once_in(4) {
        question = question.workflow(chance.one(&WORKFLOWS));
    }
    if chance.once_in(3) { question.words("A Needle", "in hay") } else { question.words("hay", "all of it") }
}

fn random_change(session: &Session, chance: &mut Chance, now: &askwell_core::Now) -> Change {
    let parties = Parties {
        assignee: chance.once_in(2).then(|| chance.one(&LOGINS).to_owned()),
        candidates: chance.some(&CANDIDATES, 2),
        watchers: chance.some(&LOGINS, 2),
    };
    let by = person("ann");
    match chance.below(6) {
        0 => Change::Assigned { by, parties },
        1 => Change::Delegated { by, to: parties.assignee.clone().unwrap_or_default(), parties },
        2 if session.status == Status::Pending => claimed("bob", now),
        3 => cancelled("ann"),
        4 => answered("bob", json!({}), now),
        _ => Change::CandidatesSet { by, parties },
    }
}

/// So many sessions of all sorts, as they stand.
async fn some<E: Engine>(world: &World<E>, chance: &mut Chance, count: usize) -> Vec<Session> {
    let mut sessions = Vec::new();
    for _ in 0..count {
        let mut one = world.open(random_question(world.question(), chance)).await;
        // Some stand at the same millisecond, so that ties are met.
        world.clock.advance(std::time::Duration::from_millis(chance.below(2) as u64));
        for _ in 0..chance.below(4) {
            if !one.status.is_closed() {
                let next = random_change(&one, chance, &world.now());
                one = world.commit(then(&one, &world.now(), [next])).await;
            }
        }
        sessions.push(one);
    }
    sessions
}

fn random_principal(ids: &impl Ids, sessions: &[Session], chance: &mut Chance) -> Principal {
    match chance.below(8) {
        0 => Principal::Nobody,
        1 => {
            let session = sessions[chance.below(sessions.len())].id();
            Principal::Guest(Arc::new(Guest {
                id: ids.guest(),
                name: "g".to_owned(),
                invited_by: "i".to_owned(),
                session,
            }))
        }
        2..=4 => {
            let first = chance.below(TokenScope::ALL.len());
            let scopes = [TokenScope::ALL[first], TokenScope::Read].into_iter().collect();
            Principal::Token(Arc::new(Token {
                id: ids.token(),
                name: "t".to_owned(),
                owner: chance.one(&LOGINS).to_owned(),
                scopes,
                workflow_prefix: chance.once_in(2).then(|| chance.one(&PREFIXES).to_owned()),
            }))
        }
        _ => Principal::User(Arc::new(User {
            login: chance.one(&LOGINS).to_owned(),
            name: "u".to_owned(),
            groups: chance.some(&GROUPS, 2),
            role: if chance.once_in(6) { Role::Admin } else { Role::Member },
        })),
    }
}

fn visible(principal: &Principal) -> Visible {
    let principal = principal.clone();
    App::visible(&Caller { principal, ..Caller::local(Channel::System, "en", "") })
}

fn may_read(principal: &Principal, session: &Session) -> bool {
    permits(principal, Action::Read, Some(session), Policy::default())
}

/// Whether a session is one that a filter lets through.
type Fits = fn(&Session) -> bool;

/// The filters that are tried, each with the same by hand.
fn filters() -> Vec<(SessionQuery, Fits)> {
    let query = SessionQuery::default;
    let title = |session: &Session| session.opened.interaction.get("title").as_str() == Some("A Needle");
    vec![
        (query(), |_| true),
        (SessionQuery { workflow_id: Some("deploy".to_owned()), ..query() }, |session| {
            session.opened.workflow_id.as_deref() == Some("deploy")
        }),
        (SessionQuery { text: Some("needle".to_owned()), ..query() }, title),
        (SessionQuery { assignee: Some("bob".to_owned()), ..query() }, |session| session.assignee() == Some("bob")),
        (SessionQuery { statuses: vec![Status::Pending], ..query() }, |session| session.status == Status::Pending),
        (SessionQuery { statuses: vec![Status::Completed, Status::Active], ..query() }, |session| {
            matches!(session.status, Status::Completed | Status::Active)
        }),
    ]
}

fn in_order(sessions: &mut [&Session], order: Order) {
    sessions.sort_by_key(|session| {
        let key = match order {
            Order::CreatedDesc | Order::CreatedAsc => session.opened.at,
            Order::ExpiresAsc => session.state.deadline.expires_at,
            Order::UpdatedDesc => session.updated_at,
        };
        (key.as_millisecond(), session.id())
    });
    if matches!(order, Order::CreatedDesc | Order::UpdatedDesc) {
        sessions.reverse();
    }
}

/// Lists, page by page, and their counts, for random principals.
pub async fn a_list_shows_what_rights_say_and_no_more<E: Engine>() {
    let mut chance = Chance::printed("a_list_shows_what_rights_say_and_no_more");
    for round in 0..3 {
        let world = World::<E>::new().await;
        let sessions = some(&world, &mut chance, 60).await;
        for number in 0..16 {
            let who = random_principal(&world.ids, &sessions, &mut chance);
            for (query, fits) in filters() {
                let order = ORDERS[number % ORDERS.len()];
                let told = format!("round {round}, principal {number}: {who:?}, {order:?}, {query:?}");
                let mut expected: Vec<_> = sessions.iter().filter(|one| may_read(&who, one) && fits(one)).collect();
                in_order(&mut expected, order);
                let open = expected.iter().filter(|session| !session.status.is_closed()).count();
                let (mut found, mut place) = (Vec::new(), None);
                loop {
                    let asked = SessionQuery { visible: visible(&who), order, limit: 5, place, ..query.clone() };
                    let page = world.store().sessions(asked).await.unwrap();
                    assert_eq!(page.total_open, open as u64, "{told}");
                    assert!(page.sessions.len() <= 5, "{told}");
                    found.extend(page.sessions.into_iter().map(|stored| stored.session));
                    place = page.next;
                    if place.is_none() {
                        break;
                    }
                }
                let ids = |sessions: &[&Session]| sessions.iter().map(|session| session.id()).collect::<Vec<_>>();
                assert_eq!(ids(&found.iter().collect::<Vec<_>>()), ids(&expected), "{told}");
                assert!(found.iter().eq(expected), "{told}");
            }
        }
    }
}

fn counted<'a>(sessions: impl Iterator<Item = &'a Session>) -> Statistics {
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for session in sessions {
        *counts.entry(session.status.as_str()).or_default() += 1;
    }
    let of = |status: Status| counts.get(status.as_str()).copied().unwrap_or(0);
    Statistics {
        pending: of(Status::Pending),
        active: of(Status::Active),
        completed: of(Status::Completed),
        timeout: of(Status::Timeout),
        cancelled: of(Status::Cancelled),
        error: of(Status::Error),
    }
}

/// Counts are of what rights say. What is removed goes on being counted, but for whom workflows are told apart.
pub async fn statistics_count_what_rights_say<E: Engine>() {
    let mut chance = Chance::printed("statistics_count_what_rights_say");
    for round in 0..3 {
        let world = World::<E>::new().await;
        let sessions = some(&world, &mut chance, 60).await;
        let people: Vec<_> = (0..24).map(|_| random_principal(&world.ids, &sessions, &mut chance)).collect();
        for who in &people {
            let expected = counted(sessions.iter().filter(|session| may_read(who, session)));
            let found = world.store().statistics(visible(who)).await.unwrap();
            assert_eq!(found, expected, "round {round}: {who:?}");
        }
        world.advance(60);
        let gone = world.store().purge(world.now().wall, 20).await.unwrap();
        assert!(!gone.is_empty(), "round {round}: nothing closed");
        for who in &people {
            let one_by_one = match visible(who) {
                Visible::All => false,
                Visible::To { workflow_prefix, .. } => workflow_prefix.is_some(),
                Visible::Workflows(_) | Visible::Only(_) => true,
            };
            let kept = |session: &&Session| !one_by_one || !gone.contains(&session.id());
            let expected = counted(sessions.iter().filter(kept).filter(|session| may_read(who, session)));
            let found = world.store().statistics(visible(who)).await.unwrap();
            assert_eq!(found, expected, "round {round}, after a purge: {who:?}");
        }
    }
}

/// However a name is written, it is not taken for two.
pub async fn no_two_audiences_are_taken_for_one<E: Engine>() {
    let world = World::<E>::new().await;
    let names = ["bob\nuser:cyd", "bob\",\"user:cyd", "bob,user:cyd", "bob\\", "bob"];
    for name in names {
        world.open(world.question().candidate(name)).await;
        world.open(world.question().candidate(name).candidate("cyd")).await;
    }
    let count = async |login: &str| {
        let subjects = vec![format!("user:{login}")];
        let visible = Visible::To { subjects, everybody: Everybody::Unseen, workflow_prefix: None };
        world.store().statistics(visible).await.unwrap().pending
    };
    for name in names {
        assert_eq!(count(name).await, 2, "{name:?}");
    }
    assert_eq!(count("cyd").await, names.len() as u64);
}
