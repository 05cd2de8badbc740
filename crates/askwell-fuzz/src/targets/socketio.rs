//! What a client says over Socket.IO: the payload of a poll, packets between `\x1e`.
//!
//! Holds: whatever it was, no task of the server's falls; what comes back is
//! made of packets, each acknowledgement says whether it went well and, where
//! not, why; and the server serves the next request.

use askwell_core::Code;
use serde_json::Value;

use crate::world::{Ask, Doors, World};
use crate::{Broken, Target, Verdict, hold};

/// The target.
pub const TARGET: Target = Target {
    name: "socketio",
    run,
    words: &[
        "42[\"respond\",{",
        "421[\"cancel\",{",
        "42[\"subscribe\",{\"after\":",
        "427[\"hitl_request\",{",
        "42[\"hitl_response\",{",
        "42[\"viewing\",",
        "42[\"join_session\",",
        "\"session_id\":\"{confirmation}\"",
        "\"response\":{\"choice\":\"confirm\"}",
        "\"request_id\":\"r\"",
        "\"checkpoint_name\":\"c\"",
        "\"context_message\":\"m\"",
        "\"node_id\":\"n\"",
        "\"action\":\"approve\"",
        "\u{1e}",
        "2",
        "3",
        "40",
        "41",
        "43",
        "44",
        "45",
        "451-[\"respond\",{\"_placeholder\":true,\"num\":0}]",
        "b",
        "42/other,",
        "99999999999999999999",
    ],
    bounded: 150,
};

/// Polls until the last thing said is acknowledged: more than that there is not to be heard.
const POLLS: usize = 8;

fn run(bytes: &[u8]) -> Verdict {
    World::with(Doors::Open, |world| {
        let base = "/socket.io/?EIO=4&transport=polling";
        let opened = world.ask(Ask::new("GET", base))?;
        hold!(opened.status == 200, "nobody can connect: {}", opened.text());
        let handshake: Value =
            serde_json::from_slice(opened.bytes.get(1..).unwrap_or_default()).map_err(|e| Broken(e.to_string()))?;
        let path = format!("{base}&sid={}", handshake["sid"].as_str().unwrap_or_default());
        say(world, &path, b"40{}")?;
        let said = match std::str::from_utf8(bytes) {
            Ok(text) => world.named(text).into_bytes(),
            Err(_) => bytes.to_vec(),
        };
        let status = say(world, &path, &said)?;
        hold!(status < 500, "status {status} for a payload");
        say(world, &path, world.named("42987654[\"join_session\",{\"session_id\":\"{review}\"}]").as_bytes())?;
        for _ in 0..POLLS {
            let Some(reply) = world.ask_patiently(Ask::new("GET", path.clone()))? else { break };
            hold!(reply.status < 500, "status {} for a poll: {}", reply.status, reply.text());
            if reply.status != 200 {
                break;
            }
            let text = reply.text();
            text.split('\u{1e}').try_for_each(judge)?;
            if text.contains("43987654[") {
                break;
            }
        }
        say(world, &path, b"1")?;
        world.changed();
        let alive = world.ask(Ask::new("GET", world.named("/api/sessions/{review}/status")))?;
        hold!(alive.status == 200, "afterwards: {}", alive.text());
        Ok(())
    })
}

fn say(world: &mut World, path: &str, packets: &[u8]) -> Result<u16, Broken> {
    let mut ask = Ask::new("POST", path).with("content-type", "text/plain;charset=UTF-8");
    ask.body = packets.to_vec();
    world.ask(ask).map(|reply| reply.status)
}

/// What must hold of a packet of the server's.
///
/// # Errors
/// [`Broken`]
pub fn judge(packet: &str) -> Verdict {
    let kind = packet.get(..2).unwrap_or(packet);
    hold!(
        matches!(kind, "40" | "41" | "42" | "43" | "44" | "1" | "2" | "3" | "6") || packet.starts_with(['3', '6']),
        "no packet: {packet:?}"
    );
    if !matches!(kind, "42" | "43") {
        return Ok(());
    }
    let digits = packet.find('[').ok_or_else(|| Broken(format!("no payload: {packet:?}")))?;
    let (_, payload) = packet.split_at(digits);
    let payload: Vec<Value> = serde_json::from_str(payload).map_err(|error| Broken(format!("{error}: {packet:?}")))?;
    if kind == "43" {
        let told = payload.first().ok_or_else(|| Broken("an empty acknowledgement".to_owned()))?;
        let success = told["success"].as_bool().ok_or_else(|| Broken(format!("neither well nor badly: {told}")))?;
        hold!(success || told["code"].as_str().is_some_and(|code| code.len() > 2), "refused without a reason: {told}");
        hold!(told["status"].as_u64().is_none_or(|status| status < 500), "{told}");
        let known =
            |code: &Value| code.as_str().is_some_and(|code| Code::ALL.iter().any(|known| known.as_str() == code));
        let errors = told["errors"].as_array().into_iter().flatten();
        hold!(errors.into_iter().all(|error| known(&error["code"])), "unknown codes: {told}");
    }
    Ok(())
}
