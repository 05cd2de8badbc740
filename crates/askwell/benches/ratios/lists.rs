//! Lists and searches with a million closed sessions, against the same with few.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use askwell_app::ports::Commit;
use askwell_core::access::Person;
use askwell_core::session::{Answer, Command};
use askwell_core::{Change, Draft, Event, Session, decide};
use jiff::SignedDuration;
use serde_json::json;

use crate::Effort;
use crate::client::{Connection, get, with};
use crate::figures::{Figures, Rounds, median};
use crate::people::{add_person, sign_in};
use crate::server::{ACCOUNTS, Server};
use crate::store::{MANY, create, draft, fill, new_id, now, open_store};

const FEW: usize = 10_000;
const MILLION: usize = 1_000_000;

/// One of so many is the person's, and one of so many says the word that is searched.
const OWN: usize = 20;
const WORD: usize = 100;

/// Path and figure of what an administrator sees, who sees all, and of what the person sees.
const ALL: [(&str, &str); 2] = [
    ("/api/sessions?status=all&limit=20", "list_million_vs_few"),
    ("/api/sessions?status=all&limit=20&q=hotfix", "search_million_vs_few"),
];
const OWNED: [(&str, &str); 2] = [
    ("/api/sessions?status=all&limit=20", "person_list_million_vs_few"),
    ("/api/sessions?status=all&limit=20&q=hotfix", "person_search_million_vs_few"),
];
/// A page of a search ends after 20,000 closed sessions even where nothing was found.
const ABSENT: &str = "/api/sessions?status=all&limit=20&q=zeppelin";

pub(crate) async fn measure(effort: Effort, figures: &mut Figures) {
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    for (folder, count) in folders.iter().zip([FEW, MILLION]) {
        println!("  storing {count} closed sessions …");
        store_closed(folder.path(), count).await;
        add_person(folder.path(), "root", &["--admin"]);
        add_person(folder.path(), "mei", &[]);
    }
    let servers = folders.each_ref().map(|folder| Server::configured(folder.path(), ACCOUNTS));
    let mut sides = Vec::new();
    for server in &servers {
        let (root, mei) = (sign_in(server.port, "root").await, sign_in(server.port, "mei").await);
        sides.push((server.port, Connection::open(server.port).await, root, mei));
    }
    let mut rounds = Rounds::default();
    for _ in 0..effort.rounds {
        let asked = ALL.map(|figure| (figure, true)).into_iter().chain(OWNED.map(|figure| (figure, false)));
        for ((path, figure), sees_all) in asked {
            let mut times = [0.0; 2];
            for (time, (port, connection, root, mei)) in times.iter_mut().zip(&mut sides) {
                *time = p50(connection, &with(&get(*port, path), if sees_all { root } else { mei })).await;
            }
            println!("  {figure}: {:.2} ms of a million, {:.2} ms of {FEW}", times[1] * 1e3, times[0] * 1e3);
            rounds.add(figure, times[1] / times[0]);
        }
        let (port, connection, root, _) = &mut sides[1];
        rounds.add("search_absent_million_ms", 1e3 * p50(connection, &with(&get(*port, ABSENT), root)).await);
    }
    rounds.note(figures);
}

async fn p50(connection: &mut Connection, request: &[u8]) -> f64 {
    let mut times = Vec::new();
    for _ in 0..40 {
        let start = Instant::now();
        connection.succeed(request).await;
        times.push(start.elapsed().as_secs_f64());
    }
    median(times)
}

async fn store_closed(folder: &Path, count: usize) {
    std::fs::create_dir(folder.join("data")).unwrap();
    let store = open_store(&folder.join("data/askwell.db"));
    let plain = draft();
    let mut body = serde_json::from_str::<serde_json::Value>(crate::client::CREATE).unwrap();
    body["interaction_data"]["title"] = json!("Deploy the hotfix?");
    let wordy = Draft::read(&body, &crate::world::limits(), &mut askwell_core::Findings::default()).unwrap();
    // Of the person's own every fifth says the word, as every hundredth of all.
    let kinds = [create(&plain, new_id()), create(&wordy, new_id())].map(answered);
    fill(&store, MANY, count, move |index| {
        let says_word = index.is_multiple_of(WORD);
        let login = if index.is_multiple_of(OWN) { "mei".to_owned() } else { format!("person-{}", index % 50) };
        closed(&kinds[usize::from(says_word)], index, login)
    })
    .await;
    store.close().await;
}

/// A create with its answer, in one commit.
fn answered(mut commit: Commit) -> Commit {
    let answer = Answer {
        assertion: None,
        response: json!({"choice": "deploy"}),
        by: Person { id: "mei".to_owned(), verified: true },
        comment: None,
        content_hash: None,
        files: Vec::new(),
    };
    let events = decide(&commit.session, Command::Answer(Box::new(answer)), &now()).unwrap();
    commit.session = events.iter().fold(commit.session, Session::apply);
    commit.events.extend(events);
    commit
}

/// The same under another id, a little later, for this person.
fn closed(prototype: &Commit, index: usize, login: String) -> Commit {
    let later = SignedDuration::from_millis(i64::try_from(index).unwrap());
    let mut opened = (*prototype.session.opened).clone();
    opened.id = new_id();
    opened.at += later;
    opened.assignee = Some(login);
    let opened = Arc::new(opened);
    let mut events = vec![Event { at: opened.at, change: Change::Opened(Arc::clone(&opened)) }];
    events.extend(prototype.events[1..].iter().map(|event| Event { at: event.at + later, ..event.clone() }));
    let session = events[1..].iter().fold(Session::from_opened(opened), Session::apply);
    Commit { session, events, ..prototype.clone() }
}
