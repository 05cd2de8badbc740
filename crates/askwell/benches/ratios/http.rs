//! Create, answer, read and list over HTTP, against a hello and an echo of the same server.

use std::time::Duration;

use crate::Effort;
use crate::beside;
use crate::client::{CREATE, create, get, post, respond, show};
use crate::crowd::Crowd;
use crate::figures::{Figures, Rounds};
use crate::server::Server;

const CONNECTIONS: usize = 64;
const SLICE: Duration = Duration::from_millis(300);

pub(crate) async fn measure(effort: Effort, figures: &mut Figures) {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::role(beside::ROLE, folder.path());
    let port = server.port;
    let mut crowd = Crowd::open(port, CONNECTIONS).await;
    let mut rounds = Rounds::default();
    // Once unmeasured, so that all start warm.
    round(port, &mut crowd, &mut Rounds::default()).await;
    for _ in 0..effort.rounds {
        round(port, &mut crowd, &mut rounds).await;
    }
    rounds.note(figures);
}

async fn round(port: u16, crowd: &mut Crowd, rounds: &mut Rounds) {
    let (hello, echo) = (get(port, "/hello"), post(port, "/echo", CREATE));
    let mut hellos = crowd.repeat(&hello, SLICE).await;
    let (creates, ids) = crowd.create(&create(port), SLICE).await;
    let echoes = crowd.repeat(&echo, SLICE).await;
    let gets = crowd.each(ids.iter().map(|id| show(port, id)).collect()).await;
    hellos = hellos.midpoint(crowd.repeat(&hello, SLICE).await);
    let lists = crowd.repeat(&get(port, "/api/sessions?limit=20"), SLICE).await;
    let answers = crowd.each(ids.iter().map(|id| respond(port, id)).collect()).await;
    println!(
        "  hello {hellos:.0}/s, echo {echoes:.0}/s, create {creates:.0}/s, answer {answers:.0}/s, get {gets:.0}/s, list of 20 {lists:.0}/s"
    );
    for (against_hello, against_echo, rate) in [
        ("http_create_vs_hello_64", "http_create_vs_echo_64", creates),
        ("http_respond_vs_hello_64", "http_respond_vs_echo_64", answers),
        ("http_get_vs_hello_64", "http_get_vs_echo_64", gets),
        ("http_list_vs_hello_64", "http_list_vs_echo_64", lists),
    ] {
        rounds.add(against_hello, rate / hellos);
        rounds.add(against_echo, rate / echoes);
    }
}
