//! Who is asked: assign, delegate, candidates, claims; and that whoever asks does not answer.

use askwell_core::access::{Role, TokenScope};
use axum::http::Method;
use serde_json::{Value, json};

use crate::harness::{Harness, Reply, accounts, question, types, yes};
use crate::people::{Shows, add_silent, enter, token};

struct Scene {
    server: Harness,
    ann: Shows,
    bob: Shows,
    cyd: Shows,
    of_ann: Shows,
}

async fn scene() -> Scene {
    of(Harness::with_accounts().await).await
}

async fn of(server: Harness) -> Scene {
    let ann = enter(&server, "ann", &["ops"], Role::Member).await;
    let bob = enter(&server, "bob", &[], Role::Member).await;
    let cyd = enter(&server, "cyd", &["ops"], Role::Member).await;
    let of_ann = token(&server, "ann", &[TokenScope::Create, TokenScope::Read]).await;
    Scene { server, ann, bob, cyd, of_ann }
}

impl Scene {
    async fn open(&self, who: &Shows, more: Value) -> String {
        let mut body = question();
        for (key, value) in more.as_object().unwrap() {
            body[key] = value.clone();
        }
        self.server.open_by(who, &body).await
    }

    async fn post(&self, who: &Shows, path: &str, verb: &str, body: Value) -> Reply {
        self.server.post_by(who, &format!("{path}/{verb}"), &body).await
    }

    async fn candidates(&self, who: &Shows, path: &str, candidates: Value) -> Reply {
        let body = json!({ "candidates": candidates });
        self.server.by(who, Method::PUT, &format!("{path}/candidates"), &body).await
    }

    async fn history(&self, who: &Shows, path: &str) -> Value {
        self.server.get_by(who, &format!("{path}/events")).await.expect(200)
    }

    async fn status(&self, who: &Shows, path: &str) -> u16 {
        self.server.get_by(who, path).await.status
    }
}

#[tokio::test]
async fn each_choice_is_an_event_and_the_former_goes_on_watching() {
    let s = scene().await;
    let path = s.open(&s.of_ann, json!({"assignee": "bob"})).await;
    assert_eq!((s.status(&s.bob, &path).await, s.status(&s.cyd, &path).await), (200, 404));
    let assigned = s.post(&s.ann, &path, "assign", json!({"assignee": "cyd"})).await.expect(200)["session"].clone();
    assert_eq!((&assigned["assignee"], &assigned["watchers"]), (&json!("cyd"), &json!(["bob"])));
    assert_eq!(assigned["requester_token"], "ann's");
    s.post(&s.bob, &path, "respond", yes("bob")).await.problem(403, "forbidden");
    let delegated = s.post(&s.cyd, &path, "delegate", json!({"to": "bob"})).await.expect(200)["session"].clone();
    assert_eq!((&delegated["assignee"], &delegated["watchers"]), (&json!("bob"), &json!(["cyd"])));
    s.post(&s.cyd, &path, "respond", yes("cyd")).await.problem(403, "forbidden");
    s.candidates(&s.of_ann, &path, json!(["group:ops"])).await.expect(200);
    // A member of the group that may answer now.
    s.post(&s.cyd, &path, "claim", json!({})).await.expect(200);
    let history = s.history(&s.ann, &path).await;
    assert_eq!(types(&history), ["opened", "assigned", "delegated", "candidates_set", "claimed"]);
    let events = history["events"].as_array().unwrap();
    assert_eq!((&events[1]["by"]["id"], &events[1]["assignee"]), (&json!("ann"), &json!("cyd")));
    assert_eq!((&events[2]["by"]["id"], &events[2]["to"]), (&json!("cyd"), &json!("bob")));
    assert_eq!((&events[3]["by"]["id"], &events[3]["candidates"]), (&json!("ann"), &json!(["group:ops"])));
    s.post(&s.bob, &path, "respond", yes("bob")).await.problem(409, "claimed");
    s.post(&s.cyd, &path, "respond", yes("bob")).await.expect(200);
    let session = s.server.get_by(&s.ann, &path).await.expect(200)["session"].clone();
    assert_eq!(session["response"]["user_id"], "cyd", "the credential says who, not the body");
}

#[tokio::test]
async fn a_hold_that_is_taken_over_is_recorded() {
    let s = scene().await;
    let path = s.open(&s.ann, json!({"candidates": ["bob", "group:ops"]})).await;
    s.post(&s.bob, &path, "claim", json!({"user_id": "cyd"})).await.expect(200);
    s.post(&s.cyd, &path, "claim", json!({})).await.problem(409, "claimed");
    s.post(&s.cyd, &path, "respond", yes("cyd")).await.problem(409, "claimed");
    s.post(&s.cyd, &path, "release", json!({})).await.problem(409, "claimed");
    s.post(&s.ann, &path, "claim", json!({"override": true})).await.problem(403, "forbidden");
    let taken = s.post(&s.cyd, &path, "claim", json!({"override": true})).await.expect(200);
    assert_eq!(taken["session"]["claimed_by"], "cyd");
    let history = s.history(&s.bob, &path).await;
    assert_eq!((&history["events"][1]["over"], &history["events"][2]["over"]), (&Value::Null, &json!("bob")));
    s.post(&s.bob, &path, "respond", yes("bob")).await.problem(409, "claimed");
}

#[tokio::test]
async fn only_people_of_this_server_are_chosen() {
    let s = scene().await;
    add_silent(&s.server, "gone").await;
    let zoe = enter(&s.server, "zoe", &[], Role::Admin).await;
    s.server.by(&zoe, Method::PATCH, "/api/users/gone", &json!({"disabled": true})).await.expect(200);
    let path = s.open(&s.ann, json!({"candidates": ["bob"]})).await;
    for name in ["nobody", "gone", "group:ops"] {
        let refused =
            s.post(&s.ann, &path, "assign", json!({"assignee": name})).await.problem(422, "validation_failed");
        assert_eq!(refused["errors"][0]["code"], "unknown_person", "{name}");
        let refused = s.post(&s.bob, &path, "delegate", json!({"to": name})).await.problem(422, "validation_failed");
        assert_eq!(refused["errors"][0]["code"], "unknown_person", "{name}");
    }
    s.candidates(&s.ann, &path, json!(["bob", "nobody"])).await.problem(422, "validation_failed");
    s.candidates(&s.ann, &path, json!(["bob", "group:any"])).await.expect(200);
    // Who may not choose learns nothing of who there is.
    for name in ["nobody", "zoe"] {
        s.post(&s.cyd, &path, "assign", json!({"assignee": name})).await.problem(404, "session_not_found");
        s.post(&s.bob, &path, "assign", json!({"assignee": name})).await.problem(403, "forbidden");
    }
    assert_eq!(types(&s.history(&s.ann, &path).await), ["opened", "candidates_set"]);
}

/// By its own token, for somebody else, through a group, as candidate, by delegation, by a review's name, by many at
/// once, by a hold: whoever asked does not answer.
#[tokio::test]
async fn whoever_asks_does_not_answer_by_any_detour() {
    let s = scene().await;
    let sessions = [
        s.open(&s.ann, json!({})).await,
        s.open(&s.of_ann, json!({})).await,
        s.open(&s.ann, json!({"assignee": "ann"})).await,
        s.open(&s.of_ann, json!({"candidates": ["ann", "bob"]})).await,
        s.open(&s.of_ann, json!({"candidates": ["group:ops"]})).await,
        // Somebody else asks for them.
        s.open(&s.bob, json!({"on_behalf_of": "ann", "candidates": ["ann", "cyd"]})).await,
    ];
    for (number, path) in sessions.iter().enumerate() {
        let id = path.rsplit('/').next().unwrap();
        let content_hash = s.server.get_by(&s.ann, path).await.expect(200)["session"]["content_hash"].clone();
        for who in [&s.ann, &s.of_ann] {
            for (verb, body) in [
                ("respond", yes("bob")),
                ("claim", json!({"user_id": "bob", "override": true})),
                ("release", json!({})),
                ("delegate", json!({"to": "bob"})),
                ("guest-links", json!({"name": "me"})),
                ("step-up", json!({"response": {"choice": "confirm"}, "content_hash": content_hash})),
            ] {
                let reply = s.post(who, path, verb, body).await;
                assert_eq!(reply.status, 403, "session {number}: {verb}");
            }
            let name = json!({"request_id": id, "action": "approve"});
            assert_ne!(s.server.post_by(who, "/api/system/hitl-response", &name).await.status, 200);
        }
        let may = s.server.get_by(&s.ann, path).await.expect(200)["session"]["may"].clone();
        assert_eq!((&may["respond"], &may["delegate"], &may["invite"]), (&json!(false), &json!(false), &json!(false)));
        assert_eq!((&may["cancel"], &may["assign"]), (&json!(true), &json!(true)));
        // Nor do they make themselves the one who is asked, or have others do it.
        for reply in [
            s.post(&s.ann, path, "assign", json!({"assignee": "ann"})).await,
            s.candidates(&s.of_ann, path, json!(["bob", "ann"])).await,
        ] {
            assert_eq!(reply.problem(422, "validation_failed")["errors"][0]["code"], "requester_may_not_answer");
        }
        let types_of = s.history(&s.ann, path).await;
        assert_eq!(types(&types_of), ["opened"], "session {number}");
    }
    // Whoever asks for somebody else does not answer either; nor is it handed back to whoever asked.
    let behalf = &sessions[5];
    s.post(&s.bob, behalf, "respond", yes("bob")).await.problem(403, "forbidden");
    let back = s.post(&s.cyd, behalf, "delegate", json!({"to": "bob"})).await.problem(422, "validation_failed");
    assert_eq!(back["errors"][0]["code"], "requester_may_not_answer");
    s.post(&s.cyd, &sessions[3], "respond", yes("cyd")).await.problem(404, "session_not_found");
    s.post(&s.cyd, &sessions[4], "respond", yes("cyd")).await.expect(200);
    s.post(&s.bob, &sessions[0], "respond", yes("bob")).await.expect(200);
}

/// However somebody is named, they are named as in a draft: on one line, and not at length.
#[tokio::test]
async fn names_that_are_chosen_later_are_judged_like_those_of_a_draft() {
    let long = "x".repeat(256);
    for (name, code) in [("bob\nuser:cyd", "control_character"), (&long, "too_long")] {
        for server in [Harness::new().await, Harness::with_accounts().await] {
            let who = if server.app.needs_sign_in() {
                enter(&server, "ann", &[], Role::Member).await
            } else {
                Shows::Nothing
            };
            let mut body = question();
            body["candidates"] = json!(["bob", format!("group:{name}")]);
            let refused = server.post_by(&who, "/api/sessions", &body).await.problem(422, "validation_failed");
            assert_eq!(
                (&refused["errors"][0]["code"], &refused["errors"][0]["pointer"]),
                (&json!(code), &json!("/candidates/1"))
            );
            let path = server.open_by(&who, &question()).await;
            let chosen = json!({"candidates": [format!("group:{name}")]});
            let refused = server.by(&who, Method::PUT, &format!("{path}/candidates"), &chosen).await;
            assert_eq!(refused.problem(422, "validation_failed")["errors"][0]["code"], code);
        }
    }
}

/// Of several reviews by one name, one's own comes first, though one sees them all.
#[tokio::test]
async fn a_name_means_ones_own_review_first() {
    let s = scene().await;
    let ask = json!({"request_id": "1", "checkpoint_name": "Plan", "context_message": "m", "node_id": "root",
        "current_attempt": 1, "data_for_review": [1]});
    s.server.post_by(&s.ann, "/api/system/hitl-request", &ask).await.expect(200);
    s.server.advance(std::time::Duration::from_secs(1)).await;
    s.server.post_by(&s.bob, "/api/system/hitl-request", &ask).await.expect(200);
    let answer = json!({"request_id": "1", "action": "approve"});
    // Of what others asked, the newest: bob's.
    s.server.post_by(&s.cyd, "/api/system/hitl-response", &answer).await.expect(200);
    let outcome = async |who: &Shows| s.server.get_by(who, "/api/system/hitl-response/1").await.status;
    assert_eq!((outcome(&s.bob).await, outcome(&s.ann).await), (200, 404));
}

/// The feed is judged by how a session stands, as its history is: whoever was taken off it is told nothing more of it,
/// not even of the time before, and whoever came to it is told all.
#[tokio::test]
async fn the_feed_tells_the_past_to_whom_it_concerns_now() {
    let s = scene().await;
    let path = s.open(&s.ann, json!({"candidates": ["bob"]})).await;
    let told = async |who: &Shows| {
        let page = s.server.get_by(who, "/api/events?limit=500").await.expect(200);
        types(&page).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!((told(&s.bob).await, told(&s.cyd).await), (vec!["opened".to_owned()], vec![]));
    s.candidates(&s.ann, &path, json!(["cyd"])).await.expect(200);
    assert_eq!(told(&s.bob).await, [""; 0]);
    assert_eq!(told(&s.cyd).await, ["opened", "candidates_set"]);
    assert_eq!(told(&s.ann).await, ["opened", "candidates_set"]);
}

#[tokio::test]
async fn where_the_owner_lets_them_requesters_answer_if_eligible() {
    let server = Harness::tuned(|settings| {
        accounts(settings);
        settings.policy.requester_may_answer = askwell_core::access::RequesterAnswers::IfEligible;
    });
    let s = of(server.await).await;
    let own = s.open(&s.of_ann, json!({"candidates": ["group:ops"]})).await;
    let others = s.open(&s.of_ann, json!({"candidates": ["bob"]})).await;
    s.post(&s.of_ann, &own, "respond", yes("ann")).await.problem(403, "forbidden");
    s.post(&s.ann, &others, "respond", yes("ann")).await.problem(403, "forbidden");
    s.post(&s.ann, &own, "respond", yes("ann")).await.expect(200);
}

#[tokio::test]
async fn an_administrator_chooses_and_does_not_answer() {
    let s = scene().await;
    let zoe = enter(&s.server, "zoe", &[], Role::Admin).await;
    let path = s.open(&s.of_ann, json!({"candidates": ["bob"]})).await;
    s.post(&zoe, &path, "respond", yes("zoe")).await.problem(403, "forbidden");
    s.post(&zoe, &path, "claim", json!({"override": true})).await.problem(403, "forbidden");
    s.post(&zoe, &path, "assign", json!({"assignee": "cyd"})).await.expect(200);
    s.post(&zoe, &path, "extend", json!({"seconds": 1})).await.problem(409, "not_extendable");
    s.post(&s.cyd, &path, "respond", yes("cyd")).await.expect(200);
}
